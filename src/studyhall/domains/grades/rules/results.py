"""What a result must satisfy, whichever way it comes in."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from studyhall.domains.grades.rules.averages import WHOLE

HIGHEST = Decimal("999999.99999")
MOST_PLACES, MOST_WEIGHT_PLACES = 5, 2
FIRST_DATE, LAST_DATE = date(1900, 1, 1), date(2199, 12, 31)
LONGEST = {"assessment_name": 255, "grade": 5, "semester": 100, "notes": 10_000}


def faults_of(values: Mapping[str, Any]) -> dict[str, str]:
    """Field -> why it cannot be; empty for a good result. Texts must be stripped already."""
    score, max_score, weight = values["score"], values["max_score"], values.get("weight")
    faults: dict[str, str] = {}
    for name, number in (("score", score), ("max_score", max_score)):
        if number > HIGHEST or _places(number) > MOST_PLACES:
            faults[name] = f"At most {HIGHEST}, with at most {MOST_PLACES} decimal places."
    if score < 0:
        faults["score"] = "The score must be at least 0."
    if max_score <= 0:
        faults["max_score"] = "The maximum must be more than 0."
    elif score > max_score and not faults:
        faults["score"] = f"The score {score.normalize():f} is over the maximum of {max_score.normalize():f}."
    if weight is not None and not 0 <= weight <= WHOLE:
        faults["weight"] = "The weight is a percentage from 0 to 100."
    elif weight is not None and _places(weight) > MOST_WEIGHT_PLACES:
        faults["weight"] = f"The weight may have {MOST_WEIGHT_PLACES} decimal places."
    for name, longest in LONGEST.items():
        if len(values.get(name) or "") > longest:
            faults[name] = f"At most {longest} characters."
    if not FIRST_DATE <= values["date"] <= LAST_DATE:
        faults["date"] = f"The date must lie between {FIRST_DATE} and {LAST_DATE}."
    return faults


def _places(number: Decimal) -> int:
    """Decimal places that are not zero."""
    exponent = number.normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def too_heavy(total: Decimal) -> str | None:
    """Why the weights of one taking cannot be, or None."""
    if total <= 100:
        return None
    return f"The weights of this course would come to {total.normalize():f} %; they cannot be more than 100 %."
