"""Files into upright pictures and, where a PDF holds it, text. Runs in the model process only.

Every file is a stranger's: size is judged by the header before a pixel is unpacked, pages are counted before one is
drawn.
"""

import io
import warnings
from dataclasses import dataclass, field
from typing import Any

import pypdfium2
from PIL import Image, ImageOps, UnidentifiedImageError

from studyhall.platform.clients.ocr.pages import FileRefused

MOST_PIXELS = 50_000_000
LEAST_SIDE = 100
LONGEST_SIDE = 2400
MOST_PAGES = 10
FORMATS = ("PNG", "JPEG", "GIF", "WEBP")
DOTS_PER_POINT = 2.0  # 144 dots an inch
# Some scans carry a stray page number as their only text.
FEWEST_LETTERS = 20
# A gap as wide as this share of the letter height ends a phrase.
PHRASE_GAP = 0.75

RawWord = tuple[str, list[tuple[float, float]], float]


@dataclass(slots=True)
class Leaf:
    """One page: its picture, and its words when the file itself holds them."""

    picture: Image.Image
    words: list[RawWord] | None = None


def leaves_of(content: bytes) -> list[Leaf]:
    """The pages of a file. Raises FileRefused."""
    if content.startswith(b"%PDF-"):
        return _pdf_leaves(content)
    return [Leaf(_picture(content))]


def _picture(content: bytes) -> Image.Image:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            opened = Image.open(io.BytesIO(content), formats=FORMATS)
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError) as error:
        raise FileRefused("damaged", "The picture is damaged, or is no picture at all. Take it anew.") from error
    except Image.DecompressionBombError as error:
        raise _too_many_pixels() from error
    width, height = opened.size
    if width * height > MOST_PIXELS:
        raise _too_many_pixels()
    if min(width, height) < LEAST_SIDE:
        raise FileRefused("too_small", f"The picture is smaller than {LEAST_SIDE} pixels. Take a sharper one.")
    try:
        # JPEG can be unpacked at half or a quarter of its size at once.
        opened.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
        opened.load()
        return _scaled(_opaque(ImageOps.exif_transpose(opened)))
    except (OSError, ValueError, SyntaxError, EOFError) as error:
        raise FileRefused("damaged", "The picture is damaged or cut off. Take it anew.") from error


def _too_many_pixels() -> FileRefused:
    return FileRefused("too_many_pixels", f"The picture has more than {MOST_PIXELS // 1_000_000} million pixels.")


def _opaque(picture: Image.Image) -> Image.Image:
    """In RGB, on white paper where it was transparent."""
    if picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info:
        with_alpha = picture.convert("RGBA")
        paper = Image.new("RGBA", with_alpha.size, "white")
        return Image.alpha_composite(paper, with_alpha).convert("RGB")
    return picture.convert("RGB")


def _scaled(picture: Image.Image) -> Image.Image:
    picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS)
    return picture


def _pdf_leaves(content: bytes) -> list[Leaf]:
    try:
        document = pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower():
            raise FileRefused(
                "encrypted", "The PDF file is protected by a password. Save it without one and send it again."
            ) from error
        raise FileRefused("damaged", "The PDF file is damaged. Save or print it anew.") from error
    try:
        pages = len(document)
        if not 1 <= pages <= MOST_PAGES:
            raise FileRefused(
                "too_many_pages", f"The PDF file has {pages} pages; send the 1 to {MOST_PAGES} with the timetable."
            )
        return [_pdf_leaf(document[number]) for number in range(pages)]
    except pypdfium2.PdfiumError as error:
        raise FileRefused("damaged", "The PDF file is damaged. Save or print it anew.") from error
    finally:
        document.close()


def _pdf_leaf(page: Any) -> Leaf:
    width, height = page.get_size()
    scale = min(DOTS_PER_POINT, LONGEST_SIDE / max(width, height, 1.0))
    if min(width, height) * scale < LEAST_SIDE:
        raise FileRefused("too_small", "A page of the PDF file is too small to hold a timetable.")
    picture = page.render(scale=scale).to_pil().convert("RGB")
    # Places of text are told for the page as it lies, not as it is turned to be shown.
    words = None if page.get_rotation() else _text_layer(page, height, scale)
    return Leaf(picture, words if words and sum(len(text) for text, _, _ in words) >= FEWEST_LETTERS else None)


@dataclass(slots=True)
class _Phrase:
    left: float
    right: float
    bottom: float
    top: float
    letters: list[str] = field(default_factory=list)


def _text_layer(page: Any, page_height: float, scale: float) -> list[RawWord]:
    """The phrases of the page's own text: letters that follow one another in a line without a wide gap."""
    text_page = page.get_textpage()
    phrases: list[_Phrase] = []
    is_open = False
    for index in range(text_page.count_chars()):
        letter = text_page.get_text_range(index, 1)
        if letter in ("\r", "\n", ""):
            is_open = False
            continue
        left, bottom, right, top = text_page.get_charbox(index, loose=True)
        last = phrases[-1] if is_open else None
        if last is None or not _continues(last, left, bottom, top):
            if letter.isspace():
                continue
            phrases.append(_Phrase(left, right, bottom, top, [letter]))
            is_open = True
        elif letter.isspace():
            last.letters.append(" ")
        else:
            last.letters.append(letter)
            last.right, last.bottom, last.top = max(last.right, right), min(last.bottom, bottom), max(last.top, top)
    return [_raw_word(one, page_height, scale) for one in phrases]


def _continues(last: _Phrase, left: float, bottom: float, top: float) -> bool:
    height = max(last.top - last.bottom, 1.0)
    same_line = abs((top + bottom) / 2 - (last.top + last.bottom) / 2) < height / 2
    return same_line and -height / 2 <= left - last.right <= PHRASE_GAP * height


def _raw_word(one: _Phrase, page_height: float, scale: float) -> RawWord:
    left, right = one.left * scale, one.right * scale
    top, bottom = (page_height - one.top) * scale, (page_height - one.bottom) * scale
    return "".join(one.letters).strip(), [(left, top), (right, top), (right, bottom), (left, bottom)], 1.0
