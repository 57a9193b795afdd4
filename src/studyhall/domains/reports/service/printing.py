"""The report as PDF: laid out by Typst from one template, with its own fonts, off the event loop."""

import asyncio
from datetime import UTC
from functools import lru_cache
from importlib.resources import as_file, files
from typing import Any, Literal

import orjson
import structlog
import typst

from studyhall.domains.reports.service.document import document_of
from studyhall.domains.reports.service.weekly import Report

log = structlog.get_logger(__name__)

_TEMPLATES = files("studyhall.domains.reports") / "templates"
_ACCESSIBLE: Literal["ua-1"] = "ua-1"


@lru_cache(maxsize=1)
def _fonts() -> typst.Fonts:
    """The fonts that Typst brings along, and those of this machine for scripts that they lack."""
    return typst.Fonts(include_system_fonts=True, include_embedded_fonts=True)


async def pdf(report: Report, name: str) -> bytes:
    """One or two pages of A4. The same report gives the same bytes.

    Args:
        name: of the person, as it stands in the heading.
    """
    return await asyncio.to_thread(_written, document_of(report, name), report)


def _written(document: dict[str, Any], report: Report) -> bytes:
    made = report.row.generated_at.astimezone(UTC).replace(microsecond=0)
    data = {"data": orjson.dumps(document).decode()}
    with as_file(_TEMPLATES) as folder:
        compiler = typst.Compiler(folder / "report.typ", root=folder, font_paths=_fonts(), sys_inputs=data)
        try:
            return _bytes(compiler.compile(format="pdf", pdf_standards=_ACCESSIBLE, timestamp=made))
        except typst.TypstError:
            # A script that no font here can show must not cost anybody his report. The error would tell the text.
            log.warning("report is printed without the accessible standard", report_id=str(report.row.id))
            return _bytes(compiler.compile(format="pdf", timestamp=made))


def _bytes(compiled: bytes | list[bytes] | None) -> bytes:
    if not isinstance(compiled, bytes):
        raise TypeError("a PDF is one file")
    return compiled
