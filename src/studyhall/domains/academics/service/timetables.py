"""Use cases of timetables made and changed by hand."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from sqlalchemy import delete

from studyhall.domains.academics import queries
from studyhall.domains.academics.errors import ClassNotFound, TimetableNotFound
from studyhall.domains.academics.events import TimetableChanged
from studyhall.domains.academics.models import Timetable, TimetableClass, TimetableException
from studyhall.domains.academics.rules.meetings import meetings_on
from studyhall.domains.academics.service.conversion import series_of, write_series
from studyhall.domains.calendars.public import Series, Weekly, moved, read_titles
from studyhall.domains.courses import public as courses
from studyhall.domains.courses.public import CourseBrief, CourseNotFound
from studyhall.domains.undo import public as undo
from studyhall.platform import clock
from studyhall.platform.auth import Actor
from studyhall.platform.errors import Invalid
from studyhall.platform.uow import UnitOfWork

UNDO_CLASS = "academics.class"
_PATTERN = frozenset({"day_of_week", "start_time", "end_time"})

Briefs = Mapping[UUID, CourseBrief]


@dataclass(frozen=True, slots=True)
class Shown:
    """A timetable with all that is shown of it."""

    row: Timetable
    classes: Sequence[TimetableClass]
    exceptions: Sequence[TimetableException]
    briefs: Briefs


async def shown(uow: UnitOfWork, row: Timetable) -> Shown:
    """The timetable with its classes, exceptions and courses, in three statements."""
    classes = await queries.classes_of(uow, row.id)
    exceptions = await queries.exceptions_of(uow, row.id)
    ids = {one.course_id for one in classes if one.course_id is not None}
    return Shown(row, classes, exceptions, await courses.briefs(uow, row.user_id, ids) if ids else {})


async def get(uow: UnitOfWork, actor: Actor, semester: str | None) -> Shown | None:
    """The actor's timetable of that semester, or the active one; None while there is none."""
    row = await _find(uow, actor, semester)
    return None if row is None else await shown(uow, row)


async def save(
    uow: UnitOfWork,
    actor: Actor,
    semester: str,
    academic_year: str | None,
    classes: Sequence[Mapping[str, Any]],
    *,
    is_active: bool,
) -> tuple[Shown, bool]:
    """Make a semester's timetable, or put these classes in place of all it has; answers whether it is new.

    Args:
        classes: fields of `schemas.NewClass`, by name.

    Raises:
        CourseNotFound: a class names a course that the actor does not take.
    """
    known = await _require_courses(uow, actor, [one["course_id"] for one in classes])
    await queries.lock_timetables(uow, actor.user_id)
    row = await queries.timetable_of_semester(uow, actor.user_id, semester, academic_year, exactly=True)
    is_new = row is None
    if row is None:
        row = await begin(uow, actor.user_id, semester, academic_year, is_active=is_active)
    else:
        if is_active and not row.is_active:
            await queries.deactivate_others(uow, actor.user_id, row.id)
        row.is_active = is_active
        await queries.delete_classes(uow, row.id)
    uow.session.add_all(_class_by_hand(row.id, fields, known) for fields in classes)
    await changed(uow, row)
    return await shown(uow, row), is_new


async def begin(
    uow: UnitOfWork, user_id: UUID, semester: str, academic_year: str | None, *, is_active: bool = True
) -> Timetable:
    """An empty timetable; an active one takes the place of the one that was."""
    if is_active:
        await queries.deactivate_others(uow, user_id, None)
    row = Timetable(user_id=user_id, semester=semester, academic_year=academic_year, is_active=is_active, version=0)
    uow.session.add(row)
    await uow.session.flush()
    return row


async def changed(uow: UnitOfWork, row: Timetable) -> None:
    """Note that something on the timetable is other than before."""
    row.version += 1
    await uow.session.flush()
    uow.record(TimetableChanged(row.user_id, row.id))


async def add_class(
    uow: UnitOfWork, actor: Actor, semester: str | None, fields: Mapping[str, Any]
) -> tuple[TimetableClass, CourseBrief | None]:
    """One class more.

    Raises:
        TimetableNotFound: the actor has no active timetable, or none of that semester.
        CourseNotFound: the actor does not take the course.
    """
    known = await _require_courses(uow, actor, [fields["course_id"]])
    await queries.lock_timetables(uow, actor.user_id)
    timetable = await _require(uow, actor, semester)
    row = _class_by_hand(timetable.id, fields, known)
    uow.session.add(row)
    await changed(uow, timetable)
    return row, known.get(row.course_id) if row.course_id else None


