"""The door of courses for other domains."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from studyhall.domains.courses import queries, service
from studyhall.domains.courses.errors import CourseNotFound
from studyhall.domains.courses.models import DEFAULT_COLOR, DEFAULT_CREDITS, Course, Enrollment
from studyhall.domains.courses.ports import CourseGrades, EarnedGrades, StudiedTime
from studyhall.platform.uow import UnitOfWork

__all__ = [
    "CourseBrief",
    "CourseGrades",
    "CourseNotFound",
    "EarnedGrades",
    "StudiedTime",
    "briefs",
    "create_for",
    "owned_or_enrolled",
    "require_enrolled",
]


@dataclass(frozen=True, slots=True)
class CourseBrief:
    """A course as one person sees it, enough to name and colour it.

    Attributes:
        semester, academic_year, color, is_active: of his enrolment, present or past; without one, a neutral colour,
            no semester, not active.
        is_enrolled: whether he takes it at present.
        is_owner: whether it is his own.
    """

    id: UUID
    name: str
    code: str
    credits: int
    instructor: str | None
    color: str
    semester: str | None
    academic_year: str | None
    is_active: bool
    is_enrolled: bool
    is_owner: bool


async def owned_or_enrolled(uow: UnitOfWork, user_id: UUID) -> list[CourseBrief]:
    """Every course that the person takes or owns at present, by name."""
    return [_brief(user_id, course, enrollment) for course, enrollment in await queries.mine(uow, user_id)]


async def briefs(uow: UnitOfWork, user_id: UUID, ids: Collection[UUID]) -> dict[UUID, CourseBrief]:
    """Those of the courses that the person may know of, by id: present and past ones of his, and the catalogue's.

    For naming the course of a plan, a result or a class; a deleted course still names the past. Ids of courses that
    are none of his business are missing from the answer.
    """
    found = await queries.known_to(uow, user_id, ids)
    return {course.id: _brief(user_id, course, enrollment) for course, enrollment in found}


async def require_enrolled(uow: UnitOfWork, user_id: UUID, course_id: UUID) -> CourseBrief:
    """The course, if the person takes it at present. Raises CourseNotFound (404) else."""
    found = await queries.course_seen_by(uow, user_id, course_id)
    if found is None or found[1] is None:
        raise CourseNotFound
    return _brief(user_id, found[0], found[1])


async def create_for(
    uow: UnitOfWork,
    user_id: UUID,
    *,
    name: str,
    code: str,
    semester: str | None = None,
    academic_year: str | None = None,
    credits: int = DEFAULT_CREDITS,
    instructor: str | None = None,
    color: str = DEFAULT_COLOR,
) -> CourseBrief:
    """A private course of the person's own, which he takes; for imports that find a course he does not have yet.

    Texts must fit the limits of `schemas.NewCourse`: 255 characters of name and instructor, 50 of code, 100 of
    semester, 20 of academic year; 1 to 6 credits.
    """
    course, enrollment = await service.create(
        uow,
        user_id,
        {
            "name": name,
            "code": code,
            "semester": semester,
            "academic_year": academic_year,
            "credits": credits,
            "instructor": instructor,
            "color": color,
        },
    )
    return _brief(user_id, course, enrollment)


def _brief(user_id: UUID, course: Course, enrollment: Enrollment | None) -> CourseBrief:
    is_enrolled = enrollment is not None and enrollment.left_at is None
    return CourseBrief(
        id=course.id,
        name=course.name,
        code=course.code,
        credits=course.credits,
        instructor=course.instructor,
        color=enrollment.color if enrollment else DEFAULT_COLOR,
        semester=enrollment.semester if enrollment else None,
        academic_year=enrollment.academic_year if enrollment else None,
        is_active=is_enrolled and enrollment is not None and enrollment.is_active,
        is_enrolled=is_enrolled,
        is_owner=course.owner_id == user_id,
    )
