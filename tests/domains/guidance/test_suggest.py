"""Proposals through HTTP: around classes, due dates, plans and holidays, with their reasons."""

import asyncio
import threading
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any
from uuid import UUID, uuid4

import pytest

from studyhall.domains.guidance import jobs, ports
from studyhall.domains.guidance.rules.cp_sat import Solution, Solver
from studyhall.domains.guidance.rules.problem import Candidate, Problem
from studyhall.entrypoints import wiring
from studyhall.platform import clock
from studyhall.platform.jobs import drain
from studyhall.platform.resources import Resources
from studyhall.platform.uow import UnitOfWork
from tests.domains.academics.conftest import Student

# The Monday before the clocks change in Berlin on Sunday, 30 March 2025.
MONDAY = datetime(2025, 3, 24, 6, tzinfo=UTC)
RunJobs = Callable[[], Awaitable[Any]]


@pytest.fixture(autouse=True)
def now() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        stack.enter_context(clock.frozen_at(MONDAY))
        yield stack


@pytest.fixture
async def mira(person: Any) -> Student:
    made = Student(await person(timezone="Europe/Berlin"))
    made.person.extra["course"] = await made.course(credits=3)
    return made


async def suggest(student: Student, run_jobs: RunJobs, **wish: Any) -> dict[str, Any]:
    """The result of the task."""
    task_id = (await student.call("POST", "/planning/suggest", 202, json=wish))["task_id"]
    await run_jobs()
    task = (await student.call("GET", f"/tasks/{task_id}"))["task"]
    assert (task["state"], task["error"], task["progress"]) == ("succeeded", None, 100), task
    result: dict[str, Any] = task["result"]
    return result


async def assignment(student: Student, due: str, title: str = "Lab report", **more: Any) -> str:
    body = {"course_id": student.person.extra["course"], "title": title, "due_date": due, "priority": "high", **more}
    made = await student.call("POST", "/assignments", 201, json=body)
    return str(made["assignment"]["id"])


async def lecture(student: Student, day: int, start: str, end: str) -> None:
    body = {"course_id": student.person.extra["course"], "day_of_week": day, "start_time": start, "end_time": end}
    await student.call("POST", "/timetable", 201, json={"semester": "Spring 2025", "classes": [body]})


def spans(blocks: Sequence[Any]) -> list[tuple[datetime, datetime]]:
    return [(datetime.fromisoformat(one["starts_at"]), datetime.fromisoformat(one["ends_at"])) for one in blocks]


def minutes(blocks: Sequence[Any]) -> int:
    return sum(one["plan"]["planned_duration"] for one in blocks)


async def test_a_week_of_one_course(mira: Student, run_jobs: RunJobs) -> None:
    week = await suggest(mira, run_jobs)
    assert (week["week_start"], week["week_end"], week["time_zone"]) == ("2025-03-24", "2025-03-30", "Europe/Berlin")
    assert (week["engine"], week["is_optimal"], week["engine_note"]) == ("cp_sat", True, None)
    assert (week["basis"], week["wanted_minutes"], week["nothing"]) == ("courses", 180, None)
    assert minutes(week["blocks"]) == week["proposed_minutes"] == 180
    assert not week["knows_best_hours"]
    for one in week["blocks"]:
        assert "08:00:00" <= one["plan"]["start_time"] < "22:00:00"
        assert 30 <= one["plan"]["planned_duration"] <= 120
        assert one["course"]["code"] == "CS201"
        assert [each["kind"] for each in one["reasons"]] == ["credits", "spacing"]
        assert "Data Structures & Algorithms has 3 credits: 3 h of own study" in one["reason"]
    assert len({one["plan"]["date"] for one in week["blocks"]}) == len(week["blocks"]) > 1
    assert "done with this block" in week["blocks"][-1]["reason"]


