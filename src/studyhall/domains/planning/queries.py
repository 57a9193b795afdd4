"""Reading study plans, always those of one person."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, ScalarSelect, Select, case, func, select, update

from studyhall.domains.planning.models import StudyPlan
from studyhall.domains.planning.rules import COMPLETED, IN_PROGRESS, MISSED, OPEN, PENDING
from studyhall.platform.uow import UnitOfWork
from studyhall.platform.web import ListQuery, Page, page_of


@dataclass(frozen=True, slots=True)
class PlanFilter:
    """Which plans of a person; both days are included, None is open.

    Attributes:
        status: as it is seen on the day of the question.
    """

    first: date | None
    last: date | None
    status: str | None = None
    course_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Summary:
    """Figures over all plans that pass a filter, not only over one page."""

    total_plans: int
    pending: int
    in_progress: int
    completed: int
    missed: int
    total_planned_minutes: int


def _of(user_id: UUID) -> Select[StudyPlan]:
    return select(StudyPlan).where(StudyPlan.user_id == user_id, StudyPlan.deleted_at.is_(None))


def seen(today: date) -> ColumnElement[str]:
    """`rules.status_seen` in SQL."""
    missed = StudyPlan.status.in_(OPEN) & (StudyPlan.last_day < today)
    return case((missed, MISSED), else_=StudyPlan.status)


def _filtered(user_id: UUID, wanted: PlanFilter, today: date) -> Select[StudyPlan]:
    found = _of(user_id)
    if wanted.first is not None:
        found = found.where(StudyPlan.date >= wanted.first)
    if wanted.last is not None:
        found = found.where(StudyPlan.date <= wanted.last)
    if wanted.status is not None:
        found = found.where(seen(today) == wanted.status)
    if wanted.course_id is not None:
        found = found.where(StudyPlan.course_id == wanted.course_id)
    return found


async def page_of_plans(
    uow: UnitOfWork, user_id: UUID, wanted: PlanFilter, today: date, listing: ListQuery
) -> Page[StudyPlan]:
    """One page in the order of time."""
    order = (StudyPlan.date.asc(), StudyPlan.start_time.asc())
    return await page_of(uow, _filtered(user_id, wanted, today), listing, order=order, tie=StudyPlan.id)


async def summary(uow: UnitOfWork, user_id: UUID, wanted: PlanFilter, today: date) -> Summary:
    """The figures of the whole filter."""
    plans = _filtered(user_id, wanted, today).with_only_columns(
        seen(today).label("status"), StudyPlan.planned_duration.label("minutes")
    )
    rows = plans.subquery()

    def count(status: str) -> ColumnElement[int]:
        return func.count().filter(rows.c.status == status)

    figures = select(
        func.count(), count(PENDING), count(IN_PROGRESS), count("completed"), count(MISSED),
        func.coalesce(func.sum(rows.c.minutes), 0),
    )  # fmt: skip
    return Summary(*(int(figure) for figure in (await uow.session.execute(figures)).one()))


class PlannedDay(NamedTuple):
    """The plans of one course on one day.

    Attributes:
        minutes: planned, of all of them.
    """

    day: date
    course_id: UUID
    plans: int
    completed: int
    missed: int
    minutes: int


async def by_day_and_course(uow: UnitOfWork, user_id: UUID, first: date, last: date, today: date) -> list[PlannedDay]:
    """Figures of every day and course from first to last day (both included) that has plans, in order of days."""
    wanted = PlanFilter(first, last)
    figures = (
        _filtered(user_id, wanted, today)
        .with_only_columns(
            StudyPlan.date,
            StudyPlan.course_id,
            func.count(),
            func.count().filter(seen(today) == COMPLETED),
            func.count().filter(seen(today) == MISSED),
            func.sum(StudyPlan.planned_duration),
        )
        .group_by(StudyPlan.date, StudyPlan.course_id)
        .order_by(StudyPlan.date, StudyPlan.course_id)
    )
    return [PlannedDay(*row) for row in await uow.session.execute(figures)]


async def plan(
    uow: UnitOfWork, user_id: UUID, plan_id: UUID, *, lock: bool = False, deleted: bool = False
) -> StudyPlan | None:
    """The person's own plan."""
    found = select(StudyPlan).where(
        StudyPlan.id == plan_id,
        StudyPlan.user_id == user_id,
        StudyPlan.deleted_at.is_not(None) if deleted else StudyPlan.deleted_at.is_(None),
    )
    found = found.execution_options(populate_existing=True)
    return (await uow.session.scalars(found.with_for_update() if lock else found)).one_or_none()


async def complete(
    uow: UnitOfWork, user_id: UUID, plan_id: UUID, now: datetime, actual_minutes: int | None, notes: str | None
) -> StudyPlan | None:
    """Complete the person's own plan and answer it, in one statement; None when it is completed already, or not his.

    Args:
        notes: replace those of the plan; None leaves them.
    """
    done: dict[str, Any] = {"status": COMPLETED, "completed_at": now, "actual_duration": actual_minutes}
    if notes is not None:
        done["notes"] = notes
    changed = (
        update(StudyPlan)
        .where(
            StudyPlan.id == plan_id,
            StudyPlan.user_id == user_id,
            StudyPlan.deleted_at.is_(None),
            StudyPlan.status != COMPLETED,
        )
        .values(done)
        .returning(StudyPlan)
        .execution_options(populate_existing=True, synchronize_session=False)
    )
    return (await uow.session.scalars(changed)).one_or_none()


