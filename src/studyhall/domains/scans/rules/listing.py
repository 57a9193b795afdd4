"""Timetables written as a list: one class per line, the day in the line or above it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from studyhall.domains.scans.rules.axes import MISSING
from studyhall.domains.scans.rules.content import Content, class_type_of, read_content
from studyhall.domains.scans.rules.grid import Cell
from studyhall.domains.scans.rules.labels import TimeLabel, day_name, plain, range_in, time_label
from studyhall.domains.scans.rules.regions import Line, lines_of
from studyhall.domains.scans.rules.sheet import Item, Sheet

ROLES = {
    "day": "day weekday tag wochentag dia jour giorno",
    "time": "time when zeit uhrzeit hora horario heure horaire ora orario hours",
    "title": "course class subject module title name kurs fach veranstaltung modul asignatura materia curso cours "
    "matiere disciplina corso insegnamento",
    "code": "code nr nummer codigo codice",
    "location": "location room venue place raum ort lugar aula sala salle lieu local hall",
    "instructor": "instructor lecturer teacher professor dozent lehrende profesor docente enseignant professeur prof",
    "type": "type art tipo kind form",
}
_ROLE_OF = {word: role for role, words in ROLES.items() for word in words.split()}
FEWEST_HEADINGS = 2
RULED_SHARE = 0.5
WRAP_GAP = 0.9


@dataclass(slots=True)
class Record:
    """A line of the list, or a ruled row with several lines of text."""

    items: list[Item]

    @property
    def top(self) -> float:
        return min(item.top for item in self.items)

    @property
    def bottom(self) -> float:
        return max(item.bottom for item in self.items)

    @property
    def middle(self) -> float:
        return (self.top + self.bottom) / 2


@dataclass(frozen=True, slots=True)
class _Day:
    day: int
    confidence: float
    item: Item


def read_list(sheet: Sheet) -> list[Cell]:
    """The classes of a list; empty when it is none."""
    if not sheet.items:
        return []
    lines = lines_of(sheet.level, 0.3 * sheet.text_height)
    records = _records(sheet, lines)
    headings = next((found for record in records if (found := _headings(record))), {})
    days = [day for item in sheet.items if (day := _day_of(item))]
    if any(len({day.day for day in days if any(item is day.item for item in one.items)}) > 1 for one in records):
        return []  # days beside one another are the head of a grid
    cells: list[Cell] = []
    above: _Day | None = None
    for record in records:
        own = [day for day in days if any(item is day.item for item in record.items)]
        above = own[-1] if own else _doubted(above, record, days)
        day = own[0] if own else _spanning(record, days, lines) or above
        cell = _cell(record, day, headings)
        if cell is not None:
            cells.append(cell)
    return cells


def _doubted(above: _Day | None, record: Record, days: Sequence[_Day]) -> _Day | None:
    """The day above, less surely when something stands where days stand that could not be read as one."""
    if above is None or not days:
        return above
    left, right = min(day.item.left for day in days), min(day.item.right for day in days)
    unread = [
        item
        for item in record.items
        if min(item.right, right) - max(item.left, left) > 0.5 * (item.right - item.left) and not time_label(item.text)
    ]
    return replace(above, confidence=above.confidence * MISSING) if unread else above


def _records(sheet: Sheet, lines: Sequence[Line]) -> list[Record]:
    """Ruled rows when most of the list is ruled, else lines of text; what wraps joins the line above."""
    left, right = min(item.left for item in sheet.items), max(item.right for item in sheet.items)
    text = _text_lines(sheet.items)
    timed = sum(_times_of(record.items)[0] is not None for record in text)
    rules = [line.at for line in lines if line.drawn(left, right) >= RULED_SHARE]
    ruled = [
        Record(inside)
        for top, bottom in pairwise([float("-inf"), *rules, float("inf")])
        if (inside := [item for item in sheet.items if top < item.y <= bottom])
    ]
    whole = [record for record in ruled if _times_of(record.items)[0] is not None]
    if len(whole) >= max(2, 0.8 * timed):
        return ruled
    return _unwrapped(text, sheet.text_height)


def _text_lines(items: Sequence[Item]) -> list[Record]:
    lines: list[Record] = []
    for item in sorted(items, key=lambda one: one.y):
        last = lines[-1] if lines else None
        if last is not None and item.y - last.items[0].y <= 0.5 * min(item.height, last.items[0].height):
            last.items.append(item)
        else:
            lines.append(Record([item]))
    return lines


def _unwrapped(lines: Sequence[Record], text_height: float) -> list[Record]:
    records: list[Record] = []
    for line in lines:
        starts = _times_of(line.items)[0] is not None or any(_day_of(item) for item in line.items)
        last = records[-1] if records else None
        is_near = last is not None and line.top - last.bottom <= WRAP_GAP * text_height
        if last is not None and is_near and not starts and _times_of(last.items)[0] is not None:
            last.items += line.items
        else:
            records.append(Record(list(line.items)))
    return records


def _headings(record: Record) -> dict[str, Item]:
    found = {role: item for item in record.items if (role := _ROLE_OF.get(plain(item.text).strip(" .:/"))) is not None}
    return found if len(found) >= FEWEST_HEADINGS and _times_of(record.items)[0] is None else {}


def _day_of(item: Item) -> _Day | None:
    """A day alone, or at the start of a text that goes on with a time."""
    name = day_name(item.text)
    if name is None and any(letter.isdigit() for letter in item.text):
        first = item.text.split(maxsplit=1)[0]
        name = day_name(first) if len(first) > 1 else None
    if name is None or len(name.options) != 1:
        # A two-letter name that two languages read differently is told by no order here.
        return None
    return _Day(next(iter(name.options)), name.confidence * item.confidence, item)


def _spanning(record: Record, days: Sequence[_Day], lines: Sequence[Line]) -> _Day | None:
    """A day whose field reaches over several rows, this one among them."""
    for day in days:
        across = [line.at for line in lines if line.drawn(day.item.left, day.item.right) >= 0.6]
        top = max((at for at in across if at <= day.item.y), default=None)
        bottom = min((at for at in across if at > day.item.y), default=None)
        if top is not None and bottom is not None and top < record.middle < bottom:
            return day
    return None


def _times_of(items: Sequence[Item]) -> tuple[TimeLabel | None, list[Item]]:
    """The range of a line, in one text or in two, and the items that are left, without it."""
    ordered = sorted(items, key=lambda one: one.left)
    for place, item in enumerate(ordered):
        label = time_label(item.text)
        if label is not None and label.end is not None and not label.is_bare:
            return label, ordered[:place] + ordered[place + 1 :]
    for place, item in enumerate(ordered):
        found = range_in(item.text)
        if found is not None:
            rest = [_remainder(item, found[1])] if found[1] else []
            return found[0], ordered[:place] + rest + ordered[place + 1 :]
    singles = [
        (item, label)
        for item in ordered
        if (label := time_label(item.text)) is not None and not label.is_bare and label.end is None
    ]
    if len(singles) >= 2 and singles[0][1].start < singles[1][1].start:
        (first, start), (second, end) = singles[:2]
        left = [item for item in ordered if item is not first and item is not second]
        return TimeLabel(start.start, end.start, min(start.confidence, end.confidence)), left
    return None, ordered


def _remainder(item: Item, text: str) -> Item:
    """What is left of a text, about where it stands."""
    share = (item.right - item.left) * len(text) / max(len(item.text), 1)
    if item.text.rstrip().endswith(text):
        return replace(item, text=text, left=item.right - share)
    return replace(item, text=text, right=item.left + share)


def _cell(record: Record, day: _Day | None, headings: dict[str, Item]) -> Cell | None:
    times, rest = _times_of(record.items)
    if times is None or times.end is None or day is None:
        return None
    named = day.item.text if any(item is day.item for item in record.items) else None
    left = [one for item in rest if (one := _without_day(item, named)) is not None]
    content = _content(left, headings)
    if not content.title:
        return None
    confidence = min(item.confidence for item in record.items) * times.confidence * min(1.0, day.confidence)
    reasons: tuple[str, ...] = ()
    if not headings and len(left) > 3 and content.location is None:
        confidence, reasons = confidence * MISSING, ("columns_unclear",)
    return Cell(day.day, times.start, times.end, content, round(confidence, 4), reasons)


def _without_day(item: Item, named: str | None) -> Item | None:
    """The text without the day that stood at its start, where `named` is the text of this line that named the day."""
    if day_name(item.text) is not None:
        return None
    first, _, rest = item.text.partition(" ")
    if rest and named is not None and named.split()[0] == first and day_name(first) is not None:
        return _remainder(item, rest)
    return item


def _content(items: Sequence[Item], headings: dict[str, Item]) -> Content:
    if "title" not in headings and "code" not in headings:
        return read_content(_in_reading_order(items))
    parts: dict[str, list[str]] = {}
    for item in sorted(items, key=lambda one: (round(one.y, 2), one.left)):
        role = min(headings, key=lambda name: _distance(item, headings[name]))
        parts.setdefault(role, []).append(item.text)
    if not parts.keys() & {"title", "code"}:
        return read_content(_in_reading_order(items))
    said = {role: " ".join(texts) for role, texts in parts.items()}
    titled = read_content([text for role in ("code", "title") if (text := said.get(role))])
    kind = class_type_of(said.get("type", "")) or titled.class_type
    return replace(
        titled,
        location=said.get("location") or titled.location,
        instructor=said.get("instructor") or titled.instructor,
        class_type=kind,
    )


def _distance(item: Item, heading: Item) -> float:
    """Columns of a list begin at one side or share their middle."""
    if min(item.right, heading.right) > max(item.left, heading.left):
        return min(abs(item.left - heading.left), abs(item.x - heading.x)) / 10
    return min(abs(item.left - heading.left), abs(item.x - heading.x))


def _in_reading_order(items: Sequence[Item]) -> list[str]:
    return [item.text for line in _text_lines(items) for item in sorted(line.items, key=lambda one: one.left)]
