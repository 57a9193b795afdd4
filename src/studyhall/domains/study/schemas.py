"""What comes in and goes out of study time."""

from datetime import date, datetime
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import AliasChoices, Field

from studyhall.domains.study.models import MOST_NOTES, StudySession
from studyhall.domains.study.rules import LONGEST, MOST_PAUSES, Interval
from studyhall.domains.study.service import Ended, Entry, Present, counting
from studyhall.domains.undo.public import Deleted
from studyhall.platform.web import Choice, Pagination, Schema

Notes = Annotated[
    str | None,
    Field(
        max_length=MOST_NOTES, validation_alias=AliasChoices("notes", "session_notes"), description="What it was about."
    ),
]
PlanId = Annotated[
    UUID | None,
    Field(
        validation_alias=AliasChoices("plan_id", "study_plan_id"), description="One of my plans; it brings its course."
    ),
]
GroupId = Annotated[UUID | None, Field(description="In whose name; a group that I am in.")]
WasStudying = Annotated[
    bool | None,
    Field(
        description="After 15 minutes without a heartbeat: whether the silence was study. "
        "Without an answer the timer counts to the last heartbeat."
    ),
]


class SessionSource(Choice):
    """How a session came about."""

    TIMER = "timer"
    MANUAL = "manual"
    PLAN = "plan"
    CALL = "call"


class EnteredSource(Choice):
    """How a session that is entered afterwards was kept: typed in, or by a timer without a connection."""

    MANUAL = "manual"
    TIMER = "timer"


class SessionStatus(Choice):
    RUNNING = "running"
    PAUSED = "paused"
    ENDED = "ended"


class StartBody(Schema):
    """What the timer is started on; all of it may be left out."""

    course_id: UUID | None = None
    plan_id: PlanId = None
    group_id: GroupId = None
    notes: Notes = None


class EndBody(Schema):
    was_studying: WasStudying = None
    notes: Notes = None


class HeartbeatBody(Schema):
    was_studying: WasStudying = None


class PauseIn(Schema):
    started_at: datetime
    ended_at: datetime


class EntryBody(Schema):
    """A finished session: a start, and an end or a length. Times without a zone are my own."""

    started_at: datetime
    ended_at: datetime | None = None
    duration_seconds: int | None = Field(
        None,
        ge=1,
        le=int(LONGEST.total_seconds()),
        description="Without the pauses. Given with both times it must fit them.",
    )
    pauses: list[PauseIn] = Field(default_factory=list, max_length=MOST_PAUSES)
    source: EnteredSource = EnteredSource.MANUAL
    course_id: UUID | None = None
    plan_id: PlanId = None
    group_id: GroupId = None
    notes: Notes = None
    session_date: date | None = Field(None, description="Accepted from older clients; the day follows from the times.")

    def entry(self, sent_at: datetime | None) -> Entry:
        return Entry(
            started_at=self.started_at,
            ended_at=self.ended_at,
            duration_seconds=self.duration_seconds,
            pauses=[(pause.started_at, pause.ended_at) for pause in self.pauses],
            source=self.source.value,
            course_id=self.course_id,
            plan_id=self.plan_id,
            group_id=self.group_id,
            notes=self.notes,
            sent_at=sent_at,
        )


class ChangeBody(Schema):
    """Only the fields sent are changed."""

    started_at: datetime | None = None
    ended_at: datetime | None = None
    course_id: UUID | None = None
    plan_id: PlanId = None
    group_id: GroupId = None
    notes: Notes = None


class SessionOut(Schema):
    """A study session. While it runs, its length is what would count if it ended now."""

    id: UUID
    course_id: UUID | None
    plan_id: UUID | None
    group_id: UUID | None
    source: SessionSource
    status: SessionStatus
    started_at: datetime
    ended_at: datetime | None
    duration_seconds: int
    duration_minutes: int = Field(description="Full minutes.")
    paused_seconds: int
    study_day: date = Field(description="The day it began on, in the zone I was in then.")
    needs_answer: bool = Field(description="It ran on without a heartbeat; say whether I studied meanwhile.")
    last_heartbeat_at: datetime | None
    notes: str | None
    created_at: datetime
    updated_at: datetime

    @classmethod
    def of(cls, row: StudySession) -> Self:
        if row.ended_at is not None:
            status, seconds, paused, silent = SessionStatus.ENDED, row.duration_seconds, row.paused_seconds, False
        else:
            timer, now = counting.timer_of(row), counting.now()
            status = SessionStatus.RUNNING if row.paused_at is None else SessionStatus.PAUSED
            seconds = sum(part.seconds for part in timer.stretches(now))
            paused = Interval(row.started_at, timer.counted_until(now)).seconds - seconds
            silent = timer.needs_answer(now)
        return cls(
            id=row.id,
            course_id=row.course_id,
            plan_id=row.plan_id,
            group_id=row.group_id,
            source=SessionSource(row.source),
            status=status,
            started_at=row.started_at,
            ended_at=row.ended_at,
            duration_seconds=seconds,
            duration_minutes=seconds // 60,
            paused_seconds=paused,
            study_day=row.study_day,
            needs_answer=silent,
            last_heartbeat_at=row.last_heartbeat_at,
            notes=row.notes,
            created_at=row.created_at,
            updated_at=row.updated_at,
        )


class SessionData(Schema):
    session: SessionOut


class CurrentData(Schema):
    session: SessionOut | None


class SessionsData(Schema):
    sessions: list[SessionOut]
    pagination: Pagination


class DaySeconds(Schema):
    study_day: date
    seconds: int


Effects = Annotated[
    dict[str, Any],
    Field(description="What followed in the same transaction: `streak`, `totals`."),
]


class CountedData(Schema):
    """A session that counts now, what it counts on each day, and what followed."""

    session: SessionOut
    seconds_by_day: list[DaySeconds]
    clock_corrected_seconds: int = Field(
        description="What was added to the times because the clock that kept them is off; see X-Client-Time."
    )
    effects: Effects


class EndedData(Schema):
    """How a timer ended. `session` is null when it had not counted a second: then nothing is kept."""

    session: SessionOut | None
    seconds_by_day: list[DaySeconds]
    effects: Effects

    @classmethod
    def of(cls, ended: Ended, effects: dict[str, Any]) -> Self:
        return cls(
            session=None if ended.row is None else SessionOut.of(ended.row),
            seconds_by_day=[DaySeconds(study_day=day, seconds=seconds) for day, seconds in ended.pieces],
            effects=effects,
        )


class ChangedData(Schema):
    session: SessionOut
    effects: Effects


class DeletedData(Deleted):
    effects: Effects


class PresentOut(Schema):
    """Somebody who studies in the group's name right now, or is in a pause."""

    user_id: UUID
    name: str
    username: str
    avatar_url: str | None
    started_at: datetime
    duration_seconds: int = Field(description="Without the pauses.")
    is_paused: bool

    @classmethod
    def of(cls, one: Present) -> Self:
        parts = counting.timer_of(one.row).stretches(counting.now())
        return cls(
            user_id=one.person.id,
            name=one.person.name,
            username=one.person.username,
            avatar_url=one.person.avatar_url,
            started_at=one.row.started_at,
            duration_seconds=sum(part.seconds for part in parts),
            is_paused=one.row.paused_at is not None,
        )


class PresentData(Schema):
    group_id: UUID
    studying: list[PresentOut]
