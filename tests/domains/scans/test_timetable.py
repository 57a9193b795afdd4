"""From words and lines to classes, however the page lies."""

from datetime import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studyhall.domains.scans.public import NoTimetable, ScannedClass, read_pages
from studyhall.platform.clients.ocr import Page, Word
from tests.domains.scans.pages import grid, projected, word

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")
TIMES = ("09:00-10:00", "10:00-11:00", "11:00-12:00", "12:00-13:00", "13:00-14:00")
CLASSES = {
    (0, 0): ["Algebra", "Room A301"],
    (1, 1): ["CS201", "Databases", "Room B112"],
    (2, 3): ["Physics II"],
    (4, 0): ["Ethics", "Room C4.01"],
    (4, 4): ["Logic", "Dr. Frege"],
}
EXPECTED = {
    ("Algebra", 1, time(9), time(10), "Room A301"),
    ("CS201 - Databases", 2, time(10), time(11), "Room B112"),
    ("Physics II", 3, time(12), time(13), None),
    ("Ethics", 5, time(9), time(10), "Room C4.01"),
    ("Logic", 5, time(13), time(14), None),
}


def _facts(found: list[ScannedClass]) -> set[tuple[object, ...]]:
    return {(one.title, one.day_of_week, one.start, one.end, one.location) for one in found}


def test_a_ruled_grid() -> None:
    found = read_pages([grid(DAYS, TIMES, CLASSES)])
    assert _facts(found) == EXPECTED
    assert all(one.is_sure and not one.reasons for one in found)


@settings(max_examples=25, deadline=None)
@given(st.floats(-12, 12), st.floats(-0.25, 0.25))
def test_rotation_and_perspective_change_nothing(angle: float, lean: float) -> None:
    assert _facts(read_pages([projected(grid(DAYS, TIMES, CLASSES), angle, lean)])) == EXPECTED


@pytest.mark.parametrize("turn", [1, 2, 3])
def test_a_page_on_its_side_or_head(turn: int) -> None:
    assert _facts(read_pages([projected(grid(DAYS, TIMES, CLASSES), 2.0, turn=turn)])) == EXPECTED


def test_a_grid_without_lines() -> None:
    assert _facts(read_pages([grid(DAYS, TIMES, CLASSES, ruled=False)])) == EXPECTED


def test_days_as_rows() -> None:
    side, head, column, row = 100.0, 50.0, 210.0, 120.0
    words = [word(text, side + 30 + number * column, 15) for number, text in enumerate(TIMES[:4])]
    words += [
        word(day[:2], 20, head + 50 + number * row) for number, day in enumerate(("Lunes", "Martes", "Mie", "Jueves"))
    ]
    words += [word("Algebra", side + 10 + column, head + 20), word("Aula A12", side + 10 + column, head + 44)]
    words += [word("Historia", side + 10 + 3 * column, head + 2 * row + 20)]
    found = read_pages([Page(1200, 800, tuple(words))])
    assert _facts(found) == {
        ("Algebra", 1, time(10), time(11), "Aula A12"),
        ("Historia", 3, time(12), time(13), None),
    }


def test_a_class_over_several_rows() -> None:
    page = grid(DAYS, TIMES, {(1, 1): ["Chemistry", "Lab 4"]}, rows_of={(1, 1): 3})
    (found,) = read_pages([page])
    assert (found.start, found.end, found.is_sure) == (time(10), time(13), True)


def test_single_labels_last_until_the_next() -> None:
    found = read_pages([grid(DAYS, ("8", "9", "10", "11", "12"), CLASSES)])
    assert {(one.title, one.start, one.end) for one in found} >= {
        ("Algebra", time(8), time(9)),
        ("Logic", time(12), time(13)),
    }


def test_after_noon_the_clock_may_begin_anew() -> None:
    found = read_pages([grid(DAYS, ("11:00", "12:00", "1:00", "2:00", "3:00"), {(2, 2): ["Drama"]})])
    assert _facts(found) == {("Drama", 3, time(13), time(14), None)}


def test_times_written_in_the_class_count_and_a_clash_is_marked() -> None:
    page = grid(DAYS, TIMES, {(0, 0): ["Algebra", "9:15-9:50"], (1, 0): ["Music", "18:00-19:00"]})
    algebra, music = read_pages([page])
    assert (algebra.start, algebra.end, algebra.is_sure) == (time(9, 15), time(9, 50), True)
    assert (music.start, music.is_sure, music.reasons) == (time(18), False, ("times_differ",))


def test_words_read_badly_are_marked() -> None:
    found = read_pages([grid(DAYS, TIMES, CLASSES, confidence=0.7)])
    assert len(found) == 5 and not any(one.is_sure for one in found)
    assert {reason for one in found for reason in one.reasons} == {"hard_to_read"}


