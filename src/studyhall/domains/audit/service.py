"""One's own trail, everybody's for administrators, and the two occasions on which rows of the log may go."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select

from studyhall.domains.audit.models import FORGETTING, ActivityLog
from studyhall.platform.auth import Actor
from studyhall.platform.uow import UnitOfWork
from studyhall.platform.web.lists import ListQuery, Page, page_of


async def page(uow: UnitOfWork, actor: Actor, listing: ListQuery) -> Page[ActivityLog]:
    """What was done by or to the actor's account, latest first."""
    rows = select(ActivityLog).where(ActivityLog.user_id == actor.user_id)
    return await page_of(uow, rows, listing, order=(), tie=ActivityLog.id.desc())


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which acts are asked for; None does not narrow.

    Attributes:
        event: a whole name, or its beginning with a dot at the end (`auth.`).
    """

    user_id: UUID | None = None
    causer_id: UUID | None = None
    event: str | None = None
    since: datetime | None = None
    until: datetime | None = None


async def whole(uow: UnitOfWork, listing: ListQuery, wanted: Wanted) -> Page[ActivityLog]:
    """What was done by anybody, latest first."""
    log = ActivityLog
    rows = select(log)
    if wanted.user_id is not None:
        rows = rows.where(log.user_id == wanted.user_id)
    if wanted.causer_id is not None:
        rows = rows.where(log.causer_id == wanted.causer_id)
    if wanted.event is not None:
        named, begins = log.event == wanted.event, log.event.startswith(wanted.event, autoescape=True)
        rows = rows.where(begins if wanted.event.endswith(".") else named)
    if wanted.since is not None:
        rows = rows.where(log.created_at >= wanted.since)
    if wanted.until is not None:
        rows = rows.where(log.created_at < wanted.until)
    return await page_of(uow, rows, listing, order=(), tie=log.id.desc())


async def permit_forgetting(uow: UnitOfWork) -> None:
    """Let this transaction purge or anonymise the log, which is append-only otherwise."""
    await uow.session.execute(select(func.set_config(FORGETTING, "on", True)))
