"""Standings from study days. Always summed anew, so that they cannot drift."""

from collections import Counter
from collections.abc import Collection
from datetime import date
from uuid import UUID

from studyhall.domains.leaderboards import queries
from studyhall.domains.leaderboards.rules import Span, spans_of
from studyhall.domains.study import public as study
from studyhall.platform.uow import UnitOfWork


async def count_days(uow: UnitOfWork, user_id: UUID, days: Collection[date]) -> None:
    """Other study time counts on these days than before."""
    await study.lock(uow, user_id)
    await queries.write_standings(uow, user_id, spans_of(days))


async def follow_listing(uow: UnitOfWork, user_id: UUID) -> None:
    """The person wishes to be, or not to be, on the global board; with the clock, so that no session slips by."""
    await study.lock(uow, user_id)
    await queries.write_listing(uow, user_id)


async def rebuild(uow: UnitOfWork, user_id: UUID) -> list[str]:
    """Recompute the person's standings from all his study days, and write them.

    Returns:
        What differed from what was stored, one sentence each; nothing when all was right.
    """
    await study.lock(uow, user_id)
    truth = await queries.truth_of(uow, user_id)
    right: Counter[Span] = Counter()
    for day, seconds in truth.days:
        for span in spans_of([day]):
            right[span] += seconds
    wrong = sorted(
        span
        for span in right.keys() | truth.stored.keys()
        if truth.stored.get(span, (0, truth.is_listed)) != (right[span], truth.is_listed)
    )
    if wrong:
        await queries.write_standings(uow, user_id, wrong)
    return [
        f"The {span.period} board of {span.first} had {truth.stored.get(span, 'nothing')} for {user_id} "
        f"instead of {(right[span], truth.is_listed)}."
        for span in wrong
    ]
