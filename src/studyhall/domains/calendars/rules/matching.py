"""Which of a person's courses a class belongs to: by code, then by name, exactly. What is not sure is said."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from studyhall.domains.calendars.rules.series import Series
from studyhall.domains.calendars.rules.titles import compact, normalise


class Course(Protocol):
    """What matching needs to know of a course."""

    @property
    def id(self) -> UUID: ...

    @property
    def name(self) -> str: ...

    @property
    def code(self) -> str | None: ...


@dataclass(frozen=True, slots=True)
class CourseMatch:
    """The course found.

    Attributes:
        by: code, name, kept (the class had it already), ambiguous (several fit) or none.
    """

    course_id: UUID | None
    by: str

    @property
    def is_found(self) -> bool:
        return self.course_id is not None


NO_COURSE = CourseMatch(None, "none")


def match_course(series: Series, courses: Sequence[Course]) -> CourseMatch:
    """The one course with the class's code, else the one with its name."""
    codes = {compact(text) for text in (series.code, series.title, series.name) if text and compact(text)}
    names = {normalise(text) for text in (series.name, series.title, series.code) if text and normalise(text)}
    by_own_code = _only(courses, "code", lambda course: _code(course) == compact(series.code or ""), series.code)
    return (
        by_own_code
        or _only(courses, "code", lambda course: _code(course) in codes)
        or _only(courses, "name", lambda course: normalise(course.name) in names)
        or NO_COURSE
    )


def _code(course: Course) -> str:
    return compact(course.code or "")


def _only(
    courses: Sequence[Course], by: str, fits: Callable[[Course], bool], needed: str | None = "any"
) -> CourseMatch | None:
    found = [course for course in courses if needed and fits(course)]
    if len(found) > 1:
        return CourseMatch(None, "ambiguous")
    return CourseMatch(found[0].id, by) if found else None


def missing_courses(series: Sequence[Series]) -> list[tuple[str | None, str, list[int]]]:
    """The courses that unmatched classes would need: code, name, and the positions of the classes of each.

    Classes of one code are one course; its name is the one that most of its classes carry, the shorter on a tie. A
    class without a code joins the course whose code or name it bears.
    """
    groups: dict[str, list[int]] = {}
    aliases: dict[str, str] = {}
    with_code_first = sorted(range(len(series)), key=lambda position: series[position].code is None)
    for position in with_code_first:
        one = series[position]
        name = normalise(one.name) or one.name
        wanted = compact(one.code) if one.code else aliases.get(compact(one.name)) or aliases.get(name) or name
        groups.setdefault(wanted, []).append(position)
        aliases.setdefault(compact(wanted), wanted)
        aliases.setdefault(name, wanted)
    return [_course_of([series[position] for position in members], members) for members in groups.values()]


def _course_of(classes: Sequence[Series], positions: list[int]) -> tuple[str | None, str, list[int]]:
    code = next((one.code for one in classes if one.code), None)
    weights: dict[str, int] = {}
    for one in [one for one in classes if one.code] or classes:
        weights[one.name] = weights.get(one.name, 0) + (1 if one.kind == "class" else 0)
    name = min(weights, key=lambda text: (-weights[text], len(text), text))
    return code, name, sorted(positions)
