"""What a task looks like from outside."""

from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import Field

from studyhall.platform.web import Choice, Schema


class TaskState(Choice):
    """Where a task stands; the last three are final."""

    QUEUED = "queued"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"


UNFINISHED = (TaskState.QUEUED, TaskState.RUNNING)


class Task(Schema):
    """A piece of work that was answered with 202."""

    id: UUID
    kind: str = Field(examples=["academics.import_results"])
    state: TaskState
    progress: int = Field(ge=0, le=100)
    message: str | None
    result: Any = Field(description="What came of it; its shape depends on the kind. Null until it has succeeded.")
    loss_report: Any = Field(description="What could not be carried, each thing by name.")
    error: str | None
    cancel_requested: bool
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None


class TaskAnswer(Schema):
    """One task."""

    task: Task
