"""Laying a page flat: rotation and perspective are taken out before anything is read from places.

Lines that are parallel on paper meet in one point of the photograph. The two points, of the level and of the upright
lines, fix the projective map that makes both families parallel to the axes again (Hartley and Zisserman, Multiple
View Geometry, 2nd ed., 2.7). Both are fitted by weighted least squares, reweighted so that stray lines lose their say
(Cauchy weights).
"""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from statistics import median

from studyhall.platform.clients.ocr import Page, Point, Word

# Text narrower than this many of its heights tells no direction.
LEAST_ASPECT = 2.0
WIDEST_TILT = math.radians(18)
FIT_ROUNDS = 6
STRAY_ANGLE = math.radians(1.0)
# Weight of "no perspective" against the lines, as a share of their weight.
PRIOR = 2e-3
LEAST_UPRIGHT = 1.0
LEVEL_SLOPE = 0.04
# A gap between two words of one phrase, in letter heights.
PHRASE_GAP = 0.6
STROKE_MARGIN = 0.12

_Map = Callable[[Point], Point]


@dataclass(frozen=True, slots=True)
class Item:
    """A phrase on a sheet: an upright rectangle with text."""

    text: str
    left: float
    top: float
    right: float
    bottom: float
    confidence: float

    @property
    def x(self) -> float:
        return (self.left + self.right) / 2

    @property
    def y(self) -> float:
        return (self.top + self.bottom) / 2

    @property
    def height(self) -> float:
        return self.bottom - self.top

    def flipped(self) -> "Item":
        """With rows and columns exchanged."""
        return Item(self.text, self.top, self.left, self.bottom, self.right, self.confidence)


