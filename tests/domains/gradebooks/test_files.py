"""Files as bytes: encodings, separators, numbers, dates, and what is hostile."""

import csv
import gzip
import io
import time
import zipfile
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studyhall.domains.gradebooks.rules.draft import Owner, kind_named
from studyhall.domains.gradebooks.rules.reading import read
from studyhall.domains.gradebooks.rules.sheet import MOST_ROWS, SEPARATORS, TooBig, Unreadable, read_sheet
from studyhall.domains.gradebooks.rules.values import COMMA, POINT, Unclear, day, decimal_mark, month_first, number

NOBODY = Owner(frozenset())
WORDS = st.text(st.characters(codec="utf-8", exclude_characters="\x00", exclude_categories=["Cc", "Cs"]), max_size=12)
LATIN = st.text(st.characters(codec="cp1252", exclude_categories=["Cc"]), max_size=12)


def written(rows: list[list[str]], separator: str = ",") -> str:
    out = io.StringIO()
    csv.writer(out, delimiter=separator).writerows(rows)
    return out.getvalue()


def squeezed(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("separator", SEPARATORS)
@given(st.lists(st.tuples(WORDS, WORDS), max_size=5))
def test_a_table_survives_encoding_and_separator(encoding: str, separator: str, rows: list[tuple[str, str]]) -> None:
    text = written([["course_code", "score"], *map(list, rows)], separator)
    sheet = read_sheet(text.encode(encoding))
    assert (sheet.header, sheet.separator) == (["course_code", "score"], separator)
    kept = [(at, [squeezed(a), squeezed(b)]) for at, (a, b) in enumerate(rows, 2) if squeezed(a) or squeezed(b)]
    assert sheet.rows == kept


@given(LATIN)
def test_western_files_of_excel_are_read(word: str) -> None:
    content = written([["course_code", "note"], ["x", "é-" + word]]).encode("cp1252")
    assert read_sheet(content).rows[0][1] == ["x", squeezed("é-" + word)]


def test_rows_are_numbered_as_a_spreadsheet_does() -> None:
    text = 'sep=;\ncode;score\n\n"a\nb";1\n;\nc;2\n'
    assert read_sheet(text.encode()).rows == [(4, ["a b", "1"]), (6, ["c", "2"])]


def _zip_bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("grades.csv", b"0" * 50_000_000)
    return out.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        b"", b"\n\n", b"\xef\xbb\xbf", b"score\n85\n", b"a,b\n\x00\x01\x02,3\n", b"%PDF-1.7 a,b", b"\x89PNG a,b",
        _zip_bomb(), gzip.compress(b"a,b\n" * 10_000_000), b"\xff\xfe\x00\xd8a",
        b'course_code,score,date\n"' + b"x\n" * 50,
        b'a,b\n"' + b"x" * 200_000, b"a,b\n" + b"y" * 30_000 + b",1\n", b"\xd0\xcf\x11\xe0" + b"\x00" * 100,
    ],
)  # fmt: skip
def test_what_is_no_table_is_refused(content: bytes) -> None:
    with pytest.raises(Unreadable):
        read(content, NOBODY)


@pytest.mark.parametrize(
    "content",
    [
        b"course_code,score,date\n" + b"CS201,85,2024-10-15\n" * (MOST_ROWS + 1),
        b"course_code,score,date\n" + b"CS201,85,2024-10-15\n" * 100_000,
        b"a," * 600 + b"\n1,2\n",
        b"a,b\n" * 2_000_000,
    ],
)
def test_what_is_too_large_is_refused_quickly(content: bytes) -> None:
    started = time.perf_counter()
    with pytest.raises(TooBig):
        read(content, NOBODY)
    assert time.perf_counter() - started < 2


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    try:
        reading = read(content, NOBODY)
    except Unreadable:
        return
    assert reading.drafts or reading.faults


@given(st.text("course_code,score,date;\"'\n0123456789.-Student ID(Real)", max_size=300))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        read(text.encode(), NOBODY)
    except Unreadable:
        return


@given(st.decimals(0, 99999, places=2), st.sampled_from([POINT, COMMA]))
def test_numbers_mean_the_same_in_both_worlds(value: Decimal, mark: str) -> None:
    plain = f"{value:.2f}"
    assert number(plain.replace(".", mark), mark) == value
    assert number(plain.replace(".", mark) + " %", mark) == value
    grouped = f"{value:,.2f}"
    assert number(grouped if mark == POINT else grouped.translate(str.maketrans(",.", ".,")), mark) == value


@pytest.mark.parametrize(
    ("cell", "mark", "value"),
    [("85,5", POINT, "85.5"), ("85.5", COMMA, "85.5"), ("1,000", POINT, "1000"), ("1.000", COMMA, "1000"),
     ("85,500", COMMA, "85.5"), ("1.234,5", POINT, "1234.5"), ("1\u00a0000,5", COMMA, "1000.5"), ("-3", POINT, "-3")],
)  # fmt: skip
def test_numbers(cell: str, mark: str, value: str) -> None:
    assert number(cell, mark) == Decimal(value)


@pytest.mark.parametrize("cell", ["", "B+", "=1+1", "1e5", "NaN", "inf", "٣", "12 of 20", "--1", "1..2", "9" * 40])
def test_what_is_no_number_is_refused(cell: str) -> None:
    with pytest.raises(Unclear):
        number(cell, POINT)


def test_the_decimal_mark_is_what_the_file_shows() -> None:
    assert decimal_mark(["85,5", "90"], ",") == COMMA
    assert decimal_mark(["85.5", "7,500"], ";") == POINT
    assert decimal_mark(["90"], ";") == COMMA
    assert decimal_mark(["90"], ",") == POINT


@given(st.dates(date(1900, 1, 1), date(2199, 12, 31)))
def test_dates_survive_every_way_of_writing(when: date) -> None:
    assert day(when.isoformat(), None) == when
    assert day(f"{when.day}.{when.month}.{when.year}", None) == when
    assert day(f"{when.month:02}/{when.day:02}/{when.year}", True) == when
    assert day(f"{when.day:02}/{when.month:02}/{when.year}", False) == when


@pytest.mark.parametrize(
    "cell", ["2024-02-30", "31.4.2024", "0000-01-01", "02/30/2024", "yesterday", "2024", "04/05/2024"]
)
def test_dates_that_do_not_exist_or_say_two_things_are_refused(cell: str) -> None:
    with pytest.raises(Unclear):
        day(cell, None)


def test_slashes_are_read_as_the_file_shows() -> None:
    assert month_first(["04/05/2024", "04/25/2024"]) is True
    assert month_first(["04/05/2024", "25/04/2024"]) is False
    assert month_first(["04/05/2024"]) is None
    assert month_first(["04/25/2024", "25/04/2024"]) is None
    assert day("04/04/2024", None) == date(2024, 4, 4)


@pytest.mark.parametrize(
    ("name", "kind"),
    [("Quiz 1", "quiz"), ("Midterm exam", "midterm"), ("Final exam", "final"), ("Final project", "project"),
     ("Klausur", "final"), ("Zwischenklausur", "midterm"), ("Examen parcial", "midterm"), ("Devoir 2", "assignment"),
     ("Test: Kapitel 1", "quiz"), ("Homework", "assignment")],
)  # fmt: skip
def test_a_name_tells_its_type(name: str, kind: str) -> None:
    assert kind_named(name) == kind