async def open_plans(uow: UnitOfWork, user_id: UUID, first: date, last: date) -> Sequence[StudyPlan]:
    """Plans from `first` to `last`, both included, that are still to be done."""
    found = _of(user_id).where(StudyPlan.date.between(first, last), StudyPlan.status.in_(OPEN))
    return (await uow.session.scalars(found.order_by(StudyPlan.date, StudyPlan.start_time, StudyPlan.id))).all()


async def plans_of_days(uow: UnitOfWork, days: dict[UUID, tuple[date, date]]) -> Sequence[StudyPlan]:
    """Plans of several people, each between his own first and last day, in the order of time; one statement."""
    if not days:
        return []
    everybody = (first for first, _ in days.values()), (last for _, last in days.values())
    found = select(StudyPlan).where(
        StudyPlan.user_id.in_(days.keys()),
        StudyPlan.deleted_at.is_(None),
        StudyPlan.date.between(min(everybody[0]), max(everybody[1])),
    )
    rows = await uow.session.scalars(found.order_by(StudyPlan.date, StudyPlan.start_time, StudyPlan.id))
    return [row for row in rows if days[row.user_id][0] <= row.date <= days[row.user_id][1]]


async def completed(uow: UnitOfWork, user_id: UUID) -> dict[UUID, datetime]:
    """The person's completed plans, each with the moment it was completed."""
    found = select(StudyPlan.id, StudyPlan.completed_at).where(
        StudyPlan.user_id == user_id,
        StudyPlan.deleted_at.is_(None),
        StudyPlan.status == COMPLETED,
        StudyPlan.completed_at.is_not(None),
    )
    return {plan_id: moment for plan_id, moment in (await uow.session.execute(found)).all() if moment is not None}


def _utc(column: str) -> str:
    """A moment as Pydantic writes it."""
    return f"""replace(to_char({column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), '.000000', '')"""


# $1 person, $2 first day, $3 last day, $4 today, $5 rows per page, $6 rows before. The same rows in the same order and
# the same shape as `page_of_plans` with `summary` and the courses' briefs; the test of both holds them together.
_PLANS_AS_JSON = f"""
WITH plans AS MATERIALIZED (
  SELECT p.*,
    CASE WHEN p.status IN ('pending', 'in_progress') AND p.last_day < $4 THEN 'missed' ELSE p.status END AS seen
  FROM study_plans p
  WHERE p.user_id = $1 AND p.deleted_at IS NULL
    AND p.date >= coalesce($2::date, '-infinity') AND p.date <= coalesce($3::date, 'infinity')
),
page AS (SELECT * FROM plans ORDER BY date, start_time, id LIMIT $5::int OFFSET $6::int)
SELECT json_build_object(
  'success', true, 'message', 'OK', 'data', json_build_object(
    'plans', coalesce((SELECT json_agg(json_build_object(
      'id', page.id,
      'course', json_build_object('id', c.id, 'name', c.name, 'code', c.code, 'color', coalesce(e.color, 'blue')),
      'topic', page.topic, 'description', page.description, 'date', page.date, 'start_time', page.start_time,
      'planned_duration', page.planned_duration, 'actual_duration', page.actual_duration,
      'priority', page.priority, 'study_type', page.study_type, 'status', page.seen,
      'completed_at', {_utc("page.completed_at")}, 'notes', page.notes,
      'created_at', {_utc("page.created_at")},
      'updated_at', {_utc("page.updated_at")}
    ) ORDER BY page.date, page.start_time, page.id)
      FROM page
      JOIN courses c ON c.id = page.course_id
      LEFT JOIN enrollments e ON e.course_id = page.course_id AND e.user_id = $1), '[]'::json),
    'summary', (SELECT json_build_object(
      'total_plans', count(*), 'pending', count(*) FILTER (WHERE seen = 'pending'),
      'in_progress', count(*) FILTER (WHERE seen = 'in_progress'),
      'completed', count(*) FILTER (WHERE seen = 'completed'), 'missed', count(*) FILTER (WHERE seen = 'missed'),
      'total_planned_minutes', coalesce(sum(planned_duration), 0)) FROM plans),
    'pagination', (SELECT json_build_object(
      'total', count(*), 'per_page', $5::int, 'current_page', $6::int / $5::int + 1,
      'last_page', greatest(1, (count(*) + $5::int - 1) / $5::int)) FROM plans)))
"""


async def plans_as_json(uow: UnitOfWork, user_id: UUID, wanted: PlanFilter, today: date, listing: ListQuery) -> bytes:
    """The whole answer of `GET /planning/plans` for a span of days, as PostgreSQL writes it, in one statement.

    One of the most frequent reads. For the sake of that one statement it names the courses' tables; everything else
    asks `courses.public`.
    """
    async with uow.resources.database.straight() as straight:
        body: bytes = await straight.value(
            _PLANS_AS_JSON, user_id, wanted.first, wanted.last, today, listing.per_page, listing.start
        )
    return body


def completed_count(user_id: UUID) -> ScalarSelect[int]:
    """In SQL: how many plans the person has carried out, deleted ones left out."""
    found = select(func.count()).where(
        StudyPlan.user_id == user_id, StudyPlan.deleted_at.is_(None), StudyPlan.status == COMPLETED
    )
    return found.scalar_subquery()
