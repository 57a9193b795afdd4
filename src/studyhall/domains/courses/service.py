"""Use cases of courses."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert

from studyhall.domains.courses import policy, queries
from studyhall.domains.courses.errors import AlreadyEnrolled, CourseNotFound, NotEnrolled, NotOwner, NotPublished
from studyhall.domains.courses.events import (
    CourseChanged,
    CourseCreated,
    CourseDeleted,
    CourseLeft,
    CoursePublished,
    CourseRestored,
    CourseTaken,
)
from studyhall.domains.courses.models import Course, Enrollment
from studyhall.domains.courses.ports import CourseGrades, CourseReading, EarnedGrades, ReadChapters, StudiedTime
from studyhall.domains.courses.queries import CourseRow, Filters
from studyhall.domains.subjects import public as subjects
from studyhall.domains.undo import public as undo
from studyhall.platform import clock
from studyhall.platform.auth import Actor
from studyhall.platform.errors import Conflict
from studyhall.platform.uow import UnitOfWork
from studyhall.platform.web import FIRST_PAGE
from studyhall.platform.web.etags import require_match

UNDO_COURSE = "courses.course"
UNDO_LEAVING = "courses.enrollment"

OF_ENROLLMENT = frozenset({"semester", "academic_year", "color", "is_active"})


async def create(uow: UnitOfWork, user_id: UUID, fields: Mapping[str, Any]) -> tuple[Course, Enrollment]:
    """A private course of the person's own, which he takes from now on.

    Args:
        fields: those of `schemas.NewCourse`, by name; what is left out has its default.
    """
    await _require_subject(uow, fields)
    course = Course(owner_id=user_id, **{name: value for name, value in fields.items() if name not in OF_ENROLLMENT})
    uow.session.add(course)
    await uow.session.flush()
    enrollment = Enrollment(
        user_id=user_id,
        course_id=course.id,
        **{name: value for name, value in fields.items() if name in OF_ENROLLMENT},
    )
    uow.session.add(enrollment)
    await uow.session.flush()
    uow.record(CourseCreated(user_id, course.id))
    return course, enrollment


async def put_imported(
    uow: UnitOfWork, owner_id: UUID, external_id: str, fields: Mapping[str, Any], first_code: str
) -> tuple[Course, bool]:
    """The owner's course of that package, made or changed; answers it, and whether it is new.

    Of two imports of one new package at once, the later waits at the unique index and fails as a whole.
    """
    course = await queries.imported(uow, owner_id, external_id)
    if course is None:
        course, _ = await create(uow, owner_id, {"code": first_code, **fields, "external_id": external_id})
        return course, True
    await _require_subject(uow, fields)
    if _assign(course, fields):
        course.version += 1
    await uow.session.flush()
    uow.record(CourseChanged(owner_id, course.id))
    return course, False


async def get(uow: UnitOfWork, viewer_id: UUID | None, course_id: UUID) -> CourseRow:
    """The course in the eyes of the viewer. Raises CourseNotFound."""
    found = await queries.course_seen_by(uow, viewer_id, course_id)
    if found is None:
        raise CourseNotFound
    return found


async def mine_as_json(uow: UnitOfWork, actor: Actor) -> bytes:
    """The first page of the actor's courses, as the list answers without parameters."""
    return await queries.mine_as_json(uow, actor.user_id, Filters(), FIRST_PAGE)


async def study_hours(uow: UnitOfWork, user_id: UUID, course_id: UUID) -> float:
    """Hours the person has studied for the course, to two decimals."""
    studied: StudiedTime = uow.resources.port(StudiedTime)
    return round(await studied.seconds_for_course(uow, user_id, course_id) / 3600, 2)


async def reading(uow: UnitOfWork, user_id: UUID, course_id: UUID) -> CourseReading:
    """How far the person has read the course."""
    read: ReadChapters = uow.resources.port(ReadChapters)
    return await read.of_course(uow, user_id, course_id)


async def grades(uow: UnitOfWork, user_id: UUID, course_id: UUID) -> CourseGrades:
    """The person's average in the course and the number of his results."""
    earned: EarnedGrades = uow.resources.port(EarnedGrades)
    return await earned.of_course(uow, user_id, course_id)


async def change(
    uow: UnitOfWork, actor: Actor, course_id: UUID, fields: Mapping[str, Any], if_match: str | None
) -> CourseRow:
    """Change the fields that were sent: of the course by owner or author, of the enrolment by anyone who takes it.

    Raises:
        CourseNotFound: the actor may not see it.
        NotOwner: a field of the course was sent by somebody who may not edit it, or he has nothing to change here.
        NotEnrolled: its owner does not take it and sent a field of the enrolment.
        PreconditionFailed: the course has another version than `if_match` says.
    """
    await queries.lock_course(uow, course_id)
    course, enrollment = await get(uow, actor.user_id, course_id)
    may_edit = policy.may_edit(actor, course)
    of_course = {name: value for name, value in fields.items() if name not in OF_ENROLLMENT}
    of_enrollment = {name: value for name, value in fields.items() if name in OF_ENROLLMENT}
    if not may_edit and (of_course or enrollment is None):
        raise NotOwner
    require_match(if_match, course.version)
    await _require_subject(uow, of_course)
    if of_enrollment:
        if enrollment is None:
            raise NotEnrolled
        _assign(enrollment, of_enrollment)
    if _assign(course, of_course):
        course.version += 1
    await uow.session.flush()
    uow.record(CourseChanged(actor.user_id, course_id))
    return course, enrollment


