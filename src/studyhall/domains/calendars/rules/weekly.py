"""Classes of which only the weekly pattern is known, and series as JSON."""

from collections.abc import Sequence
from datetime import time
from typing import Any, Protocol

from pydantic import TypeAdapter

from studyhall.domains.calendars.rules.series import Series, Weekly
from studyhall.domains.calendars.rules.titles import clean, read_titles

_SERIES: TypeAdapter[Series] = TypeAdapter(Series)


class WeeklyClass(Protocol):
    """What was read of a class: its title as it stands, and what the source says beside it."""

    @property
    def title(self) -> str: ...

    @property
    def day_of_week(self) -> int: ...

    @property
    def start(self) -> time: ...

    @property
    def end(self) -> time: ...

    @property
    def location(self) -> str | None: ...

    @property
    def instructor(self) -> str | None: ...

    @property
    def class_type(self) -> str | None: ...


def series_of_weekly(found: Sequence[WeeklyClass]) -> list[Series]:
    """Series without end, in the person's own zone; a type that the title itself names counts first."""
    cleaned = [clean(one.title) for one in found]
    titles = read_titles(cleaned)
    return [
        Series(
            title.key,
            title.base,
            title.code,
            title.name,
            title.class_type if title.is_explicit else one.class_type or title.class_type,
            title.kind,
            location=clean(one.location or "") or None,
            instructor=clean(one.instructor or "") or None,
            weekly=Weekly(one.day_of_week, one.start, one.end),
        )
        for one, title in zip(found, (titles[text] for text in cleaned), strict=True)
    ]


def dump_series(series: Series) -> dict[str, Any]:
    """As JSON, for uploads and for what an import said."""
    dumped: dict[str, Any] = _SERIES.dump_python(series, mode="json")
    return dumped


def load_series(dumped: Any) -> Series:
    """What `dump_series` wrote."""
    return _SERIES.validate_python(dumped)
