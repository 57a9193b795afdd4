"""Every read and write of leaderboards."""

from collections.abc import Collection, Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Date,
    DateTime,
    String,
    Uuid,
    Values,
    and_,
    column,
    false,
    func,
    literal,
    select,
    tuple_,
    update,
    values,
)
from sqlalchemy.dialects.postgresql import insert

from studyhall.domains.identity import public as identity
from studyhall.domains.leaderboards.models import BoardStanding, LeaderboardSnapshot
from studyhall.domains.leaderboards.rules import Period, Span, span_of
from studyhall.domains.study import public as study
from studyhall.platform import clock
from studyhall.platform.uow import UnitOfWork

_KEY = ("user_id", "period", "starts_on")


def _spans(spans: Sequence[Span]) -> Values:
    columns = column("period", String), column("first", Date), column("last", Date)
    return values(*columns, name="spans").data([(one.period.value, one.first, one.last) for one in spans])


def _is_listed(user_id: UUID) -> ColumnElement[bool]:
    """Whether the person takes part in the global board; nobody does whose account is closed."""
    wishes = func.coalesce(identity.preference(user_id, "leaderboard_opt_in"), false())
    return and_(wishes, identity.is_living(literal(user_id, Uuid)))


async def write_standings(uow: UnitOfWork, user_id: UUID, spans: Sequence[Span]) -> None:
    """Sum up the person's study days in these periods, for a person whose study clock is locked; one statement.

    A timer that counted nothing yet touches no period: then there is nothing to do.
    """
    if not spans:
        return
    span, day = _spans(spans), study.seconds_of_days(user_id).subquery()
    sums = (
        select(
            literal(user_id, Uuid),
            span.c.period,
            span.c.first,
            func.coalesce(func.sum(day.c.seconds), 0),
            _is_listed(user_id),
            literal(clock.now(), DateTime(timezone=True)),
        )
        .select_from(span.outerjoin(day, day.c.study_day.between(span.c.first, span.c.last)))
        .group_by(span.c.period, span.c.first)
    )
    names = [*_KEY, "seconds", "is_listed", "created_at"]
    row = insert(BoardStanding).from_select(names, sums, include_defaults=False)
    changed = {"seconds": row.excluded.seconds, "is_listed": row.excluded.is_listed}
    await uow.session.execute(row.on_conflict_do_update(index_elements=_KEY, set_=changed))


async def write_listing(uow: UnitOfWork, user_id: UUID) -> None:
    """Whether the person takes part in the global board, as he wishes it now."""
    is_listed = _is_listed(user_id)
    rows = update(BoardStanding).where(BoardStanding.user_id == user_id, BoardStanding.is_listed != is_listed)
    await uow.session.execute(rows.values(is_listed=is_listed).execution_options(synchronize_session=False))


class Truth(NamedTuple):
    """What a person's standings follow from, and what they are."""

    days: Sequence[tuple[date, int]]
    is_listed: bool
    stored: dict[Span, tuple[int, bool]]


async def truth_of(uow: UnitOfWork, user_id: UUID) -> Truth:
    """Everything of one person."""
    days = (await uow.session.execute(study.seconds_of_days(user_id))).all()
    is_listed = await uow.session.scalar(select(_is_listed(user_id)))
    found = select(BoardStanding.period, BoardStanding.starts_on, BoardStanding.seconds, BoardStanding.is_listed)
    rows = await uow.session.execute(found.where(BoardStanding.user_id == user_id))
    stored = {span_of(Period(row.period), row.starts_on): (row.seconds, row.is_listed) for row in rows}
    return Truth([(row[0], row[1]) for row in days], bool(is_listed), stored)


def _in(span: Span) -> ColumnElement[bool]:
    return and_(BoardStanding.period == span.period.value, BoardStanding.starts_on == span.first)


def _listed(span: Span) -> ColumnElement[bool]:
    """The rows of the partial index that ranks come from."""
    return and_(_in(span), BoardStanding.is_listed, BoardStanding.seconds > 0)


