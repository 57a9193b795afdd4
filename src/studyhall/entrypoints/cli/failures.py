"""Failures that an operator can mend are one line that says how, without a traceback."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from pydantic import ValidationError

from studyhall.platform.embedded import SetupError

CANNOT_RUN = 2
INTERRUPTED = 130


@contextmanager
def told_in_one_line() -> Iterator[None]:
    """Ends the program with the right exit code and message."""
    try:
        yield
    except SetupError as problem:
        sys.stderr.write(f"studyhall: {problem}\n")
        sys.exit(CANNOT_RUN)
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)


def unusable_settings(problems: ValidationError) -> SetupError:
    """What is wrong with the settings, by the names that the operator knows; never the values, which may be secret."""
    lines = []
    for problem in problems.errors(include_url=False, include_context=False, include_input=False):
        message = problem["msg"].removeprefix("Value error, ")
        name = str(problem["loc"][0]) if problem["loc"] else ""
        setting = name if name.startswith("STUDYHALL_") else f"STUDYHALL_{name.upper()}"
        lines.append(f"setting {setting}: {message}." if name else message)
    return SetupError("; ".join(lines))
