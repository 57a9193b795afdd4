"""What a stored report holds, to JSON and back."""

from dataclasses import dataclass
from typing import Any

from pydantic import TypeAdapter

from studyhall.domains.reports.rules.figures import Figures
from studyhall.domains.reports.rules.remarks import Remark


@dataclass(frozen=True, slots=True)
class Content:
    """A week's figures, and what is worth saying of them."""

    figures: Figures
    highlights: tuple[Remark, ...]
    advice: tuple[Remark, ...]


_CONTENT = TypeAdapter(Content)


def dumped(content: Content) -> dict[str, Any]:
    """As JSONB keeps it; decimals are texts there, so they come back exactly."""
    kept: dict[str, Any] = _CONTENT.dump_python(content, mode="json")
    return kept


def loaded(kept: dict[str, Any]) -> Content:
    return _CONTENT.validate_python(kept)
