"""What goes out of study analytics."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, Self
from uuid import UUID

from pydantic import Field

from studyhall.domains.study.public import DayFigures, SessionLength
from studyhall.domains.study_analytics.rules import TREND_WEEKS, Period, share
from studyhall.domains.study_analytics.service import Analysis, ByGroup, Everything, Today, Week
from studyhall.platform.web import Schema

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


class DayOut(Schema):
    """One study day. A session that touches two days is counted on both, each with its part."""

    study_day: date
    seconds: int
    minutes: int
    sessions: int

    @classmethod
    def of(cls, day: date, figures: DayFigures) -> Self:
        return cls(study_day=day, seconds=figures.seconds, minutes=figures.seconds // 60, sessions=figures.sessions)


class TodayData(Schema):
    """Today against yesterday. The running timer stands apart, because it counts only once it has ended."""

    today: DayOut
    yesterday: DayOut
    difference_seconds: int
    running_seconds: int
    goal_minutes: int | None = Field(description="What I want to study on a day; null when I have not said.")

    @classmethod
    def of(cls, summary: Today) -> Self:
        return cls(
            today=DayOut.of(summary.day, summary.today),
            yesterday=DayOut.of(summary.day - timedelta(days=1), summary.yesterday),
            difference_seconds=summary.today.seconds - summary.yesterday.seconds,
            running_seconds=summary.running_seconds,
            goal_minutes=summary.goal_minutes,
        )


class PeriodOut(Schema):
    """Some days in a row."""

    start_date: date
    end_date: date
    total_seconds: int
    total_minutes: int
    sessions: int = Field(description="Sessions that touch these days, each once.")
    days_studied: int
    average_seconds_per_studied_day: int
    average_session_seconds: int
    best_day: DayOut | None
    consistency_percentage: int = Field(description="Share of the days so far that were studied.")
    days_goal_reached: int | None = Field(description="Days with my daily goal reached; null without a goal.")
    days: list[DayOut]

    @classmethod
    def of(cls, found: Period, goal_minutes: int | None) -> Self:
        return cls(**_figures(found, goal_minutes))


def _figures(found: Period, goal_minutes: int | None) -> dict[str, Any]:
    best = found.best
    reached = sum(one.seconds >= 60 * goal_minutes for _, one in found.days) if goal_minutes else None
    return {
        "start_date": found.days[0][0],
        "end_date": found.days[-1][0],
        "total_seconds": found.seconds,
        "total_minutes": found.seconds // 60,
        "sessions": found.sessions,
        "days_studied": found.studied,
        "average_seconds_per_studied_day": found.per_studied_day,
        "average_session_seconds": found.seconds // found.sessions if found.sessions else 0,
        "best_day": None if best is None else DayOut.of(*best),
        "consistency_percentage": found.consistency,
        "days_goal_reached": reached,
        "days": [DayOut.of(*one) for one in found.days],
    }


class CourseTime(Schema):
    """Time for one course; `course_id` is null for study without one."""

    course_id: UUID | None
    name: str | None
    code: str | None
    color: str | None
    seconds: int
    minutes: int
    percentage: int


class GroupTime(Schema):
    """Time in one group's name; `group_id` is null for study in nobody's name."""

    group_id: UUID | None
    name: str | None
    seconds: int
    minutes: int
    sessions: int
    percentage: int


class AnalysisOut(PeriodOut):
    """Some days in a row, and what they were spent on."""

    by_course: list[CourseTime]
    by_group: list[GroupTime]

    @classmethod
    def from_analysis(cls, found: Analysis) -> Self:
        groups: dict[UUID | None, DayFigures] = {}
        for one in found.purposes:
            kept = groups.get(one.group_id, DayFigures())
            groups[one.group_id] = DayFigures(kept.seconds + one.seconds, kept.sessions + one.sessions)
        names = {group_id: group.name for group_id, group in found.groups.items()}
        return cls(
            **_figures(found.period, found.goal_minutes),
            by_course=_courses(found),
            by_group=_groups(groups, names),
        )


def _courses(found: Analysis) -> list[CourseTime]:
    seconds: dict[UUID | None, int] = {}
    for one in found.purposes:
        seconds[one.course_id] = seconds.get(one.course_id, 0) + one.seconds
    listed = []
    for course_id, total in sorted(seconds.items(), key=lambda one: (-one[1], str(one[0]))):
        brief = found.courses.get(course_id) if course_id is not None else None
        listed.append(
            CourseTime(
                course_id=course_id,
                name=brief.name if brief else None,
                code=brief.code if brief else None,
                color=brief.color if brief else None,
                seconds=total,
                minutes=total // 60,
                percentage=share(total, found.period.seconds),
            )
        )
    return listed


def _groups(figures: Mapping[UUID | None, DayFigures], names: Mapping[UUID, str]) -> list[GroupTime]:
    whole = sum(one.seconds for one in figures.values())
    return [
        GroupTime(
            group_id=group_id,
            name=names.get(group_id) if group_id is not None else None,
            seconds=one.seconds,
            minutes=one.seconds // 60,
            sessions=one.sessions,
            percentage=share(one.seconds, whole),
        )
        for group_id, one in sorted(figures.items(), key=lambda one: (-one[1].seconds, str(one[0])))
    ]


class WeekData(Schema):
    """The running week from Monday, against the week before up to the same weekday."""

    week: PeriodOut
    last_week_seconds: int
    last_week_days_studied: int
    difference_seconds: int
    consistency_percentage: int

    @classmethod
    def of(cls, found: Week) -> Self:
        return cls(
            week=PeriodOut.of(found.period, found.goal_minutes),
            last_week_seconds=found.before.seconds,
            last_week_days_studied=found.before.studied,
            difference_seconds=found.period.seconds - found.before.seconds,
            consistency_percentage=found.period.consistency,
        )


class SpanOut(Schema):
    seconds: int
    minutes: int
    sessions: int

    @classmethod
    def of(cls, figures: DayFigures) -> Self:
        return cls(seconds=figures.seconds, minutes=figures.seconds // 60, sessions=figures.sessions)


class SessionLengthOut(Schema):
    session_id: UUID
    study_day: date
    seconds: int

    @classmethod
    def of(cls, one: SessionLength | None) -> Self | None:
        return None if one is None else cls(session_id=one.session_id, study_day=one.study_day, seconds=one.seconds)


class HourTime(Schema):
    hour: int
    minutes: int


class WeekdayTime(Schema):
    weekday: str
    seconds: int


class WeekTime(Schema):
    start_date: date
    seconds: int


class EverythingOut(Schema):
    """All there is to say of my study time. Only ended sessions count."""

    total_seconds: int
    total_hours: float
    total_sessions: int
    first_study_day: date | None
    days_studied: int
    average_session_seconds: int
    average_seconds_per_studied_day: int
    longest_session: SessionLengthOut | None
    shortest_session: SessionLengthOut | None
    best_hour: int | None = Field(
        description="The hour of the day with the most study, 0 to 23, as my clock showed it."
    )
    best_weekday: str | None = Field(examples=["tuesday"])
    consistency_percentage: int = Field(
        description="Share of the last 30 days that were studied, of fewer when I began later."
    )
    this_week: SpanOut
    last_week: SpanOut
    this_month: SpanOut
    last_month: SpanOut
    by_hour: list[HourTime]
    by_weekday: list[WeekdayTime]
    trend: list[WeekTime] = Field(description=f"The last {TREND_WEEKS} weeks, the running one last.")

    @classmethod
    def of(cls, found: Everything) -> Self:
        habit, totals = found.habit, found.totals
        best = max(found.hours)
        return cls(
            total_seconds=totals.total_seconds,
            total_hours=round(totals.total_seconds / 3600, 1),
            total_sessions=totals.session_count,
            first_study_day=habit.first_day,
            days_studied=habit.days_studied,
            average_session_seconds=totals.total_seconds // totals.session_count if totals.session_count else 0,
            average_seconds_per_studied_day=habit.seconds // habit.days_studied if habit.days_studied else 0,
            longest_session=SessionLengthOut.of(found.longest),
            shortest_session=SessionLengthOut.of(found.shortest),
            best_hour=found.hours.index(best) if best else None,
            best_weekday=None if habit.best_weekday is None else WEEKDAYS[habit.best_weekday],
            consistency_percentage=habit.consistency,
            this_week=SpanOut.of(habit.this_week),
            last_week=SpanOut.of(habit.last_week),
            this_month=SpanOut.of(habit.this_month),
            last_month=SpanOut.of(habit.last_month),
            by_hour=[HourTime(hour=hour, minutes=minutes) for hour, minutes in enumerate(found.hours)],
            by_weekday=[
                WeekdayTime(weekday=name, seconds=seconds)
                for name, seconds in zip(WEEKDAYS, habit.weekdays, strict=True)
            ],
            trend=[WeekTime(start_date=monday, seconds=seconds) for monday, seconds in habit.weeks],
        )


class ByGroupOut(Schema):
    start_date: date | None
    end_date: date | None
    total_seconds: int
    groups: list[GroupTime]

    @classmethod
    def of(cls, found: ByGroup) -> Self:
        names = {group_id: group.name for group_id, group in found.groups.items()}
        return cls(
            start_date=found.first,
            end_date=found.last,
            total_seconds=sum(one.seconds for one in found.figures.values()),
            groups=_groups(found.figures, names),
        )
