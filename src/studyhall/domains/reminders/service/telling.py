"""Telling one person one thing: the mail, the notification and the mark that it was done, in one transaction."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from uuid import UUID

from studyhall.domains.identity import public as identity
from studyhall.domains.identity.public import Recipient
from studyhall.domains.mails import public as mails
from studyhall.domains.mails.public import Template
from studyhall.domains.notifications import public as notifications
from studyhall.domains.notifications.public import NotificationType
from studyhall.domains.reminders import queries, rules
from studyhall.domains.reminders.models import ReminderDelivery, Status
from studyhall.domains.reminders.rules import DAY, Due, Habits, Kind
from studyhall.domains.reminders.service import contents, sweeping
from studyhall.domains.reminders.service.contents import Content
from studyhall.platform import clock
from studyhall.platform.uow import UnitOfWork

FREE = "Nothing on this day; told so."
STILL_FREE = "Nothing on this day either; told so before."
NOTHING = "Nothing to tell."
_LONGEST_NOTE = 200
_OVERDUE_LOOK_BACK = timedelta(days=7)


async def tell(uow: UnitOfWork, delivery_id: UUID) -> None:
    """Do what a delivery asks for; does nothing when it was done before."""
    row = await queries.lock_queued(uow, delivery_id)
    if row is None:
        return
    to = await identity.recipient(uow, row.user_id)
    if to is None:
        _settle(row, Status.SKIPPED, "The account is gone.")
        return
    kind = Kind(row.kind)
    habits = sweeping.habits_of((await identity.preferences_of_people(uow, [row.user_id]))[row.user_id])
    if kind not in habits.is_on:
        _settle(row, Status.SKIPPED, "Turned off in the preferences.")
    elif not rules.makes_sense(kind, Due(row.period, row.due_at), clock.now(), habits.zone):
        _settle(row, Status.SKIPPED, sweeping.TOO_LATE)
    else:
        await _TELLERS[kind](uow, row, to, habits)
    if kind is Kind.DUE_SOON:
        await sweeping.plan_due_soon(uow, row.user_id, habits, row.period)


async def _tell_morning(uow: UnitOfWork, row: ReminderDelivery, to: Recipient, habits: Habits) -> None:
    """A day without anything is mailed once; the free days after it are left in peace."""
    content = await contents.of_morning(uow, to, row.period)
    if content.count:
        await _mail(uow, row, to, content)
        return
    before = await queries.last_settled(uow, to.user_id, Kind.MORNING_PLAN, row.period, (Status.SENT, Status.NOTHING))
    if before is not None and before.note in (FREE, STILL_FREE):
        _settle(row, Status.NOTHING, STILL_FREE)
        return
    await _mail(uow, row, to, Content(content.values | {"variant": "free"}), note=FREE)


async def _tell_reminder(uow: UnitOfWork, row: ReminderDelivery, to: Recipient, habits: Habits) -> None:
    """Only who has planned nothing for the next day."""
    tomorrow = row.period + DAY
    if await contents.has_plan(uow, to, tomorrow):
        _settle(row, Status.NOTHING, "There is a plan for the next day.")
        return
    await _notify(uow, row, to, NotificationType.REMINDER, "plan_tomorrow", "/planning")
    await _mail(uow, row, to, Content({"day": tomorrow.isoformat()}), was_told=True)


async def _tell_week(uow: UnitOfWork, row: ReminderDelivery, to: Recipient, habits: Habits) -> None:
    content = await contents.of_week(uow, to, row.period)
    await _notify(uow, row, to, NotificationType.REPORT, "weekly_report", f"/progress/weekly?week_start={row.period}")
    await _mail(uow, row, to, content, was_told=True)


async def _tell_due_soon(uow: UnitOfWork, row: ReminderDelivery, to: Recipient, habits: Habits) -> None:
    content = await contents.of_due_soon(uow, to, row.period + DAY)
    if not content.count:
        _settle(row, Status.NOTHING, NOTHING)
        return
    await _notify(uow, row, to, NotificationType.ASSIGNMENT, "due_soon", "/assignments", content)
    await _mail(uow, row, to, content, was_told=True)


async def _tell_overdue(uow: UnitOfWork, row: ReminderDelivery, to: Recipient, habits: Habits) -> None:
    """By mail only: in the app it was told when it happened."""
    before = await queries.last_settled(uow, to.user_id, Kind.OVERDUE, row.period, (Status.SENT,))
    since = clock.now() - _OVERDUE_LOOK_BACK
    content = await contents.of_overdue(uow, to, max(since, before.due_at) if before else since)
    if not content.count:
        _settle(row, Status.NOTHING, NOTHING)
        return
    await _mail(uow, row, to, content)


_Teller = Callable[[UnitOfWork, ReminderDelivery, Recipient, Habits], Awaitable[None]]
_TELLERS: dict[Kind, _Teller] = {
    Kind.MORNING_PLAN: _tell_morning,
    Kind.REMINDER: _tell_reminder,
    Kind.WEEKLY_REPORT: _tell_week,
    Kind.DUE_SOON: _tell_due_soon,
    Kind.OVERDUE: _tell_overdue,
}


async def _notify(
    uow: UnitOfWork,
    row: ReminderDelivery,
    to: Recipient,
    kind: NotificationType,
    words: str,
    page: str,
    content: Content | None = None,
) -> None:
    title, message = notifications.notice(words, to.language)
    if content is not None:
        message = message.format(title=content.values["title"])
    key = f"{row.kind}:{row.period}"
    await notifications.notify(uow, [to.user_id], kind, title, message, action_url=page, dedupe_key=key)


async def _mail(
    uow: UnitOfWork,
    row: ReminderDelivery,
    to: Recipient,
    content: Content,
    *,
    note: str | None = None,
    was_told: bool = False,
) -> None:
    """Mail it where nothing stands against that, and settle the delivery.

    Args:
        was_told: it stands in the app already, so that it was told even where it is not mailed.
    """
    template = Template(row.kind)
    hindrance = await mails.hindrance(uow, to, template)
    if hindrance is None:
        key = f"{row.kind}:{to.user_id}:{row.period}"
        until = row.due_at + rules.LATEST[Kind(row.kind)]
        await mails.send_to(
            uow, to, template=template, dedupe_key=key, values=content.values, not_after=_not_after(row, to, until)
        )
        _settle(row, Status.SENT, note)
    else:
        _settle(row, Status.SENT if was_told else Status.SKIPPED, f"No mail: {hindrance}")


def _not_after(row: ReminderDelivery, to: Recipient, until: datetime) -> datetime:
    """A mail that waits for its server must not come on another day than it speaks of either."""
    if Kind(row.kind) not in rules.ON_ITS_DAY:
        return until
    midnight = rules.moment_of(row.period + DAY, datetime.min.time(), clock.zone(to.time_zone))
    return until if midnight is None else min(until, midnight)


def _settle(row: ReminderDelivery, status: Status, note: str | None) -> None:
    row.status, row.note, row.settled_at = status, note[:_LONGEST_NOTE] if note else None, clock.now()
