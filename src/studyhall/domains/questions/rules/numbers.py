"""Numbers as people write them, exactly."""

import re
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Any

from studyhall.domains.questions.rules.drafts import AcceptedNumber

LONGEST = 60
# Past this an exact fraction would need more digits than any question is worth.
LARGEST_EXPONENT = 400
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d{1,4})?", re.IGNORECASE | re.ASCII)
_SIGNS = str.maketrans({"\u2212": "-", "\u2013": "-", "\u00a0": "", "\u202f": "", "\u2009": "", " ": "", "'": ""})


def bounded(number: Decimal) -> bool:
    """Whether it is finite and of a size that can be computed with."""
    return number.is_finite() and abs(number.adjusted()) <= LARGEST_EXPONENT and len(number.as_tuple().digits) <= 100


def read(value: Any) -> Decimal | None:
    """The number that was written or sent; None for what is none.

    Spaces and apostrophes may group digits, one comma may stand for the decimal point, a minus may be typographic.
    """
    if isinstance(value, bool) or not isinstance(value, str | int | float | Decimal):
        return None
    if isinstance(value, int) and value.bit_length() > 4 * LARGEST_EXPONENT:
        return None
    written = value if isinstance(value, str) else str(value)
    if isinstance(value, str):
        if len(written) > LONGEST:
            return None
        written = written.strip().translate(_SIGNS)
        if written.count(",") == 1 and "." not in written:
            written = written.replace(",", ".")
    if not _NUMBER.fullmatch(written):
        return None
    try:
        number = Decimal(written)
    except InvalidOperation:
        return None
    return number if bounded(number) else None


def interval(accepted: AcceptedNumber) -> tuple[Fraction, Fraction] | None:
    """The closed interval of what is accepted; None where any number is."""
    if accepted.value is not None:
        value = Fraction(accepted.value)
        off = abs(Fraction(accepted.tolerance))
        off = off * abs(value) / 100 if accepted.percent else off
        return value - off, value + off
    if accepted.low is not None and accepted.high is not None:
        return Fraction(accepted.low), Fraction(accepted.high)
    return None


def fits(accepted: AcceptedNumber, number: Decimal) -> bool:
    """Whether the number is accepted, its bounds included."""
    bounds = interval(accepted)
    return bounds is None or bounds[0] <= Fraction(number) <= bounds[1]
