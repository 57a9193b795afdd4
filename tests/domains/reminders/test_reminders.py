"""Morning plan, reminder, weekly report, due and overdue mails: what they say, when they come, and how often."""

import asyncio
from datetime import date, timedelta

import pytest
from sqlalchemy import text

from studyhall.domains.reminders.jobs import sweep, tell
from studyhall.domains.reminders.service import sweeping, telling
from studyhall.entrypoints import wiring
from studyhall.platform import clock
from studyhall.platform.clients.mail import TemporaryMailError
from studyhall.platform.jobs import drain
from studyhall.platform.resources import Resources
from tests.conftest import Committed, MakePerson, Person
from tests.domains.reminders.clockwork import (
    HOURS,
    TURNS,
    a_course,
    ask,
    assign,
    at,
    bell,
    confirm,
    deliveries,
    live,
    mails_to,
    outbox,
    plan,
    prefer,
)

START = at("2026-11-20T12:00:00+01:00")  # a Friday


async def somebody(resources: Resources, person: MakePerson, zone: str = "Europe/Berlin") -> Person:
    """Registered on that Friday, with a confirmed address."""
    with clock.frozen_at(START):
        made_one = await person(timezone=zone, name="Mira")
        await confirm(resources, made_one)
        await drain(resources, wiring.JOBS)
    outbox(resources).sent.clear()
    return made_one


async def test_a_morning_tells_the_day(resources: Resources, person: MakePerson) -> None:
    mira = await somebody(resources, person)
    course = await a_course(mira, START)
    await plan(mira, START, course, "2026-11-21")
    await assign(mira, START, course, "Essay on ferns", "2026-11-21T23:59:00")
    await assign(mira, START, course, "Later", "2026-11-22T00:00:00")
    await live(resources, START, at("2026-11-21T06:59:00+01:00"), TURNS)
    assert mails_to(resources, mira, "Your day") == []
    ran = await live(resources, at("2026-11-21T06:59:00+01:00"), at("2026-11-21T07:00:00+01:00"))
    (mail,) = mails_to(resources, mira, "Your day: Saturday, 21 November")
    assert {one.at for one in ran if one.name == tell.name} == {at("2026-11-21T07:00:00+01:00")}, "to the minute"
    for part in ("5:30", "Mosses", "90 min", "Botany", "Essay on ferns", "1.5 h", "11:59"):
        assert part in mail.text and part in str(mail.html)
    assert "Later" not in mail.text
    await live(resources, at("2026-11-21T07:00:00+01:00"), at("2026-11-22T06:00:00+01:00"), TURNS)
    assert len(mails_to(resources, mira, "Your day")) == 1


async def test_a_free_day_is_told_once(resources: Resources, person: MakePerson) -> None:
    mira = await somebody(resources, person)
    await live(resources, START, at("2026-11-23T12:00:00+01:00"), TURNS)
    assert len(mails_to(resources, mira, "Nothing planned for today")) == 1
    monday = at("2026-11-23T12:00:00+01:00")
    await plan(mira, monday, await a_course(mira, monday), "2026-11-24")
    await live(resources, at("2026-11-23T12:00:00+01:00"), at("2026-11-26T12:00:00+01:00"), TURNS)
    assert len(mails_to(resources, mira, "Your day: Tuesday")) == 1
    assert len(mails_to(resources, mira, "Nothing planned for today")) == 2
    rows = await deliveries(resources, mira, "morning_plan")
    assert [(row.period.day, row.status) for row in rows] == [
        (21, "sent"), (22, "nothing"), (23, "nothing"), (24, "sent"), (25, "sent"), (26, "nothing"),
    ]  # fmt: skip


