"""The evening, end to end, on a real timetable: from an empty server to a first screen that knows the day."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import httpx2
import pytest

from studyhall.platform import clock
from studyhall.platform.resources import Resources

FOLDER = Path(__file__).resolve().parents[3] / "shared" / "data" / "timetables"
PASSWORD = "Correct-Horse-7"


def _real_file() -> str:
    found = sorted(FOLDER.glob("Year_01_Semester_02__-_VU*.ics")) if FOLDER.exists() else []
    if not found:
        pytest.skip("the real timetables are not beside this checkout")
    return found[0].read_bytes().decode()


def _moved_to_berlin(text: str) -> str:
    """The same local times in Europe/Berlin, whose clocks change within the term."""
    start, end = text.index("BEGIN:VTIMEZONE"), text.index("END:VTIMEZONE") + len("END:VTIMEZONE\r\n")
    return (text[:start] + text[end:]).replace("TZID=Asia/Kolkata", "TZID=Europe/Berlin")


def _dates_of(text: str, zone: str) -> set[tuple[datetime, datetime]]:
    """Start and end of every event, read by hand."""
    found, begin = set(), None
    for line in text.splitlines():
        name, _, value = line.partition(":")
        if name.startswith(("DTSTART;", "DTEND;")):
            moment = datetime.strptime(value.strip(), "%Y%m%dT%H%M%S").replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
            if name.startswith("DTSTART"):
                begin = moment
            elif begin is not None:
                found.add((begin, moment))
    return found


class Evening:
    """Somebody at the keyboard."""

    def __init__(self, client: httpx2.AsyncClient) -> None:
        self.client = client

    async def ask(self, method: str, path: str, status: int = 200, **more: Any) -> Any:
        answer = await self.client.request(method, f"/api/v1{path}", **more)
        assert answer.status_code == status, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.json()["data"]

    async def arrive(self, zone: str) -> None:
        account = {"name": "Mira Evening", "email": "mira@example.org", "password": PASSWORD}
        signed = await self.ask("POST", "/auth/register", 201, json=account)
        self._take(signed["tokens"])
        await self.ask("PUT", "/settings/preferences", json={"timezone": zone})
        # The actor carries the zone; a fresh look is enough.
        assert (await self.ask("GET", "/auth/me"))["user"]["preferences"]["timezone"] == zone

    def _take(self, tokens: dict[str, Any]) -> None:
        self.refresh_token = tokens["refresh_token"]
        self.client.headers["Authorization"] = f"Bearer {tokens['access_token']}"

    async def stay(self) -> None:
        """Renew the tokens, as a client does every half hour."""
        body = {"refresh_token": self.refresh_token}
        self._take((await self.ask("POST", "/auth/refresh", json=body))["tokens"])

    async def take_the_timetable(self, text: str) -> Any:
        course = {"name": "Operating Systems", "code": "OS", "credits": 4, "semester": "Semester 2"}
        await self.ask("POST", "/courses", 201, json=course)
        files = {"file": ("timetable.ics", text.encode(), "text/calendar")}
        form = {"semester": "Semester 2"}
        upload = (await self.ask("POST", "/timetable/import", 201, files=files, data=form))["upload"]
        assert upload["status"] == "waiting"
        return await self.ask(
            "POST", f"/timetable/uploads/{upload['id']}/confirm", json={"create_missing_courses": True}
        )


async def _all_meetings(resources: Resources, zone: str) -> set[tuple[datetime, datetime]]:
    from studyhall.domains.academics import public

    async with resources.unit_of_work() as uow:
        user_id = await (await uow.straight()).value("SELECT id FROM users")
        first, last = datetime(2024, 9, 1).date(), datetime(2026, 3, 1).date()
        found = await public.classes_between(uow, user_id, first, last, clock.zone(zone))
    return {(one.starts_at.astimezone(UTC), one.ends_at.astimezone(UTC)) for one in found}


@pytest.fixture(params=["Asia/Kolkata", "Europe/Berlin"])
def term(request: pytest.FixtureRequest) -> Iterator[tuple[str, str, datetime]]:
    """Zone, file, and an early morning within its term; in Berlin the week after the clocks went forward."""
    text = _real_file()
    zone = request.param
    if zone == "Europe/Berlin":
        text = _moved_to_berlin(text)
    starts = sorted(start for start, _ in _dates_of(text, zone))
    after = datetime(2025, 3, 31, tzinfo=UTC) if zone == "Europe/Berlin" else datetime(2025, 2, 1, tzinfo=UTC)
    first = next(start for start in starts if start > after)
    morning = first.astimezone(ZoneInfo(zone)).replace(hour=6, minute=0).astimezone(UTC)
    with clock.frozen_at(morning):
        yield zone, text, first


async def test_an_evening_of_study(client: httpx2.AsyncClient, resources: Resources, term: Any, run_jobs: Any) -> None:
    zone, text, first_class = term
    morning = clock.now()
    mira = Evening(client)
    await mira.arrive(zone)
    confirmed = await mira.take_the_timetable(text)
    assert confirmed["timetable"]["classes"]
    assert await _all_meetings(resources, zone) == _dates_of(text, zone), "every date of the file, and none else"

    local = first_class.astimezone(ZoneInfo(zone))
    courses = (await mira.ask("GET", "/courses?per_page=100"))["courses"]
    operating = next(one for one in courses if one["code"] == "OS")
    plan = {
        "course_id": operating["id"], "topic": "Scheduling", "date": local.date().isoformat(),
        "start_time": local.strftime("%H:%M"), "planned_duration": 60, "priority": "high", "study_type": "review",
    }  # fmt: skip
    planned = await mira.ask("POST", "/planning/plans", 201, json=plan)
    assert [one["type"] for one in planned["conflicts"]][:1] == ["class"]
    assert planned["conflicts"][0]["start_time"] == local.strftime("%H:%M:%S")

    screen = await mira.ask("GET", "/dashboard")
    assert screen["upcoming_classes"][0]["starts_at"] == first_class.isoformat().replace("+00:00", "Z")
    assert [one["topic"] for one in screen["plans"]] == ["Scheduling"]
    assert screen["streak"]["current_streak"] == 0

    with clock.frozen_at(morning + timedelta(hours=1)):
        await mira.stay()
        await mira.ask("POST", "/study-sessions/start", 201, json={"course_id": operating["id"]})
    for minutes in range(10, 50, 10):
        with clock.frozen_at(morning + timedelta(hours=1, minutes=minutes)):
            await mira.stay()
            await mira.ask("POST", "/study-sessions/current/heartbeat")
    with clock.frozen_at(morning + timedelta(hours=1, minutes=45)):
        await mira.stay()
        ended = await mira.ask("POST", "/study-sessions/current/end")
        assert ended["session"]["duration_seconds"] == 45 * 60
        assert ended["effects"], "what followed stands in the answer"

        screen = await mira.ask("GET", "/dashboard")
        assert screen["streak"]["current_streak"] == 1
        assert screen["unread_notifications"] >= 1, "told of it in the same transaction"
        figures = str(screen)
        assert str(45 * 60) in figures or "45" in figures
        bell = await mira.ask("GET", "/notifications?unread=true")
        assert bell["unread_count"] == screen["unread_notifications"]
    await run_jobs()
    assert any("mira@example.org" in str(mail) for mail in resources.mail.sent)  # type: ignore[attr-defined]


async def test_a_second_import_of_the_same_file_changes_nothing(client: httpx2.AsyncClient, term: Any) -> None:
    zone, text, _ = term
    mira = Evening(client)
    await mira.arrive(zone)
    await mira.take_the_timetable(text)
    again = {
        "file": ("again.ics", text.replace("timetable@example.org", "other@example.org").encode(), "text/calendar")
    }
    upload = (await mira.ask("POST", "/timetable/import", 201, files=again, data={"semester": "Semester 2"}))["upload"]
    assert {name: count for name, count in upload["summary"].items() if name != "unchanged" and count} == {}
    assert upload["summary"]["unchanged"] > 0


@pytest.mark.parametrize(
    "text",
    [
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nEND:VCALENDAR\r\n",
        "nonsense",
        "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART:soon\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
        "",
    ],
    ids=["no events", "nonsense", "broken date", "empty"],
)
async def test_a_file_without_classes_is_refused_and_changes_nothing(client: httpx2.AsyncClient, text: str) -> None:
    mira = Evening(client)
    await mira.arrive("Europe/Berlin")
    files = {"file": ("timetable.ics", text.encode(), "text/calendar")}
    answer = await client.post("/api/v1/timetable/import", files=files, data={"semester": "S"})
    assert answer.status_code == 422, answer.text
    assert answer.json()["message"]
    assert (await mira.ask("GET", "/timetable"))["timetable"] is None
    assert (await mira.ask("GET", "/timetable/uploads"))["uploads"] == []
