"""Timetables that were pasted as tables."""

from contextlib import suppress
from datetime import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studyhall.domains.calendars.rules.calendar_file import UnreadableTimetable
from studyhall.domains.calendars.rules.table import read_table


def test_a_table_with_a_heading() -> None:
    series = read_table(
        "Code\tCourse\tDay\tTime\tRoom\tType\tLecturer\n"
        "CS201\tData Structures\tMonday\t10:00 - 11:30\tRoom 301\tLab\tDr. Johnson\n"
        "CS202\tAlgorithms\tThu\t2 - 4 pm\t\t\t\n"
    )
    first, second = series
    assert (first.code, first.name, first.class_type, first.location, first.instructor) == (
        "CS201", "Data Structures", "lab", "Room 301", "Dr. Johnson",
    )  # fmt: skip
    assert first.weekly is not None
    assert (first.weekly.day_of_week, first.weekly.start, first.weekly.end) == (1, time(10), time(11, 30))
    assert second.weekly is not None
    assert (second.weekly.day_of_week, second.weekly.start, second.weekly.end) == (4, time(14), time(16))


@pytest.mark.parametrize(
    ("line", "start", "end"),
    [
        ("Wed;10:00;11:30;Physics", time(10), time(11, 30)),
        ("Physics, wednesday, 9.15-10.45", time(9, 15), time(10, 45)),
        ("| Physics | Mittwoch | 11 - 1 pm |", time(11), time(13)),
        ("Physics\tMercredi\t8h30 – 10h", time(8, 30), time(10)),
        ("Physics,Wed.,12 am - 1 am", time(0), time(1)),
    ],
)
def test_a_line_without_a_heading(line: str, start: time, end: time) -> None:
    (series,) = read_table(line)
    assert series.weekly is not None
    assert (series.title, series.weekly.day_of_week) == ("Physics", 3)
    assert (series.weekly.start, series.weekly.end) == (start, end)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "empty"),
        ("Course,Day,Time", "no classes"),
        ("Physics,Someday,10-11", "no weekday"),
        ("Physics,Monday", "no start and end"),
        ("Physics,Monday,25:00-26:00", "no start and end"),
        ("Monday,10:00-11:00", "no title"),
        ("Physics,Monday,11:00-10:00", "ends before"),
        ("a\x00,Monday,10:00-11:00", "NUL"),
        ("Physics,Monday,10:00-11:00\n" * 1000, "at most"),
    ],
)
def test_what_is_no_table_is_refused_with_its_line(text: str, reason: str) -> None:
    with pytest.raises(UnreadableTimetable, match=reason):
        read_table(text)


@given(st.text(max_size=300))
def test_any_text_is_a_table_or_is_refused(text: str) -> None:
    with suppress(UnreadableTimetable):
        series = read_table(text)
        assert all(one.weekly is not None and one.weekly.end > one.weekly.start for one in series)
