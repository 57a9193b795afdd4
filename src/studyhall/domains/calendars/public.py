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
from studyhall.domains.calendars.rules.difference import Change, Present, Row, compare, merged
from studyhall.domains.calendars.rules.matching import match_course, missing_courses
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
from studyhall.domains.calendars.rules.weekly import WeeklyClass, dump_series, load_series, series_of_weekly

__all__ = [
    "DAY_NAMES",
    "MOST_BYTES",
    "MOST_EVENTS",
    "Change",
    "DayNote",
    "Label",
    "Meeting",
    "Occurrence",
    "OwnDate",
    "Present",
    "Row",
    "Series",
    "TimetableFile",
    "UnreadableTimetable",
    "Weekly",
    "WeeklyClass",
    "clean",
    "compact",
    "compare",
    "day_of_week",
    "decode",
    "dump_series",
    "expand",
    "group",
    "instant",
    "load_series",
    "looks_like_calendar",
    "match_course",
    "merged",
    "missing_courses",
    "moved",
    "normalise",
    "read_calendar",
    "read_table",
    "read_titles",
    "series_of_weekly",
]
