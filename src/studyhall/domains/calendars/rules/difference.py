"""What an import would change in a timetable, class by class.

A class is recognised although its UID, room or time changed. What the person changed by hand since the last import
stays: a field counts as changed only when the new file says something else than the file before it did.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from uuid import UUID

from studyhall.domains.calendars.rules.matching import CourseMatch
from studyhall.domains.calendars.rules.series import Series, Weekly

SAME_KEY, SAME_COURSE = 100, 50
SAME_TIMES, SAME_SLOT, SAME_DAY, OVERLAP, SAME_PLACE = 40, 20, 10, 5, 2


class Change(StrEnum):
    ADDED = "added"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class Present:
    """A class that the timetable has.

    Attributes:
        imported: what the last import said of it; None for a class made by hand.
    """

    id: UUID
    series: Series
    course_id: UUID | None
    imported: Series | None


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the difference.

    Attributes:
        row_id: the number of the class in the file, from 1, or for a removed one the id of the class.
        fields: what the import changes: any of title, class_type, kind, location, instructor, times, course.
        reasons: why it deserves a look: course_unmatched, course_ambiguous, kind_assumed.
    """

    row_id: str
    change: Change
    incoming: Series | None
    present_id: UUID | None
    course: CourseMatch
    fields: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()

    @property
    def needs_review(self) -> bool:
        return any(reason.startswith("course_") for reason in self.reasons)


_PLAIN_FIELDS = ("title", "class_type", "kind", "location", "instructor")


def compare(incoming: Sequence[Series], matches: Sequence[CourseMatch], present: Sequence[Present]) -> list[Row]:
    """The difference: a row for each incoming class, then one for each imported class that the file lacks.

    Args:
        matches: the course found for each incoming class, in the same order.
    """
    pairs = _pair(incoming, matches, present)
    rows = [
        _row(str(number), series, match, pairs.get(number - 1))
        for number, (series, match) in enumerate(zip(incoming, matches, strict=True), start=1)
    ]
    paired = {known.id for known in pairs.values()}
    rows += [
        Row(str(known.id), Change.REMOVED, None, known.id, CourseMatch(known.course_id, "kept"))
        for known in present
        if known.imported is not None and known.id not in paired
    ]
    return rows


def merged(present: Present, incoming: Series) -> Series:
    """The class after the import: fields that the file changed are the file's, the others stay the person's."""
    changed = changed_fields(present, incoming)
    plain = {name: getattr(incoming, name) for name in _PLAIN_FIELDS if name in changed}
    result = replace(present.series, key=incoming.key, code=incoming.code, name=incoming.name, **plain)
    if "times" in changed:
        return replace(
            result, zone=incoming.zone, weekly=incoming.weekly, own_dates=incoming.own_dates, labels=incoming.labels
        )
    return replace(result, labels=incoming.labels) if _times(present.series) == _times(incoming) else result


def changed_fields(present: Present, incoming: Series) -> tuple[str, ...]:
    before = present.imported or present.series
    changed = [name for name in _PLAIN_FIELDS if getattr(before, name) != getattr(incoming, name)]
    if present.imported is None:
        # A class made by hand has its own title, and a file that is silent on a field does not empty it.
        changed = [name for name in changed if name in ("location", "instructor") and getattr(incoming, name)]
    if _times(before) != _times(incoming):
        changed.append("times")
    return tuple(changed)


def _times(series: Series) -> tuple[object, ...]:
    return (series.zone, series.weekly, frozenset(series.own_dates))


def _row(row_id: str, series: Series, match: CourseMatch, known: Present | None) -> Row:
    if known is None:
        return Row(row_id, Change.ADDED, series, None, match, (), _reasons(series, match))
    course = CourseMatch(known.course_id, "kept") if known.course_id else match
    fields = changed_fields(known, series)
    if known.course_id is None and match.is_found:
        fields = (*fields, "course")
    change = Change.CHANGED if fields else Change.UNCHANGED
    reasons = _reasons(series, course) if fields else ()
    return Row(row_id, change, series, known.id, course, fields, reasons)


def _reasons(series: Series, match: CourseMatch) -> tuple[str, ...]:
    reasons = []
    if series.kind in ("class", "exam") and not match.is_found:
        reasons.append("course_ambiguous" if match.by == "ambiguous" else "course_unmatched")
    if series.kind != "class":
        reasons.append("kind_assumed")
    return tuple(reasons)


def _pair(incoming: Sequence[Series], matches: Sequence[CourseMatch], present: Sequence[Present]) -> dict[int, Present]:
    """Incoming position -> the class it is, the likeliest pairs first, each class once."""
    befores = [_look(known.imported or known.series, known.course_id) for known in present]
    afters = [_look(series, match.course_id) for series, match in zip(incoming, matches, strict=True)]
    alike: dict[object, list[int]] = defaultdict(list)
    for order, look in enumerate(befores):
        alike[look.key].append(order)
        if look.course is not None:
            alike[look.course].append(order)
    scored = sorted(
        (-_likeness(look, befores[order]), position, order)
        for position, look in enumerate(afters)
        for order in {*alike.get(look.key, ()), *(alike.get(look.course, ()) if look.course else ())}
    )
    pairs: dict[int, Present] = {}
    taken: set[int] = set()
    for _, position, order in scored:
        if position not in pairs and order not in taken:
            pairs[position] = present[order]
            taken.add(order)
    return pairs


@dataclass(frozen=True, slots=True)
class _Look:
    """What tells one class from another, worked out once, because every class is held against many."""

    key: str
    course: tuple[UUID, str] | None
    times: tuple[object, ...]
    usual: Weekly
    location: str | None


def _look(series: Series, course_id: UUID | None) -> _Look:
    course = (course_id, series.class_type) if course_id is not None else None
    return _Look(series.key, course, _times(series), series.usual, series.location)


def _likeness(new: _Look, old: _Look) -> int:
    """How surely two classes of one key or one course are the same."""
    score = SAME_KEY if old.key == new.key else 0
    if new.course is not None and new.course == old.course:
        score += SAME_COURSE
    if old.times == new.times:
        score += SAME_TIMES
    if old.usual.day_of_week == new.usual.day_of_week:
        if (old.usual.start, old.usual.end) == (new.usual.start, new.usual.end):
            score += SAME_SLOT
        else:
            score += SAME_DAY + (OVERLAP if _overlap(old.usual, new.usual) else 0)
    return score + (SAME_PLACE if old.location == new.location else 0)


def _overlap(old: Weekly, new: Weekly) -> bool:
    return _minutes(old.start) < _length(new) + _minutes(new.start) and _minutes(new.start) < _length(old) + _minutes(
        old.start
    )


def _minutes(at: time) -> int:
    return at.hour * 60 + at.minute


def _length(weekly: Weekly) -> int:
    whole = datetime.combine(date.min + timedelta(days=weekly.end_days), weekly.end)
    return int((whole - datetime.combine(date.min, weekly.start)).total_seconds() // 60)


def count_changes(rows: Iterable[Row]) -> dict[str, int]:
    """How many rows of each change."""
    counted = {change.value: 0 for change in Change}
    for row in rows:
        counted[row.change.value] += 1
    return counted
