"""Tables of timetables."""

from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, SmallInteger, String, Text, false, text, true
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from studyhall.platform.database import Base, Identified, SoftDeleted, Timestamped

CLASS_TYPES = ("lecture", "lab", "tutorial", "seminar")
CLASS_KINDS = ("class", "exam", "event", "holiday")


def _one_of(column: str, values: tuple[str, ...]) -> str:
    return f"{column} IN ({', '.join(repr(value) for value in values)})"


class Timetable(Identified, Timestamped, SoftDeleted, Base):
    """One semester of one person.

    Attributes:
        version: counts every change of what hangs on it, so that an import knows whether its difference is still true.
    """

    __tablename__ = "timetables"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    semester: Mapped[str] = mapped_column(String(100))
    academic_year: Mapped[str | None] = mapped_column(String(20))
    is_active: Mapped[bool] = mapped_column(default=True, server_default=true())
    version: Mapped[int] = mapped_column(default=1, server_default=text("1"))

    __table_args__ = (
        Index(
            "uq_timetables_user_id_semester_academic_year",
            "user_id",
            "semester",
            "academic_year",
            unique=True,
            postgresql_nulls_not_distinct=True,
            postgresql_where=text("deleted_at IS NULL"),
        ),
        Index(
            "uq_timetables_one_active",
            "user_id",
            unique=True,
            postgresql_where=text("is_active AND deleted_at IS NULL"),
        ),
    )


class TimetableClass(Identified, Timestamped, SoftDeleted, Base):
    """A class.

    Attributes:
        course_id: null while nobody has said to which course it belongs.
        series_key: what an import recognises it by.
        kind: a class, an exam, an event, or a day off that the timetable names.
        time_zone: whose wall time it keeps; null is the person's own zone.
        is_weekly: whether day, times, dates and step are a pattern; else they tell its first own date only.
        end_days: days between the day it starts and the day it ends.
        every_weeks: 1 is every week, 2 every other week counted from `first_date`.
        skipped_dates: dates of the pattern on which it does not take place, ISO.
        own_dates: meetings outside the pattern: [{day, start, end, end_days, location}].
        labels: what the source calls single meetings: [{day, start, text}].
        is_imported: whether an import brought it or has recognised it.
        imported: the series as the last import told it; null for a class made by hand.
    """

    __tablename__ = "timetable_classes"

    timetable_id: Mapped[UUID] = mapped_column(ForeignKey("timetables.id", ondelete="CASCADE"))
    course_id: Mapped[UUID | None] = mapped_column(ForeignKey("courses.id", ondelete="SET NULL"))
    series_key: Mapped[str] = mapped_column(Text)
    title: Mapped[str] = mapped_column(String(255))
    code: Mapped[str | None] = mapped_column(String(50))
    class_type: Mapped[str] = mapped_column(String(20), default="lecture", server_default="lecture")
    kind: Mapped[str] = mapped_column(String(20), default="class", server_default="class")
    time_zone: Mapped[str | None] = mapped_column(String(64))
    is_weekly: Mapped[bool] = mapped_column(default=True, server_default=true())
    day_of_week: Mapped[int] = mapped_column(SmallInteger)
    start_time: Mapped[time]
    end_time: Mapped[time]
    end_days: Mapped[int] = mapped_column(SmallInteger, default=0, server_default=text("0"))
    first_date: Mapped[date | None]
    last_date: Mapped[date | None]
    every_weeks: Mapped[int] = mapped_column(SmallInteger, default=1, server_default=text("1"))
    skipped_dates: Mapped[list[Any]] = mapped_column(JSONB, default=list, server_default=text("'[]'::jsonb"))
    own_dates: Mapped[list[Any]] = mapped_column(JSONB, default=list, server_default=text("'[]'::jsonb"))
    labels: Mapped[list[Any]] = mapped_column(JSONB, default=list, server_default=text("'[]'::jsonb"))
    location: Mapped[str | None] = mapped_column(String(255))
    instructor: Mapped[str | None] = mapped_column(String(255))
    notes: Mapped[str | None] = mapped_column(Text)
    is_imported: Mapped[bool] = mapped_column(default=False, server_default=false())
    imported: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))

    __table_args__ = (
        CheckConstraint(_one_of("class_type", CLASS_TYPES), name="class_type_known"),
        CheckConstraint(_one_of("kind", CLASS_KINDS), name="kind_known"),
        CheckConstraint("day_of_week BETWEEN 0 AND 6", name="day_valid"),
        CheckConstraint("end_days BETWEEN 0 AND 367", name="end_days_bounded"),
        CheckConstraint("end_days > 0 OR end_time > start_time", name="ends_after_start"),
        CheckConstraint("every_weeks BETWEEN 1 AND 52", name="step_bounded"),
        CheckConstraint("every_weeks = 1 OR first_date IS NOT NULL", name="step_has_origin"),
        CheckConstraint("last_date >= first_date", name="dates_ordered"),
        CheckConstraint("is_imported = (imported IS NOT NULL)", name="imported_has_source"),
        CheckConstraint("is_weekly OR jsonb_array_length(own_dates) > 0", name="takes_place"),
        Index("ix_timetable_classes_timetable_id", "timetable_id", postgresql_where=text("deleted_at IS NULL")),
        Index("ix_timetable_classes_course_id", "course_id", postgresql_where=text("course_id IS NOT NULL")),
    )


