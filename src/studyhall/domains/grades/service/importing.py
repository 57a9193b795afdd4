"""Use case: results from a file. Good rows land, each bad one is told by its number and reason."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date as Day
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import insert

from studyhall.domains.courses import public as courses
from studyhall.domains.courses.public import CourseBrief
from studyhall.domains.grades import queries
from studyhall.domains.grades.errors import UnreadableGradebook
from studyhall.domains.grades.events import GradesImported
from studyhall.domains.grades.models import Result
from studyhall.domains.grades.rules.averages import WeightLedger
from studyhall.domains.grades.rules.files.courses import called, mentioned
from studyhall.domains.grades.rules.files.draft import OWN, Draft, Fault, Owner, Reading, plain
from studyhall.domains.grades.rules.files.reading import read
from studyhall.domains.grades.rules.files.sheet import TooBig, Unreadable
from studyhall.domains.grades.rules.results import faults_of, too_heavy
from studyhall.domains.grades.service.results import MOST_RESULTS, semester_for
from studyhall.domains.identity import public as identity
from studyhall.platform import clock
from studyhall.platform.auth import Actor
from studyhall.platform.errors import Invalid, TooLarge
from studyhall.platform.ids import new_id
from studyhall.platform.uow import UnitOfWork

_SAID = {
    "score": "score", "max_score": "maximum", "weight": "weight", "date": "date", "semester": "semester",
    "assessment_name": "name", "grade": "grade", "notes": "notes",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Source:
    """A file with what the person says of it.

    Attributes:
        course_id, semester, date, max_score: for a file that does not tell them itself.
    """

    content: bytes
    file_name: str
    course_id: UUID | None = None
    semester: str | None = None
    date: Day | None = None
    max_score: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a file."""

    format: str
    total: int
    successful: int
    faults: Sequence[Fault]
    warnings: Sequence[str]


@dataclass(slots=True)
class _Taker:
    """Takes drafts one after another and remembers what is there already."""

    actor: Actor
    source: Source
    reading: Reading
    courses: dict[UUID, CourseBrief]
    drop_lowest: dict[UUID, dict[str, int]]
    room: int
    seen: set[tuple[Any, ...]] = field(default_factory=set)
    ledgers: dict[tuple[UUID, str], WeightLedger] = field(default_factory=dict)
    rows: list[dict[str, Any]] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)

    def remember(self, one: queries.Known) -> None:
        """A result that is stored already."""
        self.seen.add(self._sameness(*one[:7]))
        if one.weight is not None and not one.is_dropped:
            self._ledger(one.course_id, one.semester).add(one.assessment_type, one.weight)

    def take(self, draft: Draft) -> None:
        """Keep the draft as a row, or say why not."""
        error = self._error_or_row(draft)
        if error is not None:
            said = error if self.reading.format == OWN or draft.name is None else f"{draft.name}: {error}"
            self.faults.append(Fault(draft.row, said))

    def _error_or_row(self, draft: Draft) -> str | None:
        course = self._course_of(draft)
        if isinstance(course, str):
            return course
        day = draft.date or self.source.date or clock.today_in(self.actor.time_zone)
        semester = draft.semester or self.source.semester or semester_for(course, day)
        values = {
            "assessment_type": draft.kind, "assessment_name": draft.name, "score": draft.score,
            "max_score": draft.max_score, "grade": draft.grade, "weight": draft.weight,
            "is_dropped": draft.is_dropped, "semester": semester, "date": day, "notes": draft.notes,
        }  # fmt: skip
        faults = faults_of(values)
        if faults:
            return "; ".join(f"{_SAID[name]}: {text}" for name, text in faults.items())
        same = self._sameness(course.id, semester, draft.kind, draft.name, day, draft.score, draft.max_score)
        if same in self.seen:
            return "This result is recorded already."
        ledger = self._ledger(course.id, semester)
        if draft.weight is not None and not draft.is_dropped:
            heavy = too_heavy(ledger.with_added(draft.kind, draft.weight))
            if heavy:
                return heavy
            ledger.add(draft.kind, draft.weight)
        if len(self.rows) >= self.room:
            return f"You would have more than {MOST_RESULTS} results."
        self.seen.add(same)
        self.rows.append({"id": new_id(), "user_id": self.actor.user_id, "course_id": course.id, **values})
        return None

    def _course_of(self, draft: Draft) -> CourseBrief | str:
        if self.reading.format != OWN:
            found = self._course_of_gradebook(draft.course)
        elif draft.course is not None:
            found = called(draft.course, draft.semester, list(self.courses.values()))
            if not found:
                return f"Invalid course code: you take no course '{draft.course[:50]}'."
        else:
            found = []
        if len(found) != 1:
            return "More than one of your courses is called so; give the semester as your course has it."
        return self.courses[found[0]]

    def _course_of_gradebook(self, section: str | None) -> list[UUID]:
        mine = list(self.courses.values())
        if self.source.course_id is not None:
            return [self.source.course_id]
        found = mentioned(section, mine) if section else []
        found = found if len(found) == 1 else mentioned(self.source.file_name, mine)
        if len(found) != 1:
            raise Invalid.field(
                "course_id", "The file does not say which of your courses it is of. Send its course_id."
            )
        return found

    def _sameness(
        self, course_id: UUID, semester: str, kind: str, name: str | None, day: Day, score: Decimal, most: Decimal
    ) -> tuple[Any, ...]:
        """In a gradebook a name is used once; in a table of one's own the whole row tells."""
        if self.reading.format != OWN:
            return (course_id, semester, plain(name or ""))
        return (course_id, semester, kind, plain(name or ""), day, score, most)

    def _ledger(self, course_id: UUID, semester: str) -> WeightLedger:
        key = (course_id, semester)
        if key not in self.ledgers:
            self.ledgers[key] = WeightLedger(self.drop_lowest.get(course_id, {}))
        return self.ledgers[key]


