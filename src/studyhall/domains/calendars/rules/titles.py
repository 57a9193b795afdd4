"""What the title of a calendar entry says: code, name, kind of class, and which part of it is only a counter.

Exported timetables write the same class as "OS - Operating Systems (Lec) 3", "Web 18(Lec)" or "DEA 1 - 9". Some of
that can only be told from the whole file: a number is a counter when it counts up over several entries, and "TM" at
the end is an audience when other titles list it as one ("CS/TM"). So titles are read together.
"""

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

LONGEST_TITLE = 255
UNTITLED = "Untitled"
# A trailing number counts when it takes at least this many values ...
FEWEST_COUNTER_VALUES = 3
# ... and none of them stands for a class of its own, which would come back week after week.
MOST_DATES_PER_COUNT = 3

_TYPES = {
    "lecture": r"lec|lect|lecture|lectures|vorlesung|vl",
    "lab": r"lab|labs|laboratory|practical|practicals|prac|praktikum",
    "tutorial": r"tut|tuts|tute|tutes|tutorial|tutorials|exercise|exercises|recitation|übung|uebung",
    "seminar": r"seminar|seminars|colloquium",
}
_ANY_TYPE = "|".join(_TYPES.values())
_IN_BRACKETS = re.compile(rf"(?:(?<=\s)\d{{1,3}}\s*)?[(\[]\s*({_ANY_TYPE})\s*[)\]]\s*(?:#?\d{{1,3}}\b)?", re.IGNORECASE)
_AT_END = re.compile(rf"(?:^|\s|[-–:]\s*)({_ANY_TYPE})\s*(?:[-–#]?\s*\d{{1,3}})?\s*$", re.IGNORECASE)
_AT_START = re.compile(rf"^({_ANY_TYPE})\s*\d{{0,3}}\s*[-–:]\s+", re.IGNORECASE)
_COUNTER = re.compile(
    r"^(?P<base>.*?\S)(?:\s*[-–]\s+|\s+|\s*#\s*)(?P<count>\d{1,3})"
    r"(?P<tail>\s+(?:mr|mrs|ms|miss|dr|prof)\b\.?.*)?$",
    re.IGNORECASE,
)
_TIME_HINT = re.compile(
    r"\(\s*\d{1,2}(?:[.:]\d{2})?\s*(?:[-–]|to)\s*\d{1,2}(?:[.:]\d{2})?\s*(?:[ap]m)?\s*\)", re.IGNORECASE
)
_AUDIENCE = re.compile(r"\(?\b[A-Z]{2,5}(?:/[A-Z]{2,5})+\b\)?")
_CODE_DASH = re.compile(
    r"^(?P<code>[^\W\d_][\w&/.+#]{0,11}(?:[ -]?\d{1,5}[A-Za-z]?)?)\s*(?:[-–]\s+|:\s+|\s[-–])(?P<name>.*\S)"
)
_CODE_FIRST = re.compile(r"^(?P<code>[A-Z]{2,6}[ -]?\d{3,5}[A-Z]?)\b[\s:–-]+(?P<name>.*\S)")
_CODE_LAST = re.compile(r"^(?P<name>.*\S)\s*[(\[](?P<code>[A-Z]{2,6}[ -]?\d{3,5}[A-Z]?)[)\]]$")
_MODULE_CODE = re.compile(r"^[^\W\d_]{2,6}[ -]?\d{3,5}[^\W\d_]?$")
_EXAM = re.compile(r"\b(exams?|examinations?|mid-?terms?|midterm test|klausur|viva)\b", re.IGNORECASE)
_HOLIDAY = re.compile(
    r"\b(holidays?|poya ?day|poya|vacations?|recess|study leave|reading week|semester break|term break|spring break|"
    r"no (?:class|classes|lectures?)|feiertag|ferien)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Title:
    """One title, read.

    Attributes:
        full: the cleaned title as it stands.
        base: without class type and counter; what the class is called.
        key: the same for every date of one class, whatever its counter.
        is_explicit: whether the title itself names the class type.
        is_counted: whether a counter was taken off.
    """

    full: str
    base: str
    key: str
    code: str | None
    name: str
    class_type: str
    kind: str
    is_explicit: bool
    is_counted: bool


def clean(text: str) -> str:
    """One line without control characters and doubled spaces, at most `LONGEST_TITLE` characters."""
    plain = unicodedata.normalize("NFC", text).replace("\\n", " ").replace("\\N", " ")
    visible = "".join(" " if unicodedata.category(letter)[0] in "CZ" else letter for letter in plain)
    line = " ".join(visible.split())
    return line if len(line) <= LONGEST_TITLE else line[: LONGEST_TITLE - 1].rstrip() + "…"


def normalise(text: str) -> str:
    """Letters, digits, + and # in one case; everything else is a gap. "C" and "C#" stay apart."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return " ".join("".join(letter if letter.isalnum() or letter in "+#" else " " for letter in folded).split())


def compact(code: str) -> str:
    """A code without gaps: "CS-201", "cs 201" and "CS201" are one."""
    return normalise(code).replace(" ", "")


def read_titles(raw: Sequence[str]) -> dict[str, Title]:
    """Every distinct raw title read, given one entry of `raw` per date."""
    cleaned = {text: clean(text) or UNTITLED for text in set(raw)}
    audience = _audience_words(cleaned.values())
    partly = {text: _take_type(full) for text, full in cleaned.items()}
    counted = _counted_bases(partly[text] for text in raw)
    return {text: _read(cleaned[text], part, counted, audience) for text, part in partly.items()}


@dataclass(frozen=True, slots=True)
class _Part:
    rest: str
    class_type: str | None


def _type_of(word: str) -> str:
    return next(name for name, words in _TYPES.items() if re.fullmatch(words, word, re.IGNORECASE))


def _take_type(full: str) -> _Part:
    """Split off the class type, and a number that stands right beside a bracketed one."""
    for pattern in (_IN_BRACKETS, _AT_END, _AT_START):
        found = pattern.search(full)
        if found is None:
            continue
        rest = f"{full[: found.start()]} {full[found.end() :]}".strip(" -–:")
        return _Part(" ".join(rest.split()) or full, _type_of(found.group(1)))
    return _Part(full, None)


def _counted_bases(parts: Iterable[_Part]) -> set[tuple[str, str | None]]:
    """Bases whose trailing number is a counter, judged over all dates."""
    values: dict[tuple[str, str | None], Counter[str]] = defaultdict(Counter)
    for part in parts:
        found = _COUNTER.match(part.rest)
        if found:
            values[(normalise(found["base"]), part.class_type)][found["count"]] += 1
    return {
        base
        for base, counts in values.items()
        if len(counts) >= FEWEST_COUNTER_VALUES and counts.total() <= MOST_DATES_PER_COUNT * len(counts)
    }


def _audience_words(titles: Iterable[str]) -> frozenset[str]:
    return frozenset(
        word for title in titles for group in _AUDIENCE.findall(title) for word in group.strip("()").split("/")
    )


def _read(full: str, part: _Part, counted: set[tuple[str, str | None]], audience: frozenset[str]) -> Title:
    rest, is_counted = part.rest, False
    found = _COUNTER.match(rest)
    if found and (normalise(found["base"]), part.class_type) in counted:
        rest, is_counted = found["base"].rstrip(" -–#"), True
    code, name = _split_code(rest)
    named = _plain_name(name, audience)
    kind = "exam" if _EXAM.search(full) else "class"
    if kind == "class" and part.class_type is None and _HOLIDAY.search(full):
        kind = "holiday"
    title = Title(
        full, rest, "", code, named, part.class_type or "lecture", kind, part.class_type is not None, is_counted
    )
    return replace(title, key=_key(title))


def _split_code(text: str) -> tuple[str | None, str]:
    bare = _TIME_HINT.sub(" ", text).strip()
    for pattern in (_CODE_FIRST, _CODE_DASH, _CODE_LAST):
        found = pattern.match(bare)
        if found and normalise(found["name"]):
            return " ".join(found["code"].split()), found["name"].strip(" -–:")
    return None, bare or text


def _plain_name(name: str, audience: frozenset[str]) -> str:
    """The name without the audience it lists, and without the word exam."""
    plain = _EXAM.sub(" ", _AUDIENCE.sub(" ", name))
    words = plain.split()
    while len(words) > 1 and words[-1].strip("()") in audience:
        words.pop()
    return " ".join(words).strip(" -–:/(") or name


def _key(title: Title) -> str:
    """A module code alone names the class; a short mark such as "C" does so only with the rest of the title."""
    is_module = title.code is not None and _MODULE_CODE.match(title.code)
    subject = compact(title.code) if is_module and title.code else normalise(title.base) or title.full
    return f"{subject}|{title.class_type}|{title.kind}"
