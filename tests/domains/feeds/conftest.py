"""Students with timetables, and a calendar program that reads their feeds."""

from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime
from typing import Any

import httpx2
import icalendar
import pytest
import recurring_ical_events

from tests.domains.academics.conftest import Student, in_term, student

__all__ = ["Subscriber", "Subscription", "in_term", "student", "subscribe"]


class Subscription:
    """A calendar program that has the address, and no token."""

    def __init__(self, client: httpx2.AsyncClient, address: str) -> None:
        self.client, self.address = client, address

    @property
    def path(self) -> str:
        return self.address.removeprefix("https://studyhall.test")

    async def fetch(self, status: int = 200, **headers: str) -> httpx2.Response:
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        answer = await self.client.get(self.path, headers=sent)
        assert answer.status_code == status, answer.text
        return answer

    async def calendar(self) -> icalendar.Calendar:
        return icalendar.Calendar.from_ical((await self.fetch()).content)

    async def events(self, prefix: str, first: date, last: date) -> list[tuple[datetime, datetime, str]]:
        """Start, end and title of what a program shows of these days, in UTC; `prefix` is that of the uids."""
        found = recurring_ical_events.of(await self.calendar()).between(first, last)
        return sorted(
            (one["DTSTART"].dt.astimezone(UTC), one.end.astimezone(UTC), str(one["SUMMARY"]))
            for one in found
            if str(one["UID"]).startswith(prefix)
        )

    async def components(self, kind: str) -> dict[str, Any]:
        """By uid."""
        return {str(one["UID"]): one for one in (await self.calendar()).walk(kind)}


Subscriber = Callable[[Student], Awaitable[Subscription]]


@pytest.fixture
def subscribe(client: httpx2.AsyncClient) -> Subscriber:
    """`program = await subscribe(mira)` makes her an address and hands it to a program."""

    async def make(owner: Student) -> Subscription:
        made = await owner.call("POST", "/settings/calendar-feed", 201)
        return Subscription(client, made["address"])

    return make
