"""Accounts that close: gone for everybody at once, taken back until their last day, then erased."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select

from studyhall.domains.identity.errors import AccountOpen, RestoreExpired, RestoreInvalid
from studyhall.domains.identity.events import AccountClosed, AccountRestored
from studyhall.domains.identity.models import User, UserSession
from studyhall.domains.identity.service import sessions
from studyhall.platform import clock
from studyhall.platform.auth import Actor
from studyhall.platform.crypto import SignatureExpired, SignatureInvalid
from studyhall.platform.errors import NotFound
from studyhall.platform.uow import UnitOfWork

GRACE = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Closing:
    """When an account is erased for good.

    Attributes:
        is_new: whether this very call closed it.
    """

    due_at: datetime
    is_new: bool


async def close(uow: UnitOfWork, user_id: UUID) -> Closing:
    """Close an account; of two at once the second finds it closed. Raises NotFound when there is none."""
    user = await _locked(uow, user_id)
    if user is None:
        raise NotFound
    if user.deleted_at is not None and user.deletion_due_at is not None:
        return Closing(user.deletion_due_at, False)
    now = clock.now()
    user.deleted_at, user.deletion_due_at = now, now + GRACE
    await uow.session.flush()
    await sessions.end(uow, user_id, None, "account_closed")
    uow.record(AccountClosed(user_id))
    return Closing(now + GRACE, True)


async def restore(uow: UnitOfWork, token: str) -> UUID:
    """Open a closing account again; answers whose it is.

    Raises:
        RestoreInvalid: not a token of ours, or of a closing that was taken back.
        RestoreExpired: the last day is over.
        AccountOpen: it was restored already.
    """
    try:
        said = uow.resources.keys.verify(sessions.RESTORE, token)
    except SignatureExpired as error:
        raise RestoreExpired from error
    except SignatureInvalid as error:
        raise RestoreInvalid from error
    user = await _locked(uow, UUID(hex=said["user"]))
    if user is None or (user.deletion_due_at is not None and clock.now() >= user.deletion_due_at):
        raise RestoreExpired
    if user.deleted_at is None:
        raise AccountOpen
    if user.deleted_at.isoformat() != said["closed"]:
        raise RestoreInvalid
    user.deleted_at = user.deletion_due_at = None
    await uow.session.flush()
    uow.record(AccountRestored(user.id))
    return user.id


async def refuse_if_closing(uow: UnitOfWork, user_id: UUID) -> None:
    """For whoever was let in without a session. Raises AccountClosing."""
    user = await uow.session.get(User, user_id)
    if user is not None:
        sessions.refuse_closing(uow, user)


async def restore_token(uow: UnitOfWork, user_id: UUID) -> str | None:
    """What the mail carries, good until the last day; None for an account that is open or gone."""
    user = await uow.session.get(User, user_id)
    return None if user is None or user.deletion_due_at is None else sessions.restore_token(uow, user)


async def due(uow: UnitOfWork, most: int) -> Sequence[UUID]:
    """Accounts whose last day is over, the longest waiting first."""
    over = User.deletion_due_at <= clock.now()
    rows = select(User.id).where(User.deleted_at.is_not(None), over).order_by(User.deletion_due_at).limit(most)
    return (await uow.session.scalars(rows)).all()


async def hold_due(uow: UnitOfWork, user_id: UUID) -> bool:
    """Keep an account from being restored within this transaction; False when it is not to be erased (any more)."""
    user = await _locked(uow, user_id)
    return user is not None and user.deletion_due_at is not None and user.deletion_due_at <= clock.now()


async def signed_in_since(uow: UnitOfWork, actor: Actor, moment: datetime) -> bool:
    """Whether the session of this very request began at or after that moment."""
    session = await uow.session.get(UserSession, actor.session_id) if actor.session_id else None
    return session is not None and session.login_at >= moment


async def _locked(uow: UnitOfWork, user_id: UUID) -> User | None:
    return await uow.session.get(User, user_id, with_for_update=True, populate_existing=True)
