"""The calendar feed through HTTP: what programs show, when they are told that nothing changed, who gets in."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx2
import pytest

from studyhall.domains.academics import public as academics
from studyhall.domains.feeds import privacy
from studyhall.domains.identity.models import User
from studyhall.platform import clock
from studyhall.platform.resources import Resources
from studyhall.platform.uow import UnitOfWork
from tests.domains.academics.conftest import Student
from tests.domains.academics.test_imports import FILE
from tests.domains.calendars.texts import REAL_FILES, calendar, event, needs_real_files
from tests.domains.feeds.conftest import Subscriber, Subscription

LECTURE = {"day_of_week": 1, "start_time": "10:00", "end_time": "11:30", "location": "Room 301"}
SHOWN = date(2024, 9, 1), date(2026, 4, 1)
PLAN = {
    "topic": "Heaps, tries; more", "date": "2025-03-24", "start_time": "18:00", "planned_duration": 90,
    "priority": "high", "study_type": "review",
}  # fmt: skip
ESSAY = {"title": "Essay", "due_date": "2025-03-28 23:59:00", "priority": "high", "notes": "a secret note"}


async def timetable(owner: Student, **more: Any) -> tuple[str, str]:
    """A weekly lecture; answers the course and the class."""
    course = await owner.course()
    body = {"semester": "Spring 2025", "classes": [{"course_id": course, **LECTURE, **more}]}
    made = (await owner.call("POST", "/timetable", 201, json=body))["timetable"]
    return course, made["classes"][0]["id"]


async def plan(owner: Student, course: str, **more: Any) -> str:
    made = await owner.call("POST", "/planning/plans", 201, json={"course_id": course, **PLAN, **more})
    return str(made["plan"]["id"])


async def assign(owner: Student, course: str, **more: Any) -> str:
    made = await owner.call("POST", "/assignments", 201, json={"course_id": course, **ESSAY, **more})
    return str(made["assignment"]["id"])


async def taking_place(resources: Resources, owner: Student, zone: str) -> list[tuple[datetime, datetime, str]]:
    last = SHOWN[1] - timedelta(days=1)
    async with resources.unit_of_work() as uow:
        found = await academics.classes_between(uow, owner.person.id, SHOWN[0], last, clock.zone(zone))
    return sorted((one.starts_at, one.ends_at, one.title) for one in found)


class TestTheAddress:
    async def test_it_is_shown_once_and_renewed(self, student: Any, subscribe: Subscriber) -> None:
        mira = await student()
        nothing = {"exists": False, "made_at": None, "last_fetched_at": None}
        assert (await mira.call("GET", "/settings/calendar-feed"))["feed"] == nothing
        answer = await mira.person.client.post("/api/v1/settings/calendar-feed")
        made = answer.json()["data"]
        assert answer.status_code == 201
        assert made["address"].startswith("https://studyhall.test/calendar/")
        assert made["address"].endswith(".ics")
        assert made["webcal_address"] == made["address"].replace("https:", "webcal:")
        assert made["feed"] == {"exists": True, "made_at": "2025-03-20T09:00:00Z", "last_fetched_at": None}
        assert await mira.call("GET", "/settings/calendar-feed") == {"feed": made["feed"]}

        first = Subscription(mira.person.client, made["address"])
        await first.fetch()
        second = await subscribe(mira)
        assert second.address != first.address
        await second.fetch()
        assert (await first.fetch(404)).json()["error_code"] == "FEED_NOT_FOUND"
        acts = (await mira.call("GET", "/settings/activity"))["activity"]
        assert [one["event"] for one in acts].count("settings.calendar_feed_renewed") == 2

    async def test_it_is_stored_as_a_hash_only(self, student: Any, subscribe: Subscriber, uow: UnitOfWork) -> None:
        mira = await student()
        program = await subscribe(mira)
        secret = program.path.removeprefix("/calendar/").removesuffix(".ics")
        assert len(secret) >= 43
        straight = await uow.straight()
        stored = str(await straight.rows("SELECT * FROM calendar_feeds WHERE user_id = $1", mira.person.id))
        assert secret not in stored
        rows = [row async for row in privacy.export(uow, mira.person.id)["calendar_feeds"]]
        assert [sorted(row) for row in rows] == [["last_fetched_at", "made_at"]]
        await privacy.erase(uow, mira.person.id)
        assert [row async for row in privacy.export(uow, mira.person.id)["calendar_feeds"]] == []

    async def test_who_has_no_address_gets_nothing(
        self, student: Any, subscribe: Subscriber, client: httpx2.AsyncClient, resources: Resources
    ) -> None:
        mira = await student()
        for path in ("/calendar/guessed.ics", "/calendar/%20.ics", f"/calendar/{'x' * 5000}.ics", "/calendar/.ics"):
            assert (await client.get(path)).status_code == 404
        for method in ("GET", "POST"):
            assert (await client.request(method, "/api/v1/settings/calendar-feed")).status_code == 401
        program = await subscribe(mira)
        async with resources.unit_of_work() as uow:
            account = await uow.session.get(User, mira.person.id)
            assert account is not None
            account.is_active = False
        await program.fetch(404)

    async def test_a_personal_token_may_not_make_one(self, student: Any) -> None:
        mira = await student()
        body = {"name": "script", "abilities": ["read", "write"]}
        made = await mira.call("POST", "/auth/tokens", 201, json=body)
        headers = {"Authorization": f"Bearer {made['plain_text_token']}"}
        answer = await mira.person.client.post("/api/v1/settings/calendar-feed", headers=headers)
        assert answer.status_code == 403

    async def test_it_is_rate_limited(self, student: Any, subscribe: Subscriber, resources: Resources) -> None:
        program = await subscribe(await student())
        resources.settings.rate_limits_enabled = True
        resources.settings.rate_limits = {"calendar_feed": "2/minute"}
        for _ in range(2):
            await program.fetch()
        refused = await program.fetch(429)
        assert refused.headers["Retry-After"]


class TestClasses:
    @pytest.mark.parametrize("zone", ["Europe/Berlin", "America/Santiago", "Asia/Kolkata", "Pacific/Auckland", "UTC"])
    async def test_a_weekly_class_with_exceptions_over_clock_changes(
        self, student: Any, subscribe: Subscriber, resources: Resources, zone: str
    ) -> None:
        mira = await student(timezone=zone)
        _, class_id = await timetable(mira)
        body = {
            "holidays": [{"first_date": "2025-04-07", "last_date": "2025-04-20", "title": "Easter"}],
            "changes": [
                {"class_id": class_id, "date": "2025-03-24", "is_cancelled": True},
                {"class_id": class_id, "date": "2025-03-31", "moved_to": "2025-04-02", "start_time": "14:00"},
                {"class_id": class_id, "date": "2025-04-14", "moved_to": "2025-04-15", "location": "Hall"},
            ],
        }
        await mira.call("PUT", "/timetable/exceptions", json=body)
        program = await subscribe(mira)
        shown = await program.events("class-", *SHOWN)
        assert shown == await taking_place(resources, mira, zone)
        assert len(shown) > 70
        (uid,) = {str(one["UID"]) for one in (await program.calendar()).walk("VEVENT")}
        assert uid == f"class-{class_id}@studyhall"

    @pytest.mark.parametrize(
        "span",
        [
            {"first_date": "2025-03-03", "last_date": "2025-04-14", "every_weeks": 2},
            {"first_date": "2025-03-24", "last_date": "2025-03-24"},
            {"first_date": "2020-01-06"},
            {"last_date": "2025-06-30"},
            {"start_time": "02:00", "end_time": "03:00", "day_of_week": 0},
        ],
    )
    async def test_patterns_with_and_without_ends(
        self, student: Any, subscribe: Subscriber, resources: Resources, span: dict[str, Any]
    ) -> None:
        mira = await student()
        await timetable(mira, **span)
        program = await subscribe(mira)
        shown = await program.events("class-", *SHOWN)
        assert shown == await taking_place(resources, mira, "Europe/Berlin")
        assert shown

    async def test_imported_classes_with_numbered_titles(
        self, student: Any, subscribe: Subscriber, resources: Resources
    ) -> None:
        mira = await student()
        changed = event(
            "DTSTART;TZID=America/New_York:20250310T090000", "DTEND;TZID=America/New_York:20250310T100000",
            "RRULE:FREQ=WEEKLY;COUNT=12", "EXDATE;TZID=America/New_York:20250324T090000",
            summary="MA101 - Algebra (Lec)", uid="algebra@example.org",
        )  # fmt: skip
        for file, semester in ((FILE, "Spring 2025"), (calendar(changed), "Exchange")):
            upload = (await mira.take_in(file, semester=semester))["upload"]
            await mira.confirm(upload["id"])
            program = await subscribe(mira)
            shown = await program.events("class-", *SHOWN)
            assert shown == await taking_place(resources, mira, "Europe/Berlin")
            assert len(shown) >= 8

    @needs_real_files
    @pytest.mark.parametrize("path", REAL_FILES, ids=lambda path: path.name[:40])
    async def test_real_timetables(self, student: Any, subscribe: Subscriber, resources: Resources, path: Path) -> None:
        mira = await student(timezone="Asia/Colombo")
        upload = (await mira.take_in(path, semester="Imported"))["upload"]
        await mira.confirm(upload["id"])
        program = await subscribe(mira)
        assert await program.events("class-", *SHOWN) == await taking_place(resources, mira, "Asia/Colombo")

    async def test_in_another_zone_the_same_wall_time(self, student: Any, subscribe: Subscriber) -> None:
        mira = await student()
        await timetable(mira)
        program = await subscribe(mira)
        before = await program.fetch()
        await mira.call("PUT", "/settings/preferences", json={"timezone": "Asia/Tokyo"})
        after = await program.fetch(if_none_match=before.headers["ETag"])
        assert b"TZID=Asia/Tokyo:" in after.content


class TestPlansAndAssignments:
    async def test_plans_are_at_their_time_and_tell_when_they_are_done(
        self, student: Any, subscribe: Subscriber
    ) -> None:
        mira = await student()
        course = await mira.course()
        plan_id = await plan(mira, course, description="private words")
        program = await subscribe(mira)
        title = "Study: Heaps, tries; more (Data Structures & Algorithms)"
        begin = datetime(2025, 3, 24, 17, tzinfo=UTC)
        assert await program.events("plan-", *SHOWN) == [(begin, begin + timedelta(minutes=90), title)]
        assert b"private" not in (await program.fetch()).content
        before = (await program.components("VEVENT"))[f"plan-{plan_id}@studyhall"]
        with clock.frozen_at(datetime(2025, 3, 20, 9, 5, tzinfo=UTC)):
            await mira.call("PATCH", f"/planning/plans/{plan_id}/complete")
        after = (await program.components("VEVENT"))[f"plan-{plan_id}@studyhall"]
        assert str(after["SUMMARY"]) == f"✓ {title}"
        assert (before["SEQUENCE"], after["SEQUENCE"]) == (0, 300)
        assert after["LAST-MODIFIED"].dt - before["LAST-MODIFIED"].dt == timedelta(minutes=5)

    async def test_due_dates_carry_the_state_of_submission(self, student: Any, subscribe: Subscriber) -> None:
        mira = await student()
        course = await mira.course()
        ids = [await assign(mira, course, title=f"Essay {n}", priority=p) for n, p in enumerate(("high", "low", "low"))]
        await mira.call("PUT", f"/assignments/{ids[1]}", json={"status": "in-progress"})
        await mira.call("PATCH", f"/assignments/{ids[2]}/complete")
        program = await subscribe(mira)
        todos = await program.components("VTODO")
        told = [todos[f"assignment-{one}@studyhall"] for one in ids]
        assert [str(one["STATUS"]) for one in told] == ["NEEDS-ACTION", "IN-PROCESS", "COMPLETED"]
        assert [one.get("PERCENT-COMPLETE") for one in told] == [0, None, 100]
        assert [int(one["PRIORITY"]) for one in told] == [1, 9, 9]
        assert told[2]["COMPLETED"].dt == datetime(2025, 3, 20, 9, tzinfo=UTC)
        due = datetime(2025, 3, 28, 22, 59, tzinfo=UTC)
        assert {one["DUE"].dt for one in told} == {due}
        moments = await program.events("due-", *SHOWN)
        name = "(Data Structures & Algorithms)"
        assert moments == [
            (due, due, f"Due: Essay 0 {name}"),
            (due, due, f"Due: Essay 1 {name}"),
            (due, due, f"✓ Due: Essay 2 {name}"),
        ]
        assert str(told[0]["RELATED-TO"]) == f"due-{ids[0]}@studyhall"
        assert b"secret note" not in (await program.fetch()).content

    async def test_only_the_owners_things(self, student: Any, subscribe: Subscriber) -> None:
        mira, leo = await student(), await student()
        course = await mira.course()
        await timetable(mira)
        await plan(mira, course)
        await assign(mira, course)
        program = await subscribe(leo)
        assert list((await program.calendar()).walk("VEVENT")) == []

    async def test_deleted_things_go(self, student: Any, subscribe: Subscriber) -> None:
        mira = await student()
        course, class_id = await timetable(mira)
        plan_id, essay_id = await plan(mira, course), await assign(mira, course)
        program = await subscribe(mira)
        assert len((await program.calendar()).subcomponents) == 5  # with the time zone
        for path in (f"/timetable/classes/{class_id}", f"/planning/plans/{plan_id}", f"/assignments/{essay_id}"):
            await mira.call("DELETE", path)
        assert (await program.calendar()).subcomponents == []


Change = tuple[str, str, dict[str, Any] | None]


class TestAskingAgain:
    async def test_how_it_is_answered(self, student: Any, subscribe: Subscriber) -> None:
        mira = await student()
        await timetable(mira)
        program = await subscribe(mira)
        with clock.frozen_at(datetime(2025, 3, 20, 10, tzinfo=UTC)):
            answer = await program.fetch()
            assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
            assert answer.headers["Content-Disposition"] == 'inline; filename="studyhall.ics"'
            assert answer.headers["Cache-Control"] == "private, no-cache"
            assert answer.headers["Last-Modified"] == "Thu, 20 Mar 2025 09:00:00 GMT"
            assert (await program.fetch()).content == answer.content
            for headers in (
                {"if_none_match": answer.headers["ETag"]},
                {"if_none_match": f'"other", W/{answer.headers["ETag"]}'},
                {"if_modified_since": answer.headers["Last-Modified"]},
                {"if_modified_since": "Thu, 20 Mar 2025 09:30:00 GMT"},
            ):
                again = await program.fetch(304, **headers)
                assert again.content == b""
                assert again.headers.get("ETag", answer.headers["ETag"]) == answer.headers["ETag"]
                assert again.headers["Last-Modified"] == answer.headers["Last-Modified"]
            for headers in (
                {"if_none_match": '"other"'},
                {"if_none_match": '"other"', "if_modified_since": answer.headers["Last-Modified"]},
                {"if_none_match": ""},
                {"if_modified_since": "Thu, 20 Mar 2025 08:59:59 GMT"},
                {"if_modified_since": "Fri, 21 Mar 2025 09:00:00 GMT"},
                {"if_modified_since": "yesterday"},
            ):
                assert (await program.fetch(**headers)).content == answer.content

    async def test_an_unchanged_feed_costs_one_statement(self, student: Any, subscribe: Subscriber) -> None:
        mira = await student()
        await timetable(mira)
        program = await subscribe(mira)
        first = await program.fetch()
        again = await program.fetch(304, if_none_match=first.headers["ETag"])
        assert again.headers["Server-Timing"] == 'sql;desc="1"'

    async def test_a_fresh_one_costs_few_whatever_it_holds(
        self, student: Any, subscribe: Subscriber, resources: Resources
    ) -> None:
        mira = await student()
        course, _ = await timetable(mira)
        await plan(mira, course)
        await assign(mira, course)
        program = await subscribe(mira)
        await program.fetch()

        async def cost() -> int:
            await resources.redis.flushdb()
            return int((await program.fetch()).headers["Server-Timing"].split('"')[1])

        few = await cost()
        for number in range(8):
            other = await mira.course(f"Course {number}", f"C{number}")
            await plan(mira, other, start_time=f"{number + 8:02}:00")
            await assign(mira, other)
            body = {"course_id": other, **LECTURE, "day_of_week": 2}
            await mira.call("POST", "/timetable/classes", 201, json=body)
        assert await cost() == few <= 10

    async def test_every_change_makes_it_another_one(self, student: Any, subscribe: Subscriber) -> None:
        mira = await student()
        course, class_id = await timetable(mira)
        plan_id, essay_id = await plan(mira, course), await assign(mira, course)
        program = await subscribe(mira)
        seen = [await program.fetch()]
        off = {"holidays": [{"first_date": "2025-04-07"}]}
        changes: list[Change] = [
            ("PUT", f"/timetable/classes/{class_id}", {"location": "Hall"}),
            ("PUT", "/timetable/exceptions", off),
            ("PUT", "/timetable/exceptions", {"holidays": []}),
            ("PUT", f"/planning/plans/{plan_id}", {"topic": "Sorting"}),
            ("PATCH", f"/planning/plans/{plan_id}/complete", None),
            ("DELETE", f"/planning/plans/{plan_id}", None),
            ("PUT", f"/assignments/{essay_id}", {"title": "Report"}),
            ("PATCH", f"/assignments/{essay_id}/complete", None),
            ("DELETE", f"/assignments/{essay_id}", None),
            ("DELETE", f"/timetable/classes/{class_id}", None),
        ]
        for number, (method, path, body) in enumerate(changes, 1):
            with clock.frozen_at(datetime(2025, 3, 20, 9, number, tzinfo=UTC)):
                answer = await mira.call(method, path, json=body) if body else await mira.call(method, path)
                now = await program.fetch(if_none_match=seen[-1].headers["ETag"])
                assert now.content != seen[-1].content, path
                seen.append(now)
                if method == "DELETE":
                    await mira.call("POST", f"/undo/{answer['undo_token']}")
                    back = await program.fetch(if_none_match=now.headers["ETag"])
                    seen.append(back)
        assert len({one.headers["ETag"] for one in seen}) == len(seen)

    async def test_a_new_name_of_a_course_shows_and_somebody_elses_change_does_not(
        self, student: Any, subscribe: Subscriber
    ) -> None:
        mira, leo = await student(), await student()
        course = await mira.course()
        await plan(mira, course)
        program = await subscribe(mira)
        await subscribe(leo)
        first = await program.fetch()
        with clock.frozen_at(datetime(2025, 3, 20, 9, 1, tzinfo=UTC)):
            await timetable(leo)
            await program.fetch(304, if_none_match=first.headers["ETag"])
            await mira.call("PUT", f"/courses/{course}", json={"name": "Algorithms"})
            after = await program.fetch(if_none_match=first.headers["ETag"])
        assert b"(Algorithms)" in after.content

    async def test_a_new_month_shows_other_days(self, student: Any, subscribe: Subscriber) -> None:
        mira = await student()
        await timetable(mira)
        program = await subscribe(mira)
        first = await program.fetch()
        with clock.frozen_at(datetime(2025, 3, 31, 21, 59, tzinfo=UTC)):
            await program.fetch(304, if_none_match=first.headers["ETag"])
            modified = (await program.fetch()).headers["Last-Modified"]
        with clock.frozen_at(datetime(2025, 3, 31, 22, 1, tzinfo=UTC)):
            after = await program.fetch(if_none_match=first.headers["ETag"])
            await program.fetch(if_modified_since=modified)
        assert after.headers["Last-Modified"] == "Mon, 31 Mar 2025 22:00:00 GMT"
        assert after.content != first.content

    async def test_fetches_are_noted_every_ten_minutes(self, student: Any, subscribe: Subscriber) -> None:
        mira = await student()
        program = await subscribe(mira)
        noted = []
        for minute in (1, 5, 12, 30):
            with clock.frozen_at(datetime(2025, 3, 20, 9, minute, tzinfo=UTC)):
                answer = await program.fetch()
                await program.fetch(304, if_none_match=answer.headers["ETag"])
                noted.append((await mira.call("GET", "/settings/calendar-feed"))["feed"]["last_fetched_at"][11:16])
        assert noted == ["09:01", "09:01", "09:12", "09:30"]

    async def test_a_due_date_has_two_components(self, student: Any, subscribe: Subscriber) -> None:
        mira = await student()
        course = await mira.course()
        program = await subscribe(mira)
        essay = await assign(mira, course)
        uids = set(await program.components("VEVENT")) | set(await program.components("VTODO"))
        assert uids == {f"due-{UUID(essay)}@studyhall", f"assignment-{UUID(essay)}@studyhall"}
