"""What happens to study time. `happened_on` is the person's own day at that moment, where a streak needs a today."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from studyhall.platform.events import Event


@dataclass(frozen=True, slots=True)
class StudySessionStarted(Event):
    """A timer began to run."""

    user_id: UUID
    session_id: UUID
    course_id: UUID | None
    group_id: UUID | None
    started_at: datetime


@dataclass(frozen=True, slots=True)
class StudySessionMoved(Event):
    """A running session was paused, resumed, answered for, or given up before it counted."""

    user_id: UUID
    session_id: UUID


@dataclass(frozen=True, slots=True)
class StudySessionEnded(Event):
    """A session counts now: its timer was stopped, or it was entered afterwards.

    Attributes:
        seconds_by_day: what it counts on each study day it touches, in order.
    """

    user_id: UUID
    happened_on: date
    session_id: UUID
    source: str
    course_id: UUID | None
    plan_id: UUID | None
    group_id: UUID | None
    started_at: datetime
    ended_at: datetime
    duration_seconds: int
    seconds_by_day: tuple[tuple[date, int], ...]


@dataclass(frozen=True, slots=True)
class StudySessionChanged(Event):
    """Notes, course or times of a session were changed; a running one counts nothing before or after."""

    user_id: UUID
    happened_on: date
    session_id: UUID
    seconds_before: tuple[tuple[date, int], ...]
    seconds_by_day: tuple[tuple[date, int], ...]


@dataclass(frozen=True, slots=True)
class StudySessionDeleted(Event):
    """A session was taken back."""

    user_id: UUID
    happened_on: date
    session_id: UUID
    seconds_before: tuple[tuple[date, int], ...]
