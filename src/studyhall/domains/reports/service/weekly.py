"""The weekly report: gathered, computed, stored."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from studyhall.domains.assignments import public as assignments
from studyhall.domains.assignments.public import AssignmentsOf
from studyhall.domains.courses import public as courses
from studyhall.domains.courses.public import CourseBrief
from studyhall.domains.grades import public as grades
from studyhall.domains.grades.public import GradeBook
from studyhall.domains.identity import public as identity
from studyhall.domains.planning import public as planning
from studyhall.domains.reports import queries
from studyhall.domains.reports.errors import NoSuchWeek, ReportNotFound
from studyhall.domains.reports.models import StoredReport
from studyhall.domains.reports.rules import figures as rules
from studyhall.domains.reports.rules import remarks
from studyhall.domains.reports.rules.figures import Figures
from studyhall.domains.reports.rules.weeks import DAYS, Week, monday_of
from studyhall.domains.reports.service.reader import Reader, reader_of, reading
from studyhall.domains.reports.service.storing import Content, dumped, loaded
from studyhall.domains.streaks import public as streaks
from studyhall.domains.study import public as study
from studyhall.platform import clock
from studyhall.platform.auth import Actor
from studyhall.platform.uow import UnitOfWork


@dataclass(frozen=True, slots=True)
class Report:
    """A week's report as it is stored.

    Attributes:
        is_new: whether this call made its row.
    """

    row: StoredReport
    content: Content
    language: str
    is_new: bool = False


async def of_week(uow: UnitOfWork, actor: Actor, week_start: date | None) -> Report:
    """The actor's report: computed now while the week runs or nobody asked before, the stored one else.

    Raises:
        NoSuchWeek: it does not begin on a Monday, has not begun, or was over before the person came.
    """
    reader = await reading(uow, actor)
    week = _week(reader, week_start)
    stored = await queries.of_week(uow, actor.user_id, week.start) if week.is_over else None
    if stored is not None and stored.is_final:
        return Report(stored, loaded(stored.content), reader.language)
    return await _computed(uow, actor, reader, week)


async def generate(uow: UnitOfWork, actor: Actor, week_start: date | None) -> Report:
    """The actor's report, computed now in any case. Raises NoSuchWeek."""
    reader = await reading(uow, actor)
    return await _computed(uow, actor, reader, _week(reader, week_start))


async def for_printing(uow: UnitOfWork, actor: Actor, report_id: UUID) -> tuple[Report, str]:
    """The actor's own report as it is stored, and his name, read in a transaction that is over when it is printed.

    Raises:
        ReportNotFound: it is not his, or there is none.
    """
    async with uow.resources.unit_of_work() as at_once:
        stored = await queries.by_id(at_once, actor.user_id, report_id)
        if stored is None:
            raise ReportNotFound
        reader = await reader_of(at_once, actor.user_id)
    if reader is None:
        raise ReportNotFound
    return Report(stored, loaded(stored.content), reader.language), reader.name


async def refresh(uow: UnitOfWork, user_id: UUID, week_start: date) -> tuple[Report, Reader] | None:
    """Anybody's report, computed unless it is final already; None when the account is gone.

    Raises:
        ValueError: `week_start` is no Monday.
    """
    reader = await reader_of(uow, user_id)
    if reader is None:
        return None
    week = Week.of(week_start, reader.calendar, clock.now())
    stored = await queries.of_week(uow, user_id, week_start) if week.is_over else None
    if stored is not None and stored.is_final:
        return Report(stored, loaded(stored.content), reader.language), reader
    content = await compute(uow, reader, week)
    return await _store(uow, reader, week, content), reader


def _week(reader: Reader, week_start: date | None) -> Week:
    now = clock.now()
    today = reader.calendar.day_of(now)
    start = monday_of(today) if week_start is None else week_start
    if start.weekday() != 0:
        raise NoSuchWeek.because(f"A week begins on a Monday; this one on {monday_of(start)}.")
    if start > today:
        raise NoSuchWeek.because("This week has not begun yet.")
    if start.year < grades.FIRST_DATE.year:
        raise NoSuchWeek.because("This week was before your time here.")
    return Week.of(start, reader.calendar, now)


async def _computed(uow: UnitOfWork, actor: Actor, reader: Reader, week: Week) -> Report:
    content = await compute(uow, reader, week)
    if content.figures.is_empty and week.is_over:
        await _require_after_registration(uow, actor, reader, week)
    return await _store(uow, reader, week, content)