async def test_a_reminder_comes_only_when_nothing_is_planned(resources: Resources, person: MakePerson) -> None:
    mira = await somebody(resources, person)
    await plan(mira, START, await a_course(mira, START), "2026-11-22")
    await live(resources, START, at("2026-11-21T22:00:00+01:00"), TURNS)
    (mail,) = mails_to(resources, mira, "Nothing is planned for tomorrow")
    assert "Saturday, 21 November" in mail.text
    rows = await deliveries(resources, mira, "reminder")
    assert [(row.period.day, row.status) for row in rows] == [(20, "sent"), (21, "nothing")]
    told = await bell(mira, at("2026-11-21T22:00:00+01:00"), "reminder")
    assert [(one["title"], one["action_url"]) for one in told] == [("Study plan reminder", "/planning")]


@pytest.mark.parametrize("channel", ["email_notifications", "push_notifications"])
async def test_one_channel_is_enough_for_a_reminder(resources: Resources, person: MakePerson, channel: str) -> None:
    mira = await somebody(resources, person)
    await prefer(mira, START, **{"email_notifications": False, "push_notifications": False, channel: True})
    await live(resources, START, START + timedelta(hours=12), TURNS)
    assert len(mails_to(resources, mira, "Nothing is planned")) == (channel == "email_notifications")
    assert len(await bell(mira, START + timedelta(hours=12), "reminder")) == 1


async def test_who_wants_nothing_is_told_nothing(resources: Resources, person: MakePerson) -> None:
    mira = await somebody(resources, person)
    off = ("email_notifications", "push_notifications", "weekly_report_enabled")
    await prefer(mira, START, **dict.fromkeys(off, False))
    await live(resources, START, START + timedelta(days=8), TURNS)
    assert outbox(resources).sent == []
    for kind in ("morning_plan", "reminder", "weekly_report"):
        assert await deliveries(resources, mira, kind) == []
    back = START + timedelta(days=8)
    await prefer(mira, back, email_notifications=True)
    await live(resources, back, back + timedelta(days=1), TURNS)
    assert len(await deliveries(resources, mira, "morning_plan")) == 1, "what was off is not made good"


async def test_an_address_that_was_never_confirmed_gets_no_digests(resources: Resources, person: MakePerson) -> None:
    with clock.frozen_at(START):
        eve = await person(timezone="Europe/Berlin", email="somebody.else@example.org")
        await drain(resources, wiring.JOBS)
    outbox(resources).sent.clear()
    await live(resources, START, START + timedelta(days=3), TURNS)
    assert outbox(resources).sent == []
    (row, *_) = await deliveries(resources, eve, "morning_plan")
    assert row.status == "skipped" and "never confirmed" in str(row.note)
    assert (await deliveries(resources, eve, "reminder"))[0].status == "sent", "in the app"


async def test_a_sundays_report_covers_the_running_week(resources: Resources, person: MakePerson) -> None:
    mira = await somebody(resources, person)
    course = await a_course(mira, START)
    entry = {"course_id": course, "started_at": "2026-11-19T10:00:00+01:00", "duration_seconds": 5400}
    await ask(mira, START, "POST", "/study-sessions", entry)
    await live(resources, START, at("2026-11-22T19:59:00+01:00"), TURNS)
    assert mails_to(resources, mira, "Your week") == []
    await live(resources, at("2026-11-22T19:59:00+01:00"), at("2026-11-24T12:00:00+01:00"), TURNS)
    (mail,) = mails_to(resources, mira, "Your week: Monday, 16 November to Sunday, 22 November")
    assert "1.5 h" in mail.text
    (row,) = await deliveries(resources, mira, "weekly_report")
    assert (row.period, row.status) == (date(2026, 11, 16), "sent")
    later = at("2026-11-24T12:00:00+01:00")
    assert [one["title"] for one in await bell(mira, later, "report")] == ["Your weekly report is ready"]
    report = (await ask(mira, later, "GET", "/progress/weekly?week_start=2026-11-16"))["report"]
    assert report["total_study_hours"] == 1.5


@pytest.mark.parametrize(("day", "told_on"), [("monday", "2026-11-23"), ("wednesday", "2026-11-25")])
async def test_another_days_report_covers_the_last_full_week(
    resources: Resources, person: MakePerson, day: str, told_on: str
) -> None:
    mira = await somebody(resources, person)
    await prefer(mira, START, weekly_report_day=day)
    end = at(f"{told_on}T20:00:00+01:00")
    await live(resources, START, end - timedelta(minutes=1), TURNS)
    assert mails_to(resources, mira, "Your week") == []
    await live(resources, end - timedelta(minutes=1), end)
    assert len(mails_to(resources, mira, "Your week: Monday, 16 November")) == 1


