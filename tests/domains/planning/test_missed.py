"""The job that writes down what was missed."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from studyhall.domains.planning import jobs
from studyhall.domains.planning.models import StudyPlan
from studyhall.platform import clock
from studyhall.platform.jobs import JobRun
from studyhall.platform.resources import Resources
from tests.domains.academics.conftest import Student

# Where the day of 23 March 2025 ends, from first to last.
ENDS = {
    "Pacific/Kiritimati": datetime(2025, 3, 23, 10, tzinfo=UTC),
    "Asia/Kathmandu": datetime(2025, 3, 23, 18, 15, tzinfo=UTC),
    "Europe/Berlin": datetime(2025, 3, 23, 23, tzinfo=UTC),
    "UTC": datetime(2025, 3, 24, tzinfo=UTC),
    "America/New_York": datetime(2025, 3, 24, 4, tzinfo=UTC),
    "Pacific/Pago_Pago": datetime(2025, 3, 24, 11, tzinfo=UTC),
}


async def _run(resources: Resources, moment: datetime) -> None:
    with clock.frozen_at(moment):
        await jobs.mark_missed.job.handler(JobRun(1, "planning.mark_missed", 1, 1, resources))


async def _stored(resources: Resources) -> dict[str, StudyPlan]:
    """All plans as they are written, by their topic."""
    async with resources.unit_of_work() as uow:
        rows = await uow.session.scalars(select(StudyPlan).execution_options(populate_existing=True))
        return {row.topic: row for row in rows.all()}


async def _plan(student: Student, course: str, topic: str, **more: Any) -> str:
    body = {
        "course_id": course, "topic": topic, "date": "2025-03-23", "start_time": "09:00", "planned_duration": 60,
        "priority": "low", "study_type": "review", **more,
    }  # fmt: skip
    made = await student.call("POST", "/planning/plans", 201, json=body)
    return str(made["plan"]["id"])


@pytest.mark.parametrize("batch", [1, 500])
async def test_each_plan_is_missed_when_its_persons_day_is_over(
    person: Any, resources: Resources, monkeypatch: pytest.MonkeyPatch, batch: int
) -> None:
    monkeypatch.setattr(jobs, "BATCH", batch)
    with clock.frozen_at(datetime(2025, 3, 20, 9, tzinfo=UTC)):
        for zone in ENDS:
            student = Student(await person(timezone=zone))
            await _plan(student, await student.course(), zone)
    for moment in sorted(ENDS.values()):
        for at in (moment - timedelta(seconds=1), moment):
            await _run(resources, at)
            written = {zone: row.status for zone, row in (await _stored(resources)).items()}
            assert written == {zone: "missed" if at >= end else "pending" for zone, end in ENDS.items()}


async def test_only_open_plans_of_living_days_are_marked_and_none_is_changed_otherwise(
    person: Any, resources: Resources
) -> None:
    with clock.frozen_at(datetime(2025, 3, 20, 9, tzinfo=UTC)):
        student = Student(await person(timezone="UTC"))
        course = await student.course()
        await _plan(student, course, "begun")
        await _plan(student, course, "over midnight", start_time="23:30")
        await student.call("PATCH", f"/planning/plans/{await _plan(student, course, 'done')}/complete")
        await student.call("DELETE", f"/planning/plans/{await _plan(student, course, 'deleted')}")
    before = await _stored(resources)
    await _run(resources, datetime(2025, 3, 24, 12, tzinfo=UTC))
    await _run(resources, datetime(2025, 3, 24, 12, tzinfo=UTC))
    after = await _stored(resources)
    assert {topic: row.status for topic, row in after.items()} == {
        "begun": "missed", "over midnight": "pending", "done": "completed", "deleted": "pending",
    }  # fmt: skip
    assert {topic: row.updated_at for topic, row in after.items()} == {
        topic: row.updated_at for topic, row in before.items()
    }
