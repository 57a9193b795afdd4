"""Timetables drawn as a grid: days along one side, times along the other or in the fields themselves."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from studyhall.domains.scans.rules.axes import LONG_LINE, MISSING, VIRTUAL, DayColumn, TimeAxis, day_columns, time_axis
from studyhall.domains.scans.rules.content import Content, read_content
from studyhall.domains.scans.rules.labels import time_label
from studyhall.domains.scans.rules.regions import Line, Region, lines_of, regions_of
from studyhall.domains.scans.rules.sheet import Item, Sheet

LINE_TOLERANCE = 0.3
# Text that reaches across a line belongs to neither side for sure.
REACHES_OVER = 0.25
UNCLEAR = 0.6
LONGEST_CLASS, SHORTEST_CLASS = 8 * 60, 15
SLACK = 5
PARTING_GAP, SLIGHT = 0.8, 0.004


@dataclass(frozen=True, slots=True)
class Cell:
    """A class as it stands on the page.

    Attributes:
        day: 0 is Sunday.
        start, end: minutes of the day.
        confidence: 0 to 1, of the words and of the place together.
        reasons: why it deserves a look, as short lasting names.
    """

    day: int
    start: int
    end: int
    content: Content
    confidence: float
    reasons: tuple[str, ...] = ()


def read_grid(sheet: Sheet) -> list[Cell]:
    """The classes of a sheet whose days are columns; empty when it is none."""
    tolerance = LINE_TOLERANCE * sheet.text_height
    level, upright = lines_of(sheet.level, tolerance), lines_of(sheet.upright, tolerance)
    days = day_columns(sheet, upright)
    if not days:
        return []
    axis = time_axis(sheet, days, level)
    used = {id(day.header) for day in days} | {id(item) for item in (axis.labels if axis else ())}
    head = max(day.header.bottom for day in days)
    inner = [item for item in sheet.items if id(item) not in used and item.y > head]
    level, upright = _completed(sheet, days, axis, level, upright)
    regions = regions_of([item for item in inner if days[0].left <= item.x < days[-1].right], level, upright)
    fields = [part for region in regions for part in _parted(region, sheet, axis)]
    return [cell for region in fields for cell in _cells(region, sheet, days, axis)]


def _completed(
    sheet: Sheet, days: Sequence[DayColumn], axis: TimeAxis | None, level: list[Line], upright: list[Line]
) -> tuple[list[Line], list[Line]]:
    """Lines with those that a borderless table leaves to the eye: between its days, and between its times."""
    left, right = min(item.left for item in sheet.items), max(item.right for item in sheet.items)
    bottom = max(item.bottom for item in sheet.items)
    head = max(day.header.bottom for day in days)
    reach = sheet.text_height
    for at in (days[0].left, *(day.right for day in days)):
        upright = [*upright, _between_days(at, head, bottom + reach, sheet)]
    level = [*level, Line(head, ((left, right),))]
    if axis is not None and not axis.is_drawn:
        ruled = [line.at for line in level if line.drawn(days[0].left, days[-1].right) >= LONG_LINE]
        cuts = [axis.bands[0].top, *(band.bottom for band in axis.bands)]
        level += [Line(at, ((left, right),)) for at in cuts if not any(abs(one - at) < reach for one in ruled)]
    return sorted(level, key=lambda line: line.at), sorted(upright, key=lambda line: line.at)


def _between_days(at: float, top: float, bottom: float, sheet: Sheet) -> Line:
    """The border of two days, drawn or not, left open where a text stands across it, as in a field over both."""
    across = sorted(
        (item.top, item.bottom)
        for item in sheet.items
        if item.left + 0.2 * (item.right - item.left) < at < item.right - 0.2 * (item.right - item.left)
    )
    spans: list[tuple[float, float]] = []
    for start, stop in across:
        if start > top:
            spans.append((top, start))
        top = max(top, stop)
    return Line(at, (*spans, (top, bottom)) if top < bottom else tuple(spans))


def _cells(region: Region, sheet: Sheet, days: Sequence[DayColumn], axis: TimeAxis | None) -> list[Cell]:
    content = read_content(lines_in(region.items, sheet))
    if not content.title or time_label(content.title):
        return []
    confidence = min(item.confidence for item in region.items)
    reasons: list[str] = []
    if any(_reaches_over(item, region) for item in region.items):
        confidence *= MISSING
        reasons.append("text_over_line")
    when = _when(region, content, axis)
    if when is None:
        return []
    start, end, sure, why = when
    reasons += why
    own = _days_of(region, days)
    if len(own) > 1:
        sure *= MISSING
        reasons.append("several_days")
    if not region.is_clean:
        sure *= UNCLEAR
        reasons.append("field_unclear")
    return [
        Cell(
            day.day,
            start,
            end,
            content,
            round(confidence * sure * day.confidence, 4),
            (*reasons, "day_inferred") if day.is_inferred else tuple(reasons),
        )
        for day in own
    ]


def _days_of(region: Region, days: Sequence[DayColumn]) -> list[DayColumn]:
    """The day in whose column it lies, or several when it reaches over them."""
    width = region.right - region.left
    over = [
        day for day in days if min(region.right, day.right) - max(region.left, day.left) >= 0.6 * (day.right - day.left)
    ]
    if over:
        return over
    middle = (region.left + region.right) / 2 if width > 0 else region.left
    return [min(days, key=lambda day: abs((day.left + day.right) / 2 - middle))]


def _when(region: Region, content: Content, axis: TimeAxis | None) -> tuple[int, int, float, list[str]] | None:
    """Start, end, how sure, and why not."""
    said = content.times
    if axis is None:
        return None if said is None or said.end is None else (said.start, said.end, said.confidence, [])
    (start, sure), (end, also) = axis.start_at(region.top), axis.end_at(region.bottom)
    sure = min(sure, also) * axis.confidence * (1.0 if axis.is_drawn else VIRTUAL)
    if said is not None and said.end is not None:
        fits = start - SLACK <= said.start and said.end <= end + SLACK
        return said.start, said.end, (said.confidence if fits else MISSING), ([] if fits else ["times_differ"])
    if not SHORTEST_CLASS <= end - start <= LONGEST_CLASS:
        middle = sorted(item.y for item in region.items)[len(region.items) // 2]
        band = min(axis.bands, key=lambda one: max(one.top - middle, middle - one.bottom))
        return band.start, band.end, UNCLEAR, ["times_unclear"]
    return start, end, sure, [] if sure >= 0.8 else ["times_unclear"]


def _reaches_over(item: Item, region: Region) -> bool:
    wide = max(region.left - item.left, item.right - region.right) > REACHES_OVER * (item.right - item.left)
    return wide or max(region.top - item.top, item.bottom - region.bottom) > REACHES_OVER * item.height


def _parted(region: Region, sheet: Sheet, axis: TimeAxis | None) -> list[Region]:
    """The field, or two or more, when its text falls apart at the border of two times as if a line there was missed."""
    if axis is None:
        return [region]
    cuts: list[float] = []
    ordered = sorted(region.items, key=lambda item: item.y)
    reached = ordered[0].bottom
    for before, after in pairwise(ordered):
        reached = max(reached, before.bottom)
        borders = [
            band.bottom for band in axis.bands if reached <= band.bottom + SLIGHT and band.bottom <= after.top + SLIGHT
        ]
        if after.top - reached > PARTING_GAP * sheet.text_height and borders:
            cuts.append(borders[-1])
    if not cuts:
        return [region]
    parts = [
        Region(region.left, top, region.right, bottom, False, [item for item in ordered if top <= item.y < bottom])
        for top, bottom in pairwise([region.top, *cuts, region.bottom])
    ]
    return [part for part in parts if part.items]


def lines_in(items: Iterable[Item], sheet: Sheet) -> list[str]:
    """The text as it is read: line by line, each from the left."""
    seen = [item.flipped() for item in items] if sheet.is_flipped else list(items)
    lines: list[list[Item]] = []
    for item in sorted(seen, key=lambda one: one.y):
        if lines and item.y - lines[-1][0].y <= 0.5 * min(item.height, lines[-1][0].height):
            lines[-1].append(item)
        else:
            lines.append([item])
    return [" ".join(item.text for item in sorted(line, key=lambda one: one.left)) for line in lines]


def distinct(cells: Iterable[Cell]) -> list[Cell]:
    """By day and time; what stands on two pages counts once, as surely as it was read best."""
    best: dict[tuple[int, int, int, str], Cell] = {}
    for cell in cells:
        key = cell.day, cell.start, cell.end, cell.content.title.casefold()
        if key not in best or best[key].confidence < cell.confidence:
            best[key] = cell
    return sorted(best.values(), key=lambda cell: ((cell.day - 1) % 7, cell.start, cell.end, cell.content.title))
