"""Accepting a difference: the timetable becomes what was shown, as far as the person did not correct it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from studyhall.domains.academics import queries
from studyhall.domains.academics.events import TimetableImported
from studyhall.domains.academics.models import Timetable, TimetableClass, TimetableException, TimetableUpload
from studyhall.domains.academics.service.conversion import write_series
from studyhall.domains.academics.service.imports import Compared, begin_confirmation
from studyhall.domains.academics.service.timetables import Shown, begin, changed, drop_stale_changes, shown
from studyhall.domains.calendars.public import Change, Row, dump_series, merged, missing_courses
from studyhall.domains.courses import public as courses
from studyhall.domains.courses.public import CourseBrief, CourseNotFound
from studyhall.platform import clock
from studyhall.platform.auth import Actor
from studyhall.platform.errors import Invalid
from studyhall.platform.uow import UnitOfWork

COLORS = ("blue", "orange", "green", "purple", "red", "teal", "pink", "yellow")
LONGEST_CODE = 50
_ON_THE_CLASS = ("title", "class_type", "kind", "location", "instructor")


@dataclass(frozen=True, slots=True)
class Correction:
    """What the person says of one row.

    Attributes:
        values: the fields sent of course_id, title, class_type, kind, location, instructor.
    """

    drop: bool = False
    create_course: bool = False
    values: Mapping[str, Any] = field(default_factory=dict)


NO_CORRECTION = Correction()


@dataclass(frozen=True, slots=True)
class Wishes:
    """How the difference is accepted."""

    create_missing_courses: bool = False
    keep_missing: bool = False
    corrections: Mapping[str, Correction] = field(default_factory=dict)

    def of(self, row: Row) -> Correction:
        return self.corrections.get(row.row_id, NO_CORRECTION)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an accepted difference made."""

    shown: Shown
    added: int
    changed: int
    removed: int
    created_courses: Sequence[CourseBrief]


async def confirm(uow: UnitOfWork, actor: Actor, upload_id: UUID, wishes: Wishes) -> Outcome:
    """Accept a difference, with corrections.

    Raises:
        UploadNotFound, UploadNotWaiting, DifferenceOutdated: see `imports.begin_confirmation`.
        CourseNotFound: a correction names a course that the actor does not take.
        Invalid: a correction names a row that is not there.
    """
    upload, timetable, compared = await begin_confirmation(uow, actor, upload_id)
    _check(wishes, compared)
    if timetable is None:
        timetable = await begin(uow, actor.user_id, upload.semester, upload.academic_year)
    taken = [row for row in compared.rows if not wishes.of(row).drop]
    chosen = {row.row_id: wishes.of(row).values.get("course_id", row.course.course_id) for row in taken}
    made = await _create_missing(uow, timetable, taken, chosen, wishes)
    touched = [_apply(timetable, compared, row, chosen[row.row_id], wishes.of(row)) for row in taken if row.incoming]
    uow.session.add_all(touched)
    removed = await _remove(uow, timetable, taken, wishes)
    await _take_notes(uow, timetable, upload, keep_missing=wishes.keep_missing)
    await uow.session.flush()
    await drop_stale_changes(uow, touched, actor.time_zone)
    await changed(uow, timetable)
    upload.status, upload.confirmed_at, upload.timetable_id = "confirmed", clock.now(), timetable.id
    await uow.session.flush()
    added, altered = (sum(1 for row in taken if row.change is change) for change in (Change.ADDED, Change.CHANGED))
    uow.record(TimetableImported(actor.user_id, timetable.id, upload.id, added, altered, removed))
    return Outcome(await shown(uow, timetable), added, altered, removed, made)


def _check(wishes: Wishes, compared: Compared) -> None:
    known = {row.row_id for row in compared.rows}
    for row_id, correction in wishes.corrections.items():
        if row_id not in known:
            raise Invalid.field("corrections", f"There is no row '{row_id}' in this difference.")
        course_id = correction.values.get("course_id")
        if course_id is not None and course_id not in compared.courses:
            raise CourseNotFound(f"There is no course {course_id} that you take.")


async def _create_missing(
    uow: UnitOfWork, timetable: Timetable, rows: Sequence[Row], chosen: dict[str, UUID | None], wishes: Wishes
) -> list[CourseBrief]:
    """Make the courses that classes still need, one for each code, and give them to their classes."""
    open_rows = [(row, row.incoming) for row in rows if row.incoming and chosen[row.row_id] is None]
    needy = [(row, incoming) for row, incoming in open_rows if _wants_course(row, wishes)]
    made: list[CourseBrief] = []
    for code, name, positions in missing_courses([incoming for _, incoming in needy]):
        teachers = [needy[position][1].instructor for position in positions]
        brief = await courses.create_for(
            uow,
            timetable.user_id,
            name=name,
            code=(code or code_from(name))[:LONGEST_CODE],
            semester=timetable.semester,
            academic_year=timetable.academic_year,
            instructor=next((teacher for teacher in teachers if teacher), None),
            color=COLORS[len(made) % len(COLORS)],
        )
        made.append(brief)
        chosen.update((needy[position][0].row_id, brief.id) for position in positions)
    return made


def _wants_course(row: Row, wishes: Wishes) -> bool:
    correction = wishes.of(row)
    if correction.create_course:
        return True
    kind = correction.values.get("kind") or (row.incoming.kind if row.incoming else "event")
    return wishes.create_missing_courses and "course_id" not in correction.values and kind in ("class", "exam")


def code_from(name: str) -> str:
    """A code for a course whose timetable names none: one word as it is, of several the first letters."""
    words = name.split()
    return words[0].upper() if len(words) == 1 else "".join(word[0] for word in words).upper()


def _apply(
    timetable: Timetable, compared: Compared, row: Row, course_id: UUID | None, correction: Correction
) -> TimetableClass:
    """Add the class, or change the one that it is; what the file said is kept for the next comparison."""
    assert row.incoming is not None
    if row.present_id is None:
        known = TimetableClass(timetable_id=timetable.id)
        write_series(known, row.incoming)
    else:
        known = compared.classes[row.present_id]
        write_series(known, merged(compared.present[row.present_id], row.incoming))
    known.course_id = course_id
    known.is_imported, known.imported = True, dump_series(row.incoming)
    for name, value in correction.values.items():
        if name in _ON_THE_CLASS:
            setattr(known, name, value)
    return known


async def _remove(uow: UnitOfWork, timetable: Timetable, rows: Sequence[Row], wishes: Wishes) -> int:
    if wishes.keep_missing:
        return 0
    gone = [row.present_id for row in rows if row.change is Change.REMOVED and row.present_id is not None]
    if gone:
        await queries.delete_classes(uow, timetable.id, gone)
    return len(gone)


async def _take_notes(uow: UnitOfWork, timetable: Timetable, upload: TimetableUpload, *, keep_missing: bool) -> None:
    """Whole days that the file names become notes; notes of an earlier import that it lacks go."""
    wanted = {
        (one["title"], date.fromisoformat(one["first"]), date.fromisoformat(one["last"]))
        for one in upload.parsed.get("notes", [])
    }
    for one in await queries.exceptions_of(uow, timetable.id):
        told = (one.title or "", one.first_date, one.last_date)
        if told in wanted:
            wanted.discard(told)
        elif one.kind == "note" and one.is_imported and not keep_missing:
            await uow.session.delete(one)
    uow.session.add_all(
        TimetableException(
            timetable_id=timetable.id, kind="note", title=title, first_date=first, last_date=last, is_imported=True
        )
        for title, first, last in sorted(wanted)
    )
