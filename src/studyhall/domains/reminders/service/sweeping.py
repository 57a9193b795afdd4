"""The sweep: who is due now, what that means for each, one job per person, and what comes next."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import structlog

from studyhall.domains.assignments import public as assignments
from studyhall.domains.identity import public as identity
from studyhall.domains.reminders import queries, rules
from studyhall.domains.reminders.models import Status
from studyhall.domains.reminders.queries import Coming, Delivered, Waiting
from studyhall.domains.reminders.rules import Due, Habits, Kind
from studyhall.platform import clock
from studyhall.platform.jobs import Job
from studyhall.platform.uow import UnitOfWork

log = structlog.get_logger(__name__)

BATCH = 4_000
BEHIND_PEOPLE = -10
"""Priority of what is sent to everybody: a code that somebody waits for goes first."""
TOO_LATE = "Too late to make sense."
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_PEOPLE_ASKED_AT_ONCE = 200
_FURTHEST = timedelta(days=400)


@dataclass(slots=True)
class _Outcome:
    deliveries: list[Delivered] = field(default_factory=list)
    coming: list[Coming] = field(default_factory=list)


def habits_of(chosen: Mapping[str, Any]) -> Habits:
    """A person's times from his preferences. A zone that this server does not know any more counts as UTC."""
    try:
        zone = clock.zone(chosen["timezone"])
    except ValueError:
        log.warning("unknown zone taken for UTC", zone=chosen["timezone"])
        zone = clock.zone("UTC")
    mails, pushes = chosen["email_notifications"], chosen["push_notifications"]
    wanted = {
        Kind.MORNING_PLAN: mails and chosen["morning_email_enabled"],
        Kind.REMINDER: pushes or (mails and chosen["reminder_email_enabled"]),
        Kind.WEEKLY_REPORT: chosen["weekly_report_enabled"],
        Kind.DUE_SOON: True,
        Kind.OVERDUE: mails and chosen["due_email_enabled"],
    }
    return Habits(
        zone=zone,
        morning=chosen["morning_email_time"],
        evening=chosen["reminder_time"],
        weekly_day=_WEEKDAYS.index(chosen["weekly_report_day"]),
        weekly_time=chosen["weekly_report_time"],
        is_on=frozenset(kind for kind, is_on in wanted.items() if is_on),
    )


async def sweep(uow: UnitOfWork, tell: Job, most: int = BATCH) -> int:
    """Deal with at most so many schedules that are due, the longest waiting first; answers how many there were.

    Everything stands in this one transaction: the deliveries, their jobs, and what comes next. If it dies, nothing
    has happened.
    """
    now = clock.now()
    waiting = await queries.lock_due(uow, now, most)
    if not waiting:
        return 0
    chosen = await identity.preferences_of_people(uow, {one.user_id for one in waiting})
    habits = {user_id: habits_of(one) for user_id, one in chosen.items()}
    demanded = await _demands(uow, [one for one in waiting if _asks_for_due_dates(one)], habits)
    outcome = _Outcome()
    for one in waiting:
        _deal_with(outcome, one, habits.get(one.user_id), demanded, now)
    queued = await queries.deliver(uow, outcome.deliveries, now)
    await uow.enqueue_many(tell, [{"delivery_id": one} for one in queued], priority=BEHIND_PEOPLE)
    await queries.move_on(uow, outcome.coming, now)
    return len(waiting)


def _asks_for_due_dates(one: Waiting) -> bool:
    return one.kind is Kind.DUE_SOON and one.is_stale


def _deal_with(
    outcome: _Outcome, one: Waiting, habits: Habits | None, demanded: Mapping[UUID, Due], now: datetime
) -> None:
    if habits is None or one.kind not in habits.is_on:
        _rest(outcome, one)
    elif one.kind is Kind.DUE_SOON and one.is_stale:
        found = demanded.get(one.user_id)
        outcome.coming.append(
            Coming(one.user_id, one.kind, found.period if found else None, found.at if found else None)
        )
    elif one.is_stale:
        _note(outcome, one, rules.moved(one.kind, habits, one.period, one.at, now))
    elif one.period is None:
        _note(outcome, one, rules.Sweep(next=rules.first_after(one.kind, habits, one.at)))
    elif one.kind.is_on_demand:
        # Whether it is too late is for its job to say, which also looks what is demanded next.
        _note(outcome, one, rules.Sweep(tell=(Due(one.period, one.at),)))
    else:
        _note(outcome, one, rules.sweep(one.kind, habits, Due(one.period, one.at), now))


def _rest(outcome: _Outcome, one: Waiting) -> None:
    """Nothing of this kind for this person, until his habits change."""
    outcome.coming.append(Coming(one.user_id, one.kind, None, None))


def _note(outcome: _Outcome, one: Waiting, found: rules.Sweep) -> None:
    for due in found.tell:
        outcome.deliveries.append(Delivered(one.user_id, one.kind, due.period, due.at, Status.QUEUED))
    for due in found.skip:
        outcome.deliveries.append(Delivered(one.user_id, one.kind, due.period, due.at, Status.SKIPPED, TOO_LATE))
    coming = found.next
    outcome.coming.append(
        Coming(one.user_id, one.kind, coming.period if coming else None, coming.at if coming else None)
    )


async def _demands(uow: UnitOfWork, waiting: Sequence[Waiting], habits: Mapping[UUID, Habits]) -> dict[UUID, Due]:
    """When each of them is told of what is due next."""
    since = {one.user_id: one.at for one in waiting if one.user_id in habits}
    people, found = list(since), dict[UUID, Due]()
    for start in range(0, len(people), _PEOPLE_ASKED_AT_ONCE):
        chunk = people[start : start + _PEOPLE_ASKED_AT_ONCE]
        spans = {user_id: (since[user_id], since[user_id] + _FURTHEST) for user_id in chunk}
        due = await assignments.due_of_people(uow, spans)
        for user_id in chunk:
            first = _first_evening(due[user_id], habits[user_id], since[user_id])
            if first is not None:
                found[user_id] = first
    return found


def _first_evening(
    due: Collection[assignments.AssignmentBrief], habits: Habits, since: datetime, after: date | None = None
) -> Due | None:
    for one in due:
        told = rules.evening_before(one.due_date, habits) if one.status in OPEN else None
        if told is not None and told.at > since and (after is None or told.period > after):
            return told
    return None


OPEN = frozenset({"pending", "in_progress"})


async def plan_due_soon(uow: UnitOfWork, user_id: UUID, habits: Habits, told: date) -> None:
    """After a telling: the next evening on which something is to be told."""
    now = clock.now()
    due = await assignments.due_between(uow, user_id, now, now + _FURTHEST)
    found = _first_evening(due, habits, now, after=told)
    coming = Coming(user_id, Kind.DUE_SOON, found.period if found else None, found.at if found else None)
    await queries.move_on(uow, [coming], now)
