"""Four layouts, drawn with Pillow in the fonts of this machine."""

import random
from collections.abc import Callable
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from bench.timetables.samples import LANGUAGES, Sample, clock

FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts", "/Library/Fonts", "C:/Windows/Fonts")
UNFIT = ("oblique", "italic", "math", "mono", "extralight", "symbol", "emoji", "icon")
COLOURS = ("#cfe8ff", "#ffe3c9", "#d8f5d0", "#eadcff", "#ffd6dc", "#d0f3ef")
Font = ImageFont.FreeTypeFont


def fonts() -> list[Path]:
    """Upright text fonts of this machine that have accents."""
    found = sorted({path for folder in FOLDERS for path in Path(folder).rglob("*.[to]tf")}, key=lambda path: path.name)
    return [path for path in found if not any(word in path.name.lower() for word in UNFIT) and _has_accents(path)]


def _has_accents(path: Path) -> bool:
    try:
        font = ImageFont.truetype(str(path), 20)
        return len({bytes(font.getmask(letter)) for letter in "éßñÜa"}) == 5
    except (OSError, ValueError):
        return False


def _fitted(text: str, font: Font, width: float) -> list[str]:
    lines: list[str] = []
    for word in [part for whole in text.split() for part in _broken(whole, font, width)]:
        if lines and font.getlength(f"{lines[-1]} {word}") <= width:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines


def _broken(word: str, font: Font, width: float) -> list[str]:
    """A word that is too wide, with a hyphen."""
    if font.getlength(word) <= width:
        return [word]
    fits = next(count for count in range(len(word) - 3, 0, -1) if font.getlength(f"{word[:count]}-") <= width)
    return [f"{word[:fits]}-", word[fits:]]


def _write(
    draw: ImageDraw.ImageDraw, box: tuple[float, float, float, float], lines: list[str], font: Font, *, centred: bool
) -> None:
    height = font.size * 1.25
    top = box[1] + 6 if not centred else (box[1] + box[3] - height * len(lines)) / 2
    for number, line in enumerate(lines):
        left = (box[0] + box[2] - font.getlength(line)) / 2 if centred else box[0] + 8
        draw.text((left, top + number * height), line, font=font, fill="#151515")


def days_as_columns(sample: Sample, font: Font, rng: random.Random) -> Image.Image:
    """A ruled grid: days across, ranges of time down, one row for each."""
    known, size = LANGUAGES[sample.language], font.size
    row, column, side, head = size * 4.6, size * 10.5, size * 7.5, size * 2.4
    rows = len(sample.starts) - 1
    image = Image.new("RGB", (round(side + 5 * column + 60), round(head + rows * row + 60)), "white")
    draw = ImageDraw.Draw(image)
    style = rng.choice(("colon", "dot"))
    for day, name in enumerate(known.days):
        left = 30 + side + day * column
        draw.rectangle((left, 30, left + column, 30 + head), outline="black", width=2)
        _write(draw, (left, 30, left + column, 30 + head), [name], font, centred=True)
    for number in range(rows):
        top = 30 + head + number * row
        span = f"{clock(sample.starts[number], style)}-{clock(sample.starts[number + 1], style)}"
        for left, right in [(30, 30 + side)] + [
            (30 + side + day * column, 30 + side + (day + 1) * column) for day in range(5)
        ]:
            draw.rectangle((left, top, right, top + row), outline="black", width=2)
        _write(draw, (30, top, 30 + side, top + row), [span], font, centred=True)
    for lesson in sample.lessons:
        left, top = 30 + side + lesson.day * column, 30 + head + lesson.first * row
        text = [*_fitted(lesson.title, font, column - 16), lesson.room]
        _write(draw, (left, top, left + column, top + row), text, font, centred=True)
    return image


