"""What a weekly report looks like."""

from datetime import date, datetime
from decimal import Decimal
from typing import Self
from uuid import UUID

from pydantic import Field

from studyhall.domains.reports.rules import figures as rules
from studyhall.domains.reports.rules.figures import Figures, hours
from studyhall.domains.reports.service.weekly import Report
from studyhall.domains.reports.service.wording import Words
from studyhall.platform.web import Schema


def _hours(seconds: float) -> float:
    return float(hours(seconds))


def _number(value: Decimal | None) -> float | None:
    return None if value is None else float(value)


class CourseHours(Schema):
    """A course with the time it got."""

    id: UUID
    name: str = Field(examples=["Data Structures & Algorithms"])
    hours: float = Field(examples=[10.5])


class DayOut(Schema):
    """One day of the week."""

    date: date
    planned: float = Field(description="Hours planned.", examples=[4])
    actual: float = Field(description="Hours studied.", examples=[3.5])
    completion_rate: float | None = Field(
        description="Studied in percent of planned, at most 100; null where nothing was planned.", examples=[87.5]
    )
    sessions: int = Field(description="Sessions begun on that day.")
    plans: int
    plans_completed: int


class CourseTimeOut(Schema):
    """One course's week. Study without a course has no id."""

    course_id: UUID | None
    name: str
    code: str
    color: str
    hours: float
    sessions: int
    planned_hours: float
    percentage: float | None = Field(description="Of the week's study time; null while there is none.")


class PlansOut(Schema):
    """The week's study plans."""

    total: int
    completed: int
    missed: int
    open: int = Field(description="Not over yet.")
    completion_rate: float | None = Field(description="Completed in percent of completed and missed.", examples=[80])


class AssignmentOut(Schema):
    """One assignment of the week."""

    title: str
    course: str
    due_date: datetime
    status: str


class AssignmentsOut(Schema):
    """The week's assignments."""

    due: int = Field(description="Due in the week.")
    handed_in: int = Field(description="Those of them that are completed.")
    completed: int = Field(description="Completed in the week, whenever they are due.")
    overdue: int = Field(description="Overdue at the week's end, or now.")
    shown: list[AssignmentOut] = Field(description=f"At most {rules.MOST_ASSIGNMENTS}, in the order of due dates.")


class GradeOut(Schema):
    """A result dated in the week."""

    course_id: UUID
    course: str
    assessment_type: str = Field(examples=["quiz"])
    assessment_name: str | None
    date: date
    percentage: float = Field(examples=[92.5])


class GradesOut(Schema):
    """The week's grades. All figures are null while there is nothing to tell."""

    count: int
    shown: list[GradeOut] = Field(description=f"The last {rules.MOST_GRADES} at most, in the order of time.")
    average: float | None = Field(description="Mean of the week's results, percent.")
    earlier_average: float | None = Field(description="Mean of the results of the seven weeks before.")
    gpa_before: float | None = Field(description="Cumulative GPA before the week.", examples=[3.4])
    gpa: float | None = Field(description="Cumulative GPA at its end.", examples=[3.45])
    gpa_change: float | None = Field(examples=[0.05])

    @classmethod
    def of(cls, grades: rules.GradeFigures) -> Self:
        return cls(
            count=grades.count,
            shown=[
                GradeOut(
                    course_id=one.course_id,
                    course=one.course,
                    assessment_type=one.kind,
                    assessment_name=one.name,
                    date=one.date,
                    percentage=float(one.percentage),
                )
                for one in grades.shown
            ],
            average=_number(grades.average),
            earlier_average=_number(grades.earlier_average),
            gpa_before=_number(grades.gpa_before),
            gpa=_number(grades.gpa_after),
            gpa_change=_number(grades.gpa_change),
        )


class WeekBeforeOut(Schema):
    """The week before up to the same weekday, so that a running week is compared fairly."""

    through_date: date
    study_hours: float
    sessions: int
    days_studied: int
    plans: PlansOut
    time_change: float | None = Field(description="More (or less) time this week, percent; null if there was none.")


class ConsistencyOut(Schema):
    """How regularly there was study."""

    days_studied: int
    total_days: int = Field(description="Days of the week so far.")
    consistency_rate: float | None = Field(examples=[85.7])
    current_streak: int = Field(description="Days in a row at the end of the week, or now.")
    longest_streak: int


class WeekOut(Schema):
    """One week of the trend."""

    week: date = Field(description="Its Monday.")
    study_hours: float
    planned_hours: float
    plans_completed: int
    plans_missed: int


