"""The door of courses for other domains."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import case, update

from studyhall.domains.courses import queries, service
from studyhall.domains.courses.errors import CourseNotFound, NotOwner
from studyhall.domains.courses.models import (
    DEFAULT_COLOR,
    DEFAULT_CREDITS,
    LONGEST_EXTERNAL_ID,
    Course,
    Enrollment,
)
from studyhall.domains.courses.policy import AUTHOR, listed, may_edit_sql, owned_ids, seen_by, seen_sql
from studyhall.domains.courses.ports import CourseGrades, CourseReading, EarnedGrades, ReadChapters, StudiedTime
from studyhall.platform.auth import Actor
from studyhall.platform.uow import UnitOfWork

__all__ = [
    "AUTHOR",
    "LONGEST_EXTERNAL_ID",
    "CourseBrief",
    "CourseFacts",
    "CourseGrades",
    "CourseNotFound",
    "CourseReading",
    "EarnedGrades",
    "NotOwner",
    "ReadChapters",
    "StudiedTime",
    "access_keys",
    "after",
    "briefs",
    "create_for",
    "facts",
    "imported",
    "keep_chapter_counts",
    "listed",
    "may_edit_sql",
    "owned_ids",
    "owned_or_enrolled",
    "put_imported",
    "require_editable",
    "require_enrolled",
    "require_visible",
    "search_keys",
    "seen_by",
    "seen_sql",
]


@dataclass(frozen=True, slots=True)
class CourseFacts:
    """What a course is, whoever looks.

    Attributes:
        owner_id: None once its owner's account is gone.
        is_listed: in the catalogue: published and not withdrawn.
        is_deleted: deleted or withdrawn.
        external_id: what the package that it came from calls it.
    """

    id: UUID
    owner_id: UUID | None
    name: str
    code: str
    credits: int
    instructor: str | None
    description: str | None
    prerequisites: tuple[str, ...]
    subject_id: UUID | None
    external_id: str | None
    is_listed: bool
    is_deleted: bool
    version: int


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


async def require_visible(uow: UnitOfWork, viewer_id: UUID | None, course_id: UUID) -> CourseFacts:
    """The course, if the viewer (None: nobody signed in) may see it. Raises CourseNotFound (404) else."""
    course, _ = await service.get(uow, viewer_id, course_id)
    return _facts(course)


async def require_editable(uow: UnitOfWork, actor: Actor, course_id: UUID) -> CourseFacts:
    """The course, locked until the transaction ends, if the actor may edit it and what it holds.

    Raises:
        CourseNotFound: he may not see it (404).
        NotOwner: he is neither its owner nor, of a published one, an author (403).
    """
    course, _ = await service.editable(uow, actor, course_id)
    return _facts(course)


async def facts(uow: UnitOfWork, course_ids: Collection[UUID]) -> dict[UUID, CourseFacts]:
    """The courses by id, whoever looks, also deleted ones; one statement. Check first who may know of them."""
    return {course.id: _facts(course) for course in await queries.any_of(uow, course_ids)}


async def after(uow: UnitOfWork, course_id: UUID, limit: int) -> list[CourseFacts]:
    """The next courses by id after that one, whoever looks, deleted ones too; for walking over all of them."""
    return [_facts(course) for course in await queries.after(uow, course_id, limit)]


async def access_keys(uow: UnitOfWork, user_id: UUID | None) -> frozenset[str]:
    """The keys of the index that courses give a person: `public`, and signed in `user:<id>` and `course:<id>`s."""
    if user_id is None:
        return frozenset({"public"})
    taken = await queries.taken_by(uow, user_id)
    return frozenset({"public", f"user:{user_id}", *(f"course:{course_id}" for course_id in taken)})


def search_keys(course: CourseFacts) -> frozenset[str]:
    """Who finds the course and what it holds: those who take it, its owner, and of a published one everybody."""
    keys = {f"course:{course.id}"}
    if course.is_listed:
        keys.add("public")
    if course.owner_id is not None and not course.is_deleted:
        keys.add(f"user:{course.owner_id}")
    return frozenset(keys)


async def keep_chapter_counts(uow: UnitOfWork, counts: Mapping[UUID, int]) -> None:
    """Note how many chapters the courses have; the chapters domain tells after each change."""
    if counts:
        await uow.session.execute(
            update(Course)
            .where(Course.id.in_(counts))
            .values(chapters_count=case(dict(counts), value=Course.id), updated_at=Course.updated_at)
            .execution_options(synchronize_session=False)
        )


async def imported(uow: UnitOfWork, owner_id: UUID, external_id: str) -> CourseFacts | None:
    """The owner's living course of that package, locked; None when there is none."""
    course = await queries.imported(uow, owner_id, external_id)
    return None if course is None else _facts(course)


async def put_imported(
    uow: UnitOfWork, owner_id: UUID, external_id: str, fields: Mapping[str, Any], first_code: str
) -> tuple[CourseFacts, bool]:
    """The owner's private course of that package, made (and taken) or changed; answers it, and whether it is new.

    Args:
        external_id: what the package is called, 255 characters at most.
        fields: of the course: name, and as far as known code, description, instructor, credits, prerequisites,
            subject_id; within the limits of `schemas.NewCourse`.
        first_code: the code of a new one, when the fields have none.
    """
    course, is_new = await service.put_imported(uow, owner_id, external_id, fields, first_code)
    return _facts(course), is_new


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


def _facts(course: Course) -> CourseFacts:
    return CourseFacts(
        id=course.id,
        owner_id=course.owner_id,
        name=course.name,
        code=course.code,
        credits=course.credits,
        instructor=course.instructor,
        description=course.description,
        prerequisites=tuple(course.prerequisites),
        subject_id=course.subject_id,
        external_id=course.external_id,
        is_listed=course.visibility == "published" and course.deleted_at is None,
        is_deleted=course.deleted_at is not None,
        version=course.version,
    )


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
