"""What uploads look like from outside: a difference, and how it is accepted."""

from datetime import date, datetime
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import Field, StringConstraints

from studyhall.domains.academics.models import TimetableUpload
from studyhall.domains.academics.schemas.timetables import (
    ClassCourse,
    ClassKind,
    ClassOut,
    ClassType,
    Text255,
    TimetableOut,
)
from studyhall.platform.web import Pagination, Schema


class Correction(Schema):
    """What I say of one row of a difference."""

    row_id: Annotated[str, StringConstraints(max_length=40)]
    drop: bool = Field(False, description="Leave things as they are: do not add, change or remove.")
    course_id: UUID | None = Field(None, description="The course it belongs to.")
    create_course: bool = Field(False, description="Make the course that this class needs.")
    title: Text255 | None = None
    class_type: ClassType | None = None
    kind: ClassKind | None = None
    location: Text255 | None = None
    instructor: Text255 | None = None


class ConfirmBody(Schema):
    """How a difference is accepted. Rows without a correction are taken as they are shown."""

    create_missing_courses: bool = Field(False, description="Make every course that classes of mine still need.")
    keep_missing: bool = Field(False, description="Keep classes that the file does not hold.")
    corrections: Annotated[list[Correction], Field(max_length=2000)] = Field(default_factory=list)


class DifferenceRow(Schema):
    """One line of a difference.

    `change` is added, changed, unchanged or removed; `before` is the class as it stands, `after` as it would be.
    """

    row_id: str
    change: str
    class_id: UUID | None
    title: str
    course: ClassCourse | None
    course_match: str = Field(description="code, name, kept, ambiguous or none")
    changed_fields: list[str]
    needs_review: bool
    reasons: list[str] = Field(
        description="course_unmatched, course_ambiguous, kind_assumed; of a picture also hard_to_read, times_unclear, "
        "times_differ, field_unclear, several_days, text_over_line, day_inferred, columns_unclear"
    )
    confidence: float = Field(1.0, description="How surely it was read, 0 to 1; below 0.8 it needs a review.")
    before: ClassOut | None
    after: ClassOut | None


class DayNoteOut(Schema):
    """A whole day that the file names."""

    title: str
    first_date: date
    last_date: date


class ParsedClass(Schema):
    """A class in short."""

    course_name: str
    day: str
    time: str = Field(examples=["10:00 - 11:30"])
    location: str | None
    confidence: float


class UploadOut(Schema):
    """An upload and how it stands."""

    id: UUID
    status: str = Field(description="processing, waiting (to be accepted), confirmed, superseded or failed")
    source: str = Field(description="ical, text, image or pdf")
    file_name: str | None
    semester: str
    academic_year: str | None
    timetable_id: UUID | None
    warnings: list[str]
    failure: str | None = Field(description="Why it could not be read, and what to do.")
    created_at: datetime
    confirmed_at: datetime | None

    @classmethod
    def of(cls, row: TimetableUpload) -> Self:
        return cls.model_validate(row)


class UploadDetail(UploadOut):
    """An upload with its difference."""

    summary: dict[str, int] = Field(description="How many rows of each change.")
    requires_manual_review: bool
    difference: list[DifferenceRow]
    notes: list[DayNoteOut]
    parsed_classes: list[ParsedClass]

    @classmethod
    def detailed(cls, row: TimetableUpload) -> Self:
        rows = [DifferenceRow.model_validate(one) for one in row.difference]
        counted = dict.fromkeys(("added", "changed", "unchanged", "removed"), 0)
        for one in rows:
            counted[one.change] += 1
        plain: dict[str, Any] = UploadOut.of(row).model_dump()
        return cls(
            **plain,
            summary=counted,
            requires_manual_review=any(one.needs_review for one in rows),
            difference=rows,
            notes=[
                DayNoteOut(title=one["title"], first_date=one["first"], last_date=one["last"])
                for one in row.parsed.get("notes", [])
            ],
            parsed_classes=[_parsed(one, one.after) for one in rows if one.after is not None],
        )


def _parsed(row: DifferenceRow, after: ClassOut) -> ParsedClass:
    return ParsedClass(
        course_name=row.course.name if row.course else row.title,
        day=after.day_name,
        time=f"{after.start_time:%H:%M} - {after.end_time:%H:%M}",
        location=after.location,
        confidence=row.confidence,
    )


class UploadAnswer(Schema):
    """One upload."""

    upload: UploadDetail


class UploadQueued(Schema):
    """An upload that is being read in the background."""

    upload: UploadDetail
    task_id: UUID


class UploadList(Schema):
    """Uploads, the newest first."""

    uploads: list[UploadOut]
    pagination: Pagination


class Confirmed(Schema):
    """What an accepted difference made."""

    timetable: TimetableOut
    summary: dict[str, int] = Field(description="Classes added, changed and removed.")
    created_courses: list[ClassCourse]
