"""Refusals of grades."""

from studyhall.platform.errors import Conflict, NotFound


class ResultNotFound(NotFound):
    code, message = "RESULT_NOT_FOUND", "There is no such result of yours."


class TooManyResults(Conflict):
    code, message = "TOO_MANY_RESULTS", "You have 5,000 results, which is as many as one person may keep."
