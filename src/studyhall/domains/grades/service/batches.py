"""Use case: many results at once. Good ones are kept, each other one is answered by its reason."""

import asyncio
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import date as Day
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import insert

from studyhall.domains.grades import queries
from studyhall.domains.grades.events import GradesImported
from studyhall.domains.grades.models import Result
from studyhall.domains.grades.rules.averages import WeightLedger
from studyhall.domains.grades.rules.results import faults_of, too_heavy
from studyhall.domains.grades.service.results import MOST_RESULTS
from studyhall.platform.ids import new_id
from studyhall.platform.uow import UnitOfWork

_SAID = {"max_score": "maximum", "assessment_name": "name"}


@dataclass(frozen=True, slots=True)
class Candidate:
    """A result that somebody wants to record. The person takes the course; whoever asks has made sure of that."""

    course_id: UUID
    semester: str
    assessment_type: str
    assessment_name: str | None
    score: Decimal
    max_score: Decimal
    weight: Decimal | None
    grade: str | None
    date: Day
    notes: str | None
    is_dropped: bool


@dataclass(slots=True)
class _Batch:
    """What is there already, and what comes on top of it."""

    same_by_name: bool
    drop_lowest: dict[UUID, dict[str, int]]
    room: int
    seen: set[tuple[Any, ...]] = field(default_factory=set)
    ledgers: dict[tuple[UUID, str], WeightLedger] = field(default_factory=dict)
    taken: list[Candidate] = field(default_factory=list)

    def remember(self, one: queries.Known | Candidate) -> None:
        self.seen.add(self._sameness(one))
        if one.weight is not None and not one.is_dropped:
            self._ledger(one).add(one.assessment_type, one.weight)

    def take_all(self, known: Sequence[queries.Known], candidates: Sequence[Candidate]) -> list[str | None]:
        """What `take` says of each, on top of what is known."""
        for one in known:
            self.remember(one)
        return [self.take(candidate) for candidate in candidates]

    def take(self, one: Candidate) -> str | None:
        """Keep it, or say why not."""
        faults = faults_of(asdict(one))
        if faults:
            return "; ".join(f"{_SAID.get(name, name)}: {text}" for name, text in faults.items())
        if self._sameness(one) in self.seen:
            return "This result is recorded already."
        if one.weight is not None and not one.is_dropped:
            heavy = too_heavy(self._ledger(one).with_added(one.assessment_type, one.weight))
            if heavy:
                return heavy
        if len(self.taken) >= self.room:
            return f"You would have more than {MOST_RESULTS} results."
        self.remember(one)
        self.taken.append(one)
        return None

    def _sameness(self, one: queries.Known | Candidate) -> tuple[Any, ...]:
        name = " ".join((one.assessment_name or "").casefold().split())
        if self.same_by_name:
            return (one.course_id, one.semester, name)
        return (one.course_id, one.semester, one.assessment_type, name, one.date, one.score, one.max_score)

    def _ledger(self, one: queries.Known | Candidate) -> WeightLedger:
        key = (one.course_id, one.semester)
        if key not in self.ledgers:
            self.ledgers[key] = WeightLedger(self.drop_lowest.get(one.course_id, {}))
        return self.ledgers[key]


async def record_all(
    uow: UnitOfWork, user_id: UUID, candidates: Sequence[Candidate], *, same_by_name: bool
) -> list[str | None]:
    """Record what is good, in a number of statements that does not depend on how many there are.

    Args:
        same_by_name: whether a name is used once in a course and semester; else all that tells a result apart counts.

    Returns:
        For each candidate why it was not taken, or None. What is recorded already is not taken again, so that a file
        may be sent twice.
    """
    await queries.lock_preference(uow, user_id)
    course_ids = {one.course_id for one in candidates}
    batch = _Batch(
        same_by_name,
        await queries.drop_lowest(uow, user_id, course_ids),
        MOST_RESULTS - await queries.count(uow, user_id),
    )
    known = await queries.known(uow, user_id, course_ids)
    # Thousands of rows would keep everybody else waiting.
    errors = await asyncio.to_thread(batch.take_all, known, candidates)
    if batch.taken:
        rows = [{"id": new_id(), "user_id": user_id, **asdict(one)} for one in batch.taken]
        await uow.session.execute(insert(Result), rows)
        uow.record(GradesImported(user_id, frozenset(one.course_id for one in batch.taken), len(rows)))
    return errors
