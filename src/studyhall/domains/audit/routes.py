"""The own audit trail."""

from studyhall.domains.audit import service
from studyhall.domains.audit.schemas import ActivityData, ActOut
from studyhall.platform.web import CurrentActor, Envelope, Listing, Router, Uow, ok

router = Router("settings")


@router.get("/settings/activity", access="user", summary="My audit trail")
async def list_activity(uow: Uow, actor: CurrentActor, listing: Listing) -> Envelope[ActivityData]:
    """What was done with my account, latest first."""
    page = (await service.page(uow, actor, listing)).map(ActOut.of)
    return ok(ActivityData(activity=page.rows, pagination=page.pagination))
