"""One's own trail, and the two occasions on which rows of the log may go."""

from sqlalchemy import func, select

from studyhall.domains.audit.models import FORGETTING, ActivityLog
from studyhall.platform.auth import Actor
from studyhall.platform.uow import UnitOfWork
from studyhall.platform.web.lists import ListQuery, Page, page_of


async def page(uow: UnitOfWork, actor: Actor, listing: ListQuery) -> Page[ActivityLog]:
    """What was done by or to the actor's account, latest first."""
    rows = select(ActivityLog).where(ActivityLog.user_id == actor.user_id)
    return await page_of(uow, rows, listing, order=(), tie=ActivityLog.id.desc())


async def permit_forgetting(uow: UnitOfWork) -> None:
    """Let this transaction purge or anonymise the log, which is append-only otherwise."""
    await uow.session.execute(select(func.set_config(FORGETTING, "on", True)))
