"""Study analytics over HTTP."""

from studyhall.domains.study_analytics import service
from studyhall.domains.study_analytics.schemas import TodayData
from studyhall.platform.web import CurrentActor, Envelope, Router, Uow, ok

router = Router("study")


@router.get("/study-sessions/summary/today", access="user", summary="Today against yesterday")
async def get_today_summary(uow: Uow, actor: CurrentActor) -> Envelope[TodayData]:
    """Days are my own: my time zone, and the hour at which my day begins."""
    return ok(TodayData.of(await service.today(uow, actor)))
