"""The whole way with the real engine on a few damaged pictures; `python -m bench.ocr` measures many."""

import os
from collections import Counter

import pytest

from bench.ocr import key_of, render, truth
from studyhall.domains.scans.public import read_pages
from studyhall.platform.clients.model_process import ModelProcess
from studyhall.platform.clients.ocr import FileRefused
from studyhall.platform.clients.ocr.reading import ENGINE, EmbeddedOcr

PICTURES = [
    ("days_as_columns", "de", "perspective"),
    ("merged_and_coloured", "fr", "shadow"),
    ("list", "es", "jpeg"),
]


@pytest.mark.slow
@pytest.mark.timeout(240)
async def test_damaged_pictures_are_read_by_the_embedded_engine() -> None:
    process = ModelProcess(ENGINE)
    ocr = EmbeddedOcr(process)
    right = expected = 0
    for layout, language, damage in PICTURES:
        picture, sample = render(layout, language, damage, 0)
        found = Counter(key_of(one) for one in read_pages(await ocr.read(picture)))
        wanted = truth(sample)
        right, expected = right + (found & wanted).total(), expected + wanted.total()
        assert (found - wanted).total() <= 0.1 * wanted.total(), (layout, language, damage)
    assert right >= 0.95 * expected
    pid = process.pid
    with pytest.raises(FileRefused):
        await ocr.read(b"no picture")
    assert process.pid == pid, "a bad file must not cost the loaded models"
    await ocr.close()
    assert pid is not None
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
