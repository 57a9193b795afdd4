"""Every SELECT and bulk change of push."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select, update

from studyhall.domains.push.models import PushSubscription
from studyhall.platform.uow import UnitOfWork


async def ids_of(uow: UnitOfWork, user_ids: Collection[UUID]) -> Sequence[tuple[UUID, UUID]]:
    """(person, subscription) of these people."""
    found = select(PushSubscription.user_id, PushSubscription.id).where(PushSubscription.user_id.in_(user_ids))
    return [(row.user_id, row.id) for row in await uow.session.execute(found)]


async def all_but_newest(uow: UnitOfWork, user_id: UUID, kept: int) -> None:
    """Drop the oldest of a person that has more than so many."""
    newest = (
        select(PushSubscription.id)
        .where(PushSubscription.user_id == user_id)
        .order_by(PushSubscription.updated_at.desc(), PushSubscription.id.desc())
        .limit(kept)
    )
    old = delete(PushSubscription).where(PushSubscription.user_id == user_id, PushSubscription.id.not_in(newest))
    await uow.session.execute(old.execution_options(synchronize_session=False))


async def drop(uow: UnitOfWork, subscription_id: UUID, user_id: UUID) -> bool:
    """Whether it was there, and this person's."""
    gone = delete(PushSubscription).where(PushSubscription.id == subscription_id, PushSubscription.user_id == user_id)
    return bool((await uow.session.scalars(gone.returning(PushSubscription.id))).all())


async def drop_gone(uow: UnitOfWork, subscription_id: UUID) -> None:
    """Its push service knows it no more."""
    await uow.session.execute(delete(PushSubscription).where(PushSubscription.id == subscription_id))


async def drop_of_sessions(uow: UnitOfWork, session_ids: Collection[UUID]) -> None:
    """Whoever signed out there is not told there any more."""
    await uow.session.execute(delete(PushSubscription).where(PushSubscription.session_id.in_(session_ids)))


async def drop_of_person(uow: UnitOfWork, user_id: UUID) -> None:
    await uow.session.execute(delete(PushSubscription).where(PushSubscription.user_id == user_id))


async def note_told(uow: UnitOfWork, subscription_id: UUID, now: datetime) -> None:
    await uow.session.execute(
        update(PushSubscription).where(PushSubscription.id == subscription_id).values(last_told_at=now)
    )
