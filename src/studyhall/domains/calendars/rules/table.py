"""A timetable that was pasted as a table: one class per line, its columns found by what stands in them.

Columns are parted by tabs, semicolons, vertical bars or commas. A line needs a weekday, a start, an end and a title;
what else there is becomes type and location when a heading says so.
"""

import re
from collections.abc import Sequence
from datetime import time

from studyhall.domains.calendars.rules.calendar_file import MOST_BYTES, MOST_EVENTS, UnreadableTimetable
from studyhall.domains.calendars.rules.series import Series, Weekly
from studyhall.domains.calendars.rules.titles import Title, clean, read_titles

_DAYS = (
    ("sunday", "sonntag", "domingo", "dimanche"),
    ("monday", "montag", "lunes", "lundi"),
    ("tuesday", "dienstag", "martes", "mardi"),
    ("wednesday", "mittwoch", "miércoles", "mercredi"),
    ("thursday", "donnerstag", "jueves", "jeudi"),
    ("friday", "freitag", "viernes", "vendredi"),
    ("saturday", "samstag", "sábado", "samedi"),
)
_SHORT = (("sun",), ("mon",), ("tue", "tues"), ("wed",), ("thu", "thur", "thurs"), ("fri",), ("sat",))
_DAY_NUMBERS = {name: number for names in (_DAYS, _SHORT) for number, row in enumerate(names) for name in row}
_CLOCK = r"(\d{1,2})(?:[:.h](\d{2})|h)?\s*([ap]\.?m\.?)?"
_SPAN = re.compile(rf"^{_CLOCK}\s*(?:-|–|—|to|bis)\s*{_CLOCK}$", re.IGNORECASE)
_ONE = re.compile(rf"^{_CLOCK}$", re.IGNORECASE)
_HEADINGS = {
    "title": ("course", "class", "subject", "module", "title", "name", "kurs", "fach"),
    "code": ("code", "course code", "module code"),
    "location": ("location", "room", "venue", "place", "raum", "ort", "where"),
    "instructor": ("instructor", "lecturer", "teacher", "professor", "dozent"),
    "type": ("type", "class type", "art"),
}


def read_table(text: str) -> list[Series]:
    """The classes of a pasted table, each a weekly pattern without end in the person's own zone.

    Raises:
        UnreadableTimetable: with a sentence for every line that is no class.
    """
    if "\x00" in text or len(text) > MOST_BYTES:
        raise UnreadableTimetable("The text is no table: it holds NUL characters or is too long.")
    lines = [line for line in text.splitlines() if line.strip()]
    if not lines:
        raise UnreadableTimetable("The text is empty.")
    if len(lines) > MOST_EVENTS:
        raise UnreadableTimetable(f"The table has {len(lines)} lines; at most {MOST_EVENTS} can be taken.")
    separator = next((mark for mark in "\t;|," if mark in lines[0]), "\t")
    cells = [[clean(cell) for cell in line.strip().strip("|").split(separator)] for line in lines]
    headings = _headings(cells[0])
    rows = cells[1:] if headings else cells
    read = [_line(row, headings, number) for number, row in enumerate(rows, start=2 if headings else 1)]
    faults = [one for one in read if isinstance(one, str)]
    if faults or not read:
        raise UnreadableTimetable(*(faults or ["The table has a heading but no classes."]))
    parts = [one for one in read if not isinstance(one, str)]
    titles = read_titles([title for title, _, _ in parts])
    return [_series(titles[title], weekly, extra) for title, weekly, extra in parts]


def _headings(cells: Sequence[str]) -> dict[str, int]:
    """What each column is, when the first line says so."""
    if any(_day(cell) is not None for cell in cells):
        return {}
    return {
        meaning: place
        for meaning, words in _HEADINGS.items()
        for place, cell in enumerate(cells)
        if cell.casefold() in words
    }


def _line(cells: Sequence[str], headings: dict[str, int], number: int) -> tuple[str, Weekly, dict[str, str]] | str:
    day = next((found for cell in cells if (found := _day(cell)) is not None), None)
    times = _times(cells)
    named = {meaning: cells[place] for meaning, place in headings.items() if place < len(cells) and cells[place]}
    used = set(headings.values())
    rest = [cell for place, cell in enumerate(cells) if cell and place not in used and not _is_when(cell)]
    title = named.get("title") or named.get("code") or next(iter(rest), "")
    if "title" in named and "code" in named:
        title = f"{named['code']} - {named['title']}"
    if day is None or times is None or not title:
        missing = "no weekday" if day is None else "no start and end" if times is None else "no title"
        return f"Line {number}: there is {missing} in '{' | '.join(cells)[:80]}'."
    start, end = times
    if end <= start:
        return f"Line {number}: it ends before or when it starts."
    if "type" in named:
        title = f"{title} ({named['type']})"
    return title, Weekly(day, start, end), named


def _series(title: Title, weekly: Weekly, named: dict[str, str]) -> Series:
    return Series(
        title.key, title.base, title.code, title.name, title.class_type, title.kind, None, named.get("location"),
        named.get("instructor"), weekly,
    )  # fmt: skip


def _day(cell: str) -> int | None:
    return _DAY_NUMBERS.get(cell.casefold().strip(" ."))


def _is_when(cell: str) -> bool:
    return (
        _day(cell) is not None or _SPAN.match(cell) is not None or (_ONE.match(cell) is not None and not cell.isdigit())
    )


def _times(cells: Sequence[str]) -> tuple[time, time] | None:
    for cell in cells:
        span = _SPAN.match(cell)
        if span:
            return _span(span)
    found = [_clock(one[1], one[2], one[3]) for cell in cells if (one := _ONE.match(cell)) and not cell.isdigit()]
    if len(found) >= 2 and found[0] is not None and found[1] is not None:
        return found[0], found[1]
    return None


def _span(found: re.Match[str]) -> tuple[time, time] | None:
    """Start and end of "10:00 - 11:30" or "10 - 1 pm", which begins in the morning."""
    half = found[6]
    start, end = _clock(found[1], found[2], found[3] or half), _clock(found[4], found[5], half)
    if start is not None and end is not None and half and not found[3] and end <= start:
        start = _clock(found[1], found[2], "am")
    return (start, end) if start is not None and end is not None else None


def _clock(hours: str, minutes: str | None, half: str | None) -> time | None:
    hour, minute = int(hours), int(minutes or 0)
    if half:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if half[0] in "pP" else 0)
    return time(hour, minute) if hour < 24 and minute < 60 else None
