"""Refusals of tasks."""

from studyhall.platform.errors import Conflict, NotFound


class TaskNotFound(NotFound):
    code, message = "TASK_NOT_FOUND", "There is no such task, or it is not yours."


class TaskFinished(Conflict):
    code, message = "TASK_FINISHED", "This task has ended already and can no longer be cancelled."
