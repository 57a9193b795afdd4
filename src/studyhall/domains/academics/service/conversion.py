"""Between the rows of a class and the series that the rules know."""

from collections.abc import Iterable
from datetime import date, time
from typing import Any

from studyhall.domains.academics.models import TimetableClass, TimetableException
from studyhall.domains.academics.rules.meetings import DayOff, Exceptions, SingleChange
from studyhall.domains.calendars.public import Label, OwnDate, Present, Series, Weekly, dump_series, load_series


def series_of(row: TimetableClass) -> Series:
    """What the row says about when and what the class is."""
    weekly = None
    if row.is_weekly:
        skipped = tuple(date.fromisoformat(day) for day in row.skipped_dates)
        weekly = Weekly(
            row.day_of_week, row.start_time, row.end_time, row.end_days, row.first_date, row.last_date,
            row.every_weeks, skipped,
        )  # fmt: skip
    return Series(
        row.series_key,
        row.title,
        row.code,
        row.title,
        row.class_type,
        row.kind,
        row.time_zone,
        row.location,
        row.instructor,
        weekly,
        tuple(_own_date(own) for own in row.own_dates),
        tuple(
            Label(date.fromisoformat(one["day"]), time.fromisoformat(one["start"]), one["text"]) for one in row.labels
        ),
    )


def _own_date(own: Any) -> OwnDate:
    day, start, end = date.fromisoformat(own["day"]), time.fromisoformat(own["start"]), time.fromisoformat(own["end"])
    return OwnDate(day, start, end, own["end_days"], own["location"])


def write_series(row: TimetableClass, series: Series) -> None:
    """Put the series into the row; course, notes and what the import said are not its matter."""
    dumped = dump_series(series)
    usual = series.usual
    row.series_key, row.title, row.code = series.key, series.title, series.code
    row.class_type, row.kind, row.time_zone = series.class_type, series.kind, series.zone
    row.location, row.instructor = series.location, series.instructor
    row.is_weekly = series.weekly is not None
    row.day_of_week, row.start_time, row.end_time, row.end_days = (
        usual.day_of_week, usual.start, usual.end, usual.end_days,
    )  # fmt: skip
    row.first_date, row.last_date, row.every_weeks = usual.first, usual.last, usual.every
    row.skipped_dates = [day.isoformat() for day in usual.skipped]
    row.own_dates, row.labels = dumped["own_dates"], dumped["labels"]


def present_of(row: TimetableClass) -> Present:
    imported = None if row.imported is None else load_series(row.imported)
    return Present(row.id, series_of(row), row.course_id, imported)


def exceptions_for(row: TimetableClass, exceptions: Iterable[TimetableException]) -> Exceptions:
    """Those of the timetable's exceptions that concern the class."""
    changes: dict[date, SingleChange] = {}
    days_off: list[DayOff] = []
    for one in exceptions:
        if one.timetable_id != row.timetable_id:
            continue
        if one.kind == "holiday":
            days_off.append(DayOff(one.first_date, one.last_date))
        elif one.class_id == row.id:
            changes[one.first_date] = SingleChange(
                one.kind == "cancelled", one.moved_to, one.start_time, one.end_time, one.location
            )
    return Exceptions(changes, days_off)
