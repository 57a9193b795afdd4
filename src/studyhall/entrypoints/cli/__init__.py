"""The command line, `studyhall`. Each command imports what it runs, so that `--help` answers at once."""

from studyhall.entrypoints.cli.commands import app
from studyhall.entrypoints.cli.failures import told_in_one_line


def main() -> None:
    """The `studyhall` program: exit code 0 done, 1 something it checked is wrong, 2 it cannot run as it is set up."""
    with told_in_one_line():
        app(prog_name="studyhall")


__all__ = ["app", "main"]
