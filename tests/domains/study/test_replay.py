"""What two devices kept offline arrives once, whatever the network loses. `python -m bench.replay` sends a thousand."""

from typing import Any

from bench.replay import measure


async def test_nothing_is_lost_and_nothing_doubled(committed: Any) -> None:
    found = await measure(committed.resources, 24, seed=3)
    assert found["logged"] + found["shown as clashes"] == found["queued"] >= 24
    assert found["requests"] > found["queued"], "or no answer was lost, and nothing was tried"
    assert found["shown as clashes"] > 0
