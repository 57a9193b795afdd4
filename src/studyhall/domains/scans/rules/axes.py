"""The two sides of a grid: which columns are which days, and which height is which time.

Everything here takes days as columns; a sheet whose days are rows is flipped first.
"""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from studyhall.domains.scans.rules.labels import (
    MINUTES_IN_DAY,
    NOON,
    TimeLabel,
    day_name,
    days_in_order,
    days_of_letters,
    time_label,
)
from studyhall.domains.scans.rules.regions import Line
from studyhall.domains.scans.rules.sheet import Item, Sheet

FEWEST_DAYS = 2
FEWEST_TIMES = 2
# Bare numbers are times only in a row of them, at an hour when people study.
FEWEST_BARE = 4
FIRST_BARE, LAST_BARE = 6 * 60, 22 * 60
LONG_LINE = 0.5
SNAP_SHARE = 0.22
# How far a column may differ from the usual width, as a share of it.
UNEVEN = 0.2
ROUNDED_TO = 5
# Virtual lines are midpoints between labels, not drawn.
ROUNDED, VIRTUAL, MISSING = 0.88, 0.95, 0.75


@dataclass(frozen=True, slots=True)
class DayColumn:
    """A day and the stretch that is its column.

    Attributes:
        is_inferred: its name was not read; it follows from its neighbours and the even width of the columns.
    """

    day: int
    left: float
    right: float
    confidence: float
    header: Item
    is_inferred: bool = False

    def holds(self, x: float) -> bool:
        return self.left <= x < self.right


@dataclass(frozen=True, slots=True)
class Band:
    """A row of the grid with the time it stands for, in minutes of the day."""

    top: float
    bottom: float
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class TimeAxis:
    """Bands from the top down.

    Attributes:
        is_drawn: whether lines part the bands; else they are the midpoints between labels.
        labels: the items that it was read from.
    """

    bands: tuple[Band, ...]
    is_drawn: bool
    labels: tuple[Item, ...]
    confidence: float

    def start_at(self, y: float) -> tuple[int, float]:
        """The time at which a field with that upper side begins, and how sure that is."""
        return self._time(y, [(band.top, band.start) for band in self.bands])

    def end_at(self, y: float) -> tuple[int, float]:
        """The time at which a field with that lower side ends, and how sure that is."""
        return self._time(y, [(band.bottom, band.end) for band in self.bands])

    def _time(self, y: float, marks: Sequence[tuple[float, int]]) -> tuple[int, float]:
        reach = SNAP_SHARE * min(band.bottom - band.top for band in self.bands)
        nearest = min(marks, key=lambda mark: abs(mark[0] - y))
        if abs(nearest[0] - y) <= reach:
            return nearest[1], 1.0
        band = min(self.bands, key=lambda one: max(one.top - y, y - one.bottom, 0.0))
        share = (y - band.top) / (band.bottom - band.top)
        exact = band.start + share * (band.end - band.start)
        return round(exact / ROUNDED_TO) * ROUNDED_TO, ROUNDED


def day_columns(sheet: Sheet, upright: Sequence[Line]) -> list[DayColumn]:
    """The header of days, from left to right; empty when there is none."""
    named = [(item, name) for item in sheet.items if (name := day_name(item.text))]
    best: list[tuple[Item, int, float]] = []
    for seed, _ in named:
        row = sorted(((item, name) for item, name in named if _beside(seed, item)), key=lambda one: one[0].x)
        chosen = days_in_order([name for _, name in row])
        header = [
            (item, day, name.confidence * item.confidence)
            for (item, name), day in zip(row, chosen, strict=True)
            if day is not None
        ]
        if len(header) > len(best):
            best = header
    best = best if len(best) >= FEWEST_DAYS else _letter_header(sheet)
    return _columns(best, sheet, upright) if best else []


def _beside(one: Item, other: Item) -> bool:
    shared = min(one.bottom, other.bottom) - max(one.top, other.top)
    return shared >= 0.3 * min(one.height, other.height)


