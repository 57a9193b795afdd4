"""Two timetables told apart, and classes brought to courses."""

from dataclasses import dataclass, replace
from datetime import date, time
from itertools import count
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from hypothesis import given

from studyhall.domains.calendars.public import Occurrence, Series, Weekly, decode, group, read_calendar
from studyhall.domains.calendars.rules.difference import Change, Present, Row, compare, count_changes, merged
from studyhall.domains.calendars.rules.matching import NO_COURSE, CourseMatch, match_course, missing_courses
from studyhall.platform import clock
from tests.domains.calendars.test_series import timetables
from tests.domains.calendars.texts import REAL_FILES, needs_real_files

UTC_ZONE = clock.zone("UTC")


@dataclass(frozen=True)
class Course:
    id: UUID
    name: str
    code: str | None


def series(title: str = "OS - Operating Systems", **fields: object) -> Series:
    weekly = Weekly(1, time(9), time(11), first=date(2025, 3, 3), last=date(2025, 6, 2))
    return replace(Series(f"{title.casefold()}|lecture|class", title, "OS", title[5:], weekly=weekly), **fields)  # type: ignore[arg-type]


def present(one: Series, *, course_id: UUID | None = None, by_hand: bool = False) -> Present:
    return Present(uuid4(), one, course_id, None if by_hand else one)


def difference(incoming: list[Series], known: list[Present], matches: list[CourseMatch] | None = None) -> list[Row]:
    return compare(incoming, matches or [NO_COURSE] * len(incoming), known)


def test_a_moved_time_or_room_is_a_change_and_no_new_class() -> None:
    old = present(series())
    assert old.series.weekly is not None
    for new, field in (
        (series(weekly=replace(old.series.weekly, day_of_week=3, start=time(14), end=time(16))), "times"),
        (series(location="Room 305"), "location"),
    ):
        (row,) = difference([new], [old])
        assert (row.change, row.present_id, row.fields) == (Change.CHANGED, old.id, (field,))


def test_what_is_missing_is_removed_unless_it_was_made_by_hand() -> None:
    imported, by_hand = present(series()), present(series("PE - Sports"), by_hand=True)
    (row,) = difference([], [imported, by_hand])
    assert (row.change, row.present_id) == (Change.REMOVED, imported.id)


def test_a_class_is_recognised_by_its_course_when_its_title_changed() -> None:
    course = uuid4()
    old = present(series("OS - Operating Systems"), course_id=course)
    (row,) = difference([series("PUSL1 - Systems, Operating")], [old], [CourseMatch(course, "code")])
    assert (row.change, row.present_id, row.fields) == (Change.CHANGED, old.id, ("title",))


def test_what_the_person_changed_by_hand_survives_the_next_import() -> None:
    file = series(location="Room 1")
    edited = Present(uuid4(), replace(file, location="Room 9", title="My OS"), None, file)
    (row,) = difference([file], [edited])
    assert row.change is Change.UNCHANGED
    moved = replace(file, instructor="Dr. Perera")
    (row,) = difference([moved], [edited])
    assert row.fields == ("instructor",)
    after = merged(edited, moved)
    assert (after.location, after.title, after.instructor) == ("Room 9", "My OS", "Dr. Perera")


def test_a_class_made_by_hand_takes_over_only_what_the_file_says() -> None:
    by_hand = present(series(location="Room 1", zone=None), by_hand=True)
    (row,) = difference([series(location=None, zone=None)], [by_hand])
    assert row.change is Change.UNCHANGED
    assert merged(by_hand, series(location=None, zone=None)).location == "Room 1"


def test_each_class_finds_the_twin_with_the_same_times() -> None:
    monday = present(series())
    tuesday = present(series(weekly=Weekly(2, time(9), time(11), first=date(2025, 3, 4), last=date(2025, 6, 3))))
    rows = difference([tuesday.series, monday.series], [monday, tuesday])
    assert [row.present_id for row in rows] == [tuesday.id, monday.id]
    assert {row.change for row in rows} == {Change.UNCHANGED}


