"""What timetables look like from outside. Days of the week count from 0, Sunday, to 6, Saturday."""

from datetime import date, datetime, time
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import Field, StringConstraints, model_validator

from studyhall.domains.academics.models import Timetable, TimetableClass, TimetableException
from studyhall.domains.calendars.public import DAY_NAMES
from studyhall.domains.courses.public import CourseBrief
from studyhall.platform.web import Choice, ClockTime, Schema

FIRST_DATE, LAST_DATE = date(1970, 1, 1), date(2199, 12, 31)
MOST_CLASSES = 300

Text255 = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=255)]
Semester = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]
AcademicYear = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=20)]
Notes = Annotated[str, StringConstraints(max_length=5_000)]
Day = Annotated[date, Field(ge=FIRST_DATE, le=LAST_DATE)]
DayOfWeek = Annotated[int, Field(ge=0, le=6, description="0 is Sunday, 6 is Saturday.")]


class ClassType(Choice):
    """How it is taught."""

    LECTURE = "lecture"
    LAB = "lab"
    TUTORIAL = "tutorial"
    SEMINAR = "seminar"


class ClassKind(Choice):
    """What an entry of a timetable is; only classes and exams belong to a course."""

    CLASS = "class"
    EXAM = "exam"
    EVENT = "event"
    HOLIDAY = "holiday"


class NewClass(Schema):
    """A weekly class, made by hand. With `first_date` and `last_date` on one day it takes place once."""

    course_id: UUID | None = Field(None, description="A course that I take; else a title is needed.")
    title: Text255 | None = None
    day_of_week: DayOfWeek
    start_time: ClockTime = Field(examples=["10:00"])
    end_time: ClockTime = Field(examples=["11:30"])
    location: Text255 | None = Field(None, examples=["Room 301"])
    class_type: ClassType = ClassType.LECTURE
    instructor: Text255 | None = Field(None, examples=["Dr. Sarah Johnson"])
    notes: Notes | None = None
    first_date: Day | None = None
    last_date: Day | None = None
    every_weeks: Annotated[int, Field(ge=1, le=52)] = 1

    @model_validator(mode="after")
    def _make_sense(self) -> Self:
        if self.course_id is None and self.title is None:
            raise ValueError("A class needs a course_id or a title.")
        if self.end_time <= self.start_time:
            raise ValueError("end_time must be after start_time.")
        if self.first_date and self.last_date and self.last_date < self.first_date:
            raise ValueError("last_date must not be before first_date.")
        if self.every_weeks > 1 and self.first_date is None:
            raise ValueError("A class of every other week needs a first_date to count from.")
        return self


class ClassChanges(Schema):
    """Only the fields that are sent change. A default here is never read; it only lets a field be left out."""

    course_id: UUID | None = None
    title: Text255 = ""
    day_of_week: DayOfWeek = 0
    start_time: ClockTime = time.min
    end_time: ClockTime = time.min
    location: Text255 | None = None
    class_type: ClassType = ClassType.LECTURE
    kind: ClassKind = ClassKind.CLASS
    instructor: Text255 | None = None
    notes: Notes | None = None
    first_date: Day | None = None
    last_date: Day | None = None


class NewTimetable(Schema):
    """A semester's timetable. One of the same semester and year is replaced."""

    semester: Semester = Field(examples=["Fall 2024"])
    academic_year: AcademicYear | None = Field(None, examples=["2024-2025"])
    is_active: bool = True
    classes: Annotated[list[NewClass], Field(max_length=MOST_CLASSES)] = Field(default_factory=list)


class NewClassIn(NewClass):
    """One class more, in the active timetable unless a semester is named."""

    semester: Semester | None = None


class Holiday(Schema):
    """Days, both included, on which no class takes place."""

    first_date: Day
    last_date: Day | None = Field(None, description="The same day when left out.")
    title: Text255 | None = Field(None, examples=["Reading week"])

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.last_date is not None and self.last_date < self.first_date:
            raise ValueError("last_date must not be before first_date.")
        return self


class MeetingChange(Schema):
    """One meeting of a class cancelled, or held at another time or place."""

    class_id: UUID
    date: Day = Field(description="The day on which the class would be.")
    is_cancelled: bool = False
    moved_to: Day | None = None
    start_time: ClockTime | None = None
    end_time: ClockTime | None = None
    location: Text255 | None = None

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        told = (self.moved_to, self.start_time, self.end_time, self.location)
        if self.is_cancelled == any(one is not None for one in told):
            raise ValueError("Say either is_cancelled or what changes: moved_to, start_time, end_time, location.")
        if self.start_time and self.end_time and self.end_time <= self.start_time:
            raise ValueError("end_time must be after start_time.")
        return self


