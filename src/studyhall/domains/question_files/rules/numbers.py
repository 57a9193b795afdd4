"""Accepted numbers as question files write them."""

from dataclasses import dataclass
from decimal import Decimal

from studyhall.domains.questions.public import AcceptedNumber, Choices, number_of

WHOLE = Decimal(100)


@dataclass(frozen=True, slots=True)
class Range:
    """A number with a tolerance, an interval, or (all None) any number."""

    value: Decimal | None = None
    tolerance: Decimal = Decimal(0)
    low: Decimal | None = None
    high: Decimal | None = None


def number_range(written: str) -> Range | None:
    """`3.14`, `3.14:0.01`, `3.141..3.142`, `*`; None for anything else."""
    text = written.strip()
    if text == "*":
        return Range()
    if ".." in text:
        low, high = (number_of(part) for part in text.split("..", 1))
        return None if low is None or high is None else Range(low=low, high=high)
    value, _, off = text.partition(":")
    number, tolerance = number_of(value), number_of(off) if off.strip() else Decimal(0)
    return None if number is None or tolerance is None else Range(number, abs(tolerance))


def percents(body: Choices) -> list[Decimal]:
    """Credits of several right choices as other systems want them: the positive ones add up to 100 percent."""
    positive = sum((one.credit for one in body.choices if one.credit > 0), Decimal(0))
    scale = Decimal(1) if abs(positive - WHOLE) < 1 else WHOLE / positive
    scaled = [max(-WHOLE, one.credit * scale) for one in body.choices]
    return [Decimal(int(one)) if one == int(one) else one.quantize(Decimal("0.0000001")) for one in scaled]


def centred(number: AcceptedNumber) -> tuple[Decimal, Decimal] | None:
    """A value and how far off may be; None for any number. Halving and percents stay exact in decimals."""
    if number.value is not None:
        off = number.tolerance * abs(number.value) / 100 if number.percent else number.tolerance
        return number.value, off
    if number.low is not None and number.high is not None:
        return (number.low + number.high) / 2, (number.high - number.low) / 2
    return None