async def test_what_is_proposed_can_be_posted_and_is_then_covered(mira: Student, run_jobs: RunJobs) -> None:
    week = await suggest(mira, run_jobs)
    for one in week["blocks"]:
        made = await mira.call("POST", "/planning/plans", 201, json=one["plan"])
        assert made["conflicts"] == []
    again = await suggest(mira, run_jobs)
    assert (again["blocks"], again["nothing"]["code"], again["covered_minutes"]) == ([], "all_covered", 180)
    assert again["engine"] is None
    more = await suggest(mira, run_jobs, hours=5)
    assert (more["basis"], more["proposed_minutes"]) == ("asked", 120)


async def test_an_assignment_is_worked_on_before_it_is_due(mira: Student, run_jobs: RunJobs) -> None:
    wanted = await assignment(mira, "2025-03-26T10:00:00Z")
    week = await suggest(mira, run_jobs, hours=4)
    blocks = [one for one in week["blocks"] if one["assignment_id"] == wanted]
    assert minutes(blocks) == 180
    assert all(end <= datetime(2025, 3, 26, 10, tzinfo=UTC) for _, end in spans(blocks))
    assert all(one["plan"]["topic"] == "Lab report" and one["plan"]["priority"] == "high" for one in blocks)
    assert "“Lab report” is due on Wednesday, 26 March 2025 at 11:00: 3 h at high priority" in blocks[0]["reason"]
    assert minutes(week["blocks"]) == 240


async def test_what_cannot_be_placed_in_time_is_told(mira: Student, run_jobs: RunJobs) -> None:
    hopeless = await assignment(mira, "2025-03-24T07:10:00Z", "At once")
    week = await suggest(mira, run_jobs)
    (left,) = week["left_over"]
    assert (left["assignment_id"], left["minutes"], left["code"]) == (hopeless, 180, "no_time_before_due")


async def test_done_and_overdue_assignments_ask_for_nothing(mira: Student, run_jobs: RunJobs, now: ExitStack) -> None:
    await assignment(mira, "2025-03-24T06:05:00Z", "Late")
    done = await assignment(mira, "2025-03-27T10:00:00Z", "Done")
    await mira.call("PATCH", f"/assignments/{done}/complete")
    now.enter_context(clock.frozen_at(MONDAY + timedelta(minutes=10)))
    week = await suggest(mira, run_jobs)
    assert {one["assignment_id"] for one in week["blocks"]} == {None}
    assert week["wanted_minutes"] == 180


async def test_the_next_week_leaves_out_what_is_due_before_it(mira: Student, run_jobs: RunJobs) -> None:
    await assignment(mira, "2025-03-28T10:00:00Z", "This week")
    after = await assignment(mira, "2025-04-09T10:00:00Z", "The week after")
    week = await suggest(mira, run_jobs, week_start="2025-03-31", courses=[mira.person.extra["course"]])
    assert {one["assignment_id"] for one in week["blocks"]} == {after, None}
    assert (week["wanted_minutes"], week["left_over"]) == (360, [])


async def test_classes_plans_and_days_off_are_kept_free(mira: Student, run_jobs: RunJobs) -> None:
    course = mira.person.extra["course"]
    await lecture(mira, 1, "10:00", "11:30")
    plan = {
        "course_id": course, "topic": "Trees", "date": "2025-03-24", "start_time": "13:00", "planned_duration": 60,
        "priority": "low", "study_type": "review",
    }  # fmt: skip
    await mira.call("POST", "/planning/plans", 201, json=plan)
    others = [f"2025-03-{day}" for day in range(25, 31)]
    week = await suggest(mira, run_jobs, days_off=others, hours=12, most_minutes_per_day=480, break_minutes=30)
    taken = [(datetime(2025, 3, 24, 9, tzinfo=UTC), datetime(2025, 3, 24, 10, 30, tzinfo=UTC))]
    taken += [(datetime(2025, 3, 24, 12, tzinfo=UTC), datetime(2025, 3, 24, 13, tzinfo=UTC))]
    whole = sorted(taken + spans(week["blocks"]))
    assert {one["plan"]["date"] for one in week["blocks"]} == {"2025-03-24"}
    assert all(late[0] - early[1] >= timedelta(minutes=30) for early, late in pairwise(whole))
    assert week["proposed_minutes"] >= 300
    assert week["proposed_minutes"] + 60 <= 480


