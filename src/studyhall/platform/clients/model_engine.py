"""The model process's own side: serves frames until its input ends (see `model_process`).

A request names an `operation`; the part that knows it is imported by the first one that asks for it, so that a search
loads no reader of pictures.
"""

import os
import resource
import sys
from importlib import import_module
from typing import Any, BinaryIO

import orjson

from studyhall.platform.clients.model_process import LENGTH_BYTES

MOST_MEMORY = 4 * 1024**3
ENGINES = {
    "read": "studyhall.platform.clients.ocr.engine",
    "prepare": "studyhall.platform.clients.ocr.engine",
    "embed": "studyhall.platform.clients.embedding.engine",
}


def answer(request: dict[str, Any], content: bytes) -> dict[str, Any]:
    """One call."""
    found: dict[str, Any] = import_module(ENGINES[request["operation"]]).answer(request, content)
    return found


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
