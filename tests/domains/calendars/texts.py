"""Calendar texts for the tests of this domain, and where the real ones are."""

from pathlib import Path

import pytest

REAL = Path(__file__).parents[4] / "shared" / "data" / "timetables"
REAL_FILES = sorted(REAL.glob("*.ics")) if REAL.is_dir() else []

needs_real_files = pytest.mark.skipif(not REAL_FILES, reason="the folder of real timetables is not beside the checkout")


def event(*lines: str, summary: str = "CS201 - Data Structures (Lec)", uid: str = "one@example.org") -> str:
    """One VEVENT; `lines` are its other properties."""
    return "\r\n".join(("BEGIN:VEVENT", f"UID:{uid}", f"SUMMARY:{summary}", *lines, "END:VEVENT"))


def timed(day: str, start: str, end: str, *, zone: str | None = "Europe/Berlin", **options: str) -> str:
    """One event of a day, e.g. `timed("20250310", "0900", "1100")`."""
    name = f";TZID={zone}" if zone else ""
    return event(f"DTSTART{name}:{day}T{start}00", f"DTEND{name}:{day}T{end}00", **options)


def calendar(*events: str, head: tuple[str, ...] = ()) -> str:
    """A whole calendar."""
    lines = ("BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//tests//EN", *head, *events, "END:VCALENDAR")
    return "\r\n".join(lines) + "\r\n"