class ReportOut(Schema):
    """A weekly report. Days are study days of its person."""

    id: UUID
    week_start_date: date = Field(examples=["2024-12-16"])
    week_end_date: date = Field(examples=["2024-12-22"])
    through_date: date = Field(description="The last day that is told of.")
    is_final: bool = Field(description="Computed after the week's end.")
    total_study_hours: float = Field(examples=[24.5])
    planned_hours: float = Field(examples=[28.0])
    completion_rate: float | None = Field(
        description="Studied in percent of planned, at most 100; null where nothing was planned.", examples=[87.5]
    )
    session_count: int
    average_session_minutes: int | None
    most_studied_course: CourseHours | None
    least_studied_course: CourseHours | None = Field(description="Of those studied or planned, if several.")
    performance_trend: str = Field(description="improving, stable or declining.", examples=["improving"])
    daily_breakdown: list[DayOut]
    courses: list[CourseTimeOut]
    plans: PlansOut
    assignments: AssignmentsOut
    grades: GradesOut
    consistency: ConsistencyOut
    week_before: WeekBeforeOut
    trend: list[WeekOut] = Field(description="The last eight weeks with this one.")
    highlights: list[str] = Field(description="What went well, in my language.")
    advice: list[str] = Field(description="What to do next week, in my language.")
    ai_insights: str = Field(
        description="Highlights and advice in one text; it follows from the figures by fixed rules.",
        examples=["Great progress this week! Focus more on Computer Networks."],
    )
    time_zone: str
    generated_at: datetime = Field(description="When it was computed.")

    @classmethod
    def of(cls, report: Report) -> Self:
        row, told, say = report.row, report.content.figures, Words.of(report.language)
        highlights = [say.remark(one) for one in report.content.highlights]
        advice = [say.remark(one) for one in report.content.advice]
        return cls(
            id=row.id,
            week_start_date=row.week_start_date,
            week_end_date=row.week_end_date,
            through_date=told.through,
            is_final=row.is_final,
            total_study_hours=_hours(told.seconds),
            planned_hours=_hours(told.planned_minutes * 60),
            completion_rate=_number(told.completion_rate),
            session_count=told.sessions,
            average_session_minutes=round(told.seconds / told.sessions / 60) if told.sessions else None,
            most_studied_course=_course(told.most_studied),
            least_studied_course=_course(told.least_studied),
            performance_trend=told.performance_trend,
            daily_breakdown=[_day(day) for day in told.days],
            courses=_courses(told),
            plans=PlansOut.model_validate(told.plans),
            assignments=AssignmentsOut.model_validate(told.assignments),
            grades=GradesOut.of(told.grades),
            consistency=_consistency(told),
            week_before=_week_before(told),
            trend=_trend(told),
            highlights=highlights,
            advice=advice,
            ai_insights=" ".join([*highlights, *advice]),
            time_zone=row.time_zone,
            generated_at=row.generated_at,
        )


def _course(one: rules.CourseFigures | None) -> CourseHours | None:
    if one is None or one.course_id is None:
        return None
    return CourseHours(id=one.course_id, name=one.name, hours=_hours(one.seconds))


def _day(day: rules.DayFigures) -> DayOut:
    return DayOut(
        date=day.date,
        planned=_hours(day.planned_minutes * 60),
        actual=_hours(day.seconds),
        completion_rate=_number(day.completion_rate),
        sessions=day.sessions,
        plans=day.plans,
        plans_completed=day.plans_completed,
    )


def _courses(told: Figures) -> list[CourseTimeOut]:
    return [
        CourseTimeOut(
            course_id=one.course_id,
            name=one.name,
            code=one.code,
            color=one.color,
            hours=_hours(one.seconds),
            sessions=one.sessions,
            planned_hours=_hours(one.planned_minutes * 60),
            percentage=_number(rules.percentage(one.seconds, told.seconds)),
        )
        for one in told.courses
    ]


def _consistency(told: Figures) -> ConsistencyOut:
    return ConsistencyOut(
        days_studied=told.days_studied,
        total_days=told.days_so_far,
        consistency_rate=_number(told.consistency_rate),
        current_streak=told.streak.current,
        longest_streak=told.streak.longest,
    )


def _week_before(told: Figures) -> WeekBeforeOut:
    return WeekBeforeOut(
        through_date=told.before.through,
        study_hours=_hours(told.before.seconds),
        sessions=told.before.sessions,
        days_studied=told.before.days_studied,
        plans=PlansOut.model_validate(told.before.plans),
        time_change=_number(told.time_change),
    )


def _trend(told: Figures) -> list[WeekOut]:
    return [
        WeekOut(
            week=one.start,
            study_hours=_hours(one.seconds),
            planned_hours=_hours(one.planned_minutes * 60),
            plans_completed=one.plans_completed,
            plans_missed=one.plans_missed,
        )
        for one in told.trend
    ]


class ReportData(Schema):
    """A report under its own name."""

    report: ReportOut


class GenerateBody(Schema):
    """Which week."""

    week_start: date | None = Field(
        default=None, description="A Monday; the running week without it.", examples=["2024-12-16"]
    )
