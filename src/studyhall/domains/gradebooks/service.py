"""Use case: results from a file. Good rows land, each bad one is told by its number and reason."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date as Day
from decimal import Decimal
from uuid import UUID

from studyhall.domains.courses import public as courses
from studyhall.domains.courses.public import CourseBrief
from studyhall.domains.gradebooks.errors import UnreadableGradebook
from studyhall.domains.gradebooks.rules.courses import called, mentioned
from studyhall.domains.gradebooks.rules.draft import OWN, Draft, Fault, Owner, Reading, plain
from studyhall.domains.gradebooks.rules.reading import read
from studyhall.domains.gradebooks.rules.sheet import TooBig, Unreadable
from studyhall.domains.grades import public as grades
from studyhall.domains.grades.public import Candidate
from studyhall.domains.identity import public as identity
from studyhall.platform import clock
from studyhall.platform.auth import Actor
from studyhall.platform.errors import Invalid, TooLarge
from studyhall.platform.uow import UnitOfWork


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


async def take_file(uow: UnitOfWork, actor: Actor, source: Source) -> Outcome:
    """Read it and keep what is good. The number of statements does not depend on the number of rows.

    Raises:
        UnreadableGradebook, TooLarge: nothing of it can be read.
        Invalid: it is of one course, and nobody can know of which.
        CourseNotFound: the course that was sent is none of the actor's.
    """
    reading = await _read(uow, actor, source)
    mine = {one.id: one for one in await courses.owned_or_enrolled(uow, actor.user_id) if one.is_enrolled}
    if source.course_id is not None and source.course_id not in mine:
        raise courses.CourseNotFound
    placed, faults = _place(reading, source, mine, clock.today_in(actor.time_zone))
    is_book = reading.format != OWN
    candidates = [candidate for _, candidate in placed]
    errors = await grades.record_all(uow, actor.user_id, candidates, same_by_name=is_book)
    for (draft, _), error in zip(placed, errors, strict=True):
        if error is not None:
            faults.append(Fault(draft.row, f"{draft.name}: {error}" if is_book else error))
    total, failed = len(reading.drafts) + len(reading.faults), len(faults)
    uow.audit(
        "grades.imported",
        f"Imported {total - failed} of {total} results from a file.",
        user_id=actor.user_id,
        format=reading.format,
        total=total,
        successful=total - failed,
        failed=failed,
    )
    return Outcome(reading.format, total, total - failed, sorted(faults, key=lambda one: one.row), reading.warnings)


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


def _place(
    reading: Reading, source: Source, mine: Mapping[UUID, CourseBrief], today: Day
) -> tuple[list[tuple[Draft, Candidate]], list[Fault]]:
    """Each draft with its course, semester and date; and what is wrong with the others."""
    placed, faults = [], list(reading.faults)
    found: dict[tuple[str | None, str | None], CourseBrief | str] = {}
    for draft in reading.drafts:
        key = (draft.course, draft.semester)
        if key not in found:
            found[key] = _course_of(draft, reading, source, mine)
        course = found[key]
        if isinstance(course, str):
            faults.append(Fault(draft.row, course))
            continue
        day = draft.date or source.date or today
        semester = draft.semester or source.semester or grades.semester_for(course, day)
        placed.append((draft, _candidate(draft, course.id, semester, day)))
    return placed, faults


def _candidate(draft: Draft, course_id: UUID, semester: str, day: Day) -> Candidate:
    return Candidate(
        course_id=course_id,
        semester=semester,
        assessment_type=draft.kind,
        assessment_name=draft.name,
        score=draft.score,
        max_score=draft.max_score,
        weight=draft.weight,
        grade=draft.grade,
        date=day,
        notes=draft.notes,
        is_dropped=draft.is_dropped,
    )


def _course_of(draft: Draft, reading: Reading, source: Source, mine: Mapping[UUID, CourseBrief]) -> CourseBrief | str:
    """The course that is meant, or why none is."""
    if reading.format != OWN:
        return mine[_course_of_gradebook(draft.course, source, list(mine.values()))]
    name = draft.course or ""
    found = called(name, draft.semester, list(mine.values()))
    if not found:
        return f"Invalid course code: you take no course '{name[:50]}'."
    if len(found) > 1:
        return "More than one of your courses is called so; give the semester as your course has it."
    return mine[found[0]]


def _course_of_gradebook(section: str | None, source: Source, mine: Sequence[CourseBrief]) -> UUID:
    if source.course_id is not None:
        return source.course_id
    found = mentioned(section, mine) if section else []
    found = found if len(found) == 1 else mentioned(source.file_name, mine)
    if len(found) != 1:
        raise Invalid.field("course_id", "The file does not say of which course it is. Send its course_id.")
    return found[0]
