"""Fields of a table: its lines cut the sheet into small rectangles, and those with no line between them are one field.

So a class over several rows, over several columns, or beside another one in the same column is found as what it is.
"""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from studyhall.domains.scans.rules.sheet import Edge, Item

# How much of a side must be drawn to part two fields.
DRAWN_SHARE = 0.5
MOST_LINES = 160


@dataclass(frozen=True, slots=True)
class Line:
    """Edges at one place: the pieces of one line of the table.

    Attributes:
        spans: disjoint, in order.
    """

    at: float
    spans: tuple[tuple[float, float], ...]

    def drawn(self, start: float, end: float) -> float:
        """The share of that stretch that is drawn, 0 to 1."""
        covered = sum(max(0.0, min(end, stop) - max(start, begin)) for begin, stop in self.spans)
        return covered / (end - start) if end > start else 1.0

    @property
    def length(self) -> float:
        return sum(stop - begin for begin, stop in self.spans)


@dataclass(slots=True)
class Region:
    """A field: its rectangle, and the items whose middle lies in it.

    Attributes:
        is_clean: whether it is a rectangle; else a line of it was not found.
    """

    left: float
    top: float
    right: float
    bottom: float
    is_clean: bool = True
    items: list[Item] = field(default_factory=list)


def lines_of(edges: Iterable[Edge], tolerance: float) -> list[Line]:
    """Edges as lines; those nearer to one another than `tolerance` are one line."""
    groups: list[list[Edge]] = []
    for edge in sorted(edges, key=lambda one: one.at):
        if groups and edge.at - groups[-1][-1].at <= tolerance and edge.at - groups[-1][0].at <= 2 * tolerance:
            groups[-1].append(edge)
        else:
            groups.append([edge])
    return [_line(group, tolerance) for group in groups]


def _line(group: Sequence[Edge], tolerance: float) -> Line:
    weight = sum(edge.end - edge.start for edge in group)
    at = sum(edge.at * (edge.end - edge.start) for edge in group) / weight if weight else group[0].at
    spans: list[tuple[float, float]] = []
    for edge in sorted(group, key=lambda one: one.start):
        # A crossing line interrupts what the detector finds.
        if spans and edge.start - spans[-1][1] <= tolerance:
            spans[-1] = (spans[-1][0], max(spans[-1][1], edge.end))
        else:
            spans.append((edge.start, edge.end))
    return Line(at, tuple(spans))


def regions_of(items: Sequence[Item], level: Sequence[Line], upright: Sequence[Line]) -> list[Region]:
    """The fields that hold items."""
    rows = sorted(sorted(level, key=lambda line: -line.length)[:MOST_LINES], key=lambda line: line.at)
    columns = sorted(sorted(upright, key=lambda line: -line.length)[:MOST_LINES], key=lambda line: line.at)
    grid = _Grid(rows, columns, items)
    found: dict[int, Region] = {}
    for item in items:
        root = grid.root_at(item.x, item.y)
        if root not in found:
            found[root] = grid.region(root)
        found[root].items.append(item)
    return list(found.values())


class _Grid:
    """The small rectangles, joined (union-find) wherever no line parts them."""

    def __init__(self, rows: Sequence[Line], columns: Sequence[Line], items: Sequence[Item]) -> None:
        self._ys = [line.at for line in rows]
        self._xs = [line.at for line in columns]
        lows = [item.left for item in items], [item.top for item in items]
        highs = [item.right for item in items], [item.bottom for item in items]
        self._left, self._top = (min(values, default=0.0) for values in lows)
        self._right, self._bottom = (max(values, default=1.0) for values in highs)
        self._width = len(columns) + 1
        self._parents = list(range((len(rows) + 1) * self._width))
        self._join(rows, columns)
        self._members: dict[int, list[int]] = {}
        for cell in range(len(self._parents)):
            self._members.setdefault(self._root(cell), []).append(cell)

    def _join(self, rows: Sequence[Line], columns: Sequence[Line]) -> None:
        for down in range(len(rows) + 1):
            top, bottom = self._bounds(self._ys, down, self._top, self._bottom)
            for across in range(self._width):
                left, right = self._bounds(self._xs, across, self._left, self._right)
                cell = down * self._width + across
                if across < len(columns) and columns[across].drawn(top, bottom) < DRAWN_SHARE:
                    self._union(cell, cell + 1)
                if down < len(rows) and rows[down].drawn(left, right) < DRAWN_SHARE:
                    self._union(cell, cell + self._width)

    @staticmethod
    def _bounds(places: Sequence[float], number: int, first: float, last: float) -> tuple[float, float]:
        start = places[number - 1] if number else min(first, places[0] if places else first)
        end = places[number] if number < len(places) else max(last, places[-1] if places else last)
        return start, end

    def _root(self, cell: int) -> int:
        while self._parents[cell] != cell:
            self._parents[cell] = self._parents[self._parents[cell]]
            cell = self._parents[cell]
        return cell

    def _union(self, one: int, other: int) -> None:
        self._parents[self._root(one)] = self._root(other)

    def root_at(self, x: float, y: float) -> int:
        return self._root(bisect_right(self._ys, y) * self._width + bisect_right(self._xs, x))

    def region(self, root: int) -> Region:
        members = self._members[root]
        downs = [cell // self._width for cell in members]
        acrosses = [cell % self._width for cell in members]
        rectangle = (max(downs) - min(downs) + 1) * (max(acrosses) - min(acrosses) + 1)
        top, _ = self._bounds(self._ys, min(downs), self._top, self._bottom)
        _, bottom = self._bounds(self._ys, max(downs), self._top, self._bottom)
        left, _ = self._bounds(self._xs, min(acrosses), self._left, self._right)
        _, right = self._bounds(self._xs, max(acrosses), self._left, self._right)
        return Region(left, top, right, bottom, len(members) == rectangle)
