"""A completed plan counts: its day once, and its time where no session covers it yet."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studyhall.domains.planning.events import PlanCompleted, PlanDeleted, PlanRestored
from studyhall.domains.streaks import public as streaks
from studyhall.domains.study.rules import Interval, free_stretches, gaps_between, stretches
from studyhall.domains.study.service.plans import studied_window
from studyhall.platform.resources import Resources
from tests.domains.study.student import Student, Students

EVENING = datetime(2026, 11, 18, 19, 0, tzinfo=UTC)
TODAY = EVENING.date()
ORIGIN = datetime(2026, 1, 1, tzinfo=UTC)


def at(seconds: int) -> datetime:
    return ORIGIN + timedelta(seconds=seconds)


intervals = st.tuples(st.integers(0, 500), st.integers(1, 200)).map(lambda t: Interval(at(t[0]), at(t[0] + t[1])))


class TestFreeTime:
    @given(intervals, st.lists(intervals, max_size=8), st.integers(0, 300))
    def test_it_is_inside_free_and_as_much_as_there_is(
        self, whole: Interval, taken: list[Interval], wanted: int
    ) -> None:
        free = free_stretches(whole, taken, wanted)
        assert not any(part.overlaps(other) for part in free for other in taken)
        assert all(whole.started_at <= part.started_at < part.ended_at <= whole.ended_at for part in free)
        moments = {at(n) for n in range(0, 701)}
        open_seconds = sum(
            whole.started_at <= moment < whole.ended_at
            and not any(other.started_at <= moment < other.ended_at for other in taken)
            for moment in moments
        )
        assert sum(part.seconds for part in free) == min(wanted, open_seconds)

    @given(intervals, st.lists(intervals, max_size=8))
    def test_as_one_session_with_pauses_it_counts_the_same(self, whole: Interval, taken: list[Interval]) -> None:
        free = free_stretches(whole, taken, 10_000)
        if free:
            session = Interval(free[0].started_at, free[-1].ended_at)
            counted = stretches(session, gaps_between(free))
            assert sum(part.seconds for part in counted) == sum(part.seconds for part in free)

    def test_a_plan_was_studied_when_it_was_planned_if_that_leaves_room(self) -> None:
        assert studied_window(at(0), at(5000), 3600) == Interval(at(0), at(3600))
        assert studied_window(at(4000), at(5000), 3600) == Interval(at(1400), at(5000))


class TestCompletedPlans:
    @pytest.fixture
    async def mira(self, students: Students) -> Student:
        made = await students(EVENING)
        made.person.extra["course"] = await made.create_course("Algorithms", "CS201")
        made.person.extra["plan"] = await self._plan(made)
        return made

    async def _plan(self, student: Student) -> str:
        body = {
            "course_id": student.person.extra["course"], "topic": "Heaps", "date": "2026-11-18", "start_time": "17:00",
            "planned_duration": 60, "priority": "high", "study_type": "review",
        }  # fmt: skip
        return str((await student.post("/planning/plans", body, expect=201))["plan"]["id"])

    async def _complete(
        self, student: Student, minutes: int | None, starts_at: datetime = EVENING - timedelta(hours=2)
    ) -> dict[str, Any]:
        """The fact as planning announces it; answers the effects."""
        event = PlanCompleted(
            user_id=student.id, plan_id=UUID(student.person.extra["plan"]),
            course_id=UUID(student.person.extra["course"]), topic="Heaps", happened_on=date(2026, 11, 18),
            starts_at=starts_at, planned_minutes=60, actual_minutes=minutes, completed_at=EVENING, time_zone="UTC",
            day_start_hour=0,
        )  # fmt: skip
        async with student.resources.unit_of_work() as uow:
            uow.record(event)
            return dict(await uow.settle())

    async def test_it_writes_one_session_of_the_told_length(self, mira: Student) -> None:
        effects = await self._complete(mira, 50)
        assert effects["study_time"] == {
            "written_seconds": 3000, "covered_seconds": 0, "left_out_seconds": 0, "reason": None,
        }  # fmt: skip
        assert effects["streak"]["current_streak"] == 1
        assert effects["totals"] == {"total_seconds": 3000, "session_count": 1}
        session = (await mira.get("/study-sessions"))["sessions"][0]
        assert (session["source"], session["notes"]) == ("plan", "Heaps")
        assert (session["plan_id"], session["course_id"]) == (mira.person.extra["plan"], mira.person.extra["course"])
        assert (session["started_at"], session["ended_at"]) == ("2026-11-18T17:00:00Z", "2026-11-18T17:50:00Z")

    async def test_it_leaves_out_what_another_session_holds(self, mira: Student) -> None:
        body = {"started_at": "2026-11-18T17:10:00Z", "ended_at": "2026-11-18T17:30:00Z"}
        await mira.post("/study-sessions", body, expect=201)
        effects = await self._complete(mira, 60)
        assert effects["study_time"] == {
            "written_seconds": 2400, "covered_seconds": 0, "left_out_seconds": 1200, "reason": "clash",
        }  # fmt: skip
        assert effects["totals"]["total_seconds"] == 3600

    async def test_it_writes_only_what_the_timer_on_the_plan_did_not_count(self, mira: Student) -> None:
        body = {
            "started_at": "2026-11-18T16:00:00Z", "ended_at": "2026-11-18T16:50:00Z",
            "study_plan_id": mira.person.extra["plan"],
        }  # fmt: skip
        logged = await mira.post("/study-sessions", body, expect=201)
        assert logged["session"]["course_id"] == mira.person.extra["course"]
        effects = await self._complete(mira, 60)
        assert effects["study_time"]["covered_seconds"] == 3000
        assert effects["study_time"]["written_seconds"] == 600
        assert effects["totals"]["total_seconds"] == 3600

    async def test_long_ago_counts_for_the_streak_and_not_for_the_time(self, mira: Student) -> None:
        effects = await self._complete(mira, 60, EVENING - timedelta(days=5))
        assert effects["study_time"]["reason"] == "too_long_ago"
        assert "totals" not in effects
        assert (await mira.get("/study-sessions"))["pagination"]["total"] == 0
        assert effects["streak"]["current_streak"] == 1

    async def test_without_minutes_only_the_day_counts(self, mira: Student) -> None:
        effects = await self._complete(mira, None)
        assert "study_time" not in effects
        assert effects["streak"]["current_streak"] == 1
        assert (await mira.get("/study-sessions"))["pagination"]["total"] == 0

    async def test_deleted_it_no_longer_counts_and_comes_back_with_undo_on_its_own_day(
        self, mira: Student, resources: Resources
    ) -> None:
        await self._complete(mira, None)
        plan_id = UUID(mira.person.extra["plan"])
        async with resources.unit_of_work() as uow:
            uow.record(PlanDeleted(mira.id, plan_id, was_completed=True))
        async with resources.unit_of_work() as uow:
            assert (await streaks.streaks(uow, {mira.id: TODAY}))[mira.id].current == 0
        await mira.move_to("Pacific/Auckland")  # where the plan would have been completed on the next day
        async with resources.unit_of_work() as uow:
            uow.record(PlanRestored(mira.id, plan_id, EVENING))
        async with resources.unit_of_work() as uow:
            assert await streaks.active_days(uow, mira.id, TODAY - timedelta(days=3), TODAY + timedelta(days=3)) == {
                TODAY
            }

    async def test_through_the_plans_own_operation(self, mira: Student) -> None:
        path = f"/planning/plans/{mira.person.extra['plan']}/complete"
        earlier = {"started_at": "2026-11-18T08:00:00Z", "duration_seconds": 60}
        await mira.post("/study-sessions", earlier, expect=201)
        # Five things at once: the plan, its session, the streak, the boards, and XP with the first achievement, which
        # is told; and two are the savepoint of each request in tests.
        assert await mira.statements("PATCH", path, {"actual_duration": 30}) <= 15 + 2
        again = await mira.send("PATCH", path, {"actual_duration": 30})
        assert again["effects"] == {}
        assert (await mira.get("/study-sessions/summary/today"))["today"]["minutes"] == 31

    async def test_somebody_elses_plan_is_not_there(self, mira: Student, students: Students) -> None:
        jonas = await students(EVENING)
        await jonas.refused("POST", "/study-sessions/start", {"plan_id": mira.person.extra["plan"]}, status=404)
