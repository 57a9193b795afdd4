"""What comes in and goes out of streaks."""

from datetime import date, timedelta
from typing import Annotated, Self

from pydantic import AliasChoices, Field

from studyhall.domains.streaks.rules import MOST_DAYS_OFF, STUDIED_DAYS_PER_FREEZE, Streak, next_milestone
from studyhall.domains.streaks.service import Month, Stats
from studyhall.domains.study.public import DayFigures
from studyhall.platform.web import Choice, Schema

_NOTHING = DayFigures()


class StreakOut(Schema):
    """A streak as it is seen today."""

    current_streak: int = Field(description="Studied days of the unbroken chain.")
    longest_streak: int
    last_active_date: date | None
    streak_start_date: date | None
    active_today: bool
    freezes_held: int = Field(description="Missed days that the streak would still survive, 0 to 2.")

    @classmethod
    def of(cls, streak: Streak, today: date) -> Self:
        return cls(
            current_streak=streak.current,
            longest_streak=streak.longest,
            last_active_date=streak.last_active_date,
            streak_start_date=streak.started_on,
            active_today=streak.last_active_date is not None and streak.last_active_date >= today,
            freezes_held=streak.freezes,
        )


class StreakData(Schema):
    streak: StreakOut


class HolidaysBody(Schema):
    """Days off from today on. What was planned before and is not named here is planned no longer."""

    holidays: Annotated[
        list[date], Field(max_length=MOST_DAYS_OFF, validation_alias=AliasChoices("holidays", "dates", "days"))
    ]


class HolidaysData(Schema):
    holidays: list[date] = Field(description="My days off from today on, in order.")


class DayStatus(Choice):
    """What a day was: studied, missed but bridged by a freeze, off, or none of these; or it is not over yet."""

    STUDIED = "studied"
    FROZEN = "frozen"
    DAY_OFF = "day_off"
    NONE = "none"
    OPEN = "open"


class CalendarDay(Schema):
    date: date
    status: DayStatus
    studied: bool
    sessions: int = Field(description="Sessions that touch the day.")
    minutes: int | None = Field(description="Full minutes; null for other people's days.")
    in_streak: bool = Field(description="It belongs to the chain that runs today.")
    day_off: str | None = Field(description="Why it cannot be missed: planned or travel.")
    reset: bool = Field(description="On this day I started over.")


class CalendarData(Schema):
    """A month, day by day, in the person's own study days."""

    month: str = Field(examples=["2026-11"])
    today: date
    days_studied: int
    sessions: int
    streak: StreakOut
    days: list[CalendarDay]

    @classmethod
    def of(cls, month: Month, *, is_mine: bool) -> Self:
        days = [
            _day(month, date.fromordinal(n), is_mine)
            for n in range(month.first.toordinal(), month.last.toordinal() + 1)
        ]
        return cls(
            month=f"{month.first:%Y-%m}",
            today=month.today,
            days_studied=sum(day.studied for day in days),
            sessions=sum(day.sessions for day in days),
            streak=StreakOut.of(month.streak, month.today),
            days=days,
        )


def _day(month: Month, day: date, is_mine: bool) -> CalendarDay:
    figures, studied = month.figures.get(day, _NOTHING), day in month.studied
    begun = month.streak.started_on
    return CalendarDay(
        date=day,
        status=_status(month, day),
        studied=studied,
        sessions=figures.sessions,
        minutes=figures.seconds // 60 if is_mine else None,
        in_streak=begun is not None and begun <= day and (studied or day < month.today),
        day_off=month.dated.days_off.get(day),
        reset=day in month.dated.resets,
    )


def _status(month: Month, day: date) -> DayStatus:
    if day in month.studied:
        return DayStatus.STUDIED
    if day in month.dated.days_off:
        return DayStatus.DAY_OFF
    if day in month.frozen:
        return DayStatus.FROZEN
    return DayStatus.NONE if day < month.today else DayStatus.OPEN


class StatsOut(StreakOut):
    """Everything there is to say of a streak."""

    total_days_studied: int = Field(description="Studied days ever.")
    days_until_break: int | None = Field(
        description="Days left to study before the chain breaks; 0 is today. Null when none runs."
    )
    study_by: date | None = Field(description="The last day on which studying still saves the chain.")
    days_to_next_freeze: int
    next_milestone: int | None
    studied_last_7_days: int
    studied_last_30_days: int
    consistency_percentage: int = Field(description="Share of the last 30 days that were studied.")

    @classmethod
    def from_stats(cls, stats: Stats) -> Self:
        streak, today = stats.streak, stats.today
        week = {today - timedelta(days=n) for n in range(7)}
        return cls(
            **StreakOut.of(streak, today).model_dump(),
            total_days_studied=streak.days_studied,
            days_until_break=None if stats.study_by is None else (stats.study_by - today).days,
            study_by=stats.study_by,
            days_to_next_freeze=STUDIED_DAYS_PER_FREEZE - streak.days_studied % STUDIED_DAYS_PER_FREEZE,
            next_milestone=next_milestone(streak.current),
            studied_last_7_days=len(stats.recent & week),
            studied_last_30_days=len(stats.recent),
            consistency_percentage=round(100 * len(stats.recent) / 30),
        )


class StatsData(Schema):
    stats: StatsOut
