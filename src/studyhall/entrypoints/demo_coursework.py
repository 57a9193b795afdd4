"""Assignments and results of the demo people, so that their weekly reports have something to tell."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from random import Random
from uuid import UUID

from studyhall.domains.assignments import service as assignments
from studyhall.domains.assignments.schemas import NewAssignment
from studyhall.domains.grades.schemas.results import NewResult
from studyhall.domains.grades.service import results
from studyhall.platform import clock
from studyhall.platform.auth import Actor
from studyhall.platform.uow import UnitOfWork

WEEK = timedelta(days=7)


async def work(uow: UnitOfWork, actor: Actor, course_ids: Sequence[UUID], first: date, now: datetime) -> None:
    """A sheet due each Friday, mostly handed in on the day before, and a quiz in every course each Tuesday, from
    `first` until now."""
    random, zone = Random(len(course_ids)), clock.zone(actor.time_zone)  # noqa: S311 - no secret
    monday = first + timedelta(days=-first.weekday() % 7)
    number = 1
    while (given := datetime.combine(monday, time(9), tzinfo=zone)) < now:
        for course_id in course_ids:
            sheet = {"course_id": course_id, "title": f"Problem sheet {number}", "priority": "medium"}
            with clock.frozen_at(given):
                due = datetime.combine(monday + timedelta(days=4), time(18), tzinfo=zone)
                fields = NewAssignment.model_validate({**sheet, "due_date": due.isoformat()}).model_dump()
                row, _ = await assignments.create(uow, actor, fields)
            if random.random() < 0.85 and (handed_in := given + timedelta(days=3, hours=8)) < now:
                with clock.frozen_at(handed_in):
                    await assignments.complete(uow, actor, row.id)
            if (marked := given + timedelta(days=1, hours=5)) < now:
                await _quiz(uow, actor, course_id, number, marked, Decimal(random.randrange(12, 21)))
        await uow.settle()
        monday, number = monday + WEEK, number + 1


async def _quiz(uow: UnitOfWork, actor: Actor, course_id: UUID, number: int, marked: datetime, score: Decimal) -> None:
    quiz = {"course_id": course_id, "assessment_type": "quiz", "assessment_name": f"Quiz {number}", "max_score": 20}
    with clock.frozen_at(marked):
        result = NewResult.model_validate({**quiz, "score": score, "date": marked.date()})
        await results.create(uow, actor, result.model_dump())
