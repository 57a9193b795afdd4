"""Days that count by something else than a session."""

from collections.abc import Collection, Mapping
from datetime import date
from uuid import UUID

from studyhall.domains.chapters import public as chapters
from studyhall.domains.identity import public as identity
from studyhall.domains.planning import public as planning
from studyhall.domains.streaks import queries
from studyhall.domains.streaks.events import StudyDayMarked
from studyhall.domains.study import public as study
from studyhall.domains.study.public import StudyCalendar
from studyhall.platform.uow import UnitOfWork

PLAN, CHAPTER = "plan", "chapter"


async def mark_day(uow: UnitOfWork, user_id: UUID, *, cause: str, cause_id: UUID, day: date, today: date) -> None:
    """Let a day count for the streak by something else than a session, once per cause.

    A cause that was taken back and comes again counts on the day that it had.

    Args:
        cause: what kind of thing it is, e.g. `plan`; `cause_id` names the thing itself.
        day: the person's study day on which it happened; `today` is his study day now.
    """
    if await queries.mark(uow, user_id, cause, cause_id, day):
        uow.record(StudyDayMarked(user_id, today))


async def unmark_days(
    uow: UnitOfWork, user_id: UUID, *, cause: str, cause_ids: Collection[UUID], today: date | None = None
) -> None:
    """Take such marks back, when their causes are undone. `today` is the person's study day, looked up if left out."""
    await study.lock(uow, user_id)
    if await queries.take_back(uow, user_id, cause, cause_ids):
        uow.record(StudyDayMarked(user_id, today or await today_of(uow, user_id)))


async def calendar_of(uow: UnitOfWork, user_id: UUID) -> StudyCalendar:
    """A person's study days as he counts them now; those of UTC for somebody whose account is gone."""
    person = await identity.recipient(uow, user_id)
    return StudyCalendar() if person is None else StudyCalendar(person.time_zone, person.day_start_hour)


async def today_of(uow: UnitOfWork, user_id: UUID) -> date:
    """A person's study day now."""
    return (await calendar_of(uow, user_id)).day_of(study.now())


async def rebuild(uow: UnitOfWork, user_id: UUID) -> list[str]:
    """Compare the marks with the things that cause them, and mend what differs; answers what that was.

    A lost mark comes back on its own day if its row is there, else on the day its cause happened: of a chapter the
    day that was noted with it, of a plan by the person's calendar of today.
    """
    plans = await planning.completed(uow, user_id)
    calendar = await calendar_of(uow, user_id)
    read = await chapters.completed(uow, user_id)
    return [
        *await _mend(uow, user_id, PLAN, {plan_id: calendar.day_of(at) for plan_id, at in plans.items()}),
        *await _mend(uow, user_id, CHAPTER, {chapter_id: one.study_day for chapter_id, one in read.items()}),
    ]


async def _mend(uow: UnitOfWork, user_id: UUID, cause: str, done: Mapping[UUID, date]) -> list[str]:
    """Let exactly what is done count, of one kind of cause."""
    marked = await queries.marked(uow, user_id, cause)
    lost, surplus = sorted(done.keys() - marked), sorted(marked - done.keys())
    if surplus:
        await queries.take_back(uow, user_id, cause, surplus)
    for one in lost:
        await queries.mark(uow, user_id, cause, one, done[one])
    name = cause.capitalize()
    return [
        *(f"{name} {one} is completed and did not count for the streak of {user_id}." for one in lost),
        *(f"{name} {one} counted for the streak of {user_id} and is not completed." for one in surplus),
    ]