async def test_holidays_of_the_timetable_are_free_unless_asked_for(mira: Student, run_jobs: RunJobs) -> None:
    await lecture(mira, 1, "10:00", "11:30")
    holidays = [{"first_date": "2025-03-24", "last_date": "2025-03-29", "title": "Spring break"}]
    await mira.call("PUT", "/timetable/exceptions", json={"holidays": holidays})
    week = await suggest(mira, run_jobs)
    assert {one["plan"]["date"] for one in week["blocks"]} == {"2025-03-30"}
    week = await suggest(mira, run_jobs, study_on_holidays=True)
    assert len({one["plan"]["date"] for one in week["blocks"]}) > 1


async def test_a_day_off_among_the_entries_of_a_timetable(mira: Student, run_jobs: RunJobs) -> None:
    days = "".join(
        f"BEGIN:VEVENT\r\nUID:{day}@example.org\r\nDTSTAMP:20250301T000000Z\r\nSUMMARY:Public Holiday\r\n"
        f"DTSTART:202503{day}T080000Z\r\nDTEND:202503{day}T160000Z\r\nEND:VEVENT\r\n"
        for day in (24, 25, 26)
    )
    calendar = f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//x//EN\r\n{days}END:VCALENDAR\r\n"
    upload = await mira.take_in(calendar, semester="Spring 2025")
    await mira.confirm(upload["upload"]["id"])
    others = ["2025-03-27", "2025-03-28", "2025-03-29", "2025-03-30"]
    week = await suggest(mira, run_jobs, days_off=others)
    assert (week["blocks"], week["nothing"]["code"]) == ([], "no_free_time")
    studious = await suggest(mira, run_jobs, days_off=others, study_on_holidays=True, earliest="10:00", latest="16:00")
    assert {one["plan"]["date"] for one in studious["blocks"]} <= {"2025-03-24", "2025-03-25", "2025-03-26"}
    assert studious["proposed_minutes"] == 180


async def test_the_day_of_a_clock_change(mira: Student, run_jobs: RunJobs) -> None:
    rest = ["2025-03-31", *(f"2025-04-0{day}" for day in range(1, 6))]
    week = await suggest(
        mira, run_jobs, week_start="2025-03-30", earliest="00:00", latest="06:00", hours=3, days_off=rest
    )
    assert week["proposed_minutes"] >= 150
    for one, (start, end) in zip(week["blocks"], spans(week["blocks"]), strict=True):
        assert not "02:00:00" <= one["plan"]["start_time"] < "03:00:00"
        assert (end - start) == timedelta(minutes=one["plan"]["planned_duration"])
        made = await mira.call("POST", "/planning/plans", 201, json=one["plan"])
        checked = await mira.call(
            "POST", "/planning/plans/check-conflicts",
            json={"date": one["plan"]["date"], "start_time": one["plan"]["start_time"], "duration": 15},
        )  # fmt: skip
        assert [each["id"] for each in checked["conflicts"]] == [made["plan"]["id"]]
        assert datetime.fromisoformat(checked["conflicts"][0]["starts_at"]) == start


async def test_best_hours_come_from_history(mira: Student, run_jobs: RunJobs) -> None:
    await mira.call("POST", "/study-sessions", 201, json={"started_at": "2025-03-23T17:00", "duration_seconds": 10_800})
    quiet = await suggest(mira, run_jobs)
    assert not quiet["knows_best_hours"]
    await mira.call("POST", "/study-sessions", 201, json={"started_at": "2025-03-22T20:00", "duration_seconds": 9_000})
    week = await suggest(mira, run_jobs)
    assert week["knows_best_hours"] and week["proposed_minutes"] == 180
    assert all("17:00:00" <= one["plan"]["start_time"] < "22:00:00" for one in week["blocks"])
    assert all("These are good hours of yours: " in one["reason"] for one in week["blocks"])
    assert "h of study in the last 8 weeks." in week["blocks"][0]["reason"]


