"""The base of everything that comes in and goes out."""

from datetime import time
from enum import StrEnum
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict


class Schema(BaseModel):
    """Unknown fields are refused, so that a misspelt one is not silently lost."""

    model_config = ConfigDict(extra="forbid", from_attributes=True, validate_default=False, populate_by_name=True)


class Choice(StrEnum):
    """An enumeration of the API: underscores are stored and sent, hyphens and other case are accepted."""

    @classmethod
    def _missing_(cls, value: object) -> "Choice | None":
        if isinstance(value, str):
            wanted = value.strip().lower().replace("-", "_")
            for member in cls:
                if member.value == wanted:
                    return member
        return None


def _without_zone(value: Any) -> Any:
    if isinstance(value, str) and value.count(":") == 1 and len(value) == 4:
        return f"0{value}"
    return value


ClockTime = Annotated[time, BeforeValidator(_without_zone)]
"""A time of day of the person's own: `HH:MM` or `HH:MM:SS` in, `HH:MM:SS` out."""