class ExceptionsBody(Schema):
    """A list that is sent replaces the whole list of its kind; one that is not sent stays."""

    semester: Semester | None = Field(None, description="Whose timetable; the active one when left out.")
    holidays: Annotated[list[Holiday], Field(max_length=366)] | None = None
    changes: Annotated[list[MeetingChange], Field(max_length=1000)] | None = None


class ClassCourse(Schema):
    """The course of a class."""

    id: UUID
    name: str
    code: str
    color: str

    @classmethod
    def of(cls, brief: CourseBrief | None) -> Self | None:
        return cls(id=brief.id, name=brief.name, code=brief.code, color=brief.color) if brief else None


class OwnDateOut(Schema):
    """A meeting outside the weekly pattern."""

    date: date
    start_time: time
    end_time: time
    end_days: int
    location: str | None


class LabelOut(Schema):
    """What the source calls one meeting."""

    date: date
    start_time: time
    title: str


class ClassOut(Schema):
    """A class: a weekly pattern, dates of its own, or both."""

    id: UUID | None
    course: ClassCourse | None
    title: str
    code: str | None
    day_of_week: int
    day_name: str
    start_time: time
    end_time: time
    end_days: int = Field(description="Days between the day it starts and the day it ends.")
    location: str | None
    class_type: ClassType
    kind: ClassKind
    instructor: str | None
    notes: str | None
    time_zone: str | None = Field(description="Whose wall time it keeps; null is my own zone.")
    is_weekly: bool = Field(description="False: it takes place only on its own_dates; day and times tell the first.")
    first_date: date | None
    last_date: date | None
    every_weeks: int
    skipped_dates: list[date]
    own_dates: list[OwnDateOut]
    labels: list[LabelOut]
    is_imported: bool
    needs_review: bool = Field(description="It belongs to no course yet.")

    @classmethod
    def of(cls, row: TimetableClass, course: CourseBrief | None) -> Self:
        own = [
            {"date": one["day"], "start_time": one["start"], "end_time": one["end"], **_but(one, "day", "start", "end")}
            for one in row.own_dates
        ]
        labels = [{"date": one["day"], "start_time": one["start"], "title": one["text"]} for one in row.labels]
        return cls.model_validate(
            {
                **{name: getattr(row, name) for name in _COPIED},
                "course": ClassCourse.of(course),
                "day_name": DAY_NAMES[row.day_of_week],
                "own_dates": own,
                "labels": labels,
                "needs_review": row.course_id is None and row.kind in ("class", "exam"),
            }
        )


def _but(one: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in one.items() if name not in names}


_COPIED = (
    "id", "title", "code", "day_of_week", "start_time", "end_time", "end_days", "location", "class_type", "kind",
    "instructor", "notes", "time_zone", "is_imported", "is_weekly", "first_date", "last_date", "every_weeks",
    "skipped_dates",
)  # fmt: skip


class ExceptionOut(Schema):
    """A change of single days: holiday, note (a named day with classes as usual), cancelled or moved."""

    id: UUID
    kind: str
    class_id: UUID | None
    first_date: date
    last_date: date
    title: str | None
    moved_to: date | None
    start_time: time | None
    end_time: time | None
    location: str | None

    @classmethod
    def of(cls, row: TimetableException) -> Self:
        return cls.model_validate(row)


class TimetableOut(Schema):
    """A semester's timetable."""

    id: UUID
    semester: str
    academic_year: str | None
    is_active: bool
    classes: list[ClassOut]
    exceptions: list[ExceptionOut]
    created_at: datetime
    updated_at: datetime

    @classmethod
    def of(cls, row: Timetable, classes: list[ClassOut], exceptions: list[ExceptionOut]) -> Self:
        return cls(
            id=row.id,
            semester=row.semester,
            academic_year=row.academic_year,
            is_active=row.is_active,
            classes=classes,
            exceptions=exceptions,
            created_at=row.created_at,
            updated_at=row.updated_at,
        )


class TimetableAnswer(Schema):
    """One timetable."""

    timetable: TimetableOut


class MaybeTimetable(Schema):
    """The timetable, or null while there is none."""

    timetable: TimetableOut | None


class ClassAnswer(Schema):
    """One class. It stands under `class`."""

    class_: ClassOut = Field(alias="class")