async def test_a_daily_goal_is_the_default(mira: Student, run_jobs: RunJobs) -> None:
    await mira.call("POST", "/onboarding", json={"study_preferences": {"daily_goal_minutes": 60}})
    week = await suggest(mira, run_jobs)
    assert (week["basis"], week["wanted_minutes"], week["proposed_minutes"]) == ("daily_goal", 420, 420)
    assert "of your daily goal" in week["blocks"][0]["reason"]
    some = await suggest(mira, run_jobs, courses=[mira.person.extra["course"]])
    assert (some["basis"], some["wanted_minutes"]) == ("courses", 180)


async def test_weak_topics_are_practised(mira: Student, run_jobs: RunJobs, resources: Resources) -> None:
    course, topic = UUID(mira.person.extra["course"]), uuid4()

    async def weak(_uow: UnitOfWork, _user_id: UUID, ids: Any) -> list[ports.WeakTopic]:
        assert list(ids) == [course]
        return [ports.WeakTopic(topic, course, "Red-black trees", 0.42)]

    resources.ports = {**resources.ports, ports.WeakTopics: weak}
    week = await suggest(mira, run_jobs)
    (block,) = [one for one in week["blocks"] if one["topic_id"]]
    assert (block["topic_id"], block["plan"]["topic"]) == (str(topic), "Red-black trees")
    assert (block["plan"]["study_type"], block["plan"]["planned_duration"]) == ("practice", 45)
    assert "“Red-black trees” is a weak topic of yours: mastery 42 %" in block["reason"]


@pytest.mark.parametrize(
    ("wish", "code"),
    [
        ({"earliest": "08:00", "latest": "08:10"}, "no_free_time"),
        ({"earliest": "08:00", "latest": "08:15", "shortest_block": 30}, "nothing_fits"),
    ],
)
async def test_nothing_to_suggest_says_why(mira: Student, run_jobs: RunJobs, wish: dict[str, Any], code: str) -> None:
    week = await suggest(mira, run_jobs, **wish)
    assert (week["blocks"], week["nothing"]["code"]) == ([], code)
    assert week["nothing"]["text"]


async def test_without_a_course_there_is_nothing(person: Any, run_jobs: RunJobs) -> None:
    week = await suggest(Student(await person()), run_jobs)
    assert (week["blocks"], week["nothing"]["code"]) == ([], "no_courses")


@pytest.mark.parametrize(
    ("wish", "field"),
    [
        ({"week_start": "2025-03-17"}, "week_start"),
        ({"week_start": "2027-01-01"}, "week_start"),
        ({"week_start": "2025-02-30"}, "week_start"),
        ({"hours": 0}, "hours"),
        ({"hours": 113}, "hours"),
        ({"hours": "nan"}, "hours"),
        ({"earliest": "10:00", "latest": "09:00"}, "latest"),
        ({"earliest": "25:00"}, "earliest"),
        ({"earliest": "10:00Z"}, "earliest"),
        ({"shortest_block": 90, "longest_block": 60}, "longest_block"),
        ({"shortest_block": 20}, "shortest_block"),
        ({"longest_block": 495}, "longest_block"),
        ({"shortest_block": 60, "most_minutes_per_day": 45}, "shortest_block"),
        ({"break_minutes": -1}, "break_minutes"),
        ({"courses": []}, "courses"),
        ({"courses": [str(uuid4())]}, "courses"),
        ({"unknown": 1}, "unknown"),
    ],
)
async def test_a_wish_that_cannot_be_is_refused_by_field(mira: Student, wish: dict[str, Any], field: str) -> None:
    refused = await mira.call("POST", "/planning/suggest", 422, json=wish)
    assert any(field in name for name in refused["errors"]), refused


async def test_a_strangers_course_is_refused(mira: Student, person: Any) -> None:
    other = Student(await person())
    theirs = await other.course()
    refused = await mira.call("POST", "/planning/suggest", 422, json={"courses": [theirs]})
    assert "courses" in refused["errors"]


async def test_last_weeks_start_still_holds_its_remaining_days(mira: Student, run_jobs: RunJobs) -> None:
    week = await suggest(mira, run_jobs, week_start="2025-03-20")
    assert week["week_end"] == "2025-03-26"
    assert {one["plan"]["date"] for one in week["blocks"]} <= {"2025-03-24", "2025-03-25", "2025-03-26"}
    assert week["proposed_minutes"] == 180


