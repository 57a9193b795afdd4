"""Names of days and labels of time."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studyhall.domains.scans.rules.labels import (
    CORRECTED,
    day_name,
    days_in_order,
    days_of_letters,
    range_in,
    time_label,
)


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("Monday", {1}), ("MONTAG", {1}), ("Miércoles", {3}), ("MIERCOLES", {3}), ("Mercredi", {3}),
        ("Terça-feira", {2}), ("Giovedì", {4}), ("Sábado", {6}), ("Do", {4, 0}), ("Di", {2, 0}),
        ("Mi.", {3}), ("Fri, 14 March", {5}),
        ("Montag / Monday", {1}), ("Quinta", {4}), ("3ª feira", {2}), ("Sonnabend", {6}), ("dim.", {0}),
    ],
)  # fmt: skip
def test_names_of_days_in_six_languages(text: str, days: set[int]) -> None:
    found = day_name(text)
    assert found is not None and found.options == days and found.confidence == 1.0


@pytest.mark.parametrize("text", ["", "Mathematics", "12:00", "Room 3", "Friday Prayers Group", "Sonnensystem", "Math"])
def test_other_words_are_no_days(text: str) -> None:
    assert day_name(text) is None


def test_a_misread_name_is_taken_but_not_for_sure() -> None:
    found = day_name("Viermnes")
    assert found is not None and found.options == {5} and found.confidence == CORRECTED < 0.8


def test_the_week_tells_which_day_a_short_name_means() -> None:
    german = [day_name(text) for text in ("Mo", "Di", "Mi", "Do", "Fr")]
    italian = [day_name(text) for text in ("Lu", "Ma", "Me", "Gi", "Ve", "Sa", "Do")]
    assert days_in_order(german) == [1, 2, 3, 4, 5]
    assert days_in_order(italian) == [1, 2, 3, 4, 5, 6, 0]
    assert days_in_order([day_name("Sun"), day_name("Mon"), day_name("Tue")]) == [0, 1, 2]
    assert days_in_order([day_name("Mon"), day_name("Fri"), day_name("Tue")]).count(None) == 1


def test_headers_of_single_letters() -> None:
    assert days_of_letters(list("MTWTF")) == (1, 2, 3, 4, 5)
    assert days_of_letters(list("LMXJV")) == (1, 2, 3, 4, 5)
    assert days_of_letters(["S", "M", "T", "W", "T", "F", "S"]) == (0, 1, 2, 3, 4, 5, 6)
    assert days_of_letters(list("ABCDE")) is None


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("09:00", 540, None), ("9", 540, None), ("9am", 540, None), ("1 pm", 780, None), ("13h15", 795, None),
        ("9h", 540, None), ("9.00–10.30", 540, 630), ("9-11", 540, 660), ("09:00 - 10:30", 540, 630),
        ("8 bis 10 Uhr", 480, 600), ("11-1", 660, 780), ("10-1 pm", 600, 780), ("0900-1030", 540, 630),
        ("1. Stunde 08:00-08:45", 480, 525), ("09:00 to 10:00", 540, 600), ("14h00 à 16h00", 840, 960),
    ],
)  # fmt: skip
def test_labels_of_time(text: str, start: int, end: int | None) -> None:
    found = time_label(text)
    assert found is not None and (found.start, found.end) == (start, end)


@pytest.mark.parametrize("text", ["25:00", "9:75", "Room 9", "", "13 pm", "CS101", "10:30-10:30", "Aula 9-11 B"])
def test_other_texts_are_no_times(text: str) -> None:
    assert time_label(text) is None


def test_letters_taken_for_digits_are_corrected_but_not_for_sure() -> None:
    found = time_label("O9:l5")
    assert found is not None and found.start == 555 and found.confidence == CORRECTED


@given(
    st.integers(0, 1438),
    st.integers(1, 600),
    st.sampled_from([":", ".", "h"]),
    st.sampled_from(["-", " - ", "–", " bis "]),
)
def test_every_range_reads_back(start: int, length: int, mark: str, dash: str) -> None:
    end = min(start + length, 1439)
    text = dash.join(f"{at // 60:02d}{mark}{at % 60:02d}" for at in (start, end))
    found = time_label(text)
    assert found is not None and (found.start, found.end, found.confidence) == (start, end, 1.0)
    inside = range_in(f"Algebra {text} Room A3")
    assert inside is not None and (inside[0].start, inside[0].end) == (start, end)
    assert inside[1] == "Algebra Room A3"


@given(st.text(max_size=40))
def test_any_text_is_answered(text: str) -> None:
    day_name(text)
    time_label(text)
    range_in(text)
