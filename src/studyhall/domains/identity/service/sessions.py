"""Sessions: begun by a login, carried on by refreshing, ended at once by logging out."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from studyhall.domains.identity import rules
from studyhall.domains.identity.errors import AccountClosing, AccountDisabled, RefreshRefused, RefreshReused
from studyhall.domains.identity.events import NewDeviceSeen, SessionsEnded
from studyhall.domains.identity.models import User, UserDevice, UserSession
from studyhall.domains.identity.service import tokens
from studyhall.platform import clock
from studyhall.platform.auth import Actor
from studyhall.platform.errors import NotFound
from studyhall.platform.ids import new_id
from studyhall.platform.uow import UnitOfWork
from studyhall.platform.web.lists import ListQuery, Page, page_of

SALT_BYTES = 16
RESTORE = "account restore"
RESTORE_LASTS = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Device:
    """What a device is called: told by the client or read from its user agent."""

    device_type: str
    os: str
    browser: str


@dataclass(frozen=True, slots=True)
class Tokens:
    """A pair of tokens. `expires_in` is the access token's life in seconds."""

    access_token: str
    refresh_token: str
    expires_in: int


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A fresh or refreshed session with its tokens."""

    user: User
    session: UserSession
    tokens: Tokens


@dataclass(frozen=True, slots=True)
class Challenge:
    """The password was right; a code of the second factor is wanted. `expires_in` is in seconds."""

    challenge_id: UUID
    expires_in: int


async def begin(uow: UnitOfWork, user_id: UUID, device: Device, *, remember: bool, method: str) -> SignedIn:
    """Open a session; a kind of device that this person never used before is announced.

    Raises:
        NotFound: there is no such account.
        AccountDisabled: the account is switched off.
        AccountClosing: it is being deleted.
    """
    user = await uow.session.get(User, user_id)
    if user is None:
        raise NotFound
    if not user.is_active:
        uow.audit("auth.login_refused", "Sign-in refused: the account is switched off.", user_id=user.id)
        raise AccountDisabled
    refuse_closing(uow, user)
    now = clock.now()
    settings = uow.resources.settings
    days = settings.refresh_token_days if remember else settings.short_refresh_token_days
    is_first, is_new, device_id = await _see_device(uow, user, device)
    session = UserSession(
        id=new_id(), user_id=user.id, device_id=device_id, salt=os.urandom(SALT_BYTES), generation=0, remember=remember,
        method=method, address=uow.origin.inet, user_agent=uow.origin.user_agent, login_at=now, last_used_at=now,
        rotated_at=now, expires_at=now + timedelta(days=days),
    )  # fmt: skip
    uow.session.add(session)
    user.last_login_at = now
    await uow.session.flush()
    uow.audit("auth.login", f"Signed in by {method}.", user_id=user.id, subject=("session", session.id), method=method)
    if is_new and not is_first:
        uow.record(NewDeviceSeen(user.id, device_id, session.id))
    return SignedIn(user, session, _tokens(uow, session))


def refuse_closing(uow: UnitOfWork, user: User) -> None:
    """Whoever proves that a closing account is his gets a token for taking it back. Raises AccountClosing."""
    if user.deleted_at is None:
        return
    uow.audit("auth.login_refused", "Sign-in refused: the account is being deleted.", user_id=user.id)
    raise AccountClosing(data={"restore_token": restore_token(uow, user, RESTORE_LASTS)})


def restore_token(uow: UnitOfWork, user: User, lasts: timedelta | None = None) -> str:
    """Bound to this very closing; good until the account's last day, or not even so long."""
    closed = user.deleted_at.isoformat() if user.deleted_at else None
    left = (user.deletion_due_at or clock.now()) - clock.now()
    said = {"user": user.id.hex, "closed": closed}
    return uow.resources.keys.sign(RESTORE, said, min(left, lasts or left))


async def _see_device(uow: UnitOfWork, user: User, device: Device) -> tuple[bool, bool, UUID]:
    known = (await uow.session.scalars(select(UserDevice.id).where(UserDevice.user_id == user.id).limit(1))).first()
    fresh = new_id()
    seen = insert(UserDevice).values(
        id=fresh, user_id=user.id, device_type=device.device_type, os=device.os, browser=device.browser,
        address=uow.origin.inet, last_login_at=clock.now(), created_at=clock.now(), updated_at=clock.now(),
    )  # fmt: skip
    seen = seen.on_conflict_do_update(
        index_elements=["user_id", "device_type", "os", "browser"],
        set_={"last_login_at": seen.excluded.last_login_at, "address": seen.excluded.address},
    )
    device_id = (await uow.session.scalars(seen.returning(UserDevice.id))).one()
    return known is None, device_id == fresh, device_id