def test_a_day_whose_name_was_not_read_is_inferred_and_marked() -> None:
    whole = grid(DAYS, TIMES, CLASSES)
    for missing in ("Friday", "Wednesday", "Monday"):
        page = Page(whole.width, whole.height, tuple(one for one in whole.words if one.text != missing), whole.segments)
        found = read_pages([page])
        assert _facts(found) == EXPECTED
        marked = {one.day_of_week for one in found if not one.is_sure}
        assert marked == {DAYS.index(missing) + 1}


def test_a_missed_line_between_two_classes_does_not_make_one_of_them() -> None:
    page = grid(DAYS, TIMES, {(0, 0): ["Algebra"], (0, 1): ["Biology"]})
    between = [
        one
        for one in page.segments
        if one.start[1] == one.end[1] == 140.0 and 150 <= min(one.start[0], one.end[0]) < 350
    ]
    kept = tuple(one for one in page.segments if one not in between)
    assert len(kept) < len(page.segments)
    found = read_pages([Page(page.width, page.height, page.words, kept)])
    assert [(one.title, one.start, one.is_sure) for one in found] == [
        ("Algebra", time(9), False),
        ("Biology", time(10), False),
    ]


def _rows(*rows: tuple[str, ...]) -> Page:
    lefts = (20, 220, 420, 720)
    words = [
        word(text, lefts[place], 20 + 40 * number)
        for number, row in enumerate(rows)
        for place, text in enumerate(row)
        if text
    ]
    return Page(1200, 800, tuple(words))


def test_a_list_with_headings() -> None:
    page = _rows(
        ("Tag", "Zeit", "Fach", "Raum"),
        ("Montag", "09:00 – 10:30", "Algebra", "A301"),
        ("", "11:00 – 12:30", "Wärmelehre", "B112"),
        ("Mittwoch", "09:00 – 10:30", "Algebra", "A302"),
    )
    assert _facts(read_pages([page])) == {
        ("Algebra", 1, time(9), time(10, 30), "A301"),
        ("Wärmelehre", 1, time(11), time(12, 30), "B112"),
        ("Algebra", 3, time(9), time(10, 30), "A302"),
    }


def test_a_list_below_headings_of_days() -> None:
    page = _rows(("Lundi",), ("09:00-10:30 Algèbre, Salle C12",), ("Jeudi",), ("14h00-16h00 Chimie, Salle D1",))
    assert _facts(read_pages([page])) == {
        ("Algèbre", 1, time(9), time(10, 30), "Salle C12"),
        ("Chimie", 4, time(14), time(16), "Salle D1"),
    }


def test_a_line_that_was_read_as_one_text() -> None:
    page = _rows(("Wednesday 08:15 - 09:45 Statistics, Room A12",), ("Fri 10:00-11:00 Sun and Stars, Room B4",))
    assert _facts(read_pages([page])) == {
        ("Statistics", 3, time(8, 15), time(9, 45), "Room A12"),
        ("Sun and Stars", 5, time(10), time(11), "Room B4"),
    }


def test_the_same_page_twice_counts_once() -> None:
    page = grid(DAYS, TIMES, CLASSES)
    assert len(read_pages([page, page])) == len(EXPECTED)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "no text"),
        ([word("Shopping list", 20, 20), word("Eggs", 20, 60)], "no weekday"),
        ([word("Monday", 20, 20), word("Eggs", 20, 60)], "no time"),
        ([word("Monday", 20, 20), word("09:00-10:00", 20, 60)], "no class"),
    ],
)
def test_what_is_no_timetable_is_told(words: list[Word], said: str) -> None:
    with pytest.raises(NoTimetable, match=said):
        read_pages([Page(1200, 800, tuple(words))])


_texts = st.sampled_from(["Mon", "Tue", "Do", "9", "09:00", "9-11", "Algebra", "Room 3", "x", "10:00-11:00", "M", "T"])
_places = st.floats(-50, 1300, allow_nan=False)


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.tuples(_texts, _places, _places), max_size=25),
    st.lists(st.tuples(_places, _places, _places, _places), max_size=15),
)
def test_any_page_is_answered(
    words: list[tuple[str, float, float]], lines: list[tuple[float, float, float, float]]
) -> None:
    from studyhall.platform.clients.ocr import Segment

    page = Page(1200, 800, tuple(word(*one) for one in words), tuple(Segment((a, b), (c, d)) for a, b, c, d in lines))
    try:
        found = read_pages([page])
    except NoTimetable:
        return
    assert all(0 <= one.confidence <= 1 and one.start < one.end and one.title for one in found)
