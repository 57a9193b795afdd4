"""What a file is, what it is called, and which part is wanted."""

import io
import zipfile
from datetime import UTC, datetime, timedelta
from email.message import Message
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studyhall.domains.files import rules


def zipped(*names: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return out.getvalue()


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (b"\x89PNG\r\n\x1a\n....", rules.PNG),
        (b"\xff\xd8\xff\xe0", rules.JPEG),
        (b"GIF89a", rules.GIF),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", rules.WEBP),
        (b"RIFF\x00\x00\x00\x00WAVEfmt ", "audio/wav"),
        (b"ABCD\x00\x00\x00\x00WEBP", rules.UNKNOWN),
        (b"%PDF-1.7\n", rules.PDF),
        (b"....%PDF-1.7\x00", rules.UNKNOWN),
        (b"\x00\x00\x00\x18ftypmp42", "video/mp4"),
        (zipped("a.txt"), rules.ZIP),
        (zipped("[Content_Types].xml", "word/document.xml"), rules.DOCX),
        (zipped("[Content_Types].xml", "ppt/presentation.xml"), rules.PPTX),
        (zipped("[Content_Types].xml", "xl/workbook.xml"), rules.XLSX),
        (zipped("word/document.xml"), rules.ZIP),
        (zipped(), rules.ZIP),
        ("Grüße".encode(), rules.TEXT),
        (b"<html><script>alert(1)</script>", rules.TEXT),
        (b'<svg xmlns="http://www.w3.org/2000/svg"/>', rules.TEXT),
        (b"\xef\xbb\xbf\r\nbegin:vcalendar\r\n", rules.CALENDAR),
        (b"MZ\x90\x00", rules.UNKNOWN),
        (b"\x7fELF\x02", rules.UNKNOWN),
        ("Grüße".encode("latin-1"), rules.UNKNOWN),
        (b"", rules.UNKNOWN),
    ],
)
def test_kind_is_read_from_the_content(head: bytes, kind: str) -> None:
    assert rules.kind_of(head) == kind


@given(st.integers(0, 3))
def test_a_text_cut_inside_a_character_is_still_text(shift: int) -> None:
    text = (b"x" * shift + "😀".encode() * rules.HEAD_BYTES)[: rules.HEAD_BYTES]
    assert rules.kind_of(text) == rules.TEXT
    assert rules.kind_of("😀".encode()[:3]) == rules.UNKNOWN


@given(st.binary(max_size=300))
def test_every_content_has_a_kind_and_only_known_ones_are_shown(head: bytes) -> None:
    kind = rules.kind_of(head)
    assert kind in rules.EXTENSIONS or kind == rules.UNKNOWN
    if kind in rules.SHOWN_INLINE:
        assert head.startswith((b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"RIFF", b"%PDF-"))


@given(st.one_of(st.none(), st.text(max_size=400)))
def test_names_are_always_usable(name: str | None) -> None:
    clean = rules.clean_name(name, rules.PDF)
    assert 1 <= len(clean) <= 255
    assert clean.isprintable()
    assert "/" not in clean
    assert "\\" not in clean
    assert clean not in (".", "..")
    assert rules.clean_name(clean, rules.PDF) == clean or clean.endswith((".", " "))


@pytest.mark.parametrize(
    ("given_name", "clean"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\temp\\Übung 1.pdf", "Übung 1.pdf"),
        ("a\r\nX: y.txt", "aX: y.txt"),
        (None, "file.pdf"),
        ("..", "file.pdf"),
        ("x" * 300 + ".docx", "x" * 250 + ".docx"),
    ],
)
def test_names(given_name: str | None, clean: str) -> None:
    assert rules.clean_name(given_name, rules.PDF) == clean


@given(st.text(min_size=1, max_size=60))
def test_the_name_survives_the_header(name: str) -> None:
    name = rules.clean_name(name, rules.TEXT)
    header = rules.disposition(name, rules.TEXT)
    assert header.isascii()
    assert header.isprintable()
    message = Message()
    message["Content-Disposition"] = header
    assert message.get_content_disposition() == "attachment"
    assert message.get_filename()
    assert unquote(header.partition("filename*=UTF-8''")[2]) == name


def test_only_images_and_pdf_are_shown() -> None:
    assert rules.disposition("a", rules.PDF).startswith("inline")
    assert rules.disposition("a", rules.PNG).startswith("inline")
    assert rules.disposition("a", rules.TEXT).startswith("attachment")
    assert rules.disposition('a"b\\c%41.html', rules.TEXT).startswith('attachment; filename="a_b_c_41.html"')


class Refused(Exception):
    pass


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (None, None),
        ("bytes=0-0", (0, 1)),
        ("bytes=2-", (2, 10)),
        ("bytes=-3", (7, 10)),
        ("bytes=-99", (0, 10)),
        ("bytes=5-99", (5, 10)),
        ("bytes = 1 - 2", (1, 3)),
        ("bytes=5-2", None),
        ("bytes=-", None),
        ("bytes=0-1,3-4", None),
        ("items=0-1", None),
        ("bytes=a-b", None),
        ("bytes=10-", Refused),
        ("bytes=-0", Refused),
    ],
)
def test_ranges(header: str | None, expected: object) -> None:
    if expected is Refused:
        with pytest.raises(Refused):
            rules.requested_range(header, 10, Refused)
    else:
        assert rules.requested_range(header, 10, Refused) == expected


@given(st.text(alphabet="bytes=0123456789-, ", max_size=30), st.integers(0, 100))
def test_ranges_lie_inside_the_file(header: str, size: int) -> None:
    try:
        found = rules.requested_range(header, size, Refused)
    except Refused:
        return
    assert found is None or 0 <= found[0] < found[1] <= size


@given(st.datetimes(datetime(2020, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)))
def test_addresses_last_one_to_two_lifetimes_and_are_shared(now: datetime) -> None:
    left = rules.address_expiry(now) - now
    assert rules.ADDRESS_LIFETIME < left <= 2 * rules.ADDRESS_LIFETIME
    soon = now + timedelta(seconds=1)
    assert rules.address_expiry(soon) - rules.address_expiry(now) in (timedelta(0), rules.ADDRESS_LIFETIME)
