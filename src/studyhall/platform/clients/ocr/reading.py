"""The readers: the embedded engine, and Google Vision for those who have a key."""

from typing import Any

import httpx2
import structlog

from studyhall.platform.clients.model_process import ENGINE, ModelProcess, ProcessFailed
from studyhall.platform.clients.ocr.pages import FileRefused, Ocr, OcrUnavailable, Page, Segment, Word
from studyhall.platform.settings import Settings

log = structlog.get_logger(__name__)

VISION_SECONDS = 60.0


def ocr_from_settings(settings: Settings, http: httpx2.AsyncClient, process: ModelProcess | None = None) -> Ocr:
    """Google Vision when `google_vision_key` is set, else the embedded engine. Nothing is started yet.

    Args:
        process: the one process for models, where it is shared.
    """
    key = settings.google_vision_key
    if key is None:
        return EmbeddedOcr(process)
    return VisionOcr(http, settings.google_vision_url, key.get_secret_value(), process)


class EmbeddedOcr:
    """Everything on this machine, offline."""

    def __init__(self, process: ModelProcess | None = None) -> None:
        self._process = process or ModelProcess(ENGINE)

    async def read(self, content: bytes) -> list[Page]:
        answer = await _ask(self._process, "read", content)
        return [_page(one) for one in answer["pages"]]

    async def close(self) -> None:
        await self._process.close()


async def _ask(process: ModelProcess, operation: str, content: bytes) -> dict[str, Any]:
    """Raises FileRefused, OcrUnavailable."""
    try:
        answer = await process.call({"operation": operation}, content)
    except ProcessFailed as error:
        log.warning("reading failed", operation=operation, reason=str(error))
        raise OcrUnavailable("The file could not be read in time.") from error
    if "refused" in answer:
        raise FileRefused(answer["refused"], answer["message"])
    return answer


def _page(raw: dict[str, Any]) -> Page:
    return Page(
        raw["width"],
        raw["height"],
        tuple(Word(text, _corners(box), confidence) for text, box, confidence in raw["words"]),
        tuple(Segment((x1, y1), (x2, y2)) for x1, y1, x2, y2 in raw["segments"]),
    )


def _corners(box: list[list[float]]) -> Any:
    return tuple((float(x), float(y)) for x, y in box)


class VisionOcr:
    """Google Vision reads; files are taken apart, turned upright and scaled here first.

    Args:
        address: without the path, e.g. `https://vision.googleapis.com`.
    """

    def __init__(self, http: httpx2.AsyncClient, address: str, key: str, process: ModelProcess | None = None) -> None:
        self._http, self._key = http, key
        self._url = f"{address.rstrip('/')}/v1/images:annotate"
        self._process = process or ModelProcess(ENGINE)

    async def read(self, content: bytes) -> list[Page]:
        prepared = await _ask(self._process, "prepare", content)
        return [await self._read(one) for one in prepared["pages"]]

    async def close(self) -> None:
        await self._process.close()

    async def _read(self, raw: dict[str, Any]) -> Page:
        page = _page(raw)
        if "picture" not in raw:
            return page
        found = await self._annotate(raw["picture"])
        return Page(page.width, page.height, tuple(_vision_words(found)), page.segments)

    async def _annotate(self, picture: str) -> dict[str, Any]:
        wanted = {"image": {"content": picture}, "features": [{"type": "DOCUMENT_TEXT_DETECTION"}]}
        try:
            answer = await self._http.post(
                self._url,
                json={"requests": [wanted]},
                headers={"X-Goog-Api-Key": self._key},
                timeout=VISION_SECONDS,
            )
            answer.raise_for_status()
            found: dict[str, Any] = answer.json()["responses"][0]
        except (httpx2.HTTPError, ValueError, KeyError, IndexError, TypeError) as error:
            log.warning("Google Vision failed", error=type(error).__name__)
            raise OcrUnavailable("The reading service did not answer.") from error
        if "error" in found:
            log.warning("Google Vision refused", code=found["error"].get("code"))
            raise OcrUnavailable("The reading service refused the picture.")
        return found


def _vision_words(found: dict[str, Any]) -> list[Word]:
    """Words of a full text annotation: pages, blocks, paragraphs, words, symbols."""
    words: list[Word] = []
    for page in found.get("fullTextAnnotation", {}).get("pages", []):
        for block in page.get("blocks", []):
            for paragraph in block.get("paragraphs", []):
                words += [_vision_word(word) for word in paragraph.get("words", [])]
    return words


def _vision_word(word: dict[str, Any]) -> Word:
    # A coordinate of 0 is left out of the answer.
    box = [[one.get("x", 0), one.get("y", 0)] for one in word["boundingBox"]["vertices"]]
    text = "".join(symbol["text"] for symbol in word["symbols"])
    return Word(text, _corners(box), float(word.get("confidence", 0)))
