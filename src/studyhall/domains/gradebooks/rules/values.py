"""Numbers and dates as people and programs write them. What can be read in two ways is refused, never guessed."""

import re
from collections.abc import Iterable
from datetime import date
from decimal import Decimal

POINT, COMMA = ".", ","
NO_GRADE = frozenset({"", "-", "–", "—", "n/a", "na", "ex", "excused", "none", "null"})

_PLAIN = re.compile(r"-?[0-9]{1,12}(\.[0-9]{1,12})?")
_SHOWS_COMMA = re.compile(r"[0-9]+,([0-9]{1,2}|[0-9]{4,})")
_SHOWS_POINT = re.compile(r"[0-9]+\.([0-9]{1,2}|[0-9]{4,})")
_ISO = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})(?:[ T].*)?")
_DOTTED = re.compile(r"([0-9]{1,2})\.([0-9]{1,2})\.([0-9]{4})")
_SLASHED = re.compile(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})")


class Unclear(ValueError):
    """A cell that says nothing or too much; the message says which."""


def decimal_mark(cells: Iterable[str], separator: str) -> str:
    """The file's decimal mark: what its numbers show, else a comma where cells are separated otherwise."""
    comma = point = 0
    for cell in cells:
        text = cell.rstrip("% ")
        comma += bool(_SHOWS_COMMA.fullmatch(text))
        point += bool(_SHOWS_POINT.fullmatch(text))
    if comma != point:
        return COMMA if comma > point else POINT
    return POINT if separator == "," else COMMA


def number(cell: str, mark: str) -> Decimal:
    """A number, perhaps with a percent sign and a thousands separator. Raises Unclear."""
    text = cell.rstrip("% ").replace(" ", "").replace("\N{NO-BREAK SPACE}", "").replace("\N{NARROW NO-BREAK SPACE}", "")
    if COMMA in text and POINT in text:
        # The last of the two is the decimal mark, whatever the rest of the file does.
        mark = COMMA if text.rfind(COMMA) > text.rfind(POINT) else POINT
    elif mark == COMMA and _SHOWS_POINT.fullmatch(text):
        mark = POINT
    elif mark == POINT and _SHOWS_COMMA.fullmatch(text):
        mark = COMMA
    thousands = POINT if mark == COMMA else COMMA
    text = text.replace(thousands, "").replace(mark, ".")
    if not _PLAIN.fullmatch(text):
        raise Unclear(f"'{cell[:40]}' is not a number.")
    return Decimal(text)


def month_first(cells: Iterable[str]) -> bool | None:
    """Whether dates with slashes have the month first: shown by a date that can only be read one way; None if none does
    or if they contradict each other."""
    shown = set()
    for cell in cells:
        found = _SLASHED.fullmatch(cell)
        if found is None:
            continue
        first, second = int(found[1]), int(found[2])
        if first > 12 or second > 12:
            shown.add(second > 12)
    return shown.pop() if len(shown) == 1 else None


def day(cell: str, is_month_first: bool | None) -> date:
    """A date: 2024-10-15, 15.10.2024, or with slashes where the file shows their order. Raises Unclear."""
    if found := _ISO.fullmatch(cell):
        parts = (int(found[1]), int(found[2]), int(found[3]))
    elif found := _DOTTED.fullmatch(cell):
        parts = (int(found[3]), int(found[2]), int(found[1]))
    elif found := _SLASHED.fullmatch(cell):
        first, second, year = int(found[1]), int(found[2]), int(found[3])
        if first != second and max(first, second) <= 12 and is_month_first is None:
            raise Unclear(f"'{cell}' can be read as two dates. Write it as YYYY-MM-DD.")
        month_leads = second > 12 or (first <= 12 and bool(is_month_first))
        parts = (year, first, second) if month_leads else (year, second, first)
    else:
        raise Unclear(f"'{cell[:40]}' is not a date. Write it as YYYY-MM-DD.")
    try:
        return date(*parts)
    except ValueError as error:
        raise Unclear(f"The date '{cell}' does not exist.") from error
