"""What a person is told: the values of his mails."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from datetime import time as wall_time
from typing import Any
from uuid import UUID

from studyhall.domains.academics import public as academics
from studyhall.domains.assignments import public as assignments
from studyhall.domains.assignments.public import AssignmentBrief
from studyhall.domains.courses import public as courses
from studyhall.domains.identity.public import Recipient
from studyhall.domains.planning import public as planning
from studyhall.domains.reminders.service.sweeping import OPEN
from studyhall.domains.reports import public as reports
from studyhall.domains.streaks import public as streaks
from studyhall.domains.study.public import StudyCalendar
from studyhall.platform import clock
from studyhall.platform.uow import UnitOfWork

MOST_ROWS = 20
_LONGEST = 200
_TO_DO = frozenset({"pending", "in_progress"})


@dataclass(frozen=True, slots=True)
class Content:
    """Values for a mail, and how many things it tells of."""

    values: dict[str, Any] = field(default_factory=dict)
    count: int = 0


async def of_morning(uow: UnitOfWork, to: Recipient, day: date) -> Content:
    """The day's classes, plans and due assignments, the hours planned, and the streak."""
    zone = clock.zone(to.time_zone)
    classes = [
        one
        for one in await academics.classes_between(uow, to.user_id, day, day, zone)
        if one.date == day and one.kind != "holiday"
    ]
    plans = [one for one in await planning.plans_of_day(uow, to.user_id, day, to.time_zone) if one.status in _TO_DO]
    due = await _due_on(uow, to, day)
    names = await _names(uow, to.user_id, [*(one.course_id for one in plans), *(one.course_id for one in due)])
    sections = [
        ("classes", [_row(f"{one.start_time:%H:%M}", one.course_name, one.title, one.location) for one in classes]),
        (
            "plans",
            [
                _row(f"{one.start_time:%H:%M}", one.topic, f"{one.planned_duration} min", names.get(one.course_id))
                for one in plans
            ],
        ),
        ("due_today", [_due_row(one, names, zone_time=f"{one.due_date.astimezone(zone):%H:%M}") for one in due]),
    ]
    figures: list[dict[str, Any]] = []
    if plans:
        hours = round(sum(one.planned_duration for one in plans) / 60, 1)
        figures.append({"name": "planned_hours", "value": hours, "unit": "hours"})
    today = StudyCalendar(to.time_zone, to.day_start_hour).day_of(clock.now())
    streak = (await streaks.streaks(uow, {to.user_id: today}))[to.user_id].current
    if streak:
        figures.append({"name": "streak", "value": streak})
    values = {"day": day.isoformat(), "figures": figures, "sections": _sections(sections)}
    return Content(values, len(classes) + len(plans) + len(due))


async def has_plan(uow: UnitOfWork, to: Recipient, day: date) -> bool:
    """Whether anything is planned for that day."""
    return bool(await planning.plans_of_day(uow, to.user_id, day, to.time_zone))


async def of_due_soon(uow: UnitOfWork, to: Recipient, day: date) -> Content:
    """What is due on that day, still ahead and not handed in."""
    now = clock.now()
    found = [one for one in await _due_on(uow, to, day) if one.due_date > now]
    return await _of_assignments(uow, to, "due_soon", found)


async def of_overdue(uow: UnitOfWork, to: Recipient, since: datetime) -> Content:
    """What became overdue since then and still is."""
    found = await assignments.due_between(uow, to.user_id, since, clock.now())
    return await _of_assignments(uow, to, "overdue", [one for one in found if one.status == "overdue"])


async def of_week(uow: UnitOfWork, to: Recipient, monday: date) -> Content:
    """The week's report in short. The report itself is made, or made anew, on the way."""
    report = await reports.weekly_report(uow, to.user_id, monday)
    if report is None:
        return Content()
    values: dict[str, Any] = {"first": report.week_start.isoformat(), "last": report.week_end.isoformat()}
    if report.is_empty:
        return Content(values | {"variant": "quiet"})
    figures: list[dict[str, Any]] = [
        {"name": "hours", "value": float(report.total_hours), "unit": "hours"},
        {"name": "planned_hours", "value": float(report.planned_hours), "unit": "hours"},
    ]
    if report.completion_rate is not None:
        figures.append({"name": "completion_rate", "value": float(report.completion_rate), "unit": "percent"})
    figures.append({"name": "days_studied", "value": report.figures.days_studied})
    remarks = [{"title": one[: _LONGEST * 2]} for one in (*report.highlights, *report.advice)[:5]]
    return Content(
        values | {"figures": figures, "sections": _sections([("insights", remarks)]), "report_id": str(report.id)}, 1
    )


async def _due_on(uow: UnitOfWork, to: Recipient, day: date) -> list[AssignmentBrief]:
    zone = clock.zone(to.time_zone)
    first, end = (datetime.combine(one, wall_time(), tzinfo=zone) for one in (day, day + timedelta(days=1)))
    return [one for one in await assignments.due_between(uow, to.user_id, first, end) if one.status in OPEN]


async def _of_assignments(uow: UnitOfWork, to: Recipient, section: str, due: Sequence[AssignmentBrief]) -> Content:
    if not due:
        return Content()
    names = await _names(uow, to.user_id, [one.course_id for one in due])
    title = due[0].title[:_LONGEST] + (f" (+{len(due) - 1})" if len(due) > 1 else "")
    day = due[0].due_date.astimezone(clock.zone(to.time_zone)).date()
    rows = [_due_row(one, names) for one in due]
    return Content({"title": title, "day": day.isoformat(), "sections": _sections([(section, rows)])}, len(due))


async def _names(uow: UnitOfWork, user_id: UUID, ids: Collection[UUID]) -> dict[UUID, str]:
    if not ids:
        return {}
    return {one.id: one.name for one in (await courses.briefs(uow, user_id, set(ids))).values()}


def _due_row(one: AssignmentBrief, names: dict[UUID, str], zone_time: str | None = None) -> dict[str, str]:
    return _row(zone_time or one.due_date.isoformat(), one.title, names.get(one.course_id))


def _row(at: str, title: str, *notes: str | None) -> dict[str, str]:
    note = " · ".join(one for one in notes if one and one != title)
    return {"at": at, "title": title[:_LONGEST], "note": note[:_LONGEST]}


def _sections(found: Sequence[tuple[str, list[dict[str, str]]]]) -> list[dict[str, Any]]:
    return [{"title": title, "rows": rows[:MOST_ROWS]} for title, rows in found if rows]