class TimetableException(Identified, Timestamped, Base):
    """A change of single days.

    Attributes:
        class_id: the class whose meeting of `first_date` is changed; null for a day off of the whole timetable.
        kind: holiday (all classes off), note (a named day with classes as usual), cancelled or moved.
        moved_to, start_time, end_time, location: of a moved meeting; what is null stays as it was.
    """

    __tablename__ = "timetable_exceptions"

    timetable_id: Mapped[UUID] = mapped_column(ForeignKey("timetables.id", ondelete="CASCADE"))
    class_id: Mapped[UUID | None] = mapped_column(ForeignKey("timetable_classes.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(20))
    first_date: Mapped[date]
    last_date: Mapped[date]
    title: Mapped[str | None] = mapped_column(String(255))
    moved_to: Mapped[date | None]
    start_time: Mapped[time | None]
    end_time: Mapped[time | None]
    location: Mapped[str | None] = mapped_column(String(255))
    is_imported: Mapped[bool] = mapped_column(default=False, server_default=false())

    __table_args__ = (
        CheckConstraint(_one_of("kind", ("holiday", "note", "cancelled", "moved")), name="kind_known"),
        CheckConstraint("(kind IN ('cancelled', 'moved')) = (class_id IS NOT NULL)", name="about_a_class_or_all"),
        CheckConstraint("last_date >= first_date", name="dates_ordered"),
        CheckConstraint("class_id IS NULL OR last_date = first_date", name="one_meeting"),
        CheckConstraint("end_time > start_time", name="ends_after_start"),
        Index("ix_timetable_exceptions_timetable_id", "timetable_id"),
        Index(
            "uq_timetable_exceptions_class_id_first_date",
            "class_id",
            "first_date",
            unique=True,
            postgresql_where=text("class_id IS NOT NULL"),
        ),
    )


class TimetableUpload(Identified, Timestamped, Base):
    """Something read that waits to become part of a timetable, or has.

    Attributes:
        source: ical, text, image or pdf.
        file_id: the picture or PDF while it waits to be read.
        status: processing, waiting (a difference waits to be accepted), confirmed, superseded or failed.
        timetable_id: the timetable compared with; null while there is none of that semester.
        timetable_version: its version when the difference was made.
        parsed: what was read: {series: […], notes: […]}; of a picture also how surely, {readings: […]} beside series.
        failure: why it was not read, and what to do.
        difference: the rows as shown.
        warnings: what was left out or taken in an unusual way.
    """

    __tablename__ = "timetable_uploads"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    timetable_id: Mapped[UUID | None] = mapped_column(ForeignKey("timetables.id", ondelete="SET NULL"))
    timetable_version: Mapped[int | None]
    semester: Mapped[str] = mapped_column(String(100))
    academic_year: Mapped[str | None] = mapped_column(String(20))
    source: Mapped[str] = mapped_column(String(10))
    file_name: Mapped[str | None] = mapped_column(String(255))
    file_id: Mapped[UUID | None] = mapped_column(ForeignKey("file_uploads.id", ondelete="SET NULL"))
    status: Mapped[str] = mapped_column(String(20), default="waiting", server_default="waiting")
    parsed: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict, server_default=text("'{}'::jsonb"))
    difference: Mapped[list[Any]] = mapped_column(JSONB, default=list, server_default=text("'[]'::jsonb"))
    warnings: Mapped[list[Any]] = mapped_column(JSONB, default=list, server_default=text("'[]'::jsonb"))
    failure: Mapped[str | None] = mapped_column(Text)
    confirmed_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint(_one_of("source", ("ical", "text", "image", "pdf")), name="source_known"),
        CheckConstraint(
            _one_of("status", ("processing", "waiting", "confirmed", "superseded", "failed")), name="status_known"
        ),
        CheckConstraint("(status = 'confirmed') = (confirmed_at IS NOT NULL)", name="confirmed_has_time"),
        Index("ix_timetable_uploads_user_id_created_at", "user_id", "created_at"),
        Index("ix_timetable_uploads_file_id", "file_id", postgresql_where=text("file_id IS NOT NULL")),
    )
