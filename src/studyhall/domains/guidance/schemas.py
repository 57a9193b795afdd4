"""What is asked for a week, and what is proposed."""

from datetime import date as Day
from datetime import datetime, time
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, Field

from studyhall.domains.guidance.rules.demand import Basis
from studyhall.domains.guidance.rules.engine import Engine
from studyhall.domains.guidance.rules.problem import MINUTES, Priority
from studyhall.domains.guidance.rules.reasons import LeftKind, ReasonKind
from studyhall.platform.web import ClockTime, Schema

SHORTEST_PLAN, LONGEST_PLAN = 15, 480
MOST_HOURS = 112  # 16 hours a day
MOST_COURSES = 50


def _local(value: time) -> time:
    if value.tzinfo is not None:
        raise ValueError("This is a time of your own day, without a zone.")
    return value.replace(microsecond=0)


def _whole_quarters(value: int) -> int:
    if value % MINUTES:
        raise ValueError("Give a multiple of 15 minutes.")
    return value


def _each_once(value: list[UUID]) -> list[UUID]:
    return list(dict.fromkeys(value))


OwnTime = Annotated[ClockTime, AfterValidator(_local)]
BlockMinutes = Annotated[int, Field(ge=SHORTEST_PLAN, le=LONGEST_PLAN), AfterValidator(_whole_quarters)]


class Wish(Schema):
    """Everything may be left out."""

    week_start: Day | None = Field(None, description="The first of seven days; today if left out.")
    hours: Annotated[float, Field(ge=0.25, le=MOST_HOURS, allow_inf_nan=False)] | None = Field(
        None,
        description=(
            "How long I want to study in these days in all, with what is planned or studied already. If left out: my "
            "daily goal, or else what credits, assignments and weak topics ask for."
        ),
        examples=[12],
    )
    earliest: OwnTime = Field(time(8), description="No block begins earlier.", examples=["08:00"])
    latest: OwnTime = Field(
        time(22), description="No block ends later; 00:00 is the end of the day.", examples=["22:00"]
    )
    most_minutes_per_day: Annotated[int, Field(ge=SHORTEST_PLAN, le=960)] = Field(
        240, description="Study of a day, with what is planned or studied already."
    )
    shortest_block: BlockMinutes = Field(30, description="Minutes; a rest that is shorter is still proposed.")
    longest_block: BlockMinutes = Field(120, description="Minutes.")
    break_minutes: Annotated[int, Field(ge=0, le=120)] = Field(
        15, description="Between blocks, and around classes and plans."
    )
    courses: Annotated[list[UUID], Field(min_length=1, max_length=MOST_COURSES), AfterValidator(_each_once)] | None = (
        Field(None, description="Only these of my courses.")
    )
    days_off: Annotated[list[Day], Field(max_length=7)] = Field(
        default_factory=list, description="Days without any proposal."
    )
    study_on_holidays: bool = Field(False, description="Whether days off of the timetable may be filled.")


class Queued(Schema):
    """The task to poll; its result is a `SuggestedWeek`."""

    task_id: UUID


class CourseOut(Schema):
    """The course of a block."""

    id: UUID
    name: str
    code: str
    color: str


class ReasonOut(Schema):
    """One reason for a block."""

    kind: ReasonKind
    text: str


class ProposedPlan(Schema):
    """A body for `POST /planning/plans`, as it is."""

    course_id: UUID
    topic: str
    description: str | None
    date: Day
    start_time: time
    planned_duration: int
    priority: Priority
    study_type: Literal["review", "new_material", "practice"]


class Block(Schema):
    """One proposed stretch of study. Post `plan` to accept it."""

    plan: ProposedPlan
    course: CourseOut
    assignment_id: UUID | None
    topic_id: UUID | None
    starts_at: datetime
    ends_at: datetime
    reason: str
    reasons: list[ReasonOut]


class LeftOver(Schema):
    """Something that did not get all the time it asks for."""

    course: CourseOut
    topic: str
    assignment_id: UUID | None
    minutes: int
    code: LeftKind
    text: str


class Nothing(Schema):
    """Why nothing is proposed."""

    code: Literal["no_courses", "all_covered", "no_free_time", "nothing_fits"]
    text: str


class SuggestedWeek(Schema):
    """What is proposed for seven days.

    Attributes:
        engine: null when there was nothing to place.
        is_optimal: whether it is proved that no other choice is worth more.
        wanted_minutes: what is still to be placed; what is covered is not in it.
    """

    week_start: Day
    week_end: Day
    time_zone: str
    engine: Engine | None
    is_optimal: bool
    engine_note: str | None
    basis: Basis
    wanted_minutes: int
    covered_minutes: int
    proposed_minutes: int
    knows_best_hours: bool
    blocks: list[Block]
    left_over: list[LeftOver]
    nothing: Nothing | None