async def take_file(uow: UnitOfWork, actor: Actor, source: Source) -> Outcome:
    """Read it and keep what is good. The number of statements does not depend on the number of rows.

    Raises:
        UnreadableGradebook, TooLarge: nothing of it can be read.
        Invalid: it is of one course, and nobody can know of which.
        CourseNotFound: the course that was sent is none of the actor's.
    """
    reading = await _read(uow, actor, source)
    preference = await queries.lock_preference(uow, actor.user_id)
    mine = {one.id: one for one in await courses.owned_or_enrolled(uow, preference.user_id) if one.is_enrolled}
    if source.course_id is not None and source.course_id not in mine:
        raise courses.CourseNotFound
    taker = _Taker(
        actor,
        source,
        reading,
        mine,
        await queries.drop_lowest(uow, actor.user_id, mine),
        room=MOST_RESULTS - await queries.count(uow, actor.user_id),
    )
    for one in await queries.known(uow, actor.user_id, mine):
        taker.remember(one)
    for draft in reading.drafts:
        taker.take(draft)
    if taker.rows:
        await uow.session.execute(insert(Result), taker.rows)
        touched = frozenset(row["course_id"] for row in taker.rows)
        uow.record(GradesImported(actor.user_id, touched, len(taker.rows)))
    faults = sorted([*reading.faults, *taker.faults], key=lambda one: one.row)
    total = len(reading.drafts) + len(reading.faults)
    uow.audit(
        "grades.imported",
        f"Imported {len(taker.rows)} of {total} results from a file.",
        user_id=actor.user_id,
        format=reading.format,
        total=total,
        successful=len(taker.rows),
        failed=len(faults),
    )
    return Outcome(reading.format, total, len(taker.rows), faults, reading.warnings)


async def _read(uow: UnitOfWork, actor: Actor, source: Source) -> Reading:
    person = await identity.person(uow, actor.user_id)
    recipient = await identity.recipient(uow, actor.user_id)
    known = {person.name, person.username, recipient.email if recipient else person.name}
    owner = Owner(frozenset(plain(one) for one in known))
    try:
        # A second of pure work would keep everybody else waiting.
        return await asyncio.to_thread(read, source.content, owner, source.max_score)
    except TooBig as refusal:
        raise TooLarge(str(refusal), errors={"file": [str(refusal)]}) from refusal
    except Unreadable as refusal:
        raise UnreadableGradebook.because(str(refusal)) from refusal