async def _require_after_registration(uow: UnitOfWork, actor: Actor, reader: Reader, week: Week) -> None:
    """An empty week counts only from the one in which the person came. What lies before it and has figures, such as
    time entered afterwards, is told."""
    account = await identity.account(uow, actor.user_id)
    came = monday_of(reader.calendar.day_of(account.created_at))
    if week.start < came:
        raise NoSuchWeek.because(f"This week was before your time here; your first one began on {came}.")


async def _store(uow: UnitOfWork, reader: Reader, week: Week, content: Content) -> Report:
    found = content.figures
    most, least = found.most_studied, found.least_studied
    values = {
        "week_end_date": week.end,
        "total_seconds": found.seconds,
        "planned_minutes": found.planned_minutes,
        "completion_rate": found.completion_rate,
        "most_studied_course_id": most.course_id if most else None,
        "least_studied_course_id": least.course_id if least else None,
        "performance_trend": found.performance_trend,
        "content": dumped(content),
        "time_zone": reader.calendar.time_zone,
        "day_start_hour": reader.calendar.day_start_hour,
        "ends_at": week.ends_at,
        "is_final": week.is_over,
        "generated_at": clock.now(),
    }
    row, is_new = await queries.put(uow, reader.user_id, week.start, values)
    return Report(row, content, reader.language, is_new)


async def compute(uow: UnitOfWork, reader: Reader, week: Week) -> Content:
    """The week's figures and remarks, from what the domains below say now; six statements, whatever there is."""
    user_id = reader.user_id
    first = week.start - timedelta(days=DAYS * (rules.TREND_WEEKS - 1))
    studied = await study.time_by_day_and_course(uow, user_id, first, week.end)
    today = clock.today_in(reader.calendar.time_zone)
    planned = await planning.planned_by_day(uow, user_id, first, week.end, today)
    tasks = await assignments.between(uow, user_id, week.starts_at, week.ends_at, rules.MOST_ASSIGNMENTS)
    book = await grades.grade_book(uow, user_id)
    past = await streaks.as_of(uow, user_id, week.through)
    course_ids = {one.course_id for one in studied if one.course_id is not None} | book.course_ids
    course_ids |= {one.course_id for one in planned} | {one.course_id for one in tasks.shown}
    briefs = await courses.briefs(uow, user_id, course_ids) if course_ids else {}
    names = {one.id: rules.CourseName(one.name, one.code, one.color) for one in briefs.values()}
    figures = Figures(
        start=week.start,
        through=week.through,
        days_so_far=week.days_so_far,
        days=rules.days_of(week, studied, planned),
        courses=rules.courses_of(week, studied, planned, names),
        plans=rules.plans_between(planned, week.start, week.end),
        assignments=_assignments(tasks, names),
        grades=_grades(week, book, briefs),
        days_studied=sum(1 for day in past.active if day >= week.start),
        streak=rules.Streaks(past.streak.current, past.streak.longest),
        before=rules.week_before(week, studied, planned, past.active),
        trend=rules.trend_of(week, studied, planned),
    )
    return Content(figures, remarks.highlights(figures), remarks.advice(figures))


def _assignments(found: AssignmentsOf, names: Mapping[UUID, rules.CourseName]) -> rules.AssignmentFigures:
    lines = tuple(
        rules.AssignmentLine(
            one.title, names[one.course_id].name if one.course_id in names else "", one.due_date, one.status
        )
        for one in found.shown
    )
    return rules.AssignmentFigures(found.due, found.handed_in, found.completed, found.overdue, lines)


def _grades(week: Week, book: GradeBook, briefs: Mapping[UUID, CourseBrief]) -> rules.GradeFigures:
    first = week.start - timedelta(days=DAYS * (rules.TREND_WEEKS - 1))
    lines = [
        rules.GradeFigure(one.course_id, briefs[one.course_id].name, one.kind, one.name, one.date, one.percentage)
        for one in book.lines(first, week.end)
        if one.course_id in briefs
    ]
    gpa = (
        book.cumulative_gpa(briefs, week.start - timedelta(days=1)),
        book.cumulative_gpa(briefs, week.end),
    )
    return rules.grades_of(week, lines, gpa, higher_is_better=book.higher_is_better)


async def closed_since(uow: UnitOfWork, last: queries.OpenReport | None, most: int) -> list[queries.OpenReport]:
    """The next reports that are to be computed a last time."""
    now: datetime = clock.now()
    return list(await queries.open_after(uow, last, now, most))


async def close(uow: UnitOfWork, report: queries.OpenReport) -> None:
    """Compute it a last time."""
    if await refresh(uow, report.user_id, report.week_start) is None:
        await queries.close(uow, report.id)