async def change_class(
    uow: UnitOfWork, actor: Actor, class_id: UUID, fields: Mapping[str, Any]
) -> tuple[TimetableClass, CourseBrief | None]:
    """Change the fields that were sent. On another weekday the class keeps the weeks in which it takes place.

    Raises:
        ClassNotFound: it is not the actor's.
        CourseNotFound: the actor does not take the course.
        Invalid: the new times make no sense, or the class has no weekly pattern whose day or time could change.
    """
    await queries.lock_timetables(uow, actor.user_id)
    row, timetable = await _own_class(uow, actor, class_id)
    if fields.get("course_id") is not None:
        await _require_courses(uow, actor, [fields["course_id"]])
    series = _with_times(row, series_of(row), fields)
    plain = {name: value for name, value in fields.items() if name not in _PATTERN | {"first_date", "last_date"}}
    write_series(row, series)
    for name, value in plain.items():
        setattr(row, name, value)
    await drop_stale_changes(uow, [row], actor.time_zone)
    await changed(uow, timetable)
    await uow.session.refresh(row)
    brief = (await courses.briefs(uow, actor.user_id, [row.course_id])) if row.course_id else {}
    return row, next(iter(brief.values()), None)


async def delete_class(uow: UnitOfWork, actor: Actor, class_id: UUID) -> str:
    """Delete the whole class; answers the token that takes it back. Raises ClassNotFound."""
    await queries.lock_timetables(uow, actor.user_id)
    row, timetable = await _own_class(uow, actor, class_id)
    row.deleted_at = clock.now()
    await changed(uow, timetable)
    return await undo.offer(uow, actor, UNDO_CLASS, [row.id])


async def restore_class(uow: UnitOfWork, user_id: UUID, class_id: UUID) -> None:
    """Take a deletion back, as long as its timetable is there."""
    await queries.lock_timetables(uow, user_id)
    found = await queries.class_with_timetable(uow, user_id, class_id, deleted=True)
    if found is None:
        return
    row, timetable = found
    row.deleted_at = None
    await changed(uow, timetable)


async def set_exceptions(
    uow: UnitOfWork,
    actor: Actor,
    semester: str | None,
    holidays: Sequence[Mapping[str, Any]] | None,
    changes: Sequence[Mapping[str, Any]] | None,
) -> Shown:
    """Put these in place of the timetable's holidays, of its single changes, or of both; None leaves them.

    Raises:
        TimetableNotFound: there is no such timetable.
        ClassNotFound: a change names a class that is not on it.
        Invalid: a class does not take place on the day that is to be changed, or is changed twice on it.
    """
    await queries.lock_timetables(uow, actor.user_id)
    timetable = await _require(uow, actor, semester)
    fresh: list[TimetableException] = []
    if holidays is not None:
        fresh += [_holiday(timetable.id, one) for one in holidays]
        await _clear(uow, timetable.id, ("holiday",))
    if changes is not None:
        classes = {row.id: row for row in await queries.classes_of(uow, timetable.id)}
        fresh += _single_changes(timetable.id, classes, changes, actor.time_zone)
        await _clear(uow, timetable.id, ("cancelled", "moved"))
    uow.session.add_all(fresh)
    await changed(uow, timetable)
    return await shown(uow, timetable)


async def drop_stale_changes(uow: UnitOfWork, rows: Iterable[TimetableClass], time_zone: str) -> None:
    """Forget single changes of days on which these classes no longer take place."""
    by_id = {row.id: row for row in rows}
    if not by_id:
        return
    zone = clock.zone(time_zone)
    stale = [
        one.id
        for one in await queries.changes_of(uow, by_id.keys())
        if one.class_id is not None and not meetings_on(series_of(by_id[one.class_id]), one.first_date, zone)
    ]
    if stale:
        await uow.session.execute(delete(TimetableException).where(TimetableException.id.in_(stale)))


def _class_by_hand(timetable_id: UUID, fields: Mapping[str, Any], known: Briefs) -> TimetableClass:
    course = known.get(fields["course_id"]) if fields["course_id"] else None
    title = fields["title"] or (course.name if course else "")
    read = read_titles([title])[title]
    weekly = Weekly(
        fields["day_of_week"], fields["start_time"], fields["end_time"], 0, fields["first_date"], fields["last_date"],
        fields["every_weeks"],
    )  # fmt: skip
    key = f"{read.key.split('|')[0]}|{fields['class_type']}|class"
    series = Series(
        key, title, course.code if course else None, title, fields["class_type"], "class", None, fields["location"],
        fields["instructor"], weekly,
    )  # fmt: skip
    row = TimetableClass(timetable_id=timetable_id, course_id=fields["course_id"], notes=fields["notes"])
    write_series(row, series)
    return row


