"""The door of reports for other domains."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from studyhall.domains.reports.rules.figures import Figures, hours
from studyhall.domains.reports.rules.weeks import week_to_report
from studyhall.domains.reports.service import printing, weekly, wording
from studyhall.domains.reports.service.weekly import Report
from studyhall.platform.resources import Resources
from studyhall.platform.uow import UnitOfWork

__all__ = ["Figures", "WeeklyReport", "report_pdf", "week_to_report", "weekly_report"]


@dataclass(frozen=True, slots=True)
class WeeklyReport:
    """A stored weekly report.

    Attributes:
        week_start, week_end: Monday and Sunday.
        total_hours, planned_hours: two decimals.
        completion_rate: percent of the planned time that was studied; None where nothing was planned.
        performance_trend: improving, stable or declining.
        highlights, advice: sentences in the person's language, the weightiest first; there is always some advice.
        is_final: computed after the week's end. A report of a running week is computed anew at each call.
        is_empty: there is nothing to tell of this week.
        figures: everything that is told in it.
    """

    id: UUID
    user_id: UUID
    week_start: date
    week_end: date
    total_hours: Decimal
    planned_hours: Decimal
    completion_rate: Decimal | None
    performance_trend: str
    highlights: tuple[str, ...]
    advice: tuple[str, ...]
    is_final: bool
    is_empty: bool
    generated_at: datetime
    figures: Figures


async def report_pdf(resources: Resources, user_id: UUID, week_start: date) -> bytes | None:
    """The same report as PDF; None when the account is gone. For jobs: it opens a unit of work of its own, and prints
    when that is over, so that nobody waits for it.

    Raises:
        ValueError: `week_start` is no Monday.
    """
    async with resources.unit_of_work() as uow:
        found = await weekly.refresh(uow, user_id, week_start)
    return None if found is None else await printing.pdf(found[0], found[1].name)


async def weekly_report(uow: UnitOfWork, user_id: UUID, week_start: date) -> WeeklyReport | None:
    """The person's report of that week, made or refreshed as need be; None when the account is gone.

    Raises:
        ValueError: `week_start` is no Monday.
    """
    found = await weekly.refresh(uow, user_id, week_start)
    return None if found is None else _frozen(found[0])


def _frozen(report: Report) -> WeeklyReport:
    row, figures = report.row, report.content.figures
    say = wording.Words.of(report.language)
    return WeeklyReport(
        id=row.id,
        user_id=row.user_id,
        week_start=row.week_start_date,
        week_end=row.week_end_date,
        total_hours=hours(figures.seconds),
        planned_hours=hours(figures.planned_minutes * 60),
        completion_rate=figures.completion_rate,
        performance_trend=row.performance_trend,
        highlights=tuple(say.remark(one) for one in report.content.highlights),
        advice=tuple(say.remark(one) for one in report.content.advice),
        is_final=row.is_final,
        is_empty=figures.is_empty,
        generated_at=row.generated_at,
        figures=figures,
    )
