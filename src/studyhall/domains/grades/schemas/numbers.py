"""Exact decimals that travel as JSON numbers, as the specification shows them."""

from decimal import Decimal
from typing import Annotated

from pydantic import Field, PlainSerializer, WithJsonSchema


def _as_json(value: Decimal) -> int | float:
    # At most 11 digits: the shortest form of the binary number is the decimal one again.
    return int(value) if value == value.to_integral_value() else float(value)


Number = Annotated[
    Decimal,
    PlainSerializer(_as_json, return_type=int | float, when_used="json"),
    WithJsonSchema({"type": "number"}),
]
"""Out: a number. In: a number or its text; no infinity, no NaN."""

Score = Annotated[Number, Field(ge=0, max_digits=11, decimal_places=5)]
MaxScore = Annotated[Number, Field(gt=0, max_digits=11, decimal_places=5)]
Weight = Annotated[Number, Field(ge=0, le=100, max_digits=5, decimal_places=2)]
Credits = Annotated[Number, Field(ge=0, le=100, max_digits=5, decimal_places=2)]
Percentage = Annotated[Number, Field(ge=0, le=100, max_digits=8, decimal_places=5)]