@dataclass(frozen=True, slots=True)
class Edge:
    """A line at one height (level) or one side (upright), from `start` to `end`."""

    at: float
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page laid flat.

    Attributes:
        text_height: the usual height of a line of text, the yardstick for every distance.
        is_flipped: whether rows and columns have been exchanged.
    """

    items: tuple[Item, ...]
    level: tuple[Edge, ...]
    upright: tuple[Edge, ...]
    text_height: float
    is_flipped: bool = False

    def flipped(self) -> "Sheet":
        """The same table with rows and columns exchanged."""
        items = tuple(item.flipped() for item in self.items)
        return Sheet(items, self.upright, self.level, self.text_height, not self.is_flipped)


def flat(page: Page, quarter_turns: int = 0) -> Sheet:
    """The page laid flat, first turned clockwise by that many quarters."""
    turn = _turned(page, quarter_turns)
    words = [(word, [turn(corner) for corner in word.box]) for word in page.words if word.text.strip()]
    lines = [(turn(one.start), turn(one.end)) for one in page.segments]
    tilt = _tilt([corners for _, corners in words])
    words = [(word, [_rotated(corner, -tilt) for corner in corners]) for word, corners in words]
    lines = [(_rotated(start, -tilt), _rotated(end, -tilt)) for start, end in lines]
    upright_map = _rectifier([corners for _, corners in words], lines)
    items = [_item(word, [upright_map(corner) for corner in corners]) for word, corners in words]
    moved = [(upright_map(start), upright_map(end)) for start, end in lines]
    text_height = median(item.height for item in items) if items else 0.01
    level = _edges(moved)
    upright = _edges([((y1, x1), (y2, x2)) for (x1, y1), (x2, y2) in moved])
    level = [edge for edge in level if not _is_stroke(edge, items)]
    upright = [edge for edge in upright if not _is_stroke(edge, [item.flipped() for item in items])]
    return Sheet(tuple(_phrases(items, upright)), tuple(level), tuple(upright), text_height)


def _turned(page: Page, quarter_turns: int) -> _Map:
    """Centred, in units of the longer side."""
    unit = max(page.width, page.height, 1.0)

    def turn(point: Point) -> Point:
        x, y = (point[0] - page.width / 2) / unit, (point[1] - page.height / 2) / unit
        for _ in range(quarter_turns % 4):
            x, y = -y, x
        return x, y

    return turn


def _rotated(point: Point, angle: float) -> Point:
    cosine, sine = math.cos(angle), math.sin(angle)
    return point[0] * cosine - point[1] * sine, point[0] * sine + point[1] * cosine


def _tilt(boxes: Iterable[Sequence[Point]]) -> float:
    """The direction of the text, in radians between minus and plus 45 degrees: the weighted median over the boxes."""
    angles: list[tuple[float, float]] = []
    for box in boxes:
        along, across = math.dist(box[0], box[1]), math.dist(box[1], box[2])
        start, end = (box[0], box[1]) if along >= across else (box[1], box[2])
        if max(along, across) >= LEAST_ASPECT * min(along, across):
            angle = math.atan2(end[1] - start[1], end[0] - start[0])
            quarter = math.pi / 2
            angles.append((angle - round(angle / quarter) * quarter, max(along, across)))
    half, passed = sum(weight for _, weight in angles) / 2, 0.0
    for angle, weight in sorted(angles):
        passed += weight
        if passed >= half:
            return angle
    return 0.0


def _rectifier(boxes: Sequence[Sequence[Point]], lines: Sequence[tuple[Point, Point]]) -> _Map:
    baselines = [
        (_middle(box[0], box[3]), _middle(box[1], box[2]))
        for box in boxes
        if math.dist(box[0], box[1]) >= 2 * LEAST_ASPECT * math.dist(box[1], box[2])
    ]
    level = [line for line in [*lines, *baselines] if _leans(line) <= WIDEST_TILT]
    standing = [((y1, x1), (y2, x2)) for (x1, y1), (x2, y2) in lines]
    upright = [line for line in standing if _leans(line) <= WIDEST_TILT]
    a, b = _meeting(level, 0.0)
    enough = sum(math.dist(*line) for line in upright) >= LEAST_UPRIGHT
    c, d = _meeting(upright, -a) if enough else (-a, 0.0)
    # The line through both meeting points, (1, a, b) and (c, 1, d), goes to infinity.
    scale = 1 - a * c
    p, q = (a * d - b) / scale, (b * c - d) / scale

    def straight(point: Point) -> Point:
        x, y = point
        w = max(1 + p * x + q * y, 0.2)
        return (x - c * y) / w, (y - a * x) / w

    return straight


def _middle(one: Point, other: Point) -> Point:
    return (one[0] + other[0]) / 2, (one[1] + other[1]) / 2


def _leans(line: tuple[Point, Point]) -> float:
    (x1, y1), (x2, y2) = line
    return math.atan2(abs(y2 - y1), abs(x2 - x1))


def _meeting(lines: Sequence[tuple[Point, Point]], expected: float) -> tuple[float, float]:
    """The point (1, a, b), homogeneous, nearest to all lines, weighed by length; (1, expected, 0) without lines.

    A line through (x, y) towards it runs in the direction (1 - bx, a - by).
    """
    a, b = expected, 0.0
    for _ in range(FIT_ROUNDS):
        saa = sab = sbb = sa = sb = weight = 0.0
        for line in lines:
            (x, y), length = _middle(*line), math.dist(*line)
            if length == 0:
                continue
            dx, dy = (line[1][0] - line[0][0]) / length, (line[1][1] - line[0][1]) / length
            ka, kb = dx, dy * x - dx * y
            off = (ka * a + kb * b - dy) / STRAY_ANGLE
            share = length / (1 + off * off)
            saa, sab, sbb = saa + share * ka * ka, sab + share * ka * kb, sbb + share * kb * kb
            sa, sb, weight = sa + share * ka * dy, sb + share * kb * dy, weight + share
        saa, sa, sbb = saa + PRIOR * weight, sa + PRIOR * weight * expected, sbb + PRIOR * weight
        determinant = saa * sbb - sab * sab
        if determinant <= 1e-12:
            return a, b
        a, b = (sa * sbb - sb * sab) / determinant, (saa * sb - sab * sa) / determinant
    return a, b


def _item(word: Word, corners: Sequence[Point]) -> Item:
    """Its upright rectangle: the middle of each side, so that a little skew does not make it taller."""
    xs, ys = sorted(x for x, _ in corners), sorted(y for _, y in corners)
    left, right = (xs[0] + xs[1]) / 2, (xs[2] + xs[3]) / 2
    top, bottom = (ys[0] + ys[1]) / 2, (ys[2] + ys[3]) / 2
    return Item(" ".join(word.text.split()), left, top, right, bottom, word.confidence)


def _edges(lines: Iterable[tuple[Point, Point]]) -> list[Edge]:
    return [
        Edge((y1 + y2) / 2, min(x1, x2), max(x1, x2))
        for (x1, y1), (x2, y2) in lines
        if abs(y2 - y1) <= LEVEL_SLOPE * abs(x2 - x1)
    ]


def _is_stroke(edge: Edge, items: Iterable[Item]) -> bool:
    """Whether it is part of a letter or an underline within a word rather than a line of the table."""
    length = edge.end - edge.start
    for item in items:
        margin = STROKE_MARGIN * item.height
        inside = min(edge.end, item.right) - max(edge.start, item.left)
        if item.top + margin < edge.at < item.bottom - margin and inside >= 0.8 * length:
            return True
    return False


def _phrases(items: Sequence[Item], upright: Sequence[Edge]) -> list[Item]:
    """Words that follow one another in a line, with no edge between, as one."""
    phrases: list[Item] = []
    for item in sorted(items, key=lambda one: one.left):
        before = next((one for one in reversed(phrases) if _follows(one, item, upright)), None)
        if before is None:
            phrases.append(item)
            continue
        phrases.remove(before)
        top, bottom = min(before.top, item.top), max(before.bottom, item.bottom)
        joined = f"{before.text} {item.text}"
        phrases.append(Item(joined, before.left, top, item.right, bottom, min(before.confidence, item.confidence)))
    return phrases


def _follows(before: Item, item: Item, upright: Sequence[Edge]) -> bool:
    height = min(before.height, item.height)
    gap = item.left - before.right
    if abs(before.y - item.y) > 0.4 * height or not -0.3 * height <= gap <= PHRASE_GAP * height:
        return False
    if max(before.height, item.height) > 1.8 * height:
        return False
    return not any(
        before.x < edge.at < item.x
        and before.right - height / 2 <= edge.at <= item.left + height / 2
        and edge.start <= item.y <= edge.end
        for edge in upright
    )
