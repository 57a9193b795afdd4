"""The door of timetables for other domains."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from uuid import UUID
from zoneinfo import ZoneInfo

from studyhall.domains.academics import queries
from studyhall.domains.academics.rules.meetings import Exceptions, taking_place
from studyhall.domains.academics.service.conversion import exceptions_for, series_of
from studyhall.domains.academics.service.occurrences import Taking, between, days_off
from studyhall.domains.calendars.public import Meeting, Series
from studyhall.domains.courses import public as courses
from studyhall.domains.courses.public import CourseBrief
from studyhall.platform.uow import UnitOfWork

__all__ = ["ClassOccurrence", "ScheduledClass", "classes_between", "classes_of_people", "days_off", "scheduled_classes"]


@dataclass(frozen=True, slots=True)
class ClassOccurrence:
    """One meeting of a class.

    Attributes:
        course_id, course_code, course_color: None while the class belongs to no course.
        course_name: the course's name, or the title of a class that belongs to none.
        title: what the timetable calls this meeting, e.g. with its number.
        class_type: lecture, lab, tutorial or seminar.
        kind: class, exam, event, or holiday (a day off that the timetable itself lists as an entry).
        starts_at, ends_at: UTC.
        date, start_time, end_time: the same in the zone asked for.
    """

    class_id: UUID
    course_id: UUID | None
    course_name: str
    course_code: str | None
    course_color: str | None
    title: str
    class_type: str
    kind: str
    starts_at: datetime
    ends_at: datetime
    date: date
    start_time: time
    end_time: time
    location: str | None
    instructor: str | None


@dataclass(frozen=True, slots=True)
class ScheduledClass:
    """A class of the active timetable as a whole, for whoever shows its pattern rather than single days.

    Attributes:
        version: counts every change of the timetable, classes and exceptions included.
        changed_at: when the timetable changed last.
    """

    class_id: UUID
    series: Series
    exceptions: Exceptions
    version: int
    changed_at: datetime

    def meetings(self, after: datetime, before: datetime, zone: ZoneInfo) -> list[Meeting]:
        """What really takes place and overlaps the span (aware), exceptions applied, in order.

        Args:
            zone: the person's own, for classes that keep his wall time.
        """
        return taking_place(self.series, self.exceptions, after, before, zone)


async def scheduled_classes(uow: UnitOfWork, user_id: UUID) -> list[ScheduledClass]:
    """The classes of the person's active timetable, the oldest first; at most three statements."""
    timetable = await queries.active_timetable(uow, user_id)
    if timetable is None:
        return []
    rows = [row for row, _ in await queries.active_classes(uow, [user_id])]
    exceptions = await queries.active_exceptions(uow, [user_id]) if rows else []
    return [
        ScheduledClass(row.id, series_of(row), exceptions_for(row, exceptions), timetable.version, timetable.updated_at)
        for row in sorted(rows, key=lambda row: row.id)
    ]


async def classes_between(
    uow: UnitOfWork, user_id: UUID, first: date, last: date, zone: ZoneInfo
) -> list[ClassOccurrence]:
    """What overlaps the days from `first` to `last`, both included, in order; three statements at most."""
    takings = (await between(uow, {user_id: zone}, first, last))[user_id]
    ids = {one.course_id for one in takings if one.course_id is not None}
    known = await courses.briefs(uow, user_id, ids) if ids else {}
    return [_occurrence(one, known.get(one.course_id) if one.course_id else None, zone) for one in takings]


async def classes_of_people(
    uow: UnitOfWork, zones: Mapping[UUID, ZoneInfo], first: date, last: date
) -> dict[UUID, list[ClassOccurrence]]:
    """The same for many people at once, each in his own zone, without the courses' names; two statements."""
    found = await between(uow, zones, first, last)
    return {user_id: [_occurrence(one, None, zones[user_id]) for one in takings] for user_id, takings in found.items()}


def _occurrence(one: Taking, course: CourseBrief | None, zone: ZoneInfo) -> ClassOccurrence:
    start, end = one.starts_at.astimezone(zone), one.ends_at.astimezone(zone)
    return ClassOccurrence(
        class_id=one.class_id,
        course_id=one.course_id,
        course_name=course.name if course else one.title,
        course_code=course.code if course else None,
        course_color=course.color if course else None,
        title=one.label,
        class_type=one.class_type,
        kind=one.kind,
        starts_at=one.starts_at,
        ends_at=one.ends_at,
        date=start.date(),
        start_time=start.time().replace(tzinfo=None, fold=0),
        end_time=end.time().replace(tzinfo=None, fold=0),
        location=one.location,
        instructor=one.instructor,
    )
