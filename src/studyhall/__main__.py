"""`python -m studyhall` is the `studyhall` program."""

from studyhall.entrypoints.cli import main

main()
