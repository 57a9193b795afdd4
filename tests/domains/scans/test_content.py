"""What the text of a class says."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studyhall.domains.scans.rules.content import is_place, read_content


@pytest.mark.parametrize(
    "text",
    ["Room 301", "Raum B2.14", "Aula 3.14", "Salle C432", "H-205", "3.14", "HS 3", "Online", "Hörsaal A", "Sala 12"],
)
def test_places(text: str) -> None:
    assert is_place(text)


@pytest.mark.parametrize(
    "text", ["Algebra", "CS204", "Physics II", "Laboratory Methods", "Raumfahrt", "Salt chemistry"]
)
def test_titles_are_no_places(text: str) -> None:
    assert not is_place(text)


def test_title_code_place_teacher_and_type() -> None:
    found = read_content(["CS201", "Data Struc-", "tures (Lab)", "Room A301", "Dr. Miller"])
    assert found.title == "CS201 - Data Structures"
    assert (found.location, found.instructor, found.class_type) == ("Room A301", "Dr. Miller", "lab")


def test_a_place_behind_the_title_and_times_in_the_text() -> None:
    found = read_content(["Höhere Mathematik, Raum B214", "10:15-11:45"])
    assert (found.title, found.location) == ("Höhere Mathematik", "Raum B214")
    assert found.times is not None and (found.times.start, found.times.end) == (615, 705)


@pytest.mark.parametrize(
    ("line", "kind"), [("Vorlesung", "lecture"), ("(Übung)", "tutorial"), ("TP", "lab"), ("Seminario", "seminar")]
)
def test_types_in_other_languages(line: str, kind: str) -> None:
    assert read_content(["Chemie", line]).class_type == kind


@given(st.lists(st.text(max_size=30), max_size=6))
def test_any_lines_are_answered(lines: list[str]) -> None:
    found = read_content(lines)
    assert found.location is None or found.location
