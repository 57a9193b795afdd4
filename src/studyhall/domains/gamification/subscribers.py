"""What gamification does when something has happened. `wiring` says to what each belongs."""

from studyhall.domains.assignments.events import AssignmentCompleted
from studyhall.domains.chapters.events import ChapterCompleted
from studyhall.domains.friends.events import FriendsMade
from studyhall.domains.gamification import service
from studyhall.domains.gamification.events import AchievementsDue
from studyhall.domains.gamification.models import CHAPTER
from studyhall.domains.gamification.rules import CHAPTER_XP
from studyhall.domains.grades.events import GradeChanged, GradeRecorded, GradeRestored, GradesImported
from studyhall.domains.groups.events import MemberJoined
from studyhall.domains.planning.events import PlanCompleted, PlanRestored
from studyhall.domains.streaks.events import StreakChanged
from studyhall.domains.study.events import StudySessionChanged, StudySessionDeleted, StudySessionEnded
from studyhall.platform.uow import UnitOfWork

Counted = (
    AssignmentCompleted
    | GradeChanged
    | GradeRecorded
    | GradeRestored
    | GradesImported
    | MemberJoined
    | PlanCompleted
    | PlanRestored
    | StreakChanged
)


async def pay_ended_session(uow: UnitOfWork, event: StudySessionEnded) -> None:
    """A session that counts is paid for on each day that it touches."""
    service.pay_parts(uow, event.user_id, [day for day, _ in event.seconds_by_day])


async def pay_changed_session(uow: UnitOfWork, event: StudySessionChanged) -> None:
    """What it counted before and what it counts now is paid anew, where that differs."""
    if event.seconds_before != event.seconds_by_day:
        days = {day for day, _ in (*event.seconds_before, *event.seconds_by_day)}
        service.pay_parts(uow, event.user_id, days)


async def take_back_session(uow: UnitOfWork, event: StudySessionDeleted) -> None:
    """A session that is taken back takes its XP along."""
    service.pay_parts(uow, event.user_id, [day for day, _ in event.seconds_before])


async def pay_chapter(uow: UnitOfWork, event: ChapterCompleted) -> None:
    """A chapter is paid for once, ever."""
    service.award(uow, event.user_id, cause=CHAPTER, cause_id=event.chapter_id, points=CHAPTER_XP, day=event.study_day)


async def look_at_achievements(uow: UnitOfWork, event: Counted) -> None:
    """Something that achievements count is more than before; once for all that happens in this unit of work."""
    uow.record_once(AchievementsDue(event.user_id))


async def look_at_both_friends(uow: UnitOfWork, event: FriendsMade) -> None:
    """Each of the two has a friend more."""
    for user_id in sorted((event.user_id, event.friend_id)):
        uow.record_once(AchievementsDue(user_id))


async def follow_causes(uow: UnitOfWork, event: AchievementsDue) -> None:
    """XP and achievements follow, in the same transaction."""
    await service.follow(uow, event.user_id)