@pytest.mark.parametrize("hour", [10, 21])
@pytest.mark.parametrize("new_day", ["saturday", "monday", "tuesday"])
async def test_the_day_changed_on_that_very_day(
    resources: Resources, person: MakePerson, hour: int, new_day: str
) -> None:
    """Before or after the report was sent: each week is reported once."""
    mira = await somebody(resources, person)
    changed = at(f"2026-11-22T{hour}:00:00+01:00")
    await live(resources, START, changed, TURNS)
    await prefer(mira, changed, weekly_report_day=new_day)
    await live(resources, changed, at("2026-12-06T23:00:00+01:00"), TURNS)
    rows = await deliveries(resources, mira, "weekly_report")
    assert [row.period.isoformat() for row in rows][:2] == ["2026-11-16", "2026-11-23"]
    assert {row.status for row in rows} == {"sent"}
    assert len(mails_to(resources, mira, "Your week")) == len(rows)


async def test_what_is_due_is_told_on_the_evening_before_and_once(resources: Resources, person: MakePerson) -> None:
    mira = await somebody(resources, person)
    course = await a_course(mira, START)
    await assign(mira, START, course, "First", "2026-11-24T10:00:00")
    await assign(mira, START, course, "Second", "2026-11-24T23:59:00")
    await assign(mira, START, course, "Third", "2026-11-26T10:00:00")
    done = await assign(mira, START, course, "Done", "2026-11-24T12:00:00")
    await ask(mira, START, "PATCH", f"/assignments/{done}/complete", {})
    await live(resources, START, at("2026-11-23T20:59:00+01:00"), TURNS)
    assert mails_to(resources, mira, "Due soon") == []
    await live(resources, at("2026-11-23T20:59:00+01:00"), at("2026-11-28T00:00:00+01:00"), TURNS)
    first, second = mails_to(resources, mira, "Due soon")
    assert first.subject == "Due soon: First (+1)" and "Second" in first.text
    assert "Done" not in first.text and "Third" not in first.text
    assert second.subject == "Due soon: Third"
    assert "List-Unsubscribe" not in first.text and first.unsubscribe_url is not None


async def test_what_is_overdue_is_mailed_on_the_next_morning(resources: Resources, person: MakePerson) -> None:
    mira = await somebody(resources, person)
    course = await a_course(mira, START)
    await assign(mira, START, course, "First", "2026-11-20T18:00:00")
    await assign(mira, START, course, "Second", "2026-11-20T23:59:00")
    with clock.frozen_at(START):
        overdue = next(one for one in wiring.PERIODIC if one.job.name == "assignments.mark_overdue")
        await drain(resources, wiring.JOBS, at("2026-11-21T06:59:00+01:00"), periodic=[overdue, TURNS])
    assert mails_to(resources, mira, "Overdue") == []
    await live(resources, at("2026-11-21T06:59:00+01:00"), at("2026-11-23T12:00:00+01:00"), TURNS)
    (mail,) = mails_to(resources, mira, "Overdue: First (+1)")
    assert "Second" in mail.text


async def test_moving_east_and_west_tells_each_local_day_once(resources: Resources, person: MakePerson) -> None:
    mira = await somebody(resources, person)
    moves = [
        ("2026-11-22T00:30:00+01:00", "Asia/Tokyo"),  # half past eight there: the morning has passed unsaid
        ("2026-11-23T10:00:00+01:00", "Pacific/Honolulu"),  # the day before, again
        ("2026-11-25T20:00:00+01:00", "Pacific/Auckland"),
    ]
    now = START
    for moment, zone in moves:
        await live(resources, now, at(moment), HOURS)
        now = at(moment)
        await prefer(mira, now, timezone=zone)
    await live(resources, now, at("2026-11-30T12:00:00+13:00"), HOURS)
    rows = await deliveries(resources, mira, "morning_plan")
    days = [row.period.day for row in rows]
    assert days == list(range(21, 31)), "each local day has its row, and one row"
    assert sum(row.status == "skipped" for row in rows) <= 1, "the day that Auckland had already seen the morning of"


