"""The model process's own side: serves frames until its input ends (see `model_process`).

    {"operation": "read"}     + file -> {"pages": [{width, height, words, segments}]}
    {"operation": "prepare"}  + file -> the same, but pages without text of their own carry a `picture` (base64 JPEG)
    a file that is not taken         -> {"refused": reason, "message": sentence}
"""

import base64
import io
import os
import resource
import sys
from functools import lru_cache
from typing import Any, BinaryIO

import orjson

from studyhall.platform.clients.model_process import LENGTH_BYTES
from studyhall.platform.clients.ocr.documents import Leaf, RawWord, leaves_of
from studyhall.platform.clients.ocr.pages import FileRefused

MOST_MEMORY = 4 * 1024**3
MOST_SEGMENTS = 4000
# A ruled line is longer than this share of the page; strokes of letters are shorter.
SHORTEST_SEGMENT = 0.02
JPEG_QUALITY = 90


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

    return RapidOCR(params={"Global.log_level": "critical", "EngineConfig.onnxruntime.intra_op_num_threads": 2})


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
    (2010)."""
    import cv2
    import numpy

    grey = numpy.asarray(leaf.picture.convert("L"))
    found = cv2.createLineSegmentDetector(cv2.LSD_REFINE_STD).detect(grey)[0]
    if found is None:
        return []
    lines = found.reshape(-1, 4)
    lengths = numpy.hypot(lines[:, 2] - lines[:, 0], lines[:, 3] - lines[:, 1])
    order = numpy.argsort(-lengths)
    least = SHORTEST_SEGMENT * max(grey.shape)
    return [tuple(float(value) for value in lines[at]) for at in order[:MOST_SEGMENTS] if lengths[at] >= least]  # type: ignore[misc]


def _frame(source: BinaryIO) -> bytes | None:
    head = source.read(LENGTH_BYTES)
    if len(head) < LENGTH_BYTES:
        return None
    return source.read(int.from_bytes(head, "big"))


def serve() -> None:
    """Until the input ends."""
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    # What libraries print must not get between the frames.
    replies = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    while (request := _frame(sys.stdin.buffer)) is not None:
        content = _frame(sys.stdin.buffer)
        if content is None:
            return
        reply = orjson.dumps(answer(orjson.loads(request), content))
        replies.write(len(reply).to_bytes(LENGTH_BYTES, "big") + reply)
        replies.flush()


if __name__ == "__main__":
    serve()
