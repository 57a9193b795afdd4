"""Refusals of study plans."""

from studyhall.platform.errors import Conflict, NotFound


class PlanNotFound(NotFound):
    code, message = "PLAN_NOT_FOUND", "There is no such plan of yours."


class PlanAlreadyCompleted(Conflict):
    code, message = "PLAN_COMPLETED", "This plan is completed; its time and its course can no longer be changed."
