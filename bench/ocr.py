"""How well photographed timetables are read: `python -m bench.ocr [--samples N] [--layout NAME]`.

Draws timetables of our own making, damages them as phones do, reads them with the embedded engine, and counts classes:
a class is right when day, start, end and title all are. Precision is the right ones among those read, recall those
among what is on the page; `marked` is how many of the wrong ones were marked for review. Writes bench/results/ocr.json.
"""

import argparse
import asyncio
import io
import random
import time
from collections import Counter
from pathlib import Path

import orjson
from PIL import ImageFont

from bench.timetables.damage import DAMAGES
from bench.timetables.drawing import LAYOUTS, fonts
from bench.timetables.samples import LANGUAGES, Sample, make
from studyhall.domains.scans.public import NoTimetable, ScannedClass, read_pages
from studyhall.platform.clients.ocr.reading import EmbeddedOcr

RESULTS = Path(__file__).parent / "results" / "ocr.json"
SIZES = (20, 24, 28)
Key = tuple[int, int, int, str]


def truth(sample: Sample) -> Counter[Key]:
    """Day (0 is Sunday), start and end in minutes, title as compared."""
    return Counter(
        (one.day + 1, sample.starts[one.first], sample.starts[one.first + one.rows], compared(one.title))
        for one in sample.lessons
    )


def compared(title: str) -> str:
    return "".join(letter for letter in title.casefold() if letter.isalnum())


def key_of(one: ScannedClass) -> Key:
    start, end = one.start.hour * 60 + one.start.minute, one.end.hour * 60 + one.end.minute
    return one.day_of_week, start, end, compared(one.title)


def render(layout: str, language: str, damage: str, seed: int) -> tuple[bytes, Sample]:
    """A picture as PNG, always the same for the same arguments on the same machine."""
    draw, merges = LAYOUTS[layout]
    rng = random.Random(f"{layout}{language}{damage}{seed}")
    sample = make(language, seed, merges=merges)
    font = ImageFont.truetype(str(rng.choice(fonts())), rng.choice(SIZES))
    image = DAMAGES[damage](draw(sample, font, rng), rng)
    packed = io.BytesIO()
    image.save(packed, "PNG")
    return packed.getvalue(), sample


async def measure(samples: int, layouts: list[str], damages: list[str], verbose: bool) -> dict[str, object]:
    ocr = EmbeddedOcr()
    cells: dict[str, Counter[str]] = {}
    seconds: list[float] = []
    for layout in layouts:
        for damage in damages:
            for number in range(samples):
                language = list(LANGUAGES)[(number + list(DAMAGES).index(damage)) % len(LANGUAGES)]
                picture, sample = render(layout, language, damage, number)
                began = time.perf_counter()
                found = await _read(ocr, picture)
                seconds.append(time.perf_counter() - began)
                expected = truth(sample)
                read = Counter(key_of(one) for one in found)
                right = (read & expected).total()
                wrong = [one for one in found if key_of(one) not in expected]
                figures = {
                    "pictures": 1,
                    "on_page": expected.total(),
                    "read": read.total(),
                    "right": right,
                    "wrong": len(wrong),
                    "wrong_marked": sum(not one.is_sure for one in wrong),
                    "right_marked": sum(not one.is_sure for one in found) - sum(not one.is_sure for one in wrong),
                }
                cells.setdefault(f"{layout}/{damage}", Counter()).update(figures)
                print(
                    f"{layout:20} {damage:12} {language} {number} {right}/{expected.total()} read {read.total()}",
                    f"{seconds[-1]:.1f}s",
                    flush=True,
                )
                if verbose:
                    _explain(expected, found)
    await ocr.close()
    return _report(cells, seconds, layouts, damages)


async def _read(ocr: EmbeddedOcr, picture: bytes) -> list[ScannedClass]:
    try:
        return read_pages(await ocr.read(picture))
    except NoTimetable as refusal:
        print(f"    {refusal}")
        return []


def _explain(expected: Counter[Key], found: list[ScannedClass]) -> None:
    read = {key_of(one) for one in found}
    for key in sorted(set(expected) - read):
        print("    missing", key)
    for one in found:
        if key_of(one) not in expected:
            print("    wrong  ", key_of(one), one.title, one.confidence, one.reasons)
        elif not one.is_sure:
            print("    unsure ", key_of(one), one.confidence, one.reasons)


def _report(
    cells: dict[str, Counter[str]], seconds: list[float], layouts: list[str], damages: list[str]
) -> dict[str, object]:
    def figures(counted: Counter[str]) -> dict[str, float]:
        return {
            "pictures": counted["pictures"],
            "classes": counted["on_page"],
            "precision": round(counted["right"] / max(counted["read"], 1), 4),
            "recall": round(counted["right"] / max(counted["on_page"], 1), 4),
            "wrong": counted["wrong"],
            "wrong_marked_for_review": counted["wrong_marked"],
            "right_marked_for_review": counted["right_marked"],
        }

    def together(part: str, place: int) -> Counter[str]:
        return sum((value for name, value in cells.items() if name.split("/")[place] == part), Counter())

    return {
        "all": figures(sum(cells.values(), Counter())),
        "by_layout": {name: figures(together(name, 0)) for name in layouts},
        "by_damage": {name: figures(together(name, 1)) for name in damages},
        "by_layout_and_damage": {name: figures(value) for name, value in cells.items()},
        "seconds_per_picture": {"mean": round(sum(seconds) / len(seconds), 2), "most": round(max(seconds), 2)},
        "fonts": [path.stem for path in fonts()],
        "languages": list(LANGUAGES),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--samples", type=int, default=4, help="pictures for each layout and damage")
    parser.add_argument("--layout", action="append", choices=list(LAYOUTS))
    parser.add_argument("--damage", action="append", choices=list(DAMAGES))
    parser.add_argument("--verbose", action="store_true")
    args = parser.parse_args()
    layouts, damages = args.layout or list(LAYOUTS), args.damage or list(DAMAGES)
    report = asyncio.run(measure(args.samples, layouts, damages, args.verbose))
    print(orjson.dumps(report["all"]).decode())
    if args.layout is None and args.damage is None:
        RESULTS.write_bytes(orjson.dumps(report, option=orjson.OPT_INDENT_2) + b"\n")


if __name__ == "__main__":
    main()
