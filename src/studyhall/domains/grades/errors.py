"""Refusals of grades."""

from studyhall.platform.errors import Conflict, Invalid, NotFound


class ResultNotFound(NotFound):
    code, message = "RESULT_NOT_FOUND", "There is no such result of yours."


class TooManyResults(Conflict):
    code, message = "TOO_MANY_RESULTS", "You have 10,000 results, which is as many as one person may keep."


class UnreadableGradebook(Invalid):
    code, message = "UNREADABLE_FILE", "No results could be read from this file."

    @classmethod
    def because(cls, reason: str) -> "UnreadableGradebook":
        return cls(reason, errors={"file": [reason]})