def _letter_header(sheet: Sheet) -> list[tuple[Item, int, float]]:
    single = [item for item in sheet.items if len(item.text.strip(". ")) == 1 and item.text.strip(". ").isalpha()]
    for seed in single:
        row = sorted((item for item in single if _beside(seed, item)), key=lambda item: item.x)
        days = days_of_letters([item.text for item in row])
        if days:
            return [(item, day, item.confidence) for item, day in zip(row, days, strict=True)]
    return []


def _columns(header: Sequence[tuple[Item, int, float]], sheet: Sheet, upright: Sequence[Line]) -> list[DayColumn]:
    """Where each day begins and ends: at the line between two names, else half way between them."""
    top = min(item.top for item, _, _ in header)
    bottom = max(item.bottom for item in sheet.items)
    places = [item.x for item, _, _ in header]
    step = (places[-1] - places[0]) / max(len(places) - 1, 1)
    tall = [line.at for line in upright if line.drawn(top, bottom) >= LONG_LINE]
    cuts = [_cut(tall, before.right, after.left) for (before, _, _), (after, _, _) in pairwise(header)]
    widths = [after - before for before, after in pairwise(cuts)] or [step]
    usual = sorted(widths)[len(widths) // 2]
    first = _nearest(tall, header[0][0].left, cuts[0] - 1.4 * usual) or cuts[0] - usual
    last = -(_nearest([-at for at in tall], -header[-1][0].right, -cuts[-1] - 1.4 * usual) or -cuts[-1] - usual)
    bounds = [first, *cuts, last]
    known = [
        DayColumn(day, left, right, confidence, item)
        for (item, day, confidence), (left, right) in zip(header, pairwise(bounds), strict=True)
    ]
    return _with_outer(_with_gaps(known), sheet, tall)


def _with_gaps(known: Sequence[DayColumn]) -> list[DayColumn]:
    """Days between two names that are as far apart as the days between them are wide."""
    steps = sorted((after.header.x - before.header.x) / _days_from(before, after) for before, after in pairwise(known))
    step = steps[len(steps) // 2]
    columns: list[DayColumn] = []
    for before, after in pairwise(known):
        columns.append(before)
        missing = _days_from(before, after) - 1
        apart = after.header.x - before.header.x
        if missing and abs(apart - (missing + 1) * step) <= UNEVEN * step:
            width = apart / (missing + 1)
            edges = [before.header.x + width * (number + 0.5) for number in range(missing + 1)]
            columns[-1] = replace(before, right=edges[0])
            columns += [
                _inferred((before.day + number) % 7, left, right, before)
                for number, (left, right) in enumerate(pairwise(edges), start=1)
            ]
    return _fixed_lefts([*columns, known[-1]])


def _fixed_lefts(columns: Sequence[DayColumn]) -> list[DayColumn]:
    """Where a column was put in, its neighbour begins at its right side."""
    fixed = [columns[0]]
    for column in columns[1:]:
        fixed.append(replace(column, left=fixed[-1].right) if fixed[-1].is_inferred else column)
    return fixed


def _days_from(before: DayColumn, after: DayColumn) -> int:
    return (after.day - before.day) % 7 or 7


def _with_outer(columns: list[DayColumn], sheet: Sheet, tall: Sequence[float]) -> list[DayColumn]:
    """Further columns as wide as the others, ruled and filled, to the right and to the left."""
    width = sorted(column.right - column.left for column in columns)[len(columns) // 2]
    while len(columns) < 7:
        last = columns[-1]
        end = next((at for at in tall if abs(at - last.right - width) <= UNEVEN * width), None)
        if end is None or not _is_filled(sheet, last.right, end, last.header.bottom):
            break
        columns.append(_inferred((last.day + 1) % 7, last.right, end, last))
    while len(columns) < 7:
        first = columns[0]
        begin = next((at for at in tall if abs(first.left - at - width) <= UNEVEN * width), None)
        if begin is None or not _is_filled(sheet, begin, first.left, first.header.bottom):
            break
        columns.insert(0, _inferred((first.day - 1) % 7, begin, first.left, first))
    return columns


def _is_filled(sheet: Sheet, left: float, right: float, top: float) -> bool:
    inside = [item for item in sheet.items if left < item.x < right and item.y > top]
    return bool(inside) and not any(time_label(item.text) for item in inside)


def _inferred(day: int, left: float, right: float, beside: DayColumn) -> DayColumn:
    header = Item("", left, beside.header.top, right, beside.header.bottom, MISSING)
    return DayColumn(day, left, right, MISSING, header, is_inferred=True)


def _cut(lines: Sequence[float], start: float, end: float) -> float:
    between = [at for at in lines if start <= at <= end]
    middle = (start + end) / 2
    return min(between, key=lambda at: abs(at - middle)) if between else middle


def _nearest(lines: Sequence[float], below: float, lowest: float) -> float | None:
    """The last line before `below`, if it is not before `lowest`."""
    return max((at for at in lines if lowest <= at <= below), default=None)


Mark = tuple[Item, TimeLabel]


def time_axis(sheet: Sheet, days: Sequence[DayColumn], level: Sequence[Line]) -> TimeAxis | None:
    """The labels of time beside the days, or None."""
    below = min(day.header.top for day in days)
    marks = [
        (item, label)
        for item in sheet.items
        if item.y > below
        and not any(day.holds(item.x) for day in days)
        and (label := time_label(item.text)) is not None
    ]
    best: list[Mark] = []
    for seed, _ in marks:
        column = sorted((one for one in marks if _above(seed, one[0])), key=lambda one: one[0].y)
        rising = _rising(_unwrapped(_paired(column)))
        if len(rising) > len(best):
            best = rising
    bare = all(label.is_bare for _, label in best)
    if len(best) < (FEWEST_BARE if bare else FEWEST_TIMES):
        return None
    if bare and not all(FIRST_BARE <= label.start <= LAST_BARE for _, label in best):
        return None
    bands, is_drawn = _bands(best, days, level)
    confidence = min(item.confidence * label.confidence for item, label in best)
    return TimeAxis(tuple(bands), is_drawn, tuple(item for item, _ in best), confidence)


def _above(one: Item, other: Item) -> bool:
    shared = min(one.right, other.right) - max(one.left, other.left)
    return shared >= 0.3 * min(one.right - one.left, other.right - other.left)


def _paired(column: Sequence[Mark]) -> list[Mark]:
    """Start and end that stand in two lines of one cell become one label."""
    if len(column) < 4 or any(label.end is not None for _, label in column):
        return list(column)
    near = [after[0].top - before[0].bottom for before, after in pairwise(column)]
    inner, outer = near[::2], near[1::2]
    if len(column) % 2 or not outer or max(inner) >= 0.7 * min(outer):
        return list(column)
    paired: list[Mark] = []
    for (first, start), (second, end) in zip(column[::2], column[1::2], strict=True):
        whole = Item(
            f"{first.text}-{second.text}", min(first.left, second.left), first.top, max(first.right, second.right),
            second.bottom, min(first.confidence, second.confidence),
        )  # fmt: skip
        over_noon = end.start <= start.start and not end.has_half
        until = end.start + NOON if over_noon else end.start
        if until <= start.start:
            return list(column)
        paired.append((whole, TimeLabel(start.start, until, min(start.confidence, end.confidence))))
    return paired


def _unwrapped(column: Sequence[Mark]) -> list[Mark]:
    """After twelve the clock may begin at one again."""
    shift, last, result = 0, -1, list[Mark]()
    for item, label in column:
        start = label.start + shift
        if start < last and not label.has_half and start + NOON < MINUTES_IN_DAY and start + NOON > last:
            shift += NOON
            start += NOON
        end = None if label.end is None else label.end + shift
        last = max(last, start)
        result.append((item, TimeLabel(start, end, label.confidence, label.is_bare, label.has_half)))
    return result


def _rising(column: Sequence[Mark]) -> list[Mark]:
    """The longest run of labels whose times rise down the page."""
    tails: list[int] = []
    chains: list[list[Mark]] = []
    for mark in column:
        place = bisect_left(tails, mark[1].start)
        chain = [*(chains[place - 1] if place else []), mark]
        tails[place : place + 1], chains[place : place + 1] = [mark[1].start], [chain]
    return chains[-1] if chains else []


def _bands(marks: Sequence[Mark], days: Sequence[DayColumn], level: Sequence[Line]) -> tuple[list[Band], bool]:
    left = min([item.left for item, _ in marks] + [days[0].left])
    right = max([item.right for item, _ in marks] + [days[-1].right])
    beside = [item for item, _ in marks]
    axis_left, axis_right = min(item.left for item in beside), max(item.right for item in beside)
    own = [line.at for line in level if line.drawn(axis_left, axis_right) >= 0.6]
    long = [line.at for line in level if line.drawn(left, right) >= LONG_LINE]
    for lines in (own, long):
        found = _drawn_bands(marks, lines)
        if found:
            return found, True
    # Fields hide the lines behind them, but begin and end where those were.
    width = days[0].right - days[0].left
    any_line = [line.at for line in level if max(stop - start for start, stop in line.spans) >= LONG_LINE * width]
    found = _on_scale(marks, any_line)
    return (found, True) if found else (_halfway_bands(marks), False)


def _drawn_bands(marks: Sequence[Mark], lines: Sequence[float]) -> list[Band] | None:
    """Bands between lines: labels stand between two of them, or on them as on a scale."""
    on_scale = _on_scale(marks, lines)
    if on_scale:
        return on_scale
    tops: list[float] = []
    bottoms: list[float] = []
    for item, _ in marks:
        above = max((at for at in lines if at <= item.top + 0.3 * item.height), default=None)
        below = min((at for at in lines if at >= item.bottom - 0.3 * item.height), default=None)
        if above is None or below is None:
            return None
        tops.append(above)
        bottoms.append(below)
    if any(after <= before for before, after in pairwise(tops)):
        return None
    return _with_ends(tops, bottoms, [label for _, label in marks])


def _on_scale(marks: Sequence[Mark], lines: Sequence[float]) -> list[Band] | None:
    """Bands from label to label, when most labels stand on a line."""
    places: list[float] = []
    hits = 0
    for item, _ in marks:
        near = [at for at in lines if abs(at - item.y) < 0.35 * item.height]
        hits += bool(near)
        places.append(min(near, key=lambda at: abs(at - item.y)) if near else item.y)
    if hits < 0.6 * len(marks) or any(label.end is not None for _, label in marks):
        return None
    labels = [label for _, label in marks]
    if any(after <= before for before, after in pairwise(places)):
        return None
    bottoms = [*places[1:], places[-1] + (places[-1] - places[-2])]
    return _with_ends(places, bottoms, labels)


def _with_ends(tops: Sequence[float], bottoms: Sequence[float], labels: Sequence[TimeLabel]) -> list[Band]:
    """A label without an end lasts until the next; the last one as long as the one before it."""
    bands: list[Band] = []
    for place, (top, bottom, label) in enumerate(zip(tops, bottoms, labels, strict=True)):
        end, lower = label.end, bottom
        if end is None and place + 1 < len(labels):
            end, lower = labels[place + 1].start, tops[place + 1]
        elif end is None:
            before = bands[-1]
            end = label.start + before.end - before.start
            lower = max(bottom, top + 0.9 * (before.bottom - before.top))
        bands.append(Band(top, lower, label.start, min(end, MINUTES_IN_DAY - 1)))
    return bands


def _halfway_bands(marks: Sequence[Mark]) -> list[Band]:
    middles = [item.y for item, _ in marks]
    cuts = [(before + after) / 2 for before, after in pairwise(middles)]
    tops = [2 * middles[0] - cuts[0], *cuts]
    bottoms = [*cuts, 2 * middles[-1] - cuts[-1]]
    return _with_ends(tops, bottoms, [label for _, label in marks])