_PLACE = tuple_(BoardStanding.seconds, BoardStanding.user_id)
Row = tuple[UUID, int]


async def seconds_of(uow: UnitOfWork, user_ids: Collection[UUID], span: Span) -> dict[UUID, int]:
    """Seconds in that period of those of these people who have any."""
    found = select(BoardStanding.user_id, BoardStanding.seconds).where(_in(span), BoardStanding.user_id.in_(user_ids))
    return {row.user_id: row.seconds for row in await uow.session.execute(found)}


def _rows(span: Span) -> Any:
    return select(BoardStanding.user_id, BoardStanding.seconds).where(_listed(span))


async def neighbours(uow: UnitOfWork, span: Span, user_id: UUID, seconds: int, around: int) -> list[Row]:
    """Those on the global board from so many above that place to so many below, whoever stands there included."""
    place = tuple_(literal(seconds), literal(user_id, Uuid))
    above = _rows(span).where(place < _PLACE).order_by(BoardStanding.seconds, BoardStanding.user_id).limit(around)
    below = _rows(span).where(place >= _PLACE)
    below = below.order_by(BoardStanding.seconds.desc(), BoardStanding.user_id.desc()).limit(around + 1)
    both = above.subquery().select().union_all(below.subquery().select())
    rows = [(row[0], row[1]) for row in await uow.session.execute(both)]
    rows.sort(key=lambda row: (row[1], row[0]), reverse=True)
    mine = any(row[0] == user_id for row in rows)
    return rows if mine or len(rows) <= 2 * around else rows[:-1]


async def page(uow: UnitOfWork, span: Span, start: int, count: int) -> list[Row]:
    """A part of the global board, the longest first."""
    rows = _rows(span).order_by(BoardStanding.seconds.desc(), BoardStanding.user_id.desc())
    return [(row[0], row[1]) for row in await uow.session.execute(rows.limit(count).offset(start))]


class Counts(NamedTuple):
    """How many are on the global board: in all, with more than I have, and before the first row that is shown, or with
    more than it has."""

    total: int
    above_me: int
    before_first: int
    above_first: int


async def counts(uow: UnitOfWork, span: Span, mine: int, first: Row | None) -> Counts:
    """One walk through the index of the period."""
    user_id, seconds = first or (UUID(int=0), 0)
    before = tuple_(literal(seconds), literal(user_id, Uuid)) < _PLACE
    found = select(
        func.count(),
        func.count().filter(BoardStanding.seconds > mine),
        func.count().filter(before),
        func.count().filter(BoardStanding.seconds > seconds),
    ).where(_listed(span))
    return Counts(*(await uow.session.execute(found)).one())


async def last_ranks(uow: UnitOfWork, span: Span, user_ids: Collection[UUID]) -> dict[UUID, int]:
    """Ranks of these people in the newest snapshot of that period, not older than yesterday's."""
    kept, today = LeaderboardSnapshot, clock.now().date()
    found = select(kept.user_id, kept.rank).where(
        kept.user_id.in_(user_ids),
        kept.period == span.period.value,
        kept.starts_on == span.first,
        kept.taken_on.between(today - timedelta(days=1), today),
    )
    return {row.user_id: row.rank for row in await uow.session.execute(found.order_by(kept.taken_on))}


async def take_snapshot(uow: UnitOfWork, span: Span, today: date) -> None:
    """Keep all ranks of that period as they are now; what was kept today already stays."""
    ranks = select(
        BoardStanding.user_id,
        BoardStanding.period,
        BoardStanding.starts_on,
        literal(today, Date),
        func.rank().over(order_by=BoardStanding.seconds.desc()),
        BoardStanding.seconds,
        literal(clock.now(), DateTime(timezone=True)),
    ).where(_listed(span))
    names = [*_KEY, "taken_on", "rank", "seconds", "created_at"]
    rows = insert(LeaderboardSnapshot).from_select(names, ranks, include_defaults=False)
    await uow.session.execute(rows.on_conflict_do_nothing())
