"""The boards that are shown: who stands where, named or not."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from studyhall.domains.friends import public as friends
from studyhall.domains.gamification import public as gamification
from studyhall.domains.gamification.public import Xp
from studyhall.domains.groups import public as groups
from studyhall.domains.identity import public as identity
from studyhall.domains.identity.public import Person
from studyhall.domains.leaderboards import queries
from studyhall.domains.leaderboards.rules import (
    Period,
    Ranked,
    Span,
    movement,
    pseudonym,
    ranked,
    span_of,
    whole_minutes,
    window,
)
from studyhall.domains.people import public as people
from studyhall.domains.study import public as study
from studyhall.platform.auth import Actor
from studyhall.platform.uow import UnitOfWork
from studyhall.platform.web import ListQuery

GLOBAL = "global"


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which part of a board.

    Attributes:
        around: how many above and below oneself, unless a page of the list is wanted.
    """

    period: Period
    around: int
    page: ListQuery | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """Somebody on a board.

    Attributes:
        person: None for who is anonymous: then there is neither XP nor movement, and seconds are of whole minutes.
        movement: ranks risen since the last snapshot.
    """

    rank: int
    name: str
    seconds: int
    is_me: bool
    person: Person | None
    xp: Xp | None
    movement: int | None


@dataclass(frozen=True, slots=True)
class Board:
    """A board in the eyes of one person.

    Attributes:
        total: how many are on it. `is_listed` says whether I am.
    """

    span: Span
    entries: Sequence[Entry]
    rank: int
    seconds: int
    movement: int | None
    is_listed: bool
    total: int


def _span(actor: Actor, wanted: Wanted) -> Span:
    return span_of(wanted.period, study.calendar_of(actor).day_of(study.now()))


async def global_board(uow: UnitOfWork, actor: Actor, wanted: Wanted) -> Board:
    """Everybody who takes part. One's own rank is told also to who does not: where he would stand."""
    span, me = _span(actor, wanted), actor.user_id
    mine = (await queries.seconds_of(uow, [me], span)).get(me, 0)
    if wanted.page is not None:
        rows = await queries.page(uow, span, wanted.page.start, wanted.page.per_page)
    elif mine:
        rows = await queries.neighbours(uow, span, me, mine, wanted.around)
    else:  # who has not begun sees what can be reached, not the end of a long list
        rows = await queries.page(uow, span, 0, 2 * wanted.around + 1)
    counts = await queries.counts(uow, span, mine, rows[0] if rows else None)
    found = ranked(rows, position=counts.before_first + 1, rank=counts.above_first + 1)
    before = await queries.last_ranks(uow, span, [me, *(who for who, _ in rows)])
    known = await identity.people(uow, [me, *(who for who, _ in rows)])
    hidden = {one.id for one in known.values() if not one.is_public}
    entries = await _entries(uow, actor, GLOBAL, found, known, hidden, before)
    is_listed = known[me].is_listed if me in known else False
    rank = counts.above_me + 1
    return Board(
        span, entries, rank, mine, movement(before.get(me), rank) if is_listed else None, is_listed, counts.total
    )


async def group_board(uow: UnitOfWork, actor: Actor, group_id: UUID, wanted: Wanted) -> Board:
    """The members of a group by all that they study, whoever has not begun included.

    Raises:
        GroupNotFound: he may not see it (404).
        NotInGroup: he sees it, and is not in it (403).
    """
    await groups.require_member(uow, group_id, actor.user_id)
    return await _circle(uow, actor, f"group:{group_id}", await groups.members(uow, group_id), wanted)


async def friends_board(uow: UnitOfWork, actor: Actor, wanted: Wanted) -> Board:
    """A person among his friends."""
    ids = [actor.user_id, *await friends.friends_of(uow, actor.user_id)]
    return await _circle(uow, actor, f"friends:{actor.user_id}", ids, wanted)


async def _circle(uow: UnitOfWork, actor: Actor, board: str, ids: Sequence[UUID], wanted: Wanted) -> Board:
    span = _span(actor, wanted)
    seconds = await queries.seconds_of(uow, ids, span)
    known = await identity.people(uow, ids)
    rows = sorted(((one, seconds.get(one, 0)) for one in known), key=lambda row: (-row[1], known[row[0]].name, row[0]))
    everybody = ranked(rows)
    if wanted.page is not None:
        shown = everybody[wanted.page.start : wanted.page.start + wanted.page.per_page]
    else:
        shown = list(window(everybody, actor.user_id, wanted.around))
    entries = await _entries(uow, actor, board, shown, known, frozenset(), {})
    mine = next((row for row in everybody if row.who == actor.user_id), None)
    rank = mine.rank if mine else len(everybody) + 1
    return Board(span, entries, rank, mine.seconds if mine else 0, None, mine is not None, len(everybody))


async def _entries(
    uow: UnitOfWork,
    actor: Actor,
    board: str,
    rows: Sequence[Ranked[UUID]],
    known: Mapping[UUID, Person],
    hidden: frozenset[UUID] | set[UUID],
    before: Mapping[UUID, int],
) -> list[Entry]:
    """Names where they may be told. Equal ranks are in the order of the names that are shown."""
    apart = await people.blocked_pairs(uow, actor.user_id)
    xp = await gamification.xp_of(uow, [row.who for row in rows])
    found = []
    for row in rows:
        person, is_me = known.get(row.who), row.who == actor.user_id
        if person is None:  # closed in this very moment
            continue
        if is_me or not (person.is_anonymous or row.who in hidden or row.who in apart):
            moved = movement(before.get(row.who), row.rank)
            found.append(Entry(row.rank, person.name, row.seconds, is_me, person, xp[row.who], moved))
        else:
            digest = uow.resources.keys.digest("leaderboards.pseudonym", f"{board} {row.who}")
            found.append(Entry(row.rank, pseudonym(digest), whole_minutes(row.seconds), False, None, None, None))
    return sorted(found, key=lambda one: (one.rank, one.name.lower()))
