"""How far a person is with his courses."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from studyhall.domains.chapters import queries
from studyhall.domains.chapters.ports import CurrentStreaks, LastStudied, QuizScores
from studyhall.domains.courses import public as courses
from studyhall.domains.courses.public import CourseBrief, CourseReading
from studyhall.platform import clock
from studyhall.platform.auth import Actor, user_named
from studyhall.platform.uow import UnitOfWork
from studyhall.platform.web import ListQuery, Page

VIEW_ANY = "progress.view_any"


@dataclass(frozen=True, slots=True)
class CourseProgress:
    """A person's progress in a course.

    Attributes:
        last_accessed: when he last completed a chapter of it or studied for it, whichever is later; None before the
            first. Opening a chapter writes nothing: a read stays a read, and the study timer tells who reads.
    """

    user_id: UUID
    course: CourseBrief
    reading: CourseReading
    last_accessed: datetime | None


@dataclass(frozen=True, slots=True)
class CourseProgressDetail:
    """The same with what it is made of.

    Attributes:
        completed: living chapters that are done, in order.
        next_id: the first living chapter that is not done.
        quiz_scores: best score, 0 to 1, by quiz.
        streak_days: the person's streak, whichever course it comes from.
    """

    progress: CourseProgress
    completed: Sequence[UUID]
    next_id: UUID | None
    quiz_scores: Mapping[UUID, float]
    streak_days: int


async def of_courses(uow: UnitOfWork, actor: Actor, user: str | UUID, listing: ListQuery) -> Page[CourseProgress]:
    """A page of the courses that the person takes, owns, or has completed a chapter of, by name.

    Raises:
        RightRefused: somebody else is named without the right to see it.
    """
    user_id = user_named(uow, actor, user, VIEW_ANY)
    last = await queries.last_completions(uow, user_id)
    present = {one.id: one for one in await courses.owned_or_enrolled(uow, user_id)}
    elsewhere = await courses.briefs(uow, user_id, [one for one in last if one not in present])
    known = sorted({**elsewhere, **present}.values(), key=lambda one: (one.name.lower(), one.id))
    shown = known[listing.start : listing.start + listing.per_page]
    counts = await queries.counts(uow, user_id, [one.id for one in shown])
    studied = await _last_studied(uow, user_id)
    rows = [
        CourseProgress(
            user_id, one, CourseReading(*counts.get(one.id, (0, 0))), _later(last.get(one.id), studied.get(one.id))
        )
        for one in shown
    ]
    return Page(rows, len(known), listing)


async def of_course(uow: UnitOfWork, actor: Actor, user: str | UUID, course_id: UUID) -> CourseProgressDetail:
    """The person's progress in one course.

    Raises:
        RightRefused: somebody else is named without the right to see it.
        CourseNotFound: it is no course that the person may see or has studied.
    """
    user_id = user_named(uow, actor, user, VIEW_ANY)
    course = (await courses.briefs(uow, user_id, [course_id])).get(course_id)
    if course is None:
        raise courses.CourseNotFound
    chapter_ids = await queries.ids_in_order(uow, course_id)
    done = {row.chapter_id: row.completed_at for row in await queries.completions_of(uow, user_id, chapter_ids)}
    completed = [one for one in chapter_ids if one in done]
    studied = (await _last_studied(uow, user_id)).get(course_id)
    scores: QuizScores = uow.resources.port(QuizScores)
    streaks: CurrentStreaks = uow.resources.port(CurrentStreaks)
    return CourseProgressDetail(
        CourseProgress(
            user_id, course, CourseReading(len(chapter_ids), len(completed)), _later(*done.values(), studied)
        ),
        completed,
        next((one for one in chapter_ids if one not in done), None),
        await scores(uow, user_id, course_id),
        await streaks(uow, user_id, _today(actor)),
    )


async def _last_studied(uow: UnitOfWork, user_id: UUID) -> Mapping[UUID, datetime]:
    last_studied: LastStudied = uow.resources.port(LastStudied)
    return await last_studied(uow, user_id)


def _later(*times: datetime | None) -> datetime | None:
    return max((one for one in times if one is not None), default=None)


def _today(actor: Actor) -> date:
    return clock.today_in(actor.time_zone, actor.day_start_hour)
