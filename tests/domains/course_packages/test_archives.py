"""Zips that mean harm, and names in any encoding."""

import io
import struct
import zlib
from collections.abc import Callable
from zipfile import ZIP_BZIP2, ZIP_DEFLATED, ZipFile, ZipInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studyhall.domains.course_packages.rules import archive
from studyhall.domains.course_packages.rules.archive import Archive
from studyhall.domains.course_packages.rules.package import Refused
from tests.domains.course_packages.packages import zipped


def with_entry(path: str, content: bytes = b"x", **more: int) -> bytes:
    """A zip of one entry with whatever is to be wrong about it."""
    made, entry = io.BytesIO(), ZipInfo("placeholder")
    entry.filename = path
    for name, value in more.items():
        setattr(entry, name, value)
    with ZipFile(made, "w") as package:
        package.writestr(entry, content)
    return made.getvalue()


def patched(content: bytes, change: Callable[[bytearray, int], None]) -> bytes:
    """The zip with its first directory entry changed."""
    raw = bytearray(content)
    change(raw, raw.index(b"PK\x01\x02"))
    return bytes(raw)


def declared_size(size: int) -> bytes:
    return patched(with_entry("a.md"), lambda raw, at: struct.pack_into("<I", raw, at + 24, size))


def encrypted() -> bytes:
    return patched(with_entry("a.md"), lambda raw, at: struct.pack_into("<H", raw, at + 8, 1))


def end_record(entries: int, length: int) -> bytes:
    return b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, min(entries, 65_535), min(entries, 65_535), length, 0, 0)


def bzipped() -> bytes:
    made = io.BytesIO()
    with ZipFile(made, "w", ZIP_BZIP2) as package:
        package.writestr("a.md", "x")
    return made.getvalue()


def twice() -> bytes:
    made = io.BytesIO()
    with ZipFile(made, "w") as package:
        package.writestr("a.md", "x")
        package.writestr("b.md", "y")
    return made.getvalue().replace(b"b.md", b"a.md")


def bad_utf8() -> bytes:
    raw = bytearray(with_entry("aé.md"))
    return bytes(raw.replace("aé".encode(), b"a\xff\xfe"))


def over_4_gb() -> bytes:
    """Declares 10 GB by the zip64 extra field (APPNOTE 4.5.3)."""
    extra = struct.pack("<HHQ", 1, 8, 10 << 30)
    raw = bytearray(with_entry("a.md", extra=extra))  # type: ignore[arg-type]
    struct.pack_into("<I", raw, raw.index(b"PK\x01\x02") + 24, 0xFFFFFFFF)
    return bytes(raw)


BAD: dict[str, tuple[bytes, str]] = {
    "up": (with_entry("a/../../b.md"), "leads out"),
    "dots": (with_entry("../b.md"), "leads out"),
    "here": (with_entry("a/./b.md"), "leads out"),
    "here and up": (with_entry("./../b.md"), "leads out"),
    "twice by another name": (zipped({"a.md": "x", "./a.md": "y"}), "twice"),
    "symlink of another system": (with_entry("a.md", create_system=19, external_attr=0o120777 << 16), "is a link"),
    "twice a slash": (with_entry("a//b.md"), "leads out"),
    "absolute": (with_entry("/etc/passwd"), "not a path"),
    "drive": (with_entry("C:/b.md"), "not a path"),
    "backslash": (with_entry("a\\b.md"), "not a path"),
    "newline": (with_entry("a\nb.md"), "no name may have"),
    "symlink": (with_entry("a.md", b"/etc/passwd", create_system=3, external_attr=0o120777 << 16), "is a link"),
    "device": (with_entry("a.md", create_system=3, external_attr=0o020666 << 16), "is a link"),
    "encrypted": (encrypted(), "encrypted"),
    "bzip2": (bzipped(), "unusual way"),
    "deep": (with_entry("a/" * 30 + "b.md"), "too deep"),
    "long": (with_entry("a" * 300 + ".md"), "too long"),
    "twice": (twice(), "twice"),
    "file and folder": (zipped({"a": "x", "a/b": "y"}), "both as a file and as a folder"),
    "ten gigabytes": (over_4_gb(), "is the most"),
    "declared": (declared_size(900_000_000), "is the most"),
    "bomb": (zipped({"a.md": bytes(30_000_000)}), "grows more than"),
    "name": (bad_utf8(), "marked as UTF-8"),
    "no zip": (b"PK\x03\x04 and nothing", "damaged"),
    "empty": (b"", "damaged"),
    "cut": (zipped({"a.md": "x" * 500})[:60], "damaged"),
    "many declared": (end_record(60_000, 1_000_000), "files"),
    "large directory": (end_record(10, 900_000_000), "files"),
}


