"""Keeping people away, and telling the operators about them."""

from uuid import UUID

from sqlalchemy import delete, func, literal_column
from sqlalchemy.dialects.postgresql import insert

from studyhall.domains.identity import public as identity
from studyhall.domains.identity.public import Person
from studyhall.domains.people import queries
from studyhall.domains.people.events import PersonBlocked
from studyhall.domains.people.models import Block
from studyhall.platform import clock
from studyhall.platform.auth import Actor
from studyhall.platform.errors import Invalid, NotFound
from studyhall.platform.uow import UnitOfWork
from studyhall.platform.web.lists import ListQuery, Page

Blocked = tuple[Block, Person]


async def page(uow: UnitOfWork, actor: Actor, listing: ListQuery) -> Page[Blocked]:
    """Whom the actor blocked, latest first."""
    page = await queries.blocked_by(uow, actor.user_id, listing)
    people = await identity.people(uow, [block.blocked_user_id for block in page.rows])
    return page.map(lambda block: (block, people[block.blocked_user_id]))


async def block(uow: UnitOfWork, actor: Actor, user_id: UUID, *, report: bool, reason: str | None) -> Blocked:
    """Block somebody, and with `report` tell the operators. Again changes the reason, and a report stays one.

    Raises:
        Invalid: oneself.
        NotFound: there is no such account.
    """
    if user_id == actor.user_id:
        raise Invalid.field("user_id", "You cannot block yourself.")
    other = await identity.person(uow, user_id)
    now = clock.now()
    fresh = insert(Block).values(
        user_id=actor.user_id,
        blocked_user_id=user_id,
        is_reported=report,
        reason=reason,
        created_at=now,
        updated_at=now,
    )
    is_new: bool = (
        await uow.session.scalars(
            fresh.on_conflict_do_update(
                index_elements=["user_id", "blocked_user_id"],
                set_={
                    "is_reported": Block.is_reported | fresh.excluded.is_reported,
                    "reason": func.coalesce(fresh.excluded.reason, Block.reason),
                    "updated_at": now,
                },
            ).returning(literal_column("(xmax = 0)"))
        )
    ).one()
    if report:
        uow.audit("users.reported", "Reported somebody.", user_id=actor.user_id, subject=("user", user_id))
    if is_new:
        uow.audit("users.blocked", "Blocked somebody.", user_id=actor.user_id, subject=("user", user_id))
        uow.record(PersonBlocked(actor.user_id, user_id))
    row = await uow.session.get_one(Block, (actor.user_id, user_id), populate_existing=True)
    return row, other


async def unblock(uow: UnitOfWork, actor: Actor, user_id: UUID) -> None:
    """Let somebody near again. Raises NotFound when he was not blocked."""
    gone = await uow.session.scalars(
        delete(Block)
        .where(Block.user_id == actor.user_id, Block.blocked_user_id == user_id)
        .returning(Block.blocked_user_id)
    )
    if gone.one_or_none() is None:
        raise NotFound
    uow.audit("users.unblocked", "Unblocked somebody.", user_id=actor.user_id, subject=("user", user_id))
