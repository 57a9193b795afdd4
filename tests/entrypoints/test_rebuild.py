"""`studyhall rebuild` says what it mends, and that nothing is left to mend."""

from typing import Any

import pytest

from studyhall.entrypoints import rebuild
from studyhall.platform.resources import Resources


async def test_it_tells_what_it_mended(resources: Resources, person: Any, capsys: pytest.CaptureFixture[str]) -> None:
    mira = await person()
    await rebuild.run(resources)
    assert capsys.readouterr().out == "Everything was right.\n"

    assert (await mira.client.post("/api/v1/study-sessions/start", json={})).status_code == 201
    async with resources.unit_of_work() as uow:
        straight = await uow.straight()
        wrong = "INSERT INTO study_totals (user_id, total_seconds, session_count, updated_at) VALUES ($1, 60, 1, now())"
        await straight.value(wrong, mira.id)
    await rebuild.run(resources)
    told = capsys.readouterr().out
    assert str(mira.id) in told
    assert told.endswith("Differences mended: 1.\n")
    await rebuild.run(resources)
    assert capsys.readouterr().out == "Everything was right.\n"
