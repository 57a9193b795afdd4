"""What days and times are called on timetables: English, German, Spanish, French, Portuguese, Italian."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches

MINUTES_IN_HOUR = 60
MINUTES_IN_DAY = 24 * MINUTES_IN_HOUR
NOON = 12 * MINUTES_IN_HOUR
# "11-1" may end after noon; a range as long as half a day is a misreading.
LONGEST_OVER_NOON = 6 * MINUTES_IN_HOUR
# What a reading is worth whose letters had to be corrected; less than what passes without review.
CORRECTED = 0.75

# Sunday is 0. A short name that means different days in different languages stands in both lines.
_NAMES = (
    "sunday sun su sonntag so domingo dom do dimanche dim di domenica",
    "monday mon mo montag lunes lun lu lundi segunda segundafeira seg lunedi",
    "tuesday tue tues tu dienstag di martes mar ma mardi terca tercafeira ter martedi",
    "wednesday wed weds we mittwoch mi miercoles mie mier mercredi mer me quarta quartafeira qua mercoledi",
    "thursday thu thur thurs th donnerstag do jueves jue juev ju jeudi jeu je quinta quintafeira qui giovedi gio gi",
    "friday fri fr freitag viernes vie vier vi vendredi ven ve sexta sextafeira sex venerdi",
    "saturday sat sa samstag sonnabend sabado sab samedi sam sabato",
)
_OPTIONS: dict[str, frozenset[int]] = {}
for _number, _line in enumerate(_NAMES):
    for _name in _line.split():
        _OPTIONS[_name] = _OPTIONS.get(_name, frozenset()) | {_number}
_FULL = tuple(name for name in _OPTIONS if len(name) >= 5)

_SEVEN = ("MTWTFSS", "LMXJVSD", "LMMJVSD", "LMMGVSD", "MDMDFSS")
_LETTERS = {names[:count]: tuple(range(1, count + 1)) for names in _SEVEN for count in (5, 6, 7)} | {
    "SMTWTFS": tuple(range(7))
}

_CLOCK = r"(\d{1,2})(?:\s?[:.hH]\s?(\d{2})|\s?h(?![a-z])|\s?uhr)?(?:\s?uhr)?\s?([ap]\.?\s?m\.?)?"
_DASH = r"\s*(?:-|to|bis|until|as|às|à|a|al|alle)\s*"
_RANGE = re.compile(rf"{_CLOCK}{_DASH}{_CLOCK}", re.IGNORECASE)
_SINGLE = re.compile(_CLOCK, re.IGNORECASE)
_COMPACT = re.compile(r"([01]\d|2[0-3])([0-5]\d)(?:\s*-\s*([01]\d|2[0-3])([0-5]\d))?")
_PERIOD = re.compile(
    r"^\d{1,2}\s*\.?\s*(?:stunde|std|hora|block|period|lesson|h)?\.?\s+(?=\d{1,2}\s?[:.h]\s?\d{2})", re.IGNORECASE
)
# In running text a range counts only when it cannot be anything else.
_RANGE_IN_TEXT = re.compile(
    r"(?<![\d.:])(\d{1,2})\s?(?:[:.h]\s?(\d{2})|h)?\s?([ap]\.?m\.?)?\s*(?:-|to|bis|à)\s*"
    r"(\d{1,2})\s?(?:[:.h]\s?(\d{2})|h)?\s?([ap]\.?m\.?)?(?:\s?uhr|\s?h)?(?![\d.:]\d|\d)",
    re.IGNORECASE,
)
_LOOKALIKES = str.maketrans({"O": "0", "o": "0", "Q": "0", "l": "1", "I": "1", "|": "1", "S": "5", "B": "8"})


@dataclass(frozen=True, slots=True)
class DayName:
    """The days that a word may mean, and how sure it is one."""

    options: frozenset[int]
    confidence: float


@dataclass(frozen=True, slots=True)
class TimeLabel:
    """A time, or a range, in minutes of the day.

    Attributes:
        end: None for a single time.
        is_bare: a number that is a time only because of where it stands.
        has_half: whether it says am or pm.
    """

    start: int
    end: int | None
    confidence: float = 1.0
    is_bare: bool = False
    has_half: bool = False


def plain(text: str) -> str:
    """Lower case without accents, in compatibility form."""
    split = unicodedata.normalize("NFKD", text).casefold()
    return "".join(letter for letter in split if not unicodedata.combining(letter))


def day_name(text: str) -> DayName | None:
    """A day's name, alone, in two languages, or with a date ("Mon 3 March")."""
    folded = plain(text).replace("-feira", "feira")
    folded = re.sub(r"\b([2-6])\s?[aª](?:\s?feira)?\b", lambda found: _NAMES[int(found[1]) - 1].split()[0], folded)
    words = re.findall(r"[a-z]+", folded)
    if not words:
        return None
    has_digits = any(letter.isdigit() for letter in folded)
    first = _one_day(words[0])
    others = [_one_day(word) for word in words[1:]]
    if first is None or (len(others) > 1 and not all(others)):
        return None
    options = first.options
    for other in others:
        if other is None:
            return first if has_digits and len(words) == 2 else None
        options &= other.options
    return DayName(options, first.confidence) if options else None