@pytest.mark.parametrize("name", BAD)
def test_what_means_harm_is_refused_with_a_reason(name: str) -> None:
    content, said = BAD[name]
    with pytest.raises(Refused, match=said):
        Archive(io.BytesIO(content))


def test_a_hundred_thousand_files_are_refused_before_their_directory_is_read() -> None:
    record = b"PK\x06\x06" + struct.pack("<QHHIIQQQQ", 44, 45, 45, 0, 0, 100_000, 100_000, 4_600_000, 0)
    locator = b"PK\x06\x07" + struct.pack("<IQI", 0, 0, 1)
    with pytest.raises(Refused, match="files"):
        Archive(io.BytesIO(record + locator + end_record(65_535, 0xFFFFFFFF)))


def test_all_of_it_together_has_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    content = zipped({f"{number}.md": bytes(1_000) for number in range(20)})
    Archive(io.BytesIO(content))
    monkeypatch.setattr(archive, "MOST_BYTES", 15_000)
    with pytest.raises(Refused, match="more than"):
        Archive(io.BytesIO(content))


def test_a_lie_about_the_size_is_found_when_it_is_unpacked() -> None:
    def smaller(raw: bytearray, at: int) -> None:
        struct.pack_into("<I", raw, at + 24, 10)

    opened = Archive(io.BytesIO(patched(zipped({"a.md": "x" * 5_000}), smaller)))
    with pytest.raises(Refused, match="damaged"):
        opened.read("a.md")


def test_a_broken_checksum_is_found() -> None:
    content = zipped({"a.md": "x" * 500})
    wrong = content.replace(struct.pack("<I", zlib.crc32(b"x" * 500)), b"\x01\x02\x03\x04")
    with pytest.raises(Refused, match="damaged"):
        Archive(io.BytesIO(wrong)).read("a.md")


def test_a_file_of_its_kind_may_not_be_too_long() -> None:
    opened = Archive(io.BytesIO(zipped({"a.md": "x" * 500})))
    with pytest.raises(Refused, match="is the most for such a file"):
        opened.read("a.md", most=100)


@pytest.mark.parametrize("is_marked", [True, False])
def test_names_are_read_as_they_were_meant(is_marked: bool) -> None:
    raw = with_entry("Übung/日本.md")
    if not is_marked:  # as tools write it that know nothing of the mark
        raw = patched(raw, lambda data, at: struct.pack_into("<H", data, at + 8, 0))
        raw = bytes(bytearray(raw[:6]) + b"\x00\x00" + bytearray(raw[8:]))
    assert Archive(io.BytesIO(raw)).paths == ["Übung/日本.md"]


def test_names_of_old_systems_are_read() -> None:
    raw = with_entry("aaaa.md").replace(b"aaaa", "äöüé".encode("cp437"))
    assert Archive(io.BytesIO(raw)).paths == ["äöüé.md"]


@given(st.binary(max_size=400))
def test_no_bytes_do_more_than_be_refused(noise: bytes) -> None:
    good = zipped({"a.md": "hello", "b/c.md": "there"})
    for content in (noise, good[:40] + noise + good[40:], noise + good, good + noise):
        try:
            opened = Archive(io.BytesIO(content))
            for path in opened.paths:
                opened.read(path)
        except Refused:
            pass


def test_the_folder_that_one_stands_in_is_nothing() -> None:
    assert Archive(io.BytesIO(zipped({"./": "", "./a.md": "x", "././b/c.md": "y"}))).paths == ["a.md", "b/c.md"]


def test_deflate_is_taken() -> None:
    made = io.BytesIO()
    with ZipFile(made, "w", ZIP_DEFLATED) as package:
        package.writestr("a/b.md", "text")
    assert Archive(made).read("a/b.md") == b"text"
