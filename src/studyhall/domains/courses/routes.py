"""Courses, the catalogue, and taking a course."""

from typing import Annotated
from uuid import UUID

from fastapi import Header, Query
from starlette.responses import Response

from studyhall.domains.courses import queries, service
from studyhall.domains.courses.errors import AlreadyEnrolled, NotEnrolled
from studyhall.domains.courses.queries import CourseRow, Filters
from studyhall.domains.courses.schemas import (
    CourseAnswer,
    CourseChanges,
    CourseDetail,
    CourseDetailAnswer,
    CourseItem,
    CourseList,
    Deleted,
    NewCourse,
    NewEnrollment,
    Scope,
    Statistics,
)
from studyhall.domains.subjects.public import SubjectNotFound
from studyhall.platform.auth import Actor
from studyhall.platform.errors import PreconditionFailed, Unauthorized
from studyhall.platform.uow import UnitOfWork
from studyhall.platform.web import CurrentActor, Envelope, Listing, MaybeActor, Page, Router, Uow, created, ok, ready
from studyhall.platform.web.etags import VERSION_HEADER

router = Router("courses")

SemesterFilter = Annotated[str | None, Query(max_length=100, description="Only of that semester, e.g. Fall 2024.")]
ActiveFilter = Annotated[bool | None, Query(description="Only courses that I take actively, or only the others.")]
ScopeFilter = Annotated[Scope | None, Query(description="Mine by default with a token, the catalogue without one.")]
SearchText = Annotated[str | None, Query(max_length=100, description="A part of the name or the code.")]
SubjectFilter = Annotated[UUID | None, Query(description="Only courses of that subject.")]
Sort = Annotated[
    str | None, Query(max_length=20, description="name (default), code, created_at or updated_at; '-' turns it round.")
]
IfMatch = Annotated[str | None, Header(description="ETag of the version that the change was made on.")]


@router.get(
    "/courses",
    access="optional",
    hot=service.mine_as_json,
    summary="My courses with a token, the catalogue without one",
)
async def list_courses(
    uow: Uow,
    actor: MaybeActor,
    listing: Listing,
    *,
    scope: ScopeFilter = None,
    semester: SemesterFilter = None,
    active: ActiveFilter = None,
) -> Envelope[CourseList]:
    wanted = scope or (Scope.MINE if actor else Scope.CATALOG)
    filters = Filters(semester, active)
    if wanted is Scope.CATALOG:
        page = await queries.page_of_courses(uow, _id_of(actor), wanted, filters, listing)
        return ok(_listed(page, actor))
    if actor is None:
        raise Unauthorized("Sign in to see your courses.")
    answer: Envelope[CourseList] = ready(await queries.mine_as_json(uow, actor.user_id, filters, listing))
    return answer


@router.get("/catalog/courses", access="optional", summary="Published courses", limit="catalogue")
async def list_catalogue(
    uow: Uow,
    actor: MaybeActor,
    listing: Listing,
    *,
    q: SearchText = None,
    subject_id: SubjectFilter = None,
    sort: Sort = None,
) -> Envelope[CourseList]:
    filters = Filters(q=q, subject_id=subject_id)
    page = await queries.page_of_courses(uow, _id_of(actor), Scope.CATALOG, filters, listing, sort=sort)
    return ok(_listed(page, actor))


@router.post(
    "/courses", access="user", summary="Create a course of my own and take it", status=201, errors=[SubjectNotFound]
)
async def create_course(body: NewCourse, uow: Uow, actor: CurrentActor) -> Envelope[CourseAnswer]:
    course, enrollment = await service.create(uow, actor.user_id, body.model_dump())
    answer = CourseAnswer(course=CourseItem.of(course, enrollment, actor.user_id))
    return created(answer, "Course created successfully")


@router.get("/courses/{course_id}", access="optional", summary="One course, with my statistics when I take it")
async def get_course(course_id: UUID, uow: Uow, actor: MaybeActor, response: Response) -> Envelope[CourseDetailAnswer]:
    course, enrollment = await service.get(uow, _id_of(actor), course_id)
    detail = CourseDetail.of(course, enrollment, _id_of(actor))
    if actor is not None and enrollment is not None:
        detail.statistics = await _statistics(uow, actor.user_id, course_id)
    response.headers[VERSION_HEADER] = str(course.version)
    return ok(CourseDetailAnswer(course=detail))


@router.put(
    "/courses/{course_id}",
    access="user",
    summary="Change a course of mine, or how I take it",
    errors=[NotEnrolled, PreconditionFailed],
)
async def change_course(
    course_id: UUID, body: CourseChanges, uow: Uow, actor: CurrentActor, if_match: IfMatch = None
) -> Envelope[CourseAnswer]:
    fields = body.model_dump(exclude_unset=True)
    course, enrollment = await service.change(uow, actor, course_id, fields, if_match)
    answer = CourseAnswer(course=CourseItem.of(course, enrollment, actor.user_id))
    return ok(answer, "Course updated successfully")


@router.post(
    "/courses/{course_id}/publish",
    access="courses.publish",
    summary="Put a course into the catalogue",
    errors=[PreconditionFailed],
)
async def publish_course(
    course_id: UUID, uow: Uow, actor: CurrentActor, if_match: IfMatch = None
) -> Envelope[CourseAnswer]:
    course, enrollment = await service.publish(uow, actor, course_id, if_match)
    return ok(CourseAnswer(course=CourseItem.of(course, enrollment, actor.user_id)), "The course is in the catalogue.")


@router.delete("/courses/{course_id}", access="user", summary="Delete a course of mine")
async def delete_course(course_id: UUID, uow: Uow, actor: CurrentActor) -> Envelope[Deleted]:
    return ok(Deleted(undo_token=await service.delete(uow, actor, course_id)), "Course deleted successfully")


@router.post(
    "/courses/{course_id}/enroll",
    access="user",
    summary="Take a published course",
    status=201,
    errors=[AlreadyEnrolled],
)
async def take_course(
    course_id: UUID, uow: Uow, actor: CurrentActor, body: NewEnrollment | None = None
) -> Envelope[CourseAnswer]:
    fields = (body or NewEnrollment()).model_dump()
    course, enrollment = await service.enroll(uow, actor, course_id, fields)
    answer = CourseAnswer(course=CourseItem.of(course, enrollment, actor.user_id))
    return created(answer, "You take this course now.")


@router.delete(
    "/courses/{course_id}/enroll", access="user", summary="Leave a course; my history of it stays", errors=[NotEnrolled]
)
async def leave_course(course_id: UUID, uow: Uow, actor: CurrentActor) -> Envelope[Deleted]:
    return ok(Deleted(undo_token=await service.leave(uow, actor, course_id)), "You no longer take this course.")


async def _statistics(uow: UnitOfWork, user_id: UUID, course_id: UUID) -> Statistics:
    grades = await service.grades(uow, user_id, course_id)
    reading = await service.reading(uow, user_id, course_id)
    return Statistics(
        chapters_count=reading.chapters,
        chapters_completed=reading.completed,
        progress_percentage=reading.percentage,
        total_study_hours=await service.study_hours(uow, user_id, course_id),
        average_grade=None if grades.average is None else float(grades.average),
        results_count=grades.results,
    )


def _id_of(actor: Actor | None) -> UUID | None:
    return actor.user_id if actor else None


def _listed(page: Page[CourseRow], actor: Actor | None) -> CourseList:
    items = [CourseItem.of(course, enrollment, _id_of(actor)) for course, enrollment in page.rows]
    return CourseList(courses=items, pagination=page.pagination)
