"""Refusals of assignments."""

from studyhall.platform.errors import NotFound


class AssignmentNotFound(NotFound):
    code, message = "ASSIGNMENT_NOT_FOUND", "There is no such assignment of yours."
