"""Grade point average: over takings of courses, weighted by credits. Exact fractions throughout."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from uuid import UUID

from studyhall.domains.grades.rules.averages import STABLE, named_direction
from studyhall.domains.scales.public import Scale

BY_SEMESTER, BY_YEAR = "semester", "year"
LATEST, BEST, ALL = "latest", "best", "all"

_SEASONS = (
    (re.compile(r"spring|fr[uü]hjahr|printemps|primavera", re.IGNORECASE), (5, 31)),
    (re.compile(r"summer|sommer|\bss\b|\bsose\b|[ée]t[ée]\b|verano|ver[aã]o", re.IGNORECASE), (8, 31)),
    (re.compile(r"fall|autumn|winter|herbst|\bws\b|\bwise\b|automne|hiver|oto[nñ]o|outono", re.IGNORECASE), (12, 31)),
)
_YEAR = re.compile(r"(?<!\d)(19|20|21)\d\d(?!\d)")


@dataclass(frozen=True, slots=True)
class Taking:
    """One course in one semester.

    Attributes:
        course: the course, or the first of those that repeat each other.
        last_on: day of its latest result.
        credits: 0 or more.
        percentage, points: its standing so far; None while nothing counts.
        is_graded: whether it belongs into a GPA, which pass/fail courses do not.
        is_passed: None while it has no standing.
    """

    course: UUID
    course_id: UUID
    semester: str
    last_on: date
    credits: Fraction
    percentage: Fraction | None
    points: Fraction | None
    is_graded: bool = True
    is_passed: bool | None = None


@dataclass(frozen=True, slots=True)
class Gpa:
    """A mean and the credits it rests on; `value` is None when they are zero."""

    value: Fraction | None
    credits: Fraction


@dataclass(frozen=True, slots=True)
class Period:
    """One point of the trend."""

    name: str
    gpa: Gpa


def gpa_of(takings: Iterable[Taking]) -> Gpa:
    """The mean of the points, weighted by credits, of what is graded and has a standing."""
    counting = [(one.credits, one.points) for one in takings if one.is_graded and one.points is not None]
    credits = sum((credits for credits, _ in counting), Fraction(0))
    if not credits:
        return Gpa(None, credits)
    return Gpa(sum((credits * points for credits, points in counting), Fraction(0)) / credits, credits)


def cumulative(takings: Sequence[Taking], repeats: str, scale: Scale) -> list[Taking]:
    """Those that count over all semesters: of a repeated course the latest taking with a standing, or the best one."""
    if repeats == ALL:
        return list(takings)
    chosen: dict[UUID, Taking] = {}
    for one in takings:
        present = chosen.get(one.course)
        if present is None or _counts_instead(one, present, repeats, scale):
            chosen[one.course] = one
    return list(chosen.values())


def _counts_instead(new: Taking, present: Taking, repeats: str, scale: Scale) -> bool:
    if new.points is None or present.points is None:
        return present.points is None and new.points is not None
    later = (new.last_on, new.semester, str(new.course_id)) > (
        present.last_on, present.semester, str(present.course_id),
    )  # fmt: skip
    if repeats == BEST and new.points != present.points:
        return scale.improvement(present.points, new.points) > 0
    return later


def year_of(semester: str, last_on: date) -> str:
    """The year that a semester counts to: the first that its name tells, else that of its latest result."""
    found = _YEAR.search(semester)
    return found.group() if found else str(last_on.year)


def end_of(semester: str, otherwise: date) -> date:
    """About when a semester of that name ends, for courses that have a final grade and no dated result."""
    year = _YEAR.search(semester)
    if year is None:
        return otherwise
    month, day = next((ends for season, ends in _SEASONS if season.search(semester)), (6, 30))
    return date(int(year.group()), month, day)


def periods(takings: Sequence[Taking], by: str) -> list[Period]:
    """A GPA for each semester or year in the order of time, of all takings in it; those without any are left out."""
    ends: dict[str, date] = {}
    for one in takings:
        ends[one.semester] = max(one.last_on, ends.get(one.semester, one.last_on))
    grouped: dict[str, list[Taking]] = {}
    for semester in sorted(ends, key=lambda name: (ends[name], name)):
        label = year_of(semester, ends[semester]) if by == BY_YEAR else semester
        grouped.setdefault(label, []).extend(one for one in takings if one.semester == semester)
    named = (Period(name, gpa_of(members)) for name, members in grouped.items())
    return [period for period in named if period.gpa.value is not None]


def direction(trend: Sequence[Period], scale: Scale) -> str:
    """The latest period against the one before it: a change of at least 2.5 % of the scale (0.1 of 4.0) is told."""
    values = [period.gpa.value for period in trend[-2:] if period.gpa.value is not None]
    if len(values) < 2:
        return STABLE
    return named_direction(scale.improvement(values[0], values[1]))


def root_of(course_id: UUID, repeats: Mapping[UUID, UUID]) -> UUID:
    """The first of the courses that repeat each other. A circle, which is refused when it is entered, ends here too."""
    seen = {course_id}
    while (earlier := repeats.get(course_id)) is not None and earlier not in seen:
        seen.add(earlier)
        course_id = earlier
    return course_id


def makes_circle(repeats: Mapping[UUID, UUID]) -> bool:
    """Whether following the repetitions from some course leads back to it."""
    for start in repeats:
        at, seen = start, {start}
        while (following := repeats.get(at)) is not None:
            if following in seen:
                return True
            seen.add(following)
            at = following
    return False