async def test_six_hours_without_a_worker(resources: Resources, person: MakePerson) -> None:
    """What still helps comes late and once; what does not is skipped, and written down."""
    early, late = await somebody(resources, person), await somebody(resources, person)
    await live(resources, START, at("2026-11-20T20:30:00+01:00"), TURNS)
    await prefer(late, at("2026-11-20T20:30:00+01:00"), morning_email_time="01:00")
    await live(resources, at("2026-11-20T20:30:00+01:00"), at("2026-11-20T20:32:00+01:00"))
    back = at("2026-11-21T02:45:00+01:00")
    ran = await live(resources, back, back + timedelta(minutes=1))
    assert ran
    for one in (early, late):
        (reminder,) = await deliveries(resources, one, "reminder")
        assert (reminder.status, reminder.note) == ("skipped", sweeping.TOO_LATE)
    (morning,) = await deliveries(resources, late, "morning_plan")
    assert (morning.status, morning.period) == ("sent", date(2026, 11, 21))
    assert len(mails_to(resources, late, "Nothing planned for today")) == 1
    assert mails_to(resources, late, "Nothing is planned for tomorrow") == []


async def test_a_mail_server_that_comes_back_too_late_is_not_given_the_morning(
    resources: Resources, person: MakePerson
) -> None:
    mira = await somebody(resources, person)
    await prefer(mira, START, reminder_time="23:58")
    await live(resources, START, at("2026-11-20T23:00:00+01:00"), TURNS)
    outbox(resources).failures = [TemporaryMailError("451 later")]
    await live(resources, at("2026-11-20T23:00:00+01:00"), at("2026-11-21T00:30:00+01:00"))
    assert mails_to(resources, mira, "Nothing is planned") == [], "not after midnight"


async def test_two_sweeps_and_two_workers_tell_once(committed: Committed) -> None:
    resources = committed.resources
    mira = await committed.person(timezone="Europe/Berlin")
    await confirm(resources, mira)
    morning = (clock.now() + timedelta(days=2)).replace(hour=8)
    with clock.frozen_at(clock.now() + timedelta(minutes=1)):
        await drain(resources, wiring.JOBS, clock.now() + timedelta(minutes=2), periodic=[sweep])
    with clock.frozen_at(morning):

        async def one_sweep() -> None:
            async with resources.unit_of_work() as uow:
                await sweeping.sweep(uow, tell)

        await asyncio.gather(*(one_sweep() for _ in range(4)))
        rows = await deliveries(resources, mira, "morning_plan")
        assert len({row.period for row in rows}) == len(rows) > 0

        async def one_tell() -> None:
            async with resources.unit_of_work() as uow:
                await telling.tell(uow, rows[-1].id)

        await asyncio.gather(*(one_tell() for _ in range(4)))
        await drain(resources, wiring.JOBS)
    assert len(mails_to(resources, mira, "Nothing planned")) == 1


async def test_a_zone_that_is_not_known_any_more_counts_as_utc(resources: Resources, person: MakePerson) -> None:
    mira = await somebody(resources, person)
    async with resources.unit_of_work() as uow:
        lost = text("UPDATE user_preferences SET timezone = 'Mars/Base' WHERE user_id = :id")
        await uow.session.execute(lost, {"id": mira.id})
    await live(resources, START, START + timedelta(days=1), HOURS)
    (morning,) = await deliveries(resources, mira, "morning_plan")
    assert morning.due_at == at("2026-11-21T07:00:00+00:00")


async def test_a_zone_that_does_not_exist_is_refused(resources: Resources, person: MakePerson) -> None:
    mira = await somebody(resources, person)
    with pytest.raises(AssertionError, match="IANA"):
        await prefer(mira, START, timezone="Europe/Atlantis")
