"""The own audit trail."""

from sqlalchemy import select

from studyhall.domains.identity.models import ActivityLog
from studyhall.platform.auth import Actor
from studyhall.platform.uow import UnitOfWork
from studyhall.platform.web.lists import ListQuery, Page, page_of


async def page(uow: UnitOfWork, actor: Actor, listing: ListQuery) -> Page[ActivityLog]:
    """What was done by or to the actor's account, latest first."""
    rows = select(ActivityLog).where(ActivityLog.user_id == actor.user_id)
    return await page_of(uow, rows, listing, order=(), tie=ActivityLog.id.desc())
