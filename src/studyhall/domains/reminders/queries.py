"""Reading and changing schedules and deliveries: set by set, because very many people get up at seven."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select

from studyhall.domains.reminders.models import ReminderDelivery, Status
from studyhall.domains.reminders.rules import Kind
from studyhall.platform.ids import new_id
from studyhall.platform.uow import UnitOfWork


@dataclass(frozen=True, slots=True)
class Waiting:
    """A schedule that is due or stale."""

    user_id: UUID
    kind: Kind
    period: date | None
    at: datetime
    is_stale: bool


@dataclass(frozen=True, slots=True)
class Delivered:
    """A delivery to be written down."""

    user_id: UUID
    kind: Kind
    period: date
    due_at: datetime
    status: Status
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Coming:
    """What a schedule is to say."""

    user_id: UUID
    kind: Kind
    period: date | None
    at: datetime | None


_BEGIN = """
INSERT INTO reminder_schedules (user_id, kind, next_due_at, is_stale)
SELECT $1, kind, CASE WHEN kind <> 'overdue' THEN $3::timestamptz END, kind <> 'overdue' FROM unnest($2::text[]) AS kind
ON CONFLICT (user_id, kind) DO NOTHING
"""

_MARK_STALE = """
UPDATE reminder_schedules SET is_stale = true, next_due_at = $2, updated_at = $2
WHERE user_id = $1 AND (kind <> 'overdue' OR next_due_at IS NOT NULL)
"""

# What is demanded anew forgets the day that was waited for, because another one may come before it.
_DEMAND = """
INSERT INTO reminder_schedules AS s (user_id, kind, next_due_at, is_stale) VALUES ($1, $2, $3, true)
ON CONFLICT (user_id, kind) DO UPDATE SET period = NULL, next_due_at = $3, is_stale = true, updated_at = $3
WHERE $4 OR s.next_due_at IS NULL
"""

_DUE = """
SELECT user_id, kind, period, next_due_at, is_stale FROM reminder_schedules
WHERE next_due_at <= $1 ORDER BY next_due_at LIMIT $2 FOR UPDATE SKIP LOCKED
"""

_DELIVER = """
INSERT INTO reminder_deliveries (id, user_id, kind, period, due_at, status, note, settled_at, created_at, updated_at)
SELECT id, user_id, kind, period, due_at, status, note, CASE WHEN status <> 'queued' THEN $8::timestamptz END, $8, $8
FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::date[], $5::timestamptz[], $6::text[], $7::text[])
  AS new (id, user_id, kind, period, due_at, status, note)
ON CONFLICT (user_id, kind, period) DO NOTHING
RETURNING id, status
"""

_MOVE_ON = """
UPDATE reminder_schedules AS s
SET period = new.period, next_due_at = new.at, is_stale = false, updated_at = $5
FROM unnest($1::uuid[], $2::text[], $3::date[], $4::timestamptz[]) AS new (user_id, kind, period, at)
WHERE s.user_id = new.user_id AND s.kind = new.kind
"""


async def begin(uow: UnitOfWork, user_id: UUID, now: datetime) -> None:
    """Schedules of a new person, to be worked out by the next sweep."""
    await (await uow.straight()).value(_BEGIN, user_id, [kind.value for kind in Kind], now)


async def mark_stale(uow: UnitOfWork, user_id: UUID, now: datetime) -> None:
    """All of a person's, as his habits changed."""
    await (await uow.straight()).value(_MARK_STALE, user_id, now)


async def demand(uow: UnitOfWork, user_id: UUID, kind: Kind, now: datetime, *, anew: bool) -> None:
    """There is something to tell. With `anew` it may come before what is waited for already."""
    await (await uow.straight()).value(_DEMAND, user_id, kind.value, now, anew)


async def lock_due(uow: UnitOfWork, now: datetime, most: int) -> list[Waiting]:
    """Who is due by now, the longest waiting first, and in nobody else's hands: the one query of the sweep."""
    return [
        Waiting(row["user_id"], Kind(row["kind"]), row["period"], row["next_due_at"], row["is_stale"])
        for row in await (await uow.straight()).rows(_DUE, now, most)
    ]


async def deliver(uow: UnitOfWork, deliveries: Sequence[Delivered], now: datetime) -> list[UUID]:
    """Write down what has not been written down for its person, kind and period; answers those that are queued now."""
    if not deliveries:
        return []
    rows = await (await uow.straight()).rows(
        _DELIVER,
        [new_id() for _ in deliveries],
        [one.user_id for one in deliveries],
        [one.kind.value for one in deliveries],
        [one.period for one in deliveries],
        [one.due_at for one in deliveries],
        [one.status.value for one in deliveries],
        [one.note for one in deliveries],
        now,
    )
    return [row["id"] for row in rows if row["status"] == Status.QUEUED]


async def move_on(uow: UnitOfWork, coming: Sequence[Coming], now: datetime) -> None:
    """Set what comes next for each."""
    if coming:
        await (await uow.straight()).value(
            _MOVE_ON,
            [one.user_id for one in coming],
            [one.kind.value for one in coming],
            [one.period for one in coming],
            [one.at for one in coming],
            now,
        )


async def lock_queued(uow: UnitOfWork, delivery_id: UUID) -> ReminderDelivery | None:
    """The delivery, if its job has still to be done; a second worker waits here and then finds nothing."""
    found = select(ReminderDelivery).where(ReminderDelivery.id == delivery_id, ReminderDelivery.status == Status.QUEUED)
    return (await uow.session.scalars(found.with_for_update())).one_or_none()


async def last_settled(
    uow: UnitOfWork, user_id: UUID, kind: Kind, before: date, among: Collection[Status]
) -> ReminderDelivery | None:
    """The latest delivery of an earlier period that ended in one of these ways."""
    found = select(ReminderDelivery).where(
        ReminderDelivery.user_id == user_id,
        ReminderDelivery.kind == kind.value,
        ReminderDelivery.period < before,
        ReminderDelivery.status.in_([one.value for one in among]),
    )
    return (await uow.session.scalars(found.order_by(ReminderDelivery.period.desc()).limit(1))).one_or_none()
