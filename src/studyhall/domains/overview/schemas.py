"""What the first screen looks like."""

from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any, Self
from uuid import UUID

from pydantic import Field

from studyhall.domains.academics.public import ClassOccurrence
from studyhall.domains.streaks.public import Streak
from studyhall.platform.web import Schema

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


class DashboardUser(Schema):
    """Who is signed in."""

    id: UUID
    name: str
    first_name: str
    username: str
    avatar_url: str | None
    university: str | None
    semester: str | None
    time_zone: str
    onboarding_completed: bool


class GpaFigure(Schema):
    """My grade point average, in points of my scale."""

    current: float | None = Field(description="Of the latest semester; null while nothing is graded.", examples=[3.45])
    cumulative: float | None = Field(description="Of all semesters.", examples=[3.4])
    trend: str = Field(description="improving, declining or stable.", examples=["improving"])


class Stats(Schema):
    """Headline figures."""

    overall_performance: int | None = Field(
        description="Mean of the averages of my courses in percent; null before the first result.", examples=[85]
    )
    courses_enrolled: int = Field(description="Courses I take at present.", examples=[4])
    hours_studied: float = Field(description="Hours of all my sessions, one decimal.", examples=[156])
    completion_rate: int | None = Field(
        description="Percent of the plans up to today that I completed; null before the first plan.", examples=[78]
    )
    assignments_due: int = Field(description="Assignments still to be handed in, due dates ahead.", examples=[2])
    gpa: GpaFigure


class CourseName(Schema):
    """The course that something belongs to."""

    id: UUID
    name: str
    code: str
    color: str


class DueAssignment(Schema):
    """Something to hand in whose due date is ahead."""

    id: UUID
    title: str = Field(examples=["Advanced problem solving (sorting)"])
    course: CourseName
    due_date: datetime
    days_until_due: int
    priority: str
    status: str


class UpcomingClass(Schema):
    """One meeting of a class. Date and times are my own."""

    id: UUID
    course_id: UUID | None
    course_name: str = Field(examples=["Data Structures & Algorithms"])
    course_code: str | None = Field(examples=["CS201"])
    course_color: str | None
    title: str
    instructor: str | None = Field(examples=["Dr. Sarah Johnson"])
    date: date
    start_time: time
    end_time: time
    starts_at: datetime
    ends_at: datetime
    location: str | None = Field(examples=["Room 301"])
    type: str = Field(description="The same as class_type.", examples=["lecture"])
    class_type: str
    kind: str = Field(description="class, exam or event.")

    @classmethod
    def of(cls, one: ClassOccurrence) -> Self:
        return cls(
            id=one.class_id,
            course_id=one.course_id,
            course_name=one.course_name,
            course_code=one.course_code,
            course_color=one.course_color,
            title=one.title,
            instructor=one.instructor,
            date=one.date,
            start_time=one.start_time,
            end_time=one.end_time,
            starts_at=one.starts_at,
            ends_at=one.ends_at,
            location=one.location,
            type=one.class_type,
            class_type=one.class_type,
            kind=one.kind,
        )


class UpcomingClasses(Schema):
    classes: list[UpcomingClass]


class WeekDay(Schema):
    """One day of the running week."""

    day: str = Field(examples=["Mon"])
    date: date
    completed: bool


class StudyStreak(Schema):
    """The streak as it is seen today, and the running week from Monday."""

    current_streak: int = Field(examples=[5])
    longest_streak: int = Field(examples=[12])
    last_active_date: date | None
    active_today: bool
    freezes_held: int
    days: list[WeekDay]

    @classmethod
    def of(cls, streak: Streak, today: date, week: list[date], active: set[date]) -> Self:
        return cls(
            current_streak=streak.current,
            longest_streak=streak.longest,
            last_active_date=streak.last_active_date,
            active_today=today in active,
            freezes_held=streak.freezes,
            days=[WeekDay(day=WEEKDAYS[day.weekday()], date=day, completed=day in active) for day in week],
        )


class TodaysPlan(Schema):
    """A plan of today."""

    id: UUID
    topic: str
    course: CourseName
    date: date
    start_time: time
    planned_duration: int
    priority: str
    study_type: str
    status: str


class DashboardCourse(Schema):
    """A course that I take at present."""

    id: UUID
    name: str
    code: str
    color: str
    semester: str | None


class Totals(Schema):
    total_seconds: int
    session_count: int


class Today(Schema):
    """My study day so far, ended sessions only."""

    study_day: date
    seconds: int
    minutes: int
    sessions: int


class RunningSession(Schema):
    """The timer that runs, or is paused."""

    id: UUID
    course_id: UUID | None
    plan_id: UUID | None
    started_at: datetime
    is_paused: bool


class Dashboard(Schema):
    """Everything the first screen needs."""

    user: DashboardUser
    stats: Stats
    streak: StudyStreak
    totals: Totals
    today: Today
    running_session: RunningSession | None
    plans: list[TodaysPlan]
    assignments: list[DueAssignment] = Field(description="The next five due dates.")
    courses: list[DashboardCourse]
    unread_notifications: int
    upcoming_classes: list[UpcomingClass]


_SAID = {
    "study_session": "Studied {course}",
    "plan_completed": "Completed the plan {what}",
    "assignment_completed": "Completed {what}",
    "result_added": "Added a result: {what}",
}


class ActivityFacts(Schema):
    """What is known of it besides."""

    course_id: UUID | None
    course: str | None = Field(description="The course's code.", examples=["CS201"])
    course_name: str | None
    duration: int | None = Field(description="Minutes, where time was spent.", examples=[120])


class Activity(Schema):
    """Something I did."""

    id: UUID
    type: str = Field(
        description="study_session, plan_completed, assignment_completed or result_added.", examples=["plan_completed"]
    )
    description: str = Field(examples=["Completed the plan Binary Search Trees"])
    timestamp: datetime
    metadata: ActivityFacts

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> Self:
        said = _SAID[row["type"]].format(course=row["course_name"] or "on your own", what=row["what"])
        facts = ActivityFacts(
            course_id=row["course_id"], course=row["code"], course_name=row["course_name"], duration=row["minutes"]
        )
        return cls(id=row["id"], type=row["type"], description=said, timestamp=row["moment"], metadata=facts)


class Activities(Schema):
    activities: list[Activity]
