"""Reading files: what is refused, what a PDF itself says, Google Vision against a server of our own."""

import asyncio
import base64
import io
import struct
import threading
import zlib
from collections.abc import AsyncIterator, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx2
import orjson
import pytest
from PIL import Image, ImageDraw
from pydantic import SecretStr

from studyhall.platform.clients.ocr import FileRefused, NullOcr, OcrUnavailable, ocr_from_settings
from studyhall.platform.clients.ocr.documents import LONGEST_SIDE, MOST_PAGES, leaves_of
from studyhall.platform.clients.ocr.engine import answer
from studyhall.platform.clients.ocr.reading import EmbeddedOcr, VisionOcr
from studyhall.platform.settings import Settings


def _packed(image: Image.Image, kind: str = "PNG", **options: Any) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def _bomb(width: int, height: int) -> bytes:
    """A small PNG whose header promises many pixels."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    pixels = zlib.compress(bytes(100_000))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def _pdf(text: str = "", *, pages: int = 1, rotate: int = 0, encrypt: bytes = b"") -> bytes:
    """A PDF file written by hand: Helvetica text at 72, 700 on each page."""
    stream = f"BT /F1 24 Tf 72 700 Td ({text}) Tj ET 50 650 m 400 650 l S".encode("latin-1")
    kids = " ".join(f"{5 + number} 0 R" for number in range(pages)).encode()
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Count %d /Kids [%s] >>" % (pages, kids),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
    ]
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Rotate %d /Contents 4 0 R "
    page += b"/Resources << /Font << /F1 3 0 R >> >> >>"
    objects += [page % rotate] * pages
    body, places = b"%PDF-1.4\n", []
    for number, one in enumerate(objects, start=1):
        places.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, one)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    trailer = b"<< /Size %d /Root 1 0 R %s >>" % (len(objects) + 1, encrypt)
    start = len(body)
    body += b"xref\n0 %d\n0000000000 65535 f \n%s" % (len(objects) + 1, table)
    return body + b"trailer\n%s\nstartxref\n%d\n%%%%EOF\n" % (trailer, start)


# RC4, 40 bits, with an owner's and a user's password that nobody here knows.
ENCRYPTION = (
    b"/Encrypt << /Filter /Standard /V 1 /R 2 /P -4 /O <" + b"11" * 32 + b"> /U <" + b"22" * 32 + b"> >> "
    b"/ID [<00112233445566778899aabbccddeeff> <00112233445566778899aabbccddeeff>]"
)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "damaged"),
        (b"plain text", "damaged"),
        (b"\x89PNG\r\n\x1a\n" + b"nothing more", "damaged"),
        (_packed(Image.new("RGB", (300, 300), "white"))[:200], "damaged"),
        (_packed(Image.new("RGB", (300, 300)), "BMP"), "damaged"),
        (_packed(Image.new("RGB", (20, 900))), "too_small"),
        (_bomb(30_000, 30_000), "too_many_pixels"),
        (_bomb(9_000, 9_000), "too_many_pixels"),
        (b"%PDF-1.7\nnothing more", "damaged"),
        (_pdf("Monday", encrypt=ENCRYPTION), "encrypted"),
        (_pdf("Monday", pages=MOST_PAGES + 1), "too_many_pages"),
    ],
)
def test_files_that_must_not_be_opened(content: bytes, reason: str) -> None:
    with pytest.raises(FileRefused) as refusal:
        leaves_of(content)
    assert refusal.value.reason == reason
    assert answer({"operation": "read"}, content)["refused"] == reason


def test_a_photograph_is_turned_as_its_camera_was_held() -> None:
    image = Image.new("RGB", (400, 200), "white")
    exif = Image.Exif()
    exif[0x0112] = 6  # turn clockwise by a quarter to see it upright
    (leaf,) = leaves_of(_packed(image, "JPEG", exif=exif))
    assert leaf.picture.size == (200, 400)


def test_large_pictures_are_scaled_and_transparent_ones_lie_on_white() -> None:
    (large,) = leaves_of(_packed(Image.new("RGB", (5000, 2500), "white")))
    assert max(large.picture.size) == LONGEST_SIDE
    (clear,) = leaves_of(_packed(Image.new("RGBA", (200, 200), (0, 0, 0, 0))))
    assert clear.picture.getpixel((100, 100)) == (255, 255, 255)


def test_a_pdf_file_is_read_by_its_own_text() -> None:
    page = answer({"operation": "read"}, _pdf("Timetable of Monday Mornings"))["pages"][0]
    ((text, box, confidence),) = page["words"]
    assert (text, confidence) == ("Timetable of Monday Mornings", 1.0)
    left, top = box[0]
    assert left == pytest.approx(144, abs=6) and 220 < top < 290
    assert any(abs(y1 - y2) < 2 and abs(x2 - x1) > 600 for x1, y1, x2, y2 in page["segments"])


def test_pages_without_enough_text_or_turned_ones_become_pictures() -> None:
    for content in (_pdf("7"), _pdf("Timetable of Monday Mornings", rotate=90)):
        page = answer({"operation": "prepare"}, content)["pages"][0]
        assert page["words"] == []
        assert base64.b64decode(page["picture"]).startswith(b"\xff\xd8\xff")


def test_borders_of_fields_of_one_brightness_are_found() -> None:
    image = Image.new("RGB", (600, 400), (200, 120, 120))
    ImageDraw.Draw(image).rectangle((0, 200, 600, 400), fill=(120, 152, 150))
    segments = answer({"operation": "prepare"}, _packed(image))["pages"][0]["segments"]
    assert any(abs(y1 - 200) < 4 and abs(y2 - 200) < 4 and abs(x2 - x1) > 400 for x1, y1, x2, y2 in segments)


async def test_the_null_reader() -> None:
    assert await NullOcr([]).read(b"") == []
    with pytest.raises(OcrUnavailable):
        await NullOcr().read(b"")


class _Vision(BaseHTTPRequestHandler):
    """Answers like Google Vision; `server.answers` are used up in turn, each a status and a body."""

    def do_POST(self) -> None:
        sent = orjson.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.seen.append((self.path, self.headers.get("X-Goog-Api-Key"), sent))  # type: ignore[attr-defined]
        status, body = self.server.answers.pop(0)  # type: ignore[attr-defined]
        self.send_response(status)
        self.end_headers()
        self.wfile.write(orjson.dumps(body))

    def log_message(self, *_: Any) -> None:
        """Quietly."""


@pytest.fixture
def vision_server() -> Iterator[Any]:
    server: Any = ThreadingHTTPServer(("127.0.0.1", 0), _Vision)
    server.seen, server.answers = [], []
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
async def vision(vision_server: Any) -> AsyncIterator[VisionOcr]:
    async with httpx2.AsyncClient() as http:
        settings = Settings(
            google_vision_key=SecretStr("the key"),
            google_vision_url=f"http://127.0.0.1:{vision_server.server_port}",
        )
        ocr = ocr_from_settings(settings, http)
        assert isinstance(ocr, VisionOcr)
        yield ocr
        await ocr.close()


def _annotation() -> Any:
    vertices = [{"x": 10}, {"x": 90}, {"x": 90, "y": 20}, {"x": 10, "y": 20}]
    symbols = [{"text": letter} for letter in "Lunes"]
    word = {"boundingBox": {"vertices": vertices}, "symbols": symbols, "confidence": 0.97}
    pages = [{"blocks": [{"paragraphs": [{"words": [word]}]}]}]
    return {"responses": [{"fullTextAnnotation": {"pages": pages}}]}


async def test_google_vision_reads_when_it_is_configured(vision: VisionOcr, vision_server: Any) -> None:
    vision_server.answers = [(200, _annotation())]
    (page,) = await vision.read(_packed(Image.new("RGB", (300, 200), "white")))
    assert [(one.text, one.confidence) for one in page.words] == [("Lunes", 0.97)]
    assert page.words[0].box == ((10, 0), (90, 0), (90, 20), (10, 20))
    ((path, key, sent),) = vision_server.seen
    assert (path, key) == ("/v1/images:annotate", "the key")
    assert base64.b64decode(sent["requests"][0]["image"]["content"]).startswith(b"\xff\xd8\xff")


@pytest.mark.parametrize(
    "answered",
    [(500, {}), (200, {}), (200, {"responses": [{"error": {"code": 7, "message": "denied"}}]}), (403, {"error": {}})],
)
async def test_google_vision_that_fails_may_be_tried_again(
    vision: VisionOcr, vision_server: Any, answered: Any
) -> None:
    vision_server.answers = [answered]
    with pytest.raises(OcrUnavailable):
        await vision.read(_packed(Image.new("RGB", (300, 200), "white")))


async def test_without_a_key_this_machine_reads() -> None:
    async with httpx2.AsyncClient() as http:
        ocr = ocr_from_settings(Settings(), http)
        assert isinstance(ocr, EmbeddedOcr)
        await asyncio.wait_for(ocr.close(), 5)
