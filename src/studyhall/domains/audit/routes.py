"""The own audit trail, and everybody's."""

from typing import Annotated
from uuid import UUID

from fastapi import Query
from pydantic import AwareDatetime

from studyhall.domains.audit import service
from studyhall.domains.audit.schemas import ActivityData, ActOut, AuditData, AuditOut
from studyhall.domains.audit.service import Wanted
from studyhall.platform.web import CurrentActor, Envelope, Listing, Router, Uow, ok

router = Router("settings")
admin_router = Router("admin")


@router.get("/settings/activity", access="user", summary="My audit trail")
async def list_activity(uow: Uow, actor: CurrentActor, listing: Listing) -> Envelope[ActivityData]:
    """What was done with my account, latest first."""
    page = (await service.page(uow, actor, listing)).map(ActOut.of)
    return ok(ActivityData(activity=page.rows, pagination=page.pagination))


@admin_router.get("/admin/audit", access="admin.audit", summary="Who did what")
async def list_audit(
    uow: Uow,
    listing: Listing,
    user_id: Annotated[UUID | None, Query(description="Only what was done with this account.")] = None,
    causer_id: Annotated[UUID | None, Query(description="Only what this person did.")] = None,
    event: Annotated[str | None, Query(max_length=255, description="A whole name, or a start: `auth.`.")] = None,
    since: Annotated[AwareDatetime | None, Query(description="From this moment on.")] = None,
    until: Annotated[AwareDatetime | None, Query(description="Before this moment.")] = None,
) -> Envelope[AuditData]:
    """Latest first. People are named by their ids; what was erased has none."""
    page = (await service.whole(uow, listing, Wanted(user_id, causer_id, event, since, until))).map(
        AuditOut.model_validate
    )
    return ok(AuditData(audit=page.rows, pagination=page.pagination))
