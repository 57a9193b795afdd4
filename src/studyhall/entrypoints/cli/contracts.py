"""The contracts with clients, as files: what a change to them is shows in review, and a stale one fails the checks."""

from pathlib import Path

import orjson

from studyhall import __version__
from studyhall.entrypoints import http, wiring
from studyhall.platform import realtime
from studyhall.platform.web import openapi


def contents() -> dict[str, bytes]:
    """Each file's name and what it should hold."""
    description = openapi.describe(http.describe_routes(), __version__)
    return {
        "openapi.json": orjson.dumps(description, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE),
        "realtime.json": realtime.contract_json(wiring.CHANNELS, wiring.MESSAGES),
    }


def stale(directory: Path) -> list[Path]:
    """The files in `directory` that are missing or differ from what they should hold."""
    return [
        directory / name
        for name, content in contents().items()
        if not (directory / name).exists() or (directory / name).read_bytes() != content
    ]


def write(directory: Path) -> list[Path]:
    """Writes what is stale, and returns it."""
    changed = stale(directory)
    directory.mkdir(parents=True, exist_ok=True)
    for path in changed:
        path.write_bytes(contents()[path.name])
    return changed
