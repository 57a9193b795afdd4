"""Use cases of calendar feeds."""

import secrets
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from hashlib import blake2b
from uuid import UUID
from zoneinfo import ZoneInfo

from studyhall.domains.academics import public as academics
from studyhall.domains.assignments import public as assignments
from studyhall.domains.assignments.public import AssignmentBrief
from studyhall.domains.courses import public as courses
from studyhall.domains.feeds import queries
from studyhall.domains.feeds.errors import FeedNotFound
from studyhall.domains.feeds.models import CalendarFeed
from studyhall.domains.feeds.rules.classes import ShownClass, class_entries
from studyhall.domains.feeds.rules.entries import Entry, Todo, revision, span_of, uid
from studyhall.domains.feeds.rules.writing import calendar
from studyhall.domains.planning import public as planning
from studyhall.domains.planning.public import PlanBrief
from studyhall.platform import clock
from studyhall.platform.auth import Actor
from studyhall.platform.cache import Source
from studyhall.platform.crypto import token_hash
from studyhall.platform.uow import UnitOfWork

NAME = "Studyhall"
# Part of every stamp: raise it with every change of how a feed is written, or programs keep the old form.
FORM = 1
FETCHES_NOTED_EVERY = timedelta(minutes=10)
_SECRET_BYTES = 32
_KEPT = Source("calendar_feed", 3600)
_TODO_STATUS = {"completed": "COMPLETED", "in_progress": "IN-PROCESS"}
_PRIORITY = {"high": 1, "medium": 5, "low": 9}


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed that was found by its address, as it is now.

    Attributes:
        stamp: names the state of everything that it shows.
        changed_at: when that state came to be, to the second.
        span: first and last day shown, the person's own.
    """

    user_id: UUID
    stamp: str
    changed_at: datetime
    zone: ZoneInfo
    span: tuple[date, date]
    last_fetched_at: datetime | None


async def settings_of(uow: UnitOfWork, actor: Actor) -> CalendarFeed | None:
    """The actor's feed, if he has one."""
    return await queries.feed_of(uow, actor.user_id)


async def renew(uow: UnitOfWork, actor: Actor) -> tuple[CalendarFeed, str]:
    """Make or renew the actor's address; answers the secret in it, which is stored nowhere."""
    secret = secrets.token_urlsafe(_SECRET_BYTES)
    await queries.renew(uow, actor.user_id, token_hash(secret), clock.now())
    uow.audit("settings.calendar_feed_renewed", "Made a new calendar address.", user_id=actor.user_id)
    feed = await queries.feed_of(uow, actor.user_id)
    assert feed is not None, "it was written just now"
    return feed, secret


async def find(uow: UnitOfWork, secret: str) -> Feed:
    """The feed at an address, in one statement. Raises FeedNotFound."""
    row = await queries.by_hash(uow, token_hash(secret))
    if row is None:
        raise FeedNotFound
    zone = clock.zone(row["timezone"])
    span = span_of(clock.today_in(zone.key))
    state = (FORM, row["user_id"], row["version"], row["changed_at"].isoformat(), zone.key, span[0].isoformat())
    stamp = blake2b("/".join(map(str, state)).encode(), digest_size=12).hexdigest()
    # A new month shows other days, although nobody changed anything.
    month = datetime.combine(clock.today_in(zone.key).replace(day=1), time.min, tzinfo=zone)
    changed_at = max(row["changed_at"], month).astimezone(UTC).replace(microsecond=0)
    return Feed(row["user_id"], stamp, changed_at, zone, span, row["last_fetched_at"])


async def note_fetch(uow: UnitOfWork, feed: Feed) -> None:
    """Remember that a program looked, at most every ten minutes."""
    now = clock.now()
    if feed.last_fetched_at is None or feed.last_fetched_at <= now - FETCHES_NOTED_EVERY:
        await queries.mark_fetched(uow, feed.user_id, now, FETCHES_NOTED_EVERY)


async def written(uow: UnitOfWork, feed: Feed) -> bytes:
    """The feed as iCalendar text; kept for an hour, for programs that do not ask whether it changed."""

    async def make() -> bytes:
        return await _write(uow, feed)

    body: bytes = await uow.resources.cache.get_or_make(_KEPT.key(feed.user_id, feed.stamp), _KEPT.ttl_seconds, make)
    return body


async def _write(uow: UnitOfWork, feed: Feed) -> bytes:
    first, last = feed.span
    begin = datetime.combine(first, time.min, tzinfo=feed.zone).astimezone(UTC)
    end = datetime.combine(last + timedelta(days=1), time.min, tzinfo=feed.zone).astimezone(UTC)
    entries = await _classes(uow, feed, begin, end)
    people = {feed.user_id: feed.span}
    plans = (await planning.plans_of_people(uow, people, {feed.user_id: feed.zone.key}))[feed.user_id]
    due = await assignments.due_between(uow, feed.user_id, begin, end)
    ids = {one.course_id for one in plans} | {one.course_id for one in due}
    names = {one.id: one.name for one in (await courses.briefs(uow, feed.user_id, ids)).values()} if ids else {}
    entries += [_plan(one, names.get(one.course_id)) for one in plans]
    entries += [_due_date(one, names.get(one.course_id)) for one in due]
    return calendar(NAME, entries, [_todo(one, names.get(one.course_id)) for one in due], feed.span)


async def _classes(uow: UnitOfWork, feed: Feed, begin: datetime, end: datetime) -> list[Entry]:
    entries: list[Entry] = []
    for one in await academics.scheduled_classes(uow, feed.user_id):
        zone = clock.zone(one.series.zone) if one.series.zone else feed.zone
        shown = ShownClass(one.class_id, one.series, zone, one.changed_at, one.version)
        entries += class_entries(shown, one.meetings(begin, end, feed.zone))
    return entries


def _plan(one: PlanBrief, course: str | None) -> Entry:
    return Entry(
        uid=uid("plan", one.id),
        summary=_titled(f"Study: {one.topic}", course, is_done=one.status == "completed"),
        category="Study plan",
        start=one.starts_at,
        end=one.ends_at,
        changed_at=one.updated_at,
        sequence=revision(one.created_at, one.updated_at),
    )


def _due_date(one: AssignmentBrief, course: str | None) -> Entry:
    """Most calendar programs show no to-dos of a subscribed calendar, so the due date stands there as a moment too."""
    return Entry(
        uid=uid("due", one.id),
        summary=_titled(f"Due: {one.title}", course, is_done=one.status == "completed"),
        category="Assignment",
        start=one.due_date,
        end=None,
        changed_at=one.updated_at,
        sequence=revision(one.created_at, one.updated_at),
        is_busy=False,
    )


def _todo(one: AssignmentBrief, course: str | None) -> Todo:
    status = _TODO_STATUS.get(one.status, "NEEDS-ACTION")
    return Todo(
        uid=uid("assignment", one.id),
        event_uid=uid("due", one.id),
        summary=_titled(one.title, course),
        due=one.due_date,
        status=status,
        percent={"COMPLETED": 100, "NEEDS-ACTION": 0}.get(status),
        completed_at=one.completed_at,
        priority=_PRIORITY[one.priority],
        changed_at=one.updated_at,
        sequence=revision(one.created_at, one.updated_at),
    )


def _titled(title: str, course: str | None, *, is_done: bool = False) -> str:
    named = f"{title} ({course})" if course else title
    return f"✓ {named}" if is_done else named
