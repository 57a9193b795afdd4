"""Use cases of imports: something is read, shown as a difference, corrected and accepted."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from studyhall.domains.academics import queries
from studyhall.domains.academics.errors import DifferenceOutdated, UnreadableUpload, UploadNotFound, UploadNotWaiting
from studyhall.domains.academics.models import Timetable, TimetableClass, TimetableUpload
from studyhall.domains.academics.schemas.timetables import ClassCourse, ClassOut
from studyhall.domains.academics.schemas.uploads import DifferenceRow
from studyhall.domains.academics.service.conversion import present_of, write_series
from studyhall.domains.calendars.public import (
    Present,
    Row,
    Series,
    TimetableFile,
    UnreadableTimetable,
    compare,
    decode,
    dump_series,
    group,
    load_series,
    looks_like_calendar,
    match_course,
    merged,
    read_calendar,
    read_table,
)
from studyhall.domains.courses import public as courses
from studyhall.domains.courses.public import CourseBrief
from studyhall.domains.scans.public import SURE
from studyhall.platform import clock
from studyhall.platform.auth import Actor
from studyhall.platform.uow import UnitOfWork
from studyhall.platform.web import ListQuery, Page, page_of

UNNAMED_SEMESTER = "My timetable"
LONGEST_SEMESTER = 100
# Each class of a file may be held against each that is there; no student has nearly as many.
MOST_CLASSES = 300
SURELY: Mapping[str, Any] = {"confidence": 1.0, "reasons": ()}


@dataclass(frozen=True, slots=True)
class Source:
    """What was sent: a file, or text that was pasted."""

    content: bytes | str
    file_name: str | None = None

    @property
    def field(self) -> str:
        return "text" if isinstance(self.content, str) else "file"


@dataclass(frozen=True, slots=True)
class Compared:
    """A difference with what it was made from."""

    rows: list[Row]
    present: dict[UUID, Present]
    classes: dict[UUID, TimetableClass]
    courses: dict[UUID, CourseBrief]


async def read_in(
    uow: UnitOfWork, actor: Actor, source: Source, semester: str | None, academic_year: str | None
) -> TimetableUpload:
    """Read it and keep the difference to the present timetable. Nothing of the timetable changes.

    Without a semester it is compared with the active timetable; while there is none, the file's own name stands for
    the semester.

    Raises:
        UnreadableUpload: it holds no timetable; every fault is named.
    """
    kind, file, series = await _read(source, actor)
    timetable = await timetable_for(uow, actor, semester, academic_year)
    if timetable is not None:
        semester, academic_year = timetable.semester, timetable.academic_year
    name = semester or (file.name or UNNAMED_SEMESTER)[:LONGEST_SEMESTER]
    await queries.supersede_waiting(uow, actor.user_id, name, academic_year)
    notes = [{"title": one.title, "first": one.first.isoformat(), "last": one.last.isoformat()} for one in file.notes]
    row = TimetableUpload(
        user_id=actor.user_id,
        semester=name,
        academic_year=academic_year,
        source=kind,
        file_name=source.file_name,
        parsed={"series": [dump_series(one) for one in series], "notes": notes},
        warnings=file.warnings,
    )
    uow.session.add(row)
    await show_difference(uow, row, timetable, series)
    return row


async def _read(source: Source, actor: Actor) -> tuple[str, TimetableFile, list[Series]]:
    zone, today = clock.zone(actor.time_zone), clock.today_in(actor.time_zone)

    def read() -> tuple[str, TimetableFile, list[Series]]:
        text = decode(source.content) if isinstance(source.content, bytes) else source.content
        if isinstance(source.content, bytes) or looks_like_calendar(text):
            file = read_calendar(text, zone, today)
            kind, series = "ical", group(file.occurrences)
        else:
            file = TimetableFile(None, [], [], [])
            kind, series = "text", read_table(text)
        if len(series) > MOST_CLASSES:
            raise UnreadableTimetable(
                f"It comes to {len(series)} different classes; at most {MOST_CLASSES} can be taken."
            )
        return kind, file, series

    try:
        # A second of pure work would keep everybody else waiting.
        return await asyncio.to_thread(read)
    except UnreadableTimetable as refusal:
        raise UnreadableUpload.of(refusal, source.field) from refusal


async def uploads(uow: UnitOfWork, actor: Actor, listing: ListQuery) -> Page[TimetableUpload]:
    """The actor's uploads, the newest first."""
    order = (TimetableUpload.created_at.desc(),)
    return await page_of(uow, queries.uploads_of(actor.user_id), listing, order=order, tie=TimetableUpload.id)


