"""Pages into classes, or one clear sentence why there are none."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import time

from studyhall.domains.scans.rules.grid import Cell, distinct, read_grid
from studyhall.domains.scans.rules.labels import MINUTES_IN_HOUR, day_name, time_label
from studyhall.domains.scans.rules.listing import read_list
from studyhall.domains.scans.rules.sheet import Sheet, flat
from studyhall.platform.clients.ocr import Page

SURE = 0.8
"""Below it a class waits for the person's own look."""

MOST_WORDS = 3000
# A page laid on its side or on its head is tried after the page as it lies.
TURNS = (0, 3, 1, 2)
FEWEST_CLASSES = 1
ENOUGH = 2
PLACE_WORTH = 0.2


@dataclass(frozen=True, slots=True)
class ScannedClass:
    """A class that was read, weekly, in the person's own zone.

    Attributes:
        day_of_week: 0 is Sunday.
        class_type: None when the page does not say.
        confidence: 0 to 1.
        reasons: what was unclear, as short lasting names.
    """

    title: str
    day_of_week: int
    start: time
    end: time
    location: str | None
    instructor: str | None
    class_type: str | None
    confidence: float
    reasons: tuple[str, ...]

    @property
    def is_sure(self) -> bool:
        return self.confidence >= SURE


class NoTimetable(ValueError):
    """The pages hold no timetable; the text says what is missing and what to do."""


def read_pages(pages: Sequence[Page]) -> list[ScannedClass]:
    """The classes of all pages, through the week.

    Raises:
        NoTimetable: there are none.
    """
    words = sum(len(page.words) for page in pages)
    if words == 0:
        raise NoTimetable("There is no text to be read. Take the picture straight from above, in good light.")
    if words > MOST_WORDS * len(pages):
        raise NoTimetable("There is far more text than on a timetable. Send only the page with the timetable.")
    cells = [cell for page in pages for cell in _page(page)]
    if len(cells) < FEWEST_CLASSES:
        raise NoTimetable(_missing(pages))
    return [_class(cell) for cell in distinct(cells)]


def _page(page: Page) -> list[Cell]:
    best: list[Cell] = []
    for turns in TURNS:
        cells = _sheet(flat(page, turns))
        # A page read the wrong way round may still give a stray class.
        if len(cells) > 2 * len(best):
            best = cells
        if len(best) >= ENOUGH:
            break
    return best


def _sheet(sheet: Sheet) -> list[Cell]:
    """The reading that says most: a list, days as columns, or days as rows.

    The fields of a list whose rows hold their times look like a grid without an axis, but say less.
    """
    return max((read_list(sheet), read_grid(sheet), read_grid(sheet.flipped())), key=_worth)


def _worth(cells: Sequence[Cell]) -> float:
    return sum(cell.confidence + PLACE_WORTH * (cell.content.location is not None) for cell in cells)


def _missing(pages: Sequence[Page]) -> str:
    texts = [word.text for page in pages for word in page.words]
    if not any(day_name(text) for text in texts):
        missing = "no weekday"
    elif not any(time_label(text) for text in texts):
        missing = "no time"
    else:
        missing = "no class that stands at a day and a time"
    return (
        f"This does not look like a timetable: there is {missing} to be read. "
        "Take the whole timetable with its days and times, straight from above, or paste it as a table."
    )


def _class(cell: Cell) -> ScannedClass:
    content = cell.content
    low = () if cell.confidence >= SURE or cell.reasons else ("hard_to_read",)
    return ScannedClass(
        content.title,
        cell.day,
        _time(cell.start),
        _time(cell.end),
        content.location,
        content.instructor,
        content.class_type,
        cell.confidence,
        cell.reasons + low,
    )


def _time(minutes: int) -> time:
    return time(minutes // MINUTES_IN_HOUR, minutes % MINUTES_IN_HOUR)