def test_unmatched_and_doubtful_classes_are_marked() -> None:
    rows = difference(
        [series(), series(kind="exam"), series(kind="holiday"), series()],
        [],
        [NO_COURSE, CourseMatch(uuid4(), "code"), NO_COURSE, CourseMatch(None, "ambiguous")],
    )
    assert [row.reasons for row in rows] == [
        ("course_unmatched",), ("kind_assumed",), ("kind_assumed",), ("course_ambiguous",),
    ]  # fmt: skip
    assert [row.needs_review for row in rows] == [True, False, False, True]


@given(timetables())
def test_a_second_import_of_the_same_dates_changes_nothing(dates: list[Occurrence]) -> None:
    known = [present(one) for one in group(dates)]
    rows = difference(group(list(reversed(dates))), known)
    assert {row.change for row in rows} <= {Change.UNCHANGED}
    for row in rows:
        match = next(one for one in known if one.id == row.present_id)
        assert row.incoming is not None
        assert merged(match, row.incoming) == match.series


@given(timetables(), timetables())
def test_every_class_of_both_sides_stands_in_exactly_one_row(before: list[Occurrence], after: list[Occurrence]) -> None:
    known, incoming = [present(one) for one in group(before)], group(after)
    rows = difference(incoming, known)
    assert [row.incoming for row in rows if row.incoming] == incoming
    told = [row.present_id for row in rows if row.present_id]
    assert sorted(map(str, told)) == sorted(str(one.id) for one in known)
    assert len({row.row_id for row in rows}) == len(rows) == sum(count_changes(rows).values())


@needs_real_files
@pytest.mark.parametrize("path", REAL_FILES, ids=lambda path: path.name[:20])
def test_a_real_file_with_new_uids_and_one_moved_room_shows_just_that(path: Path) -> None:
    text = decode(path.read_bytes())
    fresh = count(1)
    renamed = "\n".join(f"UID:{next(fresh)}" if line.startswith("UID:") else line for line in text.splitlines())
    known = [present(one) for one in group(read_calendar(text, UTC_ZONE, date(2025, 2, 1)).occurrences)]
    again = group(read_calendar(renamed, UTC_ZONE, date(2025, 2, 1)).occurrences)
    assert {row.change for row in difference(again, known)} == {Change.UNCHANGED}
    again[0] = replace(again[0], location="Hall 7")
    counted = count_changes(difference(again, known))
    assert (counted["changed"], counted["added"], counted["removed"]) == (1, 0, 0)


def test_courses_are_found_by_code_then_by_name_and_never_between_two() -> None:
    os, web, twin = Course(uuid4(), "Systems", "O S"), Course(uuid4(), "Web", None), Course(uuid4(), "web", "W2")
    assert match_course(series(), [os, web]) == CourseMatch(os.id, "code")
    plain = series("Web", code=None, name="Web")
    assert match_course(plain, [os, web]) == CourseMatch(web.id, "name")
    assert match_course(plain, [os, web, twin]) == CourseMatch(None, "ambiguous")
    assert match_course(plain, [os]) == NO_COURSE
    assert match_course(series("…", code=None, name="…"), [Course(uuid4(), "!", None)]) == NO_COURSE


def test_missing_courses_are_one_for_each_code_with_its_usual_name() -> None:
    classes = [
        series("OS - Operating Systems", name="Operating Systems"),
        series("OS - Operating Systems", name="Operating Systems"),
        series("OS - Operating Systems EXAM", name="Operating Systems EXAM", kind="exam"),
        series("Web", code=None, name="Web"),
        series("Web Development", code="WEB", name="Web Development"),
    ]
    assert missing_courses(classes) == [("OS", "Operating Systems", [0, 1, 2]), ("WEB", "Web Development", [3, 4])]
