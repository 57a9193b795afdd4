"""Two days around a clock change, in small: `python -m bench.reminders` has the year."""

from datetime import UTC, datetime

import pytest

from bench.reminders import Pace, post_office, simulate
from studyhall.platform.clients.mail import SmtpMail
from tests.conftest import Committed

ZONES = ("Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Pacific/Apia")


@pytest.mark.parametrize("at_once", [1, 6])
async def test_each_local_day_is_told_once(committed: Committed, at_once: int) -> None:
    resources = committed.resources
    async with post_office() as post:
        resources.mail = SmtpMail("127.0.0.1", post.port, "Studyhall <hall@example.org>")
        start = datetime(2027, 3, 27, tzinfo=UTC)
        found = await simulate(resources, post, ZONES, days=2, start=start, pace=Pace(every=7, at_once=at_once))
    assert found["workers_died_before_handing_over"] > 0 < found["workers_died_while_handing_over"]
    wrong = (
        "days_without_a_row_between_others",
        "people_with_too_few_mornings",
        "received_twice",
        "sent_but_not_received",
        "received_but_not_known",
        "one_occasion_twice",
    )
    assert {name: found[name] for name in wrong} == dict.fromkeys(wrong, 0)
    # A mail whose worker died while handing it over is never sent again: at most once, and written down.
    lost = found["mails"].get("failed", 0) + found["mails"].get("sending", 0)
    assert lost <= found["workers_died_while_handing_over"] + found["deliveries"].get("reminder: skipped", 0)
    assert found["mails_received"] == found["mails"]["sent"] > len(ZONES)
