"""What analytics look like."""

from datetime import date
from typing import Self
from uuid import UUID

from pydantic import Field

from studyhall.domains.courses.public import CourseBrief
from studyhall.domains.reports.rules.analytics import BY_DAY, BY_MONTH, BY_WEEK, Period, Share, Weakness
from studyhall.domains.reports.rules.figures import hours
from studyhall.domains.reports.rules.weeks import monday_of
from studyhall.domains.reports.service.analytics import Analytics
from studyhall.domains.reports.service.wording import Words
from studyhall.platform.web import Choice, Schema


class GroupBy(Choice):
    """Length of the periods."""

    DAY = BY_DAY
    WEEK = BY_WEEK
    MONTH = BY_MONTH


class ConsistencyShare(Schema):
    """How regularly there was study."""

    days_studied: int = Field(examples=[45])
    total_days: int = Field(examples=[60])
    consistency_rate: float | None = Field(examples=[75.0])
    longest_run: int = Field(description="Most days in a row.")
    days_by_weekday: list[int] = Field(description="Days studied on Mondays, Tuesdays and so on.")


class TimeShare(Schema):
    """One course's part of the time. Study without a course has no id and no name."""

    course_id: UUID | None
    course_name: str | None = Field(examples=["Data Structures & Algorithms"])
    hours: float = Field(examples=[45.5])
    percentage: float = Field(examples=[35.0])
    session_count: int

    @classmethod
    def of(cls, share: Share, course: CourseBrief | None) -> Self:
        return cls(
            course_id=share.course_id,
            course_name=course.name if course else None,
            hours=float(hours(share.seconds)),
            percentage=float(share.percentage),
            session_count=share.sessions,
        )


class PeriodOut(Schema):
    """A day, week or month; the first and the last one may be cut."""

    week: date | None = Field(description="The Monday, when grouped by week.", examples=["2024-12-16"])
    start_date: date
    end_date: date
    study_hours: float
    planned_hours: float
    session_count: int = Field(description="Sessions begun in it.")
    average_session_duration: int | None = Field(description="Minutes; null without a session.", examples=[95])
    days_studied: int
    completion_rate: float | None = Field(
        description="Studied in percent of planned, at most 100; null where nothing was planned.", examples=[87.5]
    )
    plans_completed: int
    plans_missed: int
    plan_completion_rate: float | None = Field(description="Completed in percent of completed and missed.")

    @classmethod
    def of(cls, one: Period, week: date | None) -> Self:
        return cls(
            week=week,
            start_date=one.start,
            end_date=one.end,
            study_hours=float(hours(one.seconds)),
            planned_hours=float(hours(one.planned_minutes * 60)),
            session_count=one.sessions,
            average_session_duration=one.average_session_minutes,
            days_studied=one.days_studied,
            completion_rate=None if one.completion_rate is None else float(one.completion_rate),
            plans_completed=one.plans_completed,
            plans_missed=one.plans_missed,
            plan_completion_rate=None if one.plan_completion_rate is None else float(one.plan_completion_rate),
        )


class WeakArea(Schema):
    """A course of mine with an average below 75 %, or of whose plans I kept less than half."""

    course_id: UUID
    course_name: str = Field(examples=["Computer Networks"])
    average_score: float | None = Field(description="Average so far in percent; null without results.", examples=[72.5])
    study_hours: float = Field(examples=[15.0])
    plan_completion_rate: float | None
    recommendation_code: str = Field(description="more_time, other_way or keep_plans.")
    recommendation: str = Field(description="The same in my language.", examples=["Increase study time"])
    topics: list[str] = Field(description="What of it I know least, where that is known.")

    @classmethod
    def of(cls, weak: Weakness, found: Analytics, say: Words) -> Self:
        return cls(
            course_id=weak.course_id,
            course_name=found.courses[weak.course_id].name,
            average_score=None if weak.average is None else float(weak.average),
            study_hours=float(hours(weak.seconds)),
            plan_completion_rate=None if weak.plan_completion_rate is None else float(weak.plan_completion_rate),
            recommendation_code=weak.recommendation,
            recommendation=say.texts["analytics"][weak.recommendation],
            topics=list(found.topics.get(weak.course_id, ())),
        )


class AnalyticsOut(Schema):
    """Figures of a stretch of my study days."""

    from_date: date
    to_date: date = Field(description="Today at the latest.")
    group_by: GroupBy
    study_consistency: ConsistencyShare
    time_distribution: list[TimeShare] = Field(description="The most time first.")
    productivity_trends: list[PeriodOut] = Field(description="In order, without a gap.")
    weak_areas: list[WeakArea] = Field(description="At most five, the weakest first.")

    @classmethod
    def of(cls, found: Analytics) -> Self:
        say, regular = Words.of(found.language), found.consistency
        shares = [(share, found.courses.get(share.course_id) if share.course_id else None) for share in found.shares]
        return cls(
            from_date=found.first,
            to_date=found.last,
            group_by=GroupBy(found.by),
            study_consistency=ConsistencyShare(
                days_studied=regular.days_studied,
                total_days=regular.total_days,
                consistency_rate=None if regular.rate is None else float(regular.rate),
                longest_run=regular.longest_run,
                days_by_weekday=list(regular.by_weekday),
            ),
            time_distribution=[TimeShare.of(share, course) for share, course in shares],
            productivity_trends=[
                PeriodOut.of(one, monday_of(one.start) if found.by == BY_WEEK else None) for one in found.periods
            ],
            weak_areas=[WeakArea.of(weak, found, say) for weak in found.weak],
        )


class AnalyticsData(Schema):
    """Analytics under their own name."""

    analytics: AnalyticsOut
