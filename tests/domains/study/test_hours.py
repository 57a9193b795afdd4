"""At which hours people study."""

from datetime import UTC, datetime, timedelta
from typing import Any

from studyhall.domains.study import public
from studyhall.platform import clock
from studyhall.platform.resources import Resources
from tests.domains.academics.conftest import Student

NOW = datetime(2025, 3, 20, 23, tzinfo=UTC)


async def _hours(resources: Resources, *people: Any, since: datetime = NOW - timedelta(days=7)) -> list[dict[int, int]]:
    """Minutes by hour, empty hours left out."""
    async with resources.unit_of_work() as uow:
        found = await public.minutes_by_hour(uow, [one.person.id for one in people], since)
    assert all(len(hours) == 24 for hours in found.values())
    return [{hour: n for hour, n in enumerate(found[one.person.id]) if n} for one in people]


async def test_minutes_fall_on_the_hours_of_each_persons_wall(person: Any, resources: Resources) -> None:
    with clock.frozen_at(NOW):
        mira, jonas, idle = [Student(await person(timezone=zone)) for zone in ("Asia/Kathmandu", "UTC", "UTC")]
        for student in (mira, jonas):
            for start, minutes in (("2025-03-19T20:30:00Z", 95), ("2025-03-20T21:00:00Z", 60)):
                body = {"started_at": start, "duration_seconds": 60 * minutes}
                await student.call("POST", "/study-sessions", 201, json=body)
        # Kathmandu is 5:45 ahead: 02:15 to 03:50, and 02:45 to 03:45.
        assert await _hours(resources, mira, jonas, idle) == [
            {2: 45 + 15, 3: 50 + 45},
            {20: 30, 21: 60 + 60, 22: 5},
            {},
        ]
        assert await _hours(resources, jonas, since=NOW - timedelta(hours=4)) == [{21: 60}]


async def test_running_and_deleted_sessions_do_not_count(person: Any, resources: Resources) -> None:
    with clock.frozen_at(NOW):
        mira = Student(await person(timezone="UTC"))
        body = {"started_at": "2025-03-20T20:00:00Z", "duration_seconds": 600}
        made = await mira.call("POST", "/study-sessions", 201, json=body)
        await mira.call("POST", "/study-sessions/start", 201)
        assert await _hours(resources, mira) == [{20: 10}]
        await mira.call("DELETE", f"/study-sessions/{made['session']['id']}")
        assert await _hours(resources, mira) == [{}]