async def test_asking_is_cheap_and_needs_nobody_to_wait(mira: Student) -> None:
    answer = await mira.person.client.post("/api/v1/planning/suggest", json={"courses": [mira.person.extra["course"]]})
    assert answer.status_code == 202
    assert int(answer.headers["Server-Timing"].split('"')[1]) <= 10


async def test_a_cancelled_task_is_not_begun(mira: Student, run_jobs: RunJobs) -> None:
    task_id = (await mira.call("POST", "/planning/suggest", 202))["task_id"]
    await mira.call("DELETE", f"/tasks/{task_id}")
    await run_jobs()
    task = (await mira.call("GET", f"/tasks/{task_id}"))["task"]
    assert (task["state"], task["result"]) == ("cancelled", None)


async def test_a_run_that_dies_begins_again_and_a_finished_one_stays(
    mira: Student, run_jobs: RunJobs, resources: Resources, monkeypatch: pytest.MonkeyPatch, now: ExitStack
) -> None:
    def dies(*_: Any) -> None:
        raise RuntimeError("out of memory")

    task_id = (await mira.call("POST", "/planning/suggest", 202))["task_id"]
    with monkeypatch.context() as broken:
        broken.setattr(jobs, "place", dies)
        await run_jobs()
    seen = (await mira.call("GET", f"/tasks/{task_id}"))["task"]
    assert (seen["state"], seen["progress"]) == ("running", 10)
    now.enter_context(clock.frozen_at(MONDAY + timedelta(minutes=5)))
    await run_jobs()
    done = (await mira.call("GET", f"/tasks/{task_id}"))["task"]
    assert (done["state"], done["result"]["engine"]) == ("succeeded", "cp_sat")
    async with resources.unit_of_work() as uow:
        await uow.enqueue(jobs.suggest_week, task_id=UUID(task_id), user_id=mira.person.id, wish={})
    monkeypatch.setattr(jobs, "place", dies)
    await run_jobs()
    assert (await mira.call("GET", f"/tasks/{task_id}"))["task"] == done


async def test_greedy_answers_when_the_solver_finds_nothing_in_time(
    mira: Student, run_jobs: RunJobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "Solver", lambda: Solver(0.0))
    week = await suggest(mira, run_jobs)
    assert (week["engine"], week["is_optimal"], week["proposed_minutes"]) == ("greedy", False, 180)
    assert "one after the other" in week["engine_note"]


async def test_a_search_ends_when_its_owner_cancels(committed: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    begun = threading.Event()

    class Endless(Solver):
        """Searches until it is stopped."""

        def __init__(self) -> None:
            super().__init__()
            self.ended = threading.Event()

        def stop(self) -> None:
            self.ended.set()

        def solve(self, problem: Problem, start: Sequence[Candidate] = ()) -> Solution | None:
            begun.set()
            assert self.ended.wait(30), "nobody stopped the search"
            return None

    monkeypatch.setattr(jobs, "Solver", Endless)
    monkeypatch.setattr(jobs, "POLL_SECONDS", 0.05)
    mira = Student(await committed.person(timezone="Europe/Berlin"))
    await mira.course()
    task_id = (await mira.call("POST", "/planning/suggest", 202))["task_id"]
    working = asyncio.ensure_future(drain(committed.resources, wiring.JOBS))
    await asyncio.to_thread(begun.wait, 30)
    asked = (await mira.call("DELETE", f"/tasks/{task_id}"))["task"]
    assert (asked["state"], asked["cancel_requested"]) == ("running", True)
    await asyncio.wait_for(working, 30)
    task = (await mira.call("GET", f"/tasks/{task_id}"))["task"]
    assert (task["state"], task["result"]) == ("cancelled", None)


async def test_proposals_are_limited(mira: Student, resources: Resources) -> None:
    resources.settings.rate_limits_enabled = True
    resources.settings.rate_limits["suggest"] = "1/hour"
    await mira.call("POST", "/planning/suggest", 202)
    await mira.call("POST", "/planning/suggest", 429)
