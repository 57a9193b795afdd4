"""Weekly reports and analytics over HTTP."""

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from fastapi import Query, Response

from studyhall.domains.grades.public import FIRST_DATE, LAST_DATE
from studyhall.domains.reports.errors import NoSuchStretch, NoSuchWeek, ReportNotFound
from studyhall.domains.reports.rules.analytics import DEFAULT_DAYS, MOST_DAYS
from studyhall.domains.reports.schemas.analytics import AnalyticsData, AnalyticsOut, GroupBy
from studyhall.domains.reports.schemas.weekly import GenerateBody, ReportData, ReportOut
from studyhall.domains.reports.service import analytics, printing, weekly
from studyhall.platform.web import CurrentActor, Envelope, Router, Uow, created, ok

router = Router("reports")

_PDF: dict[str, Any] = {
    "200": {
        "description": "One or two pages of A4.",
        "content": {"application/pdf": {"schema": {"type": "string", "format": "binary"}}},
    }
}
_AGAIN = {
    "description": "The week had a report already; it is computed anew.",
    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Envelope_ReportData_"}}},
}


@router.get("/progress/weekly", access="user", errors=[NoSuchWeek], summary="My weekly report")
async def get_weekly_report(
    uow: Uow,
    actor: CurrentActor,
    week_start: Annotated[date | None, Query(description="A Monday; the running week without it.")] = None,
) -> Envelope[ReportData]:
    """A running week is computed anew. A week that is over is kept as it was when it ended, until I generate it again;
    `generated_at` says when it was computed."""
    return ok(ReportData(report=ReportOut.of(await weekly.of_week(uow, actor, week_start))))


@router.post(
    "/progress/weekly/generate",
    access="user",
    status=201,
    limit="report",
    errors=[NoSuchWeek],
    summary="Compute my weekly report now",
    openapi_extra={"responses": {"200": _AGAIN}},
)
async def generate_weekly_report(
    uow: Uow, actor: CurrentActor, response: Response, body: GenerateBody | None = None
) -> Envelope[ReportData]:
    """With everything that has been entered or changed since. A week has one report, so that asking again keeps its id;
    201 the first time, 200 then."""
    report = await weekly.generate(uow, actor, None if body is None else body.week_start)
    response.status_code = 201 if report.is_new else 200
    return created(ReportData(report=ReportOut.of(report)), "Weekly report generated successfully")


@router.get(
    "/progress/weekly/{report_id}/pdf",
    access="user",
    limit="report",
    summary="A weekly report as PDF",
    errors=[ReportNotFound],
    response_class=Response,
    openapi_extra={"responses": _PDF},
)
async def get_weekly_report_pdf(uow: Uow, actor: CurrentActor, report_id: UUID) -> Response:
    """With the figures that are stored; generate the report first to have them anew. In my language."""
    report, name = await weekly.for_printing(uow, actor, report_id)
    body = await printing.pdf(report, name)
    headers = {"Content-Disposition": f'inline; filename="studyhall-{report.row.week_start_date}.pdf"'}
    return Response(body, headers=headers, media_type="application/pdf")


@router.get(
    "/progress/analytics", access="user", errors=[NoSuchStretch], summary="How regularly, on what and how well I study"
)
async def get_analytics(
    uow: Uow,
    actor: CurrentActor,
    from_date: Annotated[
        date | None,
        Query(ge=FIRST_DATE, le=LAST_DATE, description=f"Without it {DEFAULT_DAYS} days, or since I came."),
    ] = None,
    to_date: Annotated[
        date | None, Query(ge=FIRST_DATE, le=LAST_DATE, description=f"Today without it. At most {MOST_DAYS} days.")
    ] = None,
    group_by: GroupBy = GroupBy.WEEK,
) -> Envelope[AnalyticsData]:
    """Consistency, distribution of time, trends by day, week or month, and courses that need something."""
    found = await analytics.analytics(uow, actor, from_date, to_date, group_by.value)
    return ok(AnalyticsData(analytics=AnalyticsOut.of(found)))
