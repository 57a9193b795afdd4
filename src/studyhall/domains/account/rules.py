"""Rows as cells and names in an archive, safe to open."""

import re
from collections.abc import Mapping
from typing import Any

import orjson

LONGEST_NAME = 120

# What spreadsheets take for the start of a formula (OWASP, CSV injection), their wide forms of East Asian scripts too.
_FORMULA = re.compile(r"^[\s]*[=+\-@\t\r\n|%＝＋－＠]")
_UNSAFE = re.compile(r"[^\w.()\- ]+")
_DEVICES = frozenset({"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(10))})


def plain(value: Any) -> Any:
    """What JSON has no word for, as text."""
    return value.hex() if isinstance(value, bytes) else str(value)


def cell(value: Any) -> str:
    """One value as the text of a CSV cell.

    A text that a spreadsheet would compute is given an apostrophe in front, which spreadsheets do not show. Numbers are
    left as they are. Lists and objects become JSON.
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(value)
    if isinstance(value, Mapping | list):
        return orjson.dumps(value, default=plain).decode()
    text = str(value)
    return f"'{text}" if _FORMULA.match(text) else text


def entry_name(prefix: str, name: str) -> str:
    """A name for a file in the archive: no folder of its own, nothing that a file system stumbles over.

    Args:
        prefix: makes it unique.
    """
    *_, last = re.split(r"[/\\]", name)
    stem, dot, ending = _UNSAFE.sub("_", last).strip(". ").rpartition(".")
    stem = stem or ("" if dot else ending)
    ending = f".{ending}" if dot and stem and len(ending) <= 10 else ""
    stem = stem[: LONGEST_NAME - len(ending)].strip(". ")
    if stem.lower() in _DEVICES:
        stem += "_"
    return f"{prefix}_{stem or 'file'}{ending}"