def _tokens(uow: UnitOfWork, session: UserSession) -> Tokens:
    lifetime = timedelta(minutes=uow.resources.settings.access_token_minutes)
    keys = uow.resources.keys
    return Tokens(
        tokens.issue_access(keys, session.user_id, session.id, lifetime),
        tokens.refresh_token(keys, session),
        int(lifetime.total_seconds()),
    )


async def refresh(uow: UnitOfWork, text: str) -> SignedIn:
    """Rotate a refresh token. The session's row is locked, so of two at once one rotates and one gets its successor.

    Raises:
        RefreshRefused: not ours, expired, or the session has ended.
        RefreshReused: an older token came back; the session is ended.
    """
    token = tokens.RefreshToken.parse(text)
    session = await uow.session.get(UserSession, token.session_id, with_for_update=True)
    now = clock.now()
    if session is None or not tokens.is_genuine(uow.resources.keys, session, token):
        raise RefreshRefused
    user = await uow.session.get(User, session.user_id)
    if session.ended_at is not None or now >= session.expires_at or user is None or user.deleted_at is not None:
        raise RefreshRefused
    if not user.is_active:
        raise AccountDisabled
    rotation = rules.Rotation.of(token.generation, session.generation, session.rotated_at, now)
    if rotation.verdict == "reused":
        await end(uow, session.user_id, [session.id], "reuse")
        uow.audit("auth.refresh_reused", "An old refresh token came back; the session was ended.", user_id=user.id,
                  subject=("session", session.id))  # fmt: skip
        raise RefreshReused
    if rotation.verdict == "rotate":
        session.generation += 1
        session.rotated_at = now
    session.last_used_at = now
    await uow.session.flush()
    return SignedIn(user, session, _tokens(uow, session))


async def end(
    uow: UnitOfWork, user_id: UUID, session_ids: Sequence[UUID] | None, reason: str, *, but: UUID | None = None
) -> list[UUID]:
    """End these sessions of a person, or all of them but one; answers those that were still open."""
    ending = (
        update(UserSession)
        .where(UserSession.user_id == user_id, UserSession.ended_at.is_(None))
        .values(ended_at=clock.now(), end_reason=reason)
        .returning(UserSession.id)
        .execution_options(synchronize_session=False)
    )
    if session_ids is not None:
        ending = ending.where(UserSession.id.in_(session_ids))
    if but is not None:
        ending = ending.where(UserSession.id != but)
    ended = list(await uow.session.scalars(ending))
    if ended:
        uow.record(SessionsEnded(user_id, tuple(ended), reason))
    return ended


async def log_out(uow: UnitOfWork, actor: Actor) -> None:
    """End the session of this very token."""
    if actor.session_id is not None:
        await end(uow, actor.user_id, [actor.session_id], "logout")
        uow.audit("auth.logout", "Signed out.", user_id=actor.user_id, subject=("session", actor.session_id))


async def list_open(uow: UnitOfWork, actor: Actor, listing: ListQuery) -> Page[tuple[UserSession, UserDevice | None]]:
    """The actor's open sessions with their devices, last used first."""
    rows = (
        select(UserSession, UserDevice)
        .outerjoin(UserDevice, UserDevice.id == UserSession.device_id)
        .where(
            UserSession.user_id == actor.user_id,
            UserSession.ended_at.is_(None),
            UserSession.expires_at > clock.now(),
        )
    )
    return await page_of(uow, rows, listing, order=(UserSession.last_used_at.desc(),), tie=UserSession.id.desc())


async def list_devices(uow: UnitOfWork, actor: Actor, listing: ListQuery) -> Page[UserDevice]:
    """The kinds of device that the actor has signed in from, last seen first."""
    rows = select(UserDevice).where(UserDevice.user_id == actor.user_id)
    return await page_of(uow, rows, listing, order=(UserDevice.last_login_at.desc(),), tie=UserDevice.id.desc())


async def end_one(uow: UnitOfWork, actor: Actor, session_id: UUID) -> None:
    """Sign one device out. Raises NotFound for somebody else's or an ended one."""
    if not await end(uow, actor.user_id, [session_id], "revoked"):
        raise NotFound
    uow.audit("auth.session_ended", "Signed a device out.", user_id=actor.user_id, subject=("session", session_id))


async def end_others(uow: UnitOfWork, actor: Actor, reason: str = "revoked") -> int:
    """Sign out everywhere but here; answers how many sessions ended."""
    ended = await end(uow, actor.user_id, None, reason, but=actor.session_id)
    uow.audit("auth.sessions_ended", "Signed out everywhere else.", user_id=actor.user_id, sessions=len(ended))
    return len(ended)
