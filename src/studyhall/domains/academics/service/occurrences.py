"""What is on between two days."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from studyhall.domains.academics import queries
from studyhall.domains.academics.models import TimetableException
from studyhall.domains.academics.rules.meetings import taking_place
from studyhall.domains.academics.service.conversion import exceptions_for, series_of
from studyhall.domains.calendars.public import instant
from studyhall.platform.uow import UnitOfWork


@dataclass(frozen=True, slots=True)
class Taking:
    """One meeting as it takes place, with the class it belongs to. Times are UTC."""

    class_id: UUID
    course_id: UUID | None
    title: str
    label: str
    class_type: str
    kind: str
    starts_at: datetime
    ends_at: datetime
    location: str | None
    instructor: str | None


async def days_off(uow: UnitOfWork, user_id: UUID, first: date, last: date) -> set[date]:
    """Days from `first` to `last`, both included, on which the person's timetable has no classes; one statement."""
    found: set[date] = set()
    for one in await queries.active_exceptions(uow, [user_id]):
        if one.kind == "holiday":
            begin, end = max(first, one.first_date), min(last, one.last_date)
            found |= {begin + timedelta(days=n) for n in range((end - begin).days + 1)}
    return found


async def between(uow: UnitOfWork, zones: Mapping[UUID, ZoneInfo], first: date, last: date) -> dict[UUID, list[Taking]]:
    """What overlaps the days from `first` to `last`, both included, for each person in his own zone.

    Two statements, however many people, classes and days.
    """
    found: dict[UUID, list[Taking]] = {user_id: [] for user_id in zones}
    rows = await queries.active_classes(uow, zones.keys())
    if not rows:
        return found
    exceptions: dict[UUID, list[TimetableException]] = defaultdict(list)
    for one in await queries.active_exceptions(uow, zones.keys()):
        exceptions[one.timetable_id].append(one)
    for row, user_id in rows:
        zone = zones[user_id]
        after, before = instant(first, time.min, zone), instant(last + timedelta(days=1), time.min, zone)
        differing = exceptions_for(row, exceptions[row.timetable_id])
        found[user_id] += [
            Taking(
                row.id, row.course_id, row.title, meeting.title, row.class_type, row.kind, meeting.start, meeting.end,
                meeting.location, row.instructor,
            )
            for meeting in taking_place(series_of(row), differing, after, before, zone)
        ]  # fmt: skip
    for takings in found.values():
        takings.sort(key=lambda one: (one.starts_at, one.ends_at, one.title))
    return found
