"""Pages made by hand: words and lines as a reader would give them."""

import math
from collections.abc import Sequence

from studyhall.platform.clients.ocr import Page, Point, Segment, Word

WIDTH, HEIGHT = 1200.0, 800.0
LETTER = 10.0
LINE = 20.0


def word(text: str, left: float, top: float, confidence: float = 1.0) -> Word:
    right, bottom = left + LETTER * len(text), top + LINE
    return Word(text, ((left, top), (right, top), (right, bottom), (left, bottom)), confidence)


def box(left: float, top: float, right: float, bottom: float) -> list[Segment]:
    corners = [(left, top), (right, top), (right, bottom), (left, bottom)]
    return [Segment(corners[place], corners[(place + 1) % 4]) for place in range(4)]


def grid(
    days: Sequence[str],
    times: Sequence[str],
    classes: dict[tuple[int, int], Sequence[str]],
    *,
    rows_of: dict[tuple[int, int], int] | None = None,
    confidence: float = 1.0,
    ruled: bool = True,
) -> Page:
    """Days across, times down; `classes` by (day, row), each a list of lines, over `rows_of` rows or one."""
    side, head, column, row = 150.0, 50.0, 200.0, 90.0
    words = [word(day, side + 20 + number * column, 15) for number, day in enumerate(days)]
    words += [word(text, 10, head + 35 + number * row) for number, text in enumerate(times)]
    segments: list[Segment] = []
    taken: set[tuple[int, int]] = set()
    for (day, first), lines in classes.items():
        count = (rows_of or {}).get((day, first), 1)
        taken |= {(day, first + more) for more in range(count)}
        left, top = side + day * column, head + first * row
        segments += box(left, top, left + column, top + count * row)
        words += [word(line, left + 10, top + 8 + 24 * number, confidence) for number, line in enumerate(lines)]
    for number in range(len(times)):
        segments += box(0, head + number * row, side, head + (number + 1) * row)
        for day in range(len(days)):
            if (day, number) not in taken:
                left = side + day * column
                segments += box(left, head + number * row, left + column, head + (number + 1) * row)
    for day in range(len(days)):
        segments += box(side + day * column, 0, side + (day + 1) * column, head)
    return Page(WIDTH, HEIGHT, tuple(words), tuple(segments) if ruled else ())


def projected(page: Page, angle: float, lean: float = 0.0, turn: int = 0) -> Page:
    """The page photographed: turned by `angle` degrees, leaning back by `lean`, and by quarters."""
    cosine, sine = math.cos(math.radians(angle + 90 * turn)), math.sin(math.radians(angle + 90 * turn))

    def seen(point: Point) -> Point:
        x, y = (point[0] - WIDTH / 2) / WIDTH, (point[1] - HEIGHT / 2) / WIDTH
        x, y = x * cosine - y * sine, x * sine + y * cosine
        depth = 1 + lean * x + lean / 2 * y
        return (x / depth + 0.5) * WIDTH, (y / depth) * WIDTH + HEIGHT / 2

    words = tuple(
        Word(one.text, (seen(one.box[0]), seen(one.box[1]), seen(one.box[2]), seen(one.box[3])), one.confidence)
        for one in page.words
    )
    return Page(WIDTH, HEIGHT, words, tuple(Segment(seen(one.start), seen(one.end)) for one in page.segments))
