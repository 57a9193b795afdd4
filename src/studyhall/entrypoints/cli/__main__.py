"""`python -m studyhall.entrypoints.cli` is the `studyhall` program."""

from studyhall.entrypoints.cli import main

main()