async def upload(uow: UnitOfWork, actor: Actor, upload_id: UUID, *, lock: bool = False) -> TimetableUpload:
    """One upload. Raises UploadNotFound."""
    row = await queries.upload(uow, actor.user_id, upload_id, lock=lock)
    if row is None:
        raise UploadNotFound
    return row


async def begin_confirmation(
    uow: UnitOfWork, actor: Actor, upload_id: UUID
) -> tuple[TimetableUpload, Timetable | None, Compared]:
    """Lock the upload and its timetable, and make sure that the difference shown is still true.

    Raises:
        UploadNotFound: not the actor's.
        UploadNotWaiting: it was accepted or superseded.
        DifferenceOutdated: the timetable has changed; the difference is made anew and kept.
    """
    await queries.lock_timetables(uow, actor.user_id)
    row = await upload(uow, actor, upload_id, lock=True)
    if row.status != "waiting":
        raise UploadNotWaiting
    series = [load_series(one) for one in row.parsed["series"]]
    timetable = await timetable_of(uow, row)
    version = timetable.version if timetable else None
    if (row.timetable_id, row.timetable_version) != (timetable.id if timetable else None, version):
        await show_difference(uow, row, timetable, series)
        raise DifferenceOutdated
    return row, timetable, await _compare(uow, actor.user_id, timetable, series)


async def timetable_for(
    uow: UnitOfWork, actor: Actor, semester: str | None, academic_year: str | None
) -> Timetable | None:
    """The timetable that an upload is about: of that semester, or the active one."""
    if semester is None:
        return await queries.active_timetable(uow, actor.user_id)
    return await queries.timetable_of_semester(uow, actor.user_id, semester, academic_year)


async def timetable_of(uow: UnitOfWork, row: TimetableUpload) -> Timetable | None:
    """The timetable that the upload is held against, as it is now."""
    if row.timetable_id is not None:
        found = await queries.timetable_by_id(uow, row.user_id, row.timetable_id)
        if found is not None:
            return found
    return await queries.timetable_of_semester(uow, row.user_id, row.semester, row.academic_year, exactly=True)


async def _compare(uow: UnitOfWork, user_id: UUID, timetable: Timetable | None, series: Sequence[Series]) -> Compared:
    known = await courses.owned_or_enrolled(uow, user_id)
    rows = await queries.classes_of(uow, timetable.id, imported=True) if timetable else []
    present = {row.id: present_of(row) for row in rows}
    matches = [match_course(one, known) for one in series]
    return Compared(
        await asyncio.to_thread(compare, series, matches, list(present.values())),
        present,
        {row.id: row for row in rows},
        {brief.id: brief for brief in known},
    )


async def show_difference(
    uow: UnitOfWork, row: TimetableUpload, timetable: Timetable | None, series: Sequence[Series]
) -> None:
    """Work out the difference and keep it with the upload."""
    compared = await _compare(uow, row.user_id, timetable, series)
    row.timetable_id = timetable.id if timetable else None
    row.timetable_version = timetable.version if timetable else None
    readings = row.parsed.get("readings", [])
    row.difference = [_shown(one, compared, readings).model_dump(mode="json") for one in compared.rows]
    await uow.session.flush()


def _shown(row: Row, compared: Compared, readings: Sequence[Any]) -> DifferenceRow:
    before = compared.classes.get(row.present_id) if row.present_id else None
    after = _preview(row, compared)
    course = compared.courses.get(row.course.course_id) if row.course.course_id else None
    # A row that something was read for is numbered as what was read.
    reading: Mapping[str, Any] = readings[int(row.row_id) - 1] if readings and row.incoming else SURELY
    titled = row.incoming.title if row.incoming else before.title if before else ""
    return DifferenceRow(
        row_id=row.row_id,
        change=row.change.value,
        class_id=row.present_id,
        title=titled,
        course=ClassCourse.of(course),
        course_match=row.course.by,
        changed_fields=list(row.fields),
        needs_review=row.needs_review or reading["confidence"] < SURE,
        reasons=[*row.reasons, *reading["reasons"]],
        confidence=reading["confidence"],
        before=ClassOut.of(before, compared.courses.get(before.course_id) if before.course_id else None)
        if before
        else None,
        after=None if after is None else ClassOut.of(after, course),
    )


def _preview(row: Row, compared: Compared) -> TimetableClass | None:
    """The class as it would be; never added to the session."""
    if row.incoming is None:
        return None
    series = row.incoming if row.present_id is None else merged(compared.present[row.present_id], row.incoming)
    known = compared.classes.get(row.present_id) if row.present_id else None
    made = TimetableClass(
        id=row.present_id,
        course_id=row.course.course_id,
        notes=known.notes if known else None,
        is_imported=True,
    )
    write_series(made, series)
    return made
