"""Use cases of study plans."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from studyhall.domains.academics import public as academics
from studyhall.domains.academics.public import ClassOccurrence
from studyhall.domains.courses import public as courses
from studyhall.domains.courses.public import CourseBrief
from studyhall.domains.planning import queries
from studyhall.domains.planning.errors import PlanAlreadyCompleted, PlanNotFound
from studyhall.domains.planning.events import PlanChanged, PlanCompleted, PlanCreated, PlanDeleted, PlanRestored
from studyhall.domains.planning.models import StudyPlan
from studyhall.domains.planning.queries import PlanFilter, Summary
from studyhall.domains.planning.rules import COMPLETED, MISSED, PENDING, Span, last_day, overlapping, span_of
from studyhall.domains.undo import public as undo
from studyhall.platform import clock
from studyhall.platform.auth import Actor
from studyhall.platform.errors import Invalid
from studyhall.platform.uow import UnitOfWork
from studyhall.platform.web import FIRST_PAGE, ListQuery, Page

UNDO_KIND = "planning.plan"
# What describes when and what is studied; once a plan is completed it is history.
_SCHEDULE = frozenset({"course_id", "date", "start_time", "planned_duration", "status"})
_WHEN = frozenset({"date", "start_time", "planned_duration"})

Briefs = Mapping[UUID, CourseBrief]


@dataclass(frozen=True, slots=True)
class Planned:
    """A plan with the moments it takes."""

    row: StudyPlan
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Conflicts:
    """What shares time with a slot; times of day as the actor reads them."""

    classes: Sequence[ClassOccurrence]
    plans: Sequence[Planned]
    briefs: Briefs


@dataclass(frozen=True, slots=True)
class Listed:
    """A page of plans with the figures of the whole filter and the courses that it names."""

    page: Page[StudyPlan]
    summary: Summary
    briefs: Briefs


def today_of(actor: Actor) -> date:
    """The calendar day it is for the actor."""
    return clock.today_in(actor.time_zone)


async def listed(uow: UnitOfWork, actor: Actor, wanted: PlanFilter, listing: ListQuery) -> Listed:
    """The actor's plans that pass the filter."""
    today = today_of(actor)
    page = await queries.page_of_plans(uow, actor.user_id, wanted, today, listing)
    figures = await queries.summary(uow, actor.user_id, wanted, today)
    return Listed(page, figures, await _briefs(uow, actor.user_id, page.rows))


async def listed_as_json(uow: UnitOfWork, actor: Actor, wanted: PlanFilter, listing: ListQuery) -> bytes:
    """The same answer ready to be sent, for a span of days without other filters."""
    return await queries.plans_as_json(uow, actor.user_id, wanted, today_of(actor), listing)


async def today_as_json(uow: UnitOfWork, actor: Actor) -> bytes:
    """The first page of today's plans, as the list answers without parameters."""
    today = today_of(actor)
    return await queries.plans_as_json(uow, actor.user_id, PlanFilter(today, today, None, None), today, FIRST_PAGE)


async def one(uow: UnitOfWork, actor: Actor, plan_id: UUID) -> tuple[StudyPlan, CourseBrief | None]:
    """One plan with its course. Raises PlanNotFound."""
    row = await _own(uow, actor, plan_id)
    return row, await _brief(uow, row)


async def create(uow: UnitOfWork, actor: Actor, fields: Mapping[str, Any]) -> tuple[StudyPlan, CourseBrief, Conflicts]:
    """A new plan, and what it collides with.

    Args:
        fields: those of `schemas.NewPlan`, by name.

    Raises:
        CourseNotFound: the actor does not take the course.
        Invalid: the date is over.
    """
    course = await courses.require_enrolled(uow, actor.user_id, fields["course_id"])
    _require_not_past(actor, fields["date"])
    row = StudyPlan(user_id=actor.user_id, **fields)
    uow.session.add(row)
    await uow.session.flush()
    uow.record(PlanCreated(actor.user_id, row.id))
    conflicts = await conflicts_at(uow, actor, row.date, row.start_time, row.planned_duration, besides=row.id)
    return row, course, conflicts


async def change(
    uow: UnitOfWork, actor: Actor, plan_id: UUID, fields: Mapping[str, Any]
) -> tuple[StudyPlan, CourseBrief | None, Conflicts]:
    """Change the fields that were sent. A missed plan that is moved to today or later is pending again.

    Raises:
        PlanNotFound, CourseNotFound: not the actor's.
        PlanAlreadyCompleted: the plan is history, and one of its course, times or status was sent.
        Invalid: the new date is over.
    """
    row = await _own(uow, actor, plan_id, lock=True)
    changed = {name: value for name, value in fields.items() if getattr(row, name) != value}
    if row.status == COMPLETED and changed.keys() & _SCHEDULE:
        raise PlanAlreadyCompleted
    if "course_id" in changed:
        await courses.require_enrolled(uow, actor.user_id, changed["course_id"])
    if "date" in changed:
        _require_not_past(actor, changed["date"])
    for name, value in changed.items():
        setattr(row, name, value)
    if row.status == MISSED and changed.keys() & _WHEN:
        ends_on = last_day(row.date, row.start_time, row.planned_duration)
        row.status = PENDING if ends_on >= today_of(actor) else MISSED
    if changed:
        await uow.session.flush()
        uow.record(PlanChanged(actor.user_id, row.id))
    conflicts = await conflicts_at(uow, actor, row.date, row.start_time, row.planned_duration, besides=row.id)
    return row, await _brief(uow, row), conflicts


