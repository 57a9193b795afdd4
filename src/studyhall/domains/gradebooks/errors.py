"""Refusals of files."""

from studyhall.platform.errors import Invalid


class UnreadableGradebook(Invalid):
    code, message = "UNREADABLE_FILE", "No results could be read from this file."

    @classmethod
    def because(cls, reason: str) -> "UnreadableGradebook":
        return cls(reason, errors={"file": [reason]})