def _one_day(word: str) -> DayName | None:
    known = _OPTIONS.get(word)
    if known is not None:
        return DayName(known, 1.0)
    near = get_close_matches(word, _FULL, 1, 0.84) if len(word) >= 4 else []
    return DayName(_OPTIONS[near[0]], CORRECTED) if near else None


def days_in_order(names: Sequence[DayName | None]) -> list[int | None]:
    """One day for each name so that they follow one another through the week; None for a name that does not fit.

    The longest such choice, with the week begun on Monday, else on Sunday.
    """
    best: list[int | None] = []
    for first in (1, 0):
        chosen = _longest_rise(names, first)
        if sum(one is not None for one in chosen) > sum(one is not None for one in best) or not best:
            best = chosen
    return best


def _longest_rise(names: Sequence[DayName | None], first: int) -> list[int | None]:
    # ends[rank] is the best chain so far whose last day has that rank in the week.
    ends: dict[int, list[tuple[int, int]]] = {}
    for place, name in enumerate(names):
        found: dict[int, list[tuple[int, int]]] = {}
        for day in name.options if name else ():
            rank = (day - first) % 7
            before = max((chain for last, chain in ends.items() if last < rank), key=len, default=[])
            found[rank] = [*before, (place, day)]
        for rank, chain in found.items():
            if len(chain) > len(ends.get(rank, [])):
                ends[rank] = chain
    chosen: list[int | None] = [None] * len(names)
    # Of two choices as long, the one that ends earlier: "Do" after "Mi" is Donnerstag, not domenica.
    for place, day in max((ends[last] for last in sorted(ends)), key=len, default=[]):
        chosen[place] = day
    return chosen


def days_of_letters(letters: Sequence[str]) -> tuple[int, ...] | None:
    """The days of a header of single letters, such as M T W T F."""
    return _LETTERS.get("".join(letter.strip(". ").upper() for letter in letters))


def tidy(text: str) -> str:
    """With one kind of dash and colon."""
    even = unicodedata.normalize("NFKC", text)
    return re.sub(r"\s*[‐‑‒–—―−~～]\s*", "-", even).replace("∶", ":").strip(" -.,;|")


def time_label(text: str) -> TimeLabel | None:
    """A whole text that is a time or a range: 09:00, 9-11, 9.00–10.30, 9am, 13h15, 0900-1030."""
    even = tidy(text)
    found = _label(_PERIOD.sub("", even))
    if found is not None:
        return found
    if any(letter.isdigit() for letter in even) and len(even) <= 15:
        corrected = _label(even.translate(_LOOKALIKES))
        if corrected is not None and not corrected.is_bare:
            return TimeLabel(corrected.start, corrected.end, CORRECTED, has_half=corrected.has_half)
    return None


def _label(text: str) -> TimeLabel | None:
    compact = _COMPACT.fullmatch(text)
    if compact:
        start = _minutes(compact[1], compact[2], None)
        end = _minutes(compact[3], compact[4], None) if compact[3] else None
        return None if start is None else TimeLabel(start, end)
    span = _RANGE.fullmatch(text)
    if span:
        return _span(span)
    single = _SINGLE.fullmatch(text)
    if single:
        start = _minutes(single[1], single[2], single[3])
        return None if start is None else TimeLabel(start, None, 1.0, text.isdigit(), bool(single[3]))
    return None


def _span(found: re.Match[str]) -> TimeLabel | None:
    """A range; "10-1 pm" begins in the morning, "11-1" ends after noon."""
    half = found[6]
    start, end = _minutes(found[1], found[2], found[3] or half), _minutes(found[4], found[5], half)
    if start is not None and end is not None and end <= start:
        if half and not found[3]:
            start = _minutes(found[1], found[2], "am")
        elif not half and end + NOON - start <= LONGEST_OVER_NOON:
            end += NOON
    if start is None or end is None or end <= start:
        return None
    is_bare = not (found[2] or found[5] or found[3] or half)
    return TimeLabel(start, end, 1.0, is_bare, bool(half))


def _minutes(hours: str, minutes: str | None, half: str | None) -> int | None:
    hour, minute = int(hours), int(minutes or 0)
    if half:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if half[0] in "pP" else 0)
    return hour * MINUTES_IN_HOUR + minute if hour < 24 and minute < 60 else None


def range_in(text: str) -> tuple[TimeLabel, str] | None:
    """A range of times within a text, and the text without it."""
    even = re.sub(r"\s*[‐‑‒–—―−~]\s*", "-", unicodedata.normalize("NFKC", text))
    for found in _RANGE_IN_TEXT.finditer(even):
        if not (found[2] or found[5] or found[3] or found[6]):
            continue
        label = _span(found)
        if label is not None:
            rest = f"{even[: found.start()]} {even[found.end() :]}"
            return label, " ".join(rest.split()).strip(" ,;|()-")
    return None
