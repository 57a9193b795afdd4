"""The door of calendars for other domains. All of it is pure."""

from studyhall.domains.calendars.rules.calendar_file import (
    MOST_BYTES,
    MOST_EVENTS,
    DayNote,
    TimetableFile,
    UnreadableTimetable,
    decode,
    looks_like_calendar,
    read_calendar,
)
from studyhall.domains.calendars.rules.series import (
    Label,
    Meeting,
    Occurrence,
    OwnDate,
    Series,
    Weekly,
    expand,
    group,
    moved,
)
from studyhall.domains.calendars.rules.table import read_table
from studyhall.domains.calendars.rules.times import DAY_NAMES, day_of_week, instant
from studyhall.domains.calendars.rules.titles import clean, compact, normalise, read_titles

__all__ = [
    "DAY_NAMES",
    "MOST_BYTES",
    "MOST_EVENTS",
    "DayNote",
    "Label",
    "Meeting",
    "Occurrence",
    "OwnDate",
    "Series",
    "TimetableFile",
    "UnreadableTimetable",
    "Weekly",
    "clean",
    "compact",
    "day_of_week",
    "decode",
    "expand",
    "group",
    "instant",
    "looks_like_calendar",
    "moved",
    "normalise",
    "read_calendar",
    "read_table",
    "read_titles",
]