def _with_times(row: TimetableClass, series: Series, fields: Mapping[str, Any]) -> Series:
    day = fields.get("day_of_week", row.day_of_week)
    start, end = fields.get("start_time", row.start_time), fields.get("end_time", row.end_time)
    sent = (_PATTERN | {"first_date", "last_date"}) & fields.keys()
    if series.weekly is None:
        if sent:
            raise Invalid.field(min(sent), "This class has dates of its own; change them one by one as exceptions.")
        return series
    if row.end_days == 0 and end <= start:
        raise Invalid.field("end_time", "end_time must be after start_time.")
    series = moved(series, day, start, end)
    assert series.weekly is not None
    first, last = fields.get("first_date", series.weekly.first), fields.get("last_date", series.weekly.last)
    if first and last and last < first:
        raise Invalid.field("last_date", "last_date must not be before first_date.")
    if first is None and series.weekly.every > 1:
        raise Invalid.field("first_date", "A class of every other week needs a first_date to count from.")
    return replace(series, weekly=replace(series.weekly, first=first, last=last))


def _holiday(timetable_id: UUID, one: Mapping[str, Any]) -> TimetableException:
    last = one["last_date"] or one["first_date"]
    return TimetableException(
        timetable_id=timetable_id, kind="holiday", first_date=one["first_date"], last_date=last, title=one["title"]
    )


def _single_changes(
    timetable_id: UUID,
    classes: Mapping[UUID, TimetableClass],
    changes: Sequence[Mapping[str, Any]],
    time_zone: str,
) -> list[TimetableException]:
    zone = clock.zone(time_zone)
    made: dict[tuple[UUID, Any], TimetableException] = {}
    for number, one in enumerate(changes):
        row = classes.get(one["class_id"])
        if row is None:
            raise ClassNotFound(f"There is no class {one['class_id']} in this timetable.")
        if (row.id, one["date"]) in made:
            raise Invalid.field(f"changes.{number}.date", f"'{row.title}' is changed twice on {one['date']}.")
        if not meetings_on(series_of(row), one["date"], zone):
            raise Invalid.field(f"changes.{number}.date", f"'{row.title}' does not take place on {one['date']}.")
        made[row.id, one["date"]] = TimetableException(
            timetable_id=timetable_id,
            class_id=row.id,
            kind="cancelled" if one["is_cancelled"] else "moved",
            first_date=one["date"],
            last_date=one["date"],
            moved_to=one["moved_to"],
            start_time=one["start_time"],
            end_time=one["end_time"],
            location=one["location"],
        )
    return list(made.values())


async def _clear(uow: UnitOfWork, timetable_id: UUID, kinds: Sequence[str]) -> None:
    await uow.session.execute(
        delete(TimetableException).where(
            TimetableException.timetable_id == timetable_id, TimetableException.kind.in_(kinds)
        )
    )


async def _find(uow: UnitOfWork, actor: Actor, semester: str | None) -> Timetable | None:
    if semester is None:
        return await queries.active_timetable(uow, actor.user_id)
    return await queries.timetable_of_semester(uow, actor.user_id, semester)


async def _require(uow: UnitOfWork, actor: Actor, semester: str | None) -> Timetable:
    row = await _find(uow, actor, semester)
    if row is None:
        raise TimetableNotFound
    return row


async def _own_class(uow: UnitOfWork, actor: Actor, class_id: UUID) -> tuple[TimetableClass, Timetable]:
    found = await queries.class_with_timetable(uow, actor.user_id, class_id)
    if found is None:
        raise ClassNotFound
    return found


async def _require_courses(uow: UnitOfWork, actor: Actor, ids: Iterable[UUID | None]) -> Briefs:
    """The courses of these ids, all of which the actor must take or own."""
    wanted = {one for one in ids if one is not None}
    if not wanted:
        return {}
    known = {brief.id: brief for brief in await courses.owned_or_enrolled(uow, actor.user_id)}
    for one in wanted:
        if one not in known:
            raise CourseNotFound(f"There is no course {one} that you take.")
    return known
