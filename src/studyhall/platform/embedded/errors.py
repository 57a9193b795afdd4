"""What can be wrong with a set-up, said in one line that tells the operator what to do."""


class SetupError(Exception):
    """The program cannot run as it is set up; the message says what is wrong and what to do about it."""
