"""How much time the days ask for, and for what.

A course asks for an hour of own study a week for every credit: half of the customary two, because assignments and
weak topics come on top. An assignment asks for one, two or three hours by its priority, a weak topic for 45 minutes.
If the person says how many hours he wants, or has a daily goal, the courses share what assignments and weak topics
leave of it by their credits. What is planned or studied in these days already is taken off again, from what is due
first.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from studyhall.domains.guidance.rules.problem import MINUTES, Kind, Priority

MINUTES_PER_CREDIT = 60
MINUTES_OF_ASSIGNMENT: Mapping[Priority, int] = {"high": 180, "medium": 120, "low": 60}
MINUTES_OF_WEAK_TOPIC = 45
MOST_WEAK_TOPICS = 6
MOST_ASSIGNMENTS = 25

Basis = Literal["asked", "daily_goal", "courses"]


@dataclass(frozen=True, slots=True)
class Course:
    """A course with what is covered of it.

    Attributes:
        covered: minutes planned or studied in these days already.
    """

    id: UUID
    name: str
    credits: int
    covered: int = 0


@dataclass(frozen=True, slots=True)
class Assignment:
    """Something to hand in whose due date is ahead."""

    id: UUID
    course_id: UUID
    title: str
    due_date: datetime
    priority: Priority


@dataclass(frozen=True, slots=True)
class WeakTopic:
    """Something that the person has shown not to know well.

    Attributes:
        mastery: 0 to 1.
    """

    id: UUID
    course_id: UUID
    name: str
    mastery: float


@dataclass(frozen=True, slots=True)
class Wanted:
    """Time that something asks for.

    Attributes:
        asked: minutes in all.
        left: minutes that are not covered yet; a multiple of a quarter of an hour.
    """

    kind: Kind
    course: Course
    asked: int
    left: int
    assignment: Assignment | None = None
    topic: WeakTopic | None = None


@dataclass(frozen=True, slots=True)
class Demand:
    """All that the days ask for.

    Attributes:
        total: minutes to place at most.
        basis: where the total comes from.
    """

    wanted: Sequence[Wanted]
    total: int
    basis: Basis


def demand(
    courses: Sequence[Course],
    assignments: Sequence[Assignment],
    topics: Sequence[WeakTopic],
    asked: int | None,
    basis: Basis,
) -> Demand:
    """What to place, the most urgent first.

    Args:
        asked: minutes of the person's wish or goal, those already covered included; None leaves it to the courses.
    """
    by_id = {course.id: course for course in courses}
    covered = {course.id: course.covered for course in courses}
    urgent = sorted((one for one in assignments if one.course_id in by_id), key=lambda one: (one.due_date, one.id))
    weakest = sorted((one for one in topics if one.course_id in by_id), key=lambda one: (one.mastery, one.id))
    wanted: list[Wanted] = []

    def add(kind: Kind, course: Course, minutes: int, *facts: Assignment | WeakTopic) -> None:
        paid = min(covered[course.id], minutes)
        covered[course.id] -= paid
        assignment = next((one for one in facts if isinstance(one, Assignment)), None)
        topic = next((one for one in facts if isinstance(one, WeakTopic)), None)
        wanted.append(Wanted(kind, course, minutes, _whole_quarters(minutes - paid), assignment, topic))

    for assignment in urgent[:MOST_ASSIGNMENTS]:
        add("assignment", by_id[assignment.course_id], MINUTES_OF_ASSIGNMENT[assignment.priority], assignment)
    for topic in weakest[:MOST_WEAK_TOPICS]:
        add("weak_topic", by_id[topic.course_id], MINUTES_OF_WEAK_TOPIC, topic)
    spoken_for = sum(one.asked for one in wanted)
    for course, minutes in zip(courses, _shares(courses, asked, spoken_for), strict=True):
        add("course", course, minutes)
    total = sum(one.left for one in wanted)
    if asked is not None:
        total = min(total, _whole_quarters(max(0, asked - sum(course.covered for course in courses))))
    return Demand([one for one in wanted if one.left > 0], total, basis)


def _shares(courses: Sequence[Course], asked: int | None, spoken_for: int) -> list[int]:
    """Minutes of each course beside its assignments and weak topics: whole quarters, by largest remainders."""
    if asked is None:
        return [course.credits * MINUTES_PER_CREDIT for course in courses]
    quarters = max(0, asked - spoken_for) // MINUTES
    weight = sum(course.credits for course in courses)
    if not weight:
        return [0 for _ in courses]
    shares = [quarters * course.credits // weight for course in courses]
    by_remainder = sorted(range(len(courses)), key=lambda n: (-(quarters * courses[n].credits % weight), n))
    for n in by_remainder[: quarters - sum(shares)]:
        shares[n] += 1
    return [share * MINUTES for share in shares]


def _whole_quarters(minutes: int) -> int:
    return minutes // MINUTES * MINUTES
