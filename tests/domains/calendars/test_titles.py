"""Titles: cleaned, split into code and name, freed of counters."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studyhall.domains.calendars.rules.titles import LONGEST_TITLE, clean, compact, normalise, read_titles


@pytest.mark.parametrize(
    ("raw", "code", "name", "class_type"),
    [
        ("PUSL2022 - Introduction to IOT CS/CN/SEC (9-1)", "PUSL2022", "Introduction to IOT", "lecture"),
        ("OS - Operating Systems (Lec) 1", "OS", "Operating Systems", "lecture"),
        ("OS - Operating Systems Tute", "OS", "Operating Systems", "tutorial"),
        ("PF - Programming Fundamentals (LAB)", "PF", "Programming Fundamentals", "lab"),
        ("C - Object Oriented Programming with C# (Lab)", "C", "Object Oriented Programming with C#", "lab"),
        ("PUSL2025 - \\nSecurity Architecture", "PUSL2025", "Security Architecture", "lecture"),
        ("PD - Personal  Development\xa0", "PD", "Personal Development", "lecture"),
        ("CS201: Data Structures", "CS201", "Data Structures", "lecture"),
        ("CS 201 Data Structures", "CS 201", "Data Structures", "lecture"),
        ("Data Structures (CS201)", "CS201", "Data Structures", "lecture"),
        ("Web 18(Lec)", None, "Web", "lecture"),
        ("Seminar: Modern Poetry", None, "Modern Poetry", "seminar"),
        ("Laboratory Methods in Biology", None, "Laboratory Methods in Biology", "lecture"),
    ],
)
def test_one_title(raw: str, code: str | None, name: str, class_type: str) -> None:
    title = read_titles([raw])[raw]
    assert (title.code, title.name, title.class_type) == (code, name, class_type)


def _keys(*raw: str) -> set[str]:
    return {title.key for title in read_titles(raw).values()}


def test_a_counter_makes_no_new_class() -> None:
    assert len(_keys("OS - Operating Systems (Lec) 1", "OS - Operating Systems (Lec) 2")) == 1
    assert len(_keys("Web (Lec) 3", "Web 22 (Lec)", "Web 18(Lec)")) == 1
    assert len(_keys(*(f"STAT - Statistics for Computing {n}" for n in range(1, 13)))) == 1
    assert len(_keys(*(f"DEA 1 - {n}" for n in range(1, 9)))) == 1
    assert len(_keys("PD - Development 1", "PD - Development 2", "PD - Development 9 Mr. Prasanna")) == 1


def test_a_number_that_names_a_class_is_no_counter() -> None:
    assert len(_keys(*["Calculus 1"] * 12, *["Calculus 2"] * 12)) == 2
    assert len(_keys(*["Physics 101"] * 12, *["Physics 102"] * 12, *["Physics 103"] * 12)) == 3


def test_kinds_of_classes_and_neighbouring_names_stay_apart() -> None:
    assert len(_keys("OS (Lec)", "OS (Lab)", "OS Tutorial", "OS Exam")) == 4
    assert len(_keys("C (Lec)", "C# (Lec)", "C++ (Lec)")) == 3


def test_holidays_and_exams_are_seen() -> None:
    read = read_titles(["Public Holiday", "OS - Operating Systems\\nEXAM", "Study Leave", "OS - Systems"])
    assert [read[raw].kind for raw in read_titles(["Public Holiday"])] == ["holiday"]
    assert read["OS - Operating Systems\\nEXAM"].kind == "exam"
    assert read["OS - Operating Systems\\nEXAM"].name == "Operating Systems"
    assert read["Study Leave"].kind == "holiday"
    assert read["OS - Systems"].kind == "class"


@given(st.lists(st.text(max_size=400), max_size=20))
def test_any_text_is_read_the_same_way_in_any_order(raw: list[str]) -> None:
    read = read_titles(raw)
    assert read == read_titles(list(reversed(raw)))
    for title in read.values():
        assert title.full
        assert len(title.full) <= LONGEST_TITLE
        assert title.key
        assert title.base
        assert title.name
        assert clean(title.full) == title.full


@given(st.text(max_size=60))
def test_normal_forms_are_stable(text: str) -> None:
    assert normalise(normalise(text)) == normalise(text)
    assert compact(compact(text)) == compact(text)
