"""The door of scans for other domains. All of it is pure."""

from studyhall.domains.scans.rules.timetable import SURE, NoTimetable, ScannedClass, read_pages

__all__ = ["SURE", "NoTimetable", "ScannedClass", "read_pages"]
