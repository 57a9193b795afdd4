"""Cells that compute nothing, and names that leave their folder nowhere."""

import csv
import io
from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studyhall.domains.account import rules

ANY_TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=60)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, ""), (True, "true"), (False, "false"), (-5, "-5"), (2.5, "2.5"), (Decimal("1.50"), "1.50"),
        ("Trees", "Trees"), ("=1+1", "'=1+1"), ("@SUM(A1)", "'@SUM(A1)"), ("-2+3", "'-2+3"), ("+1", "'+1"),
        ("\t=1", "'\t=1"), ("  =cmd|' /C calc'!A0", "'  =cmd|' /C calc'!A0"), ("＝1+1", "'＝1+1"), ("\r=1", "'\r=1"),
        ([1, "=2"], '[1,"=2"]'), ({"a": None}, '{"a":null}'), (UUID(int=7), str(UUID(int=7))),
        (datetime(2026, 1, 2, tzinfo=UTC), "2026-01-02 00:00:00+00:00"),
    ],
)  # fmt: skip
def test_a_cell_shows_the_value_and_computes_nothing(value: object, shown: str) -> None:
    assert rules.cell(value) == shown


@given(ANY_TEXT)
def test_a_text_stays_itself_but_for_one_apostrophe(text: str) -> None:
    shown = rules.cell(text)
    assert shown in (text, f"'{text}")
    assert not shown.lstrip().startswith(("=", "+", "-", "@"))
    written = io.StringIO()
    csv.writer(written).writerow([shown, "x"])
    assert next(csv.reader(io.StringIO(written.getvalue(), newline=""))) == [shown, "x"]


@pytest.mark.parametrize(
    ("name", "entry"),
    [
        ("notes.pdf", "7_notes.pdf"), ("../../etc/passwd", "7_passwd"), ("..\\..\\boot.ini", "7_boot.ini"),
        (".bashrc", "7_bashrc"), ("", "7_file"), ("...", "7_file"), ("a/b/", "7_file"), ("CON.txt", "7_CON_.txt"),
        ("mit Umläuten.docx", "7_mit Umläuten.docx"), ("a:b*c?.png", "7_a_b_c_.png"),
    ],
)  # fmt: skip
def test_a_file_has_a_harmless_name_in_the_archive(name: str, entry: str) -> None:
    assert rules.entry_name("7", name) == entry


@given(ANY_TEXT)
def test_no_name_leads_out_of_the_archive(name: str) -> None:
    entry = rules.entry_name("7", name)
    assert entry.startswith("7_") and len(entry) <= rules.LONGEST_NAME + 2
    assert not set(entry) & set('/\\:*?"<>|\n\r\t') and entry == entry.strip() and not entry.endswith(".")
