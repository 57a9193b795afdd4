"""What streaks do when something has happened. `wiring` says to what each belongs."""

from studyhall.domains.chapters.events import ChapterCompleted
from studyhall.domains.identity.events import CalendarMoved
from studyhall.domains.planning.events import PlanCompleted, PlanDeleted, PlanRestored
from studyhall.domains.streaks import service
from studyhall.domains.streaks.events import StreakCausesChanged, StudyDayMarked
from studyhall.domains.streaks.service import marks
from studyhall.domains.study.events import StudySessionChanged, StudySessionDeleted, StudySessionEnded
from studyhall.domains.study.public import StudyCalendar
from studyhall.platform.uow import UnitOfWork

DaysChanged = StudySessionEnded | StudySessionChanged | StudySessionDeleted | StudyDayMarked


async def hear_of_days(uow: UnitOfWork, event: DaysChanged) -> None:
    """Other days may count than before; once for all that happens in this unit of work."""
    uow.record_once(StreakCausesChanged(event.user_id, event.happened_on))


async def follow_causes(uow: UnitOfWork, event: StreakCausesChanged) -> None:
    """The streak follows, in the same transaction."""
    await service.follow(uow, event.user_id, event.happened_on)


async def count_completed_plan(uow: UnitOfWork, event: PlanCompleted) -> None:
    """The day counts, whether time was told or not."""
    day = event.happened_on
    await service.mark_day(uow, event.user_id, cause=marks.PLAN, cause_id=event.plan_id, day=day, today=day)


async def count_completed_chapter(uow: UnitOfWork, event: ChapterCompleted) -> None:
    """The day counts on which a chapter was done, and goes on counting: a completion is never taken back."""
    day = event.study_day
    await service.mark_day(uow, event.user_id, cause=marks.CHAPTER, cause_id=event.chapter_id, day=day, today=day)


async def follow_deleted_plan(uow: UnitOfWork, event: PlanDeleted) -> None:
    """A completed plan that is deleted no longer counts. Time that was studied stays."""
    if event.was_completed:
        await service.unmark_days(uow, event.user_id, cause=marks.PLAN, cause_ids=[event.plan_id])


async def follow_restored_plan(uow: UnitOfWork, event: PlanRestored) -> None:
    """A completed plan that comes back counts again, on the day it had."""
    if event.completed_at is not None:
        calendar = await marks.calendar_of(uow, event.user_id)
        await service.mark_day(
            uow, event.user_id, cause=marks.PLAN, cause_id=event.plan_id,
            day=calendar.day_of(event.completed_at), today=await marks.today_of(uow, event.user_id),
        )  # fmt: skip


async def follow_calendar(uow: UnitOfWork, event: CalendarMoved) -> None:
    """Days that a move skipped were nobody's to miss."""
    before = StudyCalendar(event.time_zone_before, event.day_start_hour_before)
    await service.skip_days(uow, event.user_id, before, StudyCalendar(event.time_zone, event.day_start_hour))
