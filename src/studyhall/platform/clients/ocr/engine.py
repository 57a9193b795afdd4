"""The model process's side of reading.

{"operation": "read"}     + file -> {"pages": [{width, height, words, segments}]}
{"operation": "prepare"}  + file -> the same, but pages without text of their own carry a `picture` (base64 JPEG)
a file that is not taken         -> {"refused": reason, "message": sentence}
"""

import base64
import io
import math
from functools import lru_cache
from typing import Any

from studyhall.platform.clients.ocr.documents import Leaf, RawWord, leaves_of
from studyhall.platform.clients.ocr.pages import FileRefused

MOST_SEGMENTS = 4000
# A ruled line is longer than this share of the page; strokes of letters are shorter.
SHORTEST_SEGMENT = 0.02
JPEG_QUALITY = 90
LEAST_SCORE = 0.2
COLOUR_GAIN, NEUTRAL = 3.0, 128


def answer(request: dict[str, Any], content: bytes) -> dict[str, Any]:
    """One call."""
    try:
        reads = request["operation"] == "read"
        return {"pages": [_page(leaf, reads=reads) for leaf in leaves_of(content)]}
    except FileRefused as refusal:
        return {"refused": refusal.reason, "message": str(refusal)}
    except MemoryError:
        return {"refused": "too_large", "message": "The file needs too much memory to be read."}


def _page(leaf: Leaf, *, reads: bool) -> dict[str, Any]:
    page: dict[str, Any] = {
        "width": leaf.picture.width,
        "height": leaf.picture.height,
        "words": leaf.words or [],
        "segments": _segments(leaf),
    }
    if leaf.words is None and reads:
        page["words"] = _recognised(leaf)
    elif leaf.words is None:
        packed = io.BytesIO()
        leaf.picture.save(packed, "JPEG", quality=JPEG_QUALITY)
        page["picture"] = base64.b64encode(packed.getvalue()).decode("ascii")
    return page


@lru_cache(maxsize=1)
def _recogniser() -> Any:
    from rapidocr import RapidOCR

    return RapidOCR(
        params={
            "Global.log_level": "critical",
            # What is read badly is marked later; left out it would be missed in silence.
            "Global.text_score": LEAST_SCORE,
            "EngineConfig.onnxruntime.intra_op_num_threads": 2,
        }
    )


def _recognised(leaf: Leaf) -> list[RawWord]:
    import numpy

    found = _recogniser()(numpy.asarray(leaf.picture)[:, :, ::-1])
    if found.boxes is None:
        return []
    return [
        (text, [(float(x), float(y)) for x, y in box], float(score))
        for text, box, score in zip(found.txts, found.boxes, found.scores, strict=True)
        if text.strip()
    ]


def _segments(leaf: Leaf) -> list[tuple[float, float, float, float]]:
    """Straight edges of the picture, the longest first, by the line segment detector of Grompone von Gioi et al.
    (2010): in brightness, evened out against shadows, and in both colour channels, where fields of one brightness
    meet."""
    import cv2
    import numpy

    lab = cv2.cvtColor(numpy.asarray(leaf.picture), cv2.COLOR_RGB2LAB)
    bright, *colours = (numpy.ascontiguousarray(lab[:, :, channel]) for channel in range(3))
    even = cv2.createCLAHE(clipLimit=2.0, tileGridSize=(8, 8)).apply(bright)
    detector = cv2.createLineSegmentDetector(cv2.LSD_REFINE_STD)
    found: list[tuple[float, float, float, float]] = []
    for channel in (even, *(_stretched(colour) for colour in colours)):
        lines = detector.detect(channel)[0]
        rows = [] if lines is None else lines.reshape(-1, 4).tolist()
        found += [(x1, y1, x2, y2) for x1, y1, x2, y2 in rows]
    least = SHORTEST_SEGMENT * max(bright.shape)
    found = [line for line in found if math.dist(line[:2], line[2:]) >= least]
    return sorted(found, key=lambda line: -math.dist(line[:2], line[2:]))[:MOST_SEGMENTS]


def _stretched(colour: Any) -> Any:
    """A colour channel around its middle, louder; paper is grey, so most of it is flat."""
    import numpy

    middle = float(numpy.median(colour))
    return numpy.clip((colour.astype(numpy.float32) - middle) * COLOUR_GAIN + NEUTRAL, 0, 255).astype(numpy.uint8)