async def complete(
    uow: UnitOfWork, actor: Actor, plan_id: UUID, actual_minutes: int | None, notes: str | None
) -> tuple[StudyPlan, CourseBrief | None]:
    """Mark it as done, also a missed one. A repeated call with the same minutes changes nothing and pays nothing twice.

    Raises:
        PlanNotFound: not the actor's.
        PlanAlreadyCompleted: it is completed with other minutes.
    """
    now = clock.now()
    row = await queries.complete(uow, actor.user_id, plan_id, now, actual_minutes, notes)
    if row is None:
        row = await _own(uow, actor, plan_id)
        if actual_minutes not in (None, row.actual_duration):
            raise PlanAlreadyCompleted("This plan is completed already, with another duration.")
        return row, await _brief(uow, row)
    uow.record(
        PlanCompleted(
            user_id=actor.user_id,
            plan_id=row.id,
            course_id=row.course_id,
            topic=row.topic,
            happened_on=clock.today_in(actor.time_zone, actor.day_start_hour),
            starts_at=_span(actor, row).starts_at,
            planned_minutes=row.planned_duration,
            actual_minutes=actual_minutes,
            completed_at=now,
            time_zone=actor.time_zone,
            day_start_hour=actor.day_start_hour,
        )
    )
    return row, await _brief(uow, row)


async def delete(uow: UnitOfWork, actor: Actor, plan_id: UUID) -> str:
    """Delete it; answers the token that takes it back. Raises PlanNotFound."""
    row = await _own(uow, actor, plan_id, lock=True)
    row.deleted_at = clock.now()
    await uow.session.flush()
    uow.record(PlanDeleted(actor.user_id, row.id, row.status == COMPLETED))
    return await undo.offer(uow, actor, UNDO_KIND, [row.id])


async def restore(uow: UnitOfWork, user_id: UUID, plan_id: UUID) -> None:
    """Take a deletion back."""
    row = await queries.plan(uow, user_id, plan_id, lock=True, deleted=True)
    if row is None:
        return
    row.deleted_at = None
    await uow.session.flush()
    uow.record(PlanRestored(user_id, row.id, row.completed_at))


async def conflicts_at(
    uow: UnitOfWork, actor: Actor, day: date, start: time, minutes: int, *, besides: UUID | None = None
) -> Conflicts:
    """Classes and plans still to be done that share time with a slot, also across midnight."""
    zone = clock.zone(actor.time_zone)
    slot = span_of(day, start, minutes, zone)
    first, last = day - timedelta(days=1), slot.ends_at.astimezone(zone).date()
    classes = await academics.classes_between(uow, actor.user_id, day, last, zone)
    plans = [
        Planned(row, span.starts_at, span.ends_at)
        for row in await queries.open_plans(uow, actor.user_id, first, last)
        if row.id != besides
        for span in (_span(actor, row),)
    ]
    # A day off that the timetable lists is no obstacle, rather the opposite.
    busy = overlapping(slot, (one for one in classes if one.kind != "holiday"))
    planned = overlapping(slot, plans)
    return Conflicts(busy, planned, await _briefs(uow, actor.user_id, [one.row for one in planned]))


def _span(actor: Actor, row: StudyPlan) -> Span:
    return span_of(row.date, row.start_time, row.planned_duration, clock.zone(actor.time_zone))


def _require_not_past(actor: Actor, day: date) -> None:
    if day < today_of(actor):
        raise Invalid.field("date", "The date must be today or later.")


async def _own(uow: UnitOfWork, actor: Actor, plan_id: UUID, *, lock: bool = False) -> StudyPlan:
    row = await queries.plan(uow, actor.user_id, plan_id, lock=lock)
    if row is None:
        raise PlanNotFound
    return row


async def _briefs(uow: UnitOfWork, user_id: UUID, rows: Sequence[StudyPlan]) -> Briefs:
    return await courses.briefs(uow, user_id, {row.course_id for row in rows}) if rows else {}


async def _brief(uow: UnitOfWork, row: StudyPlan) -> CourseBrief | None:
    return (await _briefs(uow, row.user_id, [row])).get(row.course_id)
