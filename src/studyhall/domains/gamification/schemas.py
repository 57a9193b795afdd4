"""What goes out of gamification."""

from datetime import date, datetime
from typing import Self
from uuid import UUID

from pydantic import Field

from studyhall.domains.gamification.service.awarding import standing_on
from studyhall.domains.gamification.service.catalogue import words
from studyhall.domains.gamification.service.showing import Progress, Status
from studyhall.platform.web import Choice, Pagination, Schema


class Cause(Choice):
    """What XP is paid for."""

    STUDY = "study"
    CHAPTER = "chapter"
    QUIZ = "quiz"
    DOUBT = "doubt"


class XpOut(Schema):
    """My XP and my level."""

    total: int
    today: int = Field(description="XP of my own study day.")
    level: int
    level_xp: int = Field(description="All the XP that this level asks for.")
    next_level_xp: int = Field(description="All the XP that the next level asks for.")
    xp_to_next_level: int


class StreakBrief(Schema):
    current_streak: int
    longest_streak: int
    last_active_date: date | None


class AchievementOut(Schema):
    """An achievement and how far I am. Once unlocked it stays, even if the figure falls again."""

    key: str = Field(examples=["streak_7"])
    name: str
    description: str
    icon: str
    figure: str = Field(description="What is counted.", examples=["longest_streak"])
    threshold: int
    current: int
    progress: int = Field(description="Percent of the threshold, at most 100.")
    is_unlocked: bool
    unlocked_at: datetime | None

    @classmethod
    def of(cls, one: Progress, language: str) -> Self:
        name, description = words(one.achievement, language)
        reached, asked = min(one.current, one.achievement.threshold), one.achievement.threshold
        return cls(
            key=one.achievement.key, name=name, description=description, icon=one.achievement.icon,
            figure=one.achievement.figure, threshold=asked, current=one.current,
            progress=100 if one.unlocked_at else 100 * reached // asked,
            is_unlocked=one.unlocked_at is not None, unlocked_at=one.unlocked_at,
        )  # fmt: skip


class AchievementsBrief(Schema):
    unlocked: int
    total: int
    latest: list[AchievementOut] = Field(description="The last three, the newest first.")


class StatusOut(Schema):
    xp: XpOut
    streak: StreakBrief
    achievements: AchievementsBrief

    @classmethod
    def of(cls, status: Status, language: str) -> Self:
        unlocked = [one for one in status.progress if one.unlocked_at is not None]
        latest = sorted(unlocked, key=lambda one: str(one.unlocked_at), reverse=True)[:3]
        streak = status.streak
        return cls(
            xp=XpOut(total=status.xp, today=status.xp_today, **standing_on(status.xp)),
            streak=StreakBrief(
                current_streak=streak.current, longest_streak=streak.longest,
                last_active_date=streak.last_active_date,
            ),
            achievements=AchievementsBrief(
                unlocked=len(unlocked), total=len(status.progress),
                latest=[AchievementOut.of(one, language) for one in latest],
            ),
        )  # fmt: skip


class StatusData(Schema):
    status: StatusOut


class AwardOut(Schema):
    """XP for one cause."""

    id: UUID
    cause: Cause
    cause_id: UUID = Field(description="The session, chapter, quiz attempt or doubt.")
    study_day: date = Field(description="My own day. A session has an award for each day that it touches.")
    points: int
    created_at: datetime


class XpLogData(Schema):
    xp_log: list[AwardOut]
    pagination: Pagination


class AchievementsData(Schema):
    achievements: list[AchievementOut]
    unlocked: int
    total: int
