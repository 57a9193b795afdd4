"""Grade scales, as data. A scale turns a percentage into a grade and into the points that a GPA is made of."""

import re
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction


@dataclass(frozen=True, slots=True)
class Band:
    """One grade: everything from `lowest` percent up to the next band."""

    grade: str
    lowest: Fraction
    points: Fraction


@dataclass(frozen=True, slots=True)
class Scale:
    """A way of grading.

    Attributes:
        bands: from the best to the worst; the last one begins at 0 percent.
        is_continuous: the points are the percentage itself, the bands only name it.
        pass_percentage: from where on a course is passed.
    """

    key: str
    name: str
    bands: tuple[Band, ...]
    pass_percentage: Fraction
    is_continuous: bool = False

    @property
    def best(self) -> Fraction:
        return Fraction(100) if self.is_continuous else self.bands[0].points

    @property
    def worst(self) -> Fraction:
        return Fraction(0) if self.is_continuous else self.bands[-1].points

    @property
    def higher_is_better(self) -> bool:
        return self.best > self.worst

    def band_of(self, percentage: Fraction) -> Band:
        """The grade of an average. Nothing is rounded up: 89.99 is not 90."""
        return next(band for band in self.bands if percentage >= band.lowest)

    def points_of(self, percentage: Fraction) -> Fraction:
        return percentage if self.is_continuous else self.band_of(percentage).points

    def named(self, grade: str) -> Band | None:
        """The band of a grade as people write it: `b+`, `1,7`, `2:1`; None when the scale has no such grade."""
        wanted = _plain(grade)
        return next((band for band in self.bands if _plain(band.grade) == wanted), None)

    def standing_of(self, grade: str) -> tuple[Fraction, Fraction] | None:
        """Percentage and points of an official grade; on a continuous scale also of a number. None if unknown."""
        band = self.named(grade)
        if band is not None:
            return band.lowest, band.lowest if self.is_continuous else band.points
        if self.is_continuous and re.fullmatch(r"[0-9]{1,3}([.,][0-9]{1,5})? ?%?", grade.strip()):
            number = Fraction(grade.strip().rstrip("% ").replace(",", "."))
            return (number, number) if number <= 100 else None
        return None

    def improvement(self, before: Fraction, after: Fraction) -> Fraction:
        """How much better `after` is, as a share of the whole scale; negative when it is worse."""
        return (after - before) / (self.best - self.worst)


def _plain(grade: str) -> str:
    text = grade.strip().casefold().replace(",", ".").replace("\N{MINUS SIGN}", "-").replace(" ", "")
    return str(Fraction(text)) if re.fullmatch(r"[0-9]{1,3}(\.[0-9]{1,5})?", text) else text


def _bands(text: str) -> tuple[Band, ...]:
    """Grade, lowest percentage and points of each band, e.g. `A 93 4.0; F 0 0.0`."""
    parts = (one.rsplit(maxsplit=2) for one in text.split(";"))
    return tuple(Band(grade.strip(), Fraction(lowest), Fraction(Decimal(points))) for grade, lowest, points in parts)


US_4 = Scale(
    "us_4",
    "4.0 scale, A to F with plus and minus",
    _bands(
        "A+ 97 4.0; A 93 4.0; A- 90 3.7; B+ 87 3.3; B 83 3.0; B- 80 2.7; C+ 77 2.3; C 73 2.0; C- 70 1.7; "
        "D+ 67 1.3; D 63 1.0; D- 60 0.7; F 0 0.0"
    ),
    Fraction(60),
)
GERMAN = Scale(
    "german",
    "German 1.0 to 5.0, lower is better",
    _bands(
        "1.0 95 1.0; 1.3 90 1.3; 1.7 85 1.7; 2.0 80 2.0; 2.3 75 2.3; 2.7 70 2.7; 3.0 65 3.0; 3.3 60 3.3; "
        "3.7 55 3.7; 4.0 50 4.0; 5.0 0 5.0"
    ),
    Fraction(50),
)
PERCENTAGE = Scale(
    "percentage",
    "Percent",
    _bands("A 90 90; B 80 80; C 70 70; D 60 60; E 50 50; F 0 0"),
    Fraction(50),
    is_continuous=True,
)
UK = Scale(
    "uk",
    "British honours classification by percent",
    _bands("First 70 70; 2:1 60 60; 2:2 50 50; Third 40 40; Fail 0 0"),
    Fraction(40),
    is_continuous=True,
)
# The letters of the ECTS guide; points for them are our own, one apart, because ECTS defines none.
ECTS = Scale(
    "ects",
    "ECTS A to F",
    _bands("A 90 5; B 80 4; C 70 3; D 60 2; E 50 1; FX 40 0; F 0 0"),
    Fraction(50),
)
FRENCH_20 = Scale(
    "french_20",
    "French 0 to 20, by whole marks",
    _bands("; ".join(f"{mark} {mark * 5} {mark}" for mark in range(20, -1, -1))),
    Fraction(50),
)

SCALES = {scale.key: scale for scale in (US_4, GERMAN, PERCENTAGE, UK, ECTS, FRENCH_20)}