def days_as_rows(sample: Sample, font: Font, rng: random.Random) -> Image.Image:
    """A ruled grid: days down in short, ranges of time across."""
    known, size = LANGUAGES[sample.language], font.size
    row, column, side, head = size * 4.8, size * 9.5, size * 4.5, size * 2.4
    columns = len(sample.starts) - 1
    image = Image.new("RGB", (round(side + columns * column + 60), round(head + 5 * row + 60)), "white")
    draw = ImageDraw.Draw(image)
    style = rng.choice(("colon", "h"))
    for number in range(columns):
        left = 30 + side + number * column
        span = f"{clock(sample.starts[number], style)} - {clock(sample.starts[number + 1], style)}"
        draw.rectangle((left, 30, left + column, 30 + head), outline="#444444", width=1, fill="#eeeeee")
        _write(draw, (left, 30, left + column, 30 + head), [span], font, centred=True)
    for day, name in enumerate(known.short):
        top = 30 + head + day * row
        draw.rectangle((30, top, 30 + side, top + row), outline="#444444", width=1, fill="#eeeeee")
        _write(draw, (30, top, 30 + side, top + row), [name], font, centred=True)
        for number in range(columns):
            left = 30 + side + number * column
            draw.rectangle((left, top, left + column, top + row), outline="#444444", width=1)
    for lesson in sample.lessons:
        left, top = 30 + side + lesson.first * column, 30 + head + lesson.day * row
        text = [*_fitted(lesson.title, font, column - 16), lesson.room]
        _write(draw, (left, top, left + column, top + row), text, font, centred=False)
    return image


def as_list(sample: Sample, font: Font, rng: random.Random) -> Image.Image:
    """A list with a heading, without upright lines; the day stands once, at its first class."""
    known, size = LANGUAGES[sample.language], font.size
    widths, row = (size * 8, size * 9, size * 15, size * 8), size * 2.1
    lessons = sorted(sample.lessons, key=lambda one: (one.day, one.first))
    image = Image.new("RGB", (round(sum(widths) + 60), round((len(lessons) + 1) * row + 60)), "white")
    draw = ImageDraw.Draw(image)
    repeats = rng.random() < 0.5
    last = -1
    rows = [known.headings]
    for lesson in lessons:
        span = f"{clock(sample.starts[lesson.first])} – {clock(sample.starts[lesson.first + lesson.rows])}"
        rows.append((known.days[lesson.day] if repeats or lesson.day != last else "", span, lesson.title, lesson.room))
        last = lesson.day
    for number, cells in enumerate(rows):
        left, top = 30.0, 30 + number * row
        for width, text in zip(widths, cells, strict=True):
            draw.text((left + 8, top + row / 2 - size * 0.62), text, font=font, fill="#151515")
            left += width
        draw.line((30, top + row, left, top + row), fill="#888888", width=1)
    return image


def merged_and_coloured(sample: Sample, font: Font, rng: random.Random) -> Image.Image:
    """A calendar: coloured fields over a pale grid, hours at the lines, classes that last longer."""
    known, size = LANGUAGES[sample.language], font.size
    row, column, side, head = size * 4.6, size * 10.5, size * 5, size * 2.4
    rows = len(sample.starts) - 1
    image = Image.new("RGB", (round(side + 5 * column + 60), round(head + rows * row + 60 + size)), "white")
    draw = ImageDraw.Draw(image)
    for number in range(rows + 1):
        top = 30 + head + number * row
        draw.line((30 + side, top, 30 + side + 5 * column, top), fill="#c8c8c8", width=2)
        draw.text((34, top - size * 0.62), clock(sample.starts[number]), font=font, fill="#333333")
    for day in range(6):
        left = 30 + side + day * column
        draw.line((left, 30, left, 30 + head + rows * row), fill="#c8c8c8", width=2)
        if day < 5:
            _write(draw, (left, 30, left + column, 30 + head), [known.days[day]], font, centred=True)
    for lesson in sample.lessons:
        left, top = 30 + side + lesson.day * column, 30 + head + lesson.first * row
        box = (left + 3, top + 2, left + column - 3, top + lesson.rows * row - 2)
        draw.rounded_rectangle(box, 6, fill=rng.choice(COLOURS))
        _write(draw, box, [*_fitted(lesson.title, font, column - 22), lesson.room], font, centred=False)
    return image


LAYOUTS: dict[str, tuple[Callable[[Sample, Font, random.Random], Image.Image], bool]] = {
    "days_as_columns": (days_as_columns, False),
    "days_as_rows": (days_as_rows, False),
    "list": (as_list, True),
    "merged_and_coloured": (merged_and_coloured, True),
}
"""Name -> how it is drawn, and whether classes may last two rows."""
