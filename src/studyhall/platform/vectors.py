"""Embeddings in PostgreSQL: pgvector's `halfvec` (16 bits a number) as a column type, and as parameters of SQL."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy.dialects.postgresql.base import ischema_names
from sqlalchemy.types import UserDefinedType


class HalfVector(UserDefinedType[str]):
    """A vector of 16-bit floats. Values go in and out as pgvector's text, `[0.1,0.2]`."""

    cache_ok = True

    def __init__(self, dimensions: int | None = None) -> None:
        self.dimensions = dimensions

    def get_col_spec(self, **_: Any) -> str:
        return "halfvec" if self.dimensions is None else f"halfvec({self.dimensions})"


# So that a reflected schema, as the drift test makes one, knows the type.
ischema_names.setdefault("halfvec", HalfVector)


def vector_text(values: Iterable[float]) -> str:
    """A vector as a parameter for `$1::text::halfvec`."""
    return "[" + ",".join(f"{value:.6g}" for value in values) + "]"