async def editable(uow: UnitOfWork, actor: Actor, course_id: UUID) -> CourseRow:
    """The course, locked, if the actor may edit what it is. Raises CourseNotFound, NotOwner."""
    found = await queries.course_seen_by(uow, actor.user_id, course_id, locked=True)
    if found is None:
        raise CourseNotFound
    if not policy.may_edit(actor, found[0]):
        raise NotOwner
    return found


async def publish(uow: UnitOfWork, actor: Actor, course_id: UUID, if_match: str | None) -> CourseRow:
    """Put the course into the catalogue; one that is there already stays as it is.

    Raises:
        CourseNotFound: the actor may not see it.
        NotOwner: he may not edit it.
        PreconditionFailed: the course has another version than `if_match` says.
    """
    course, enrollment = await editable(uow, actor, course_id)
    require_match(if_match, course.version)
    if course.visibility != "published":
        course.visibility, course.published_at = "published", clock.now()
        course.version += 1
        await uow.session.flush()
        uow.record(CoursePublished(actor.user_id, course_id))
    return course, enrollment


async def _require_subject(uow: UnitOfWork, fields: Mapping[str, Any]) -> None:
    subject_id = fields.get("subject_id")
    if subject_id is not None and not await subjects.subjects(uow, [subject_id]):
        raise subjects.SubjectNotFound


def _assign(row: Course | Enrollment, values: Mapping[str, Any]) -> bool:
    changed = {name: value for name, value in values.items() if getattr(row, name) != value}
    for name, value in changed.items():
        setattr(row, name, value)
    return bool(changed)


async def delete(uow: UnitOfWork, actor: Actor, course_id: UUID) -> str:
    """Delete a course softly; answers the token that takes it back.

    A published one is withdrawn from the catalogue by the same mark; other people who take it keep it.

    Raises:
        CourseNotFound: the actor may not see it.
        NotOwner: he is neither its owner nor, of a published one, an author.
    """
    course, enrollment = await editable(uow, actor, course_id)
    course.deleted_at = clock.now()
    if enrollment is not None:
        enrollment.left_at = course.deleted_at  # the same moment tells a restoration that it ended for this reason
    await uow.session.flush()
    uow.record(CourseDeleted(actor.user_id, course_id))
    return await undo.offer(uow, actor, UNDO_COURSE, [course_id])


async def restore(uow: UnitOfWork, user_id: UUID, course_id: UUID) -> None:
    """Take one's deletion of a course back.

    Raises:
        CourseNotFound: it was purged meanwhile.
        Conflict: its owner has imported the same package anew.
    """
    await queries.lock_course(uow, course_id)
    course = await uow.session.get(Course, course_id, populate_existing=True)
    if course is None:
        raise CourseNotFound
    if course.deleted_at is None:
        return
    if course.external_id is not None and course.owner_id is not None:
        twin = await queries.imported(uow, course.owner_id, course.external_id)
        if twin is not None:
            raise Conflict("The same package was imported again meanwhile; the course is there.")
    enrollment = await uow.session.get(Enrollment, (user_id, course_id), populate_existing=True)
    if enrollment is not None and enrollment.left_at == course.deleted_at:
        enrollment.left_at = None
    course.deleted_at = None
    await uow.session.flush()
    uow.record(CourseRestored(user_id, course_id))


async def enroll(uow: UnitOfWork, actor: Actor, course_id: UUID, fields: Mapping[str, Any]) -> CourseRow:
    """Take a course of the catalogue, or one's own again.

    Raises:
        CourseNotFound: the actor may not see it.
        AlreadyEnrolled: he takes it already; of two calls at once one gets this.
        NotPublished: it is visible, but can no longer be taken.
    """
    await queries.lock_course(uow, course_id)
    course, enrollment = await get(uow, actor.user_id, course_id)
    if enrollment is not None:
        raise AlreadyEnrolled
    if course.deleted_at is not None:
        raise NotPublished
    values = {**fields, "is_active": True, "enrolled_at": clock.now(), "left_at": None}
    taken = insert(Enrollment).values(user_id=actor.user_id, course_id=course_id, **values)
    await uow.session.execute(taken.on_conflict_do_update(index_elements=["user_id", "course_id"], set_=values))
    uow.record(CourseTaken(actor.user_id, course_id))
    return await get(uow, actor.user_id, course_id)


async def leave(uow: UnitOfWork, actor: Actor, course_id: UUID) -> str:
    """Stop taking a course; results and study time stay. Answers the token that takes it back.

    Raises:
        CourseNotFound: the actor may not see it.
        NotEnrolled: he does not take it.
    """
    await queries.lock_course(uow, course_id)
    _, enrollment = await get(uow, actor.user_id, course_id)
    if enrollment is None:
        raise NotEnrolled
    enrollment.left_at = clock.now()
    await uow.session.flush()
    uow.record(CourseLeft(actor.user_id, course_id))
    return await undo.offer(uow, actor, UNDO_LEAVING, [course_id])


async def take_again(uow: UnitOfWork, user_id: UUID, course_id: UUID) -> None:
    """Take the leaving of a course back, with its semester and colour as they were."""
    reopened = await uow.session.execute(
        update(Enrollment)
        .where(Enrollment.user_id == user_id, Enrollment.course_id == course_id, Enrollment.left_at.is_not(None))
        .values(left_at=None)
        .returning(Enrollment.course_id)
        .execution_options(synchronize_session=False)
    )
    if reopened.first() is not None:
        uow.record(CourseTaken(user_id, course_id))
