"""Reading what stands in pictures and PDF files: words with their places, and the straight lines of the page.

Nothing heavy is imported here. The embedded engine runs in the process of its own that `model_process` keeps; with a
key for Google Vision that process only takes files apart, and the pictures are read there.
"""

from studyhall.platform.clients.ocr.pages import (
    FileRefused,
    NullOcr,
    Ocr,
    OcrError,
    OcrUnavailable,
    Page,
    Point,
    Segment,
    Word,
)
from studyhall.platform.clients.ocr.reading import ocr_from_settings

__all__ = [
    "FileRefused",
    "NullOcr",
    "Ocr",
    "OcrError",
    "OcrUnavailable",
    "Page",
    "Point",
    "Segment",
    "Word",
    "ocr_from_settings",
]
