"""The door of identity for other domains: frozen results, bulk where it matters.

What is written here is for everybody. What is passed on from inside is for the domains that prove, change or describe
accounts: `credentials`, `sign_on` and `people`.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, ScalarSelect, exists, func, select

from studyhall.domains.identity.errors import (
    AccountClosing,
    AccountDisabled,
    AccountOpen,
    EmailTaken,
    RestoreExpired,
    RestoreInvalid,
    SessionEnded,
    TokenExpired,
    TokenInvalid,
    UsernameTaken,
)
from studyhall.domains.identity.models import User, UserDevice, UserPreferences
from studyhall.domains.identity.rules import LONGEST_PASSWORD_BYTES, SHORTEST_PASSWORD, split_name
from studyhall.domains.identity.schemas.accounts import (
    ChallengedOut,
    DeviceIn,
    Name,
    Password,
    SignedInOut,
    UserOut,
    signed_in,
    told_device,
)
from studyhall.domains.identity.service.accounts import (
    Account,
    account,
    account_of_address,
    change_account,
    confirm_email,
    hand_over,
    living_account,
    lock_account,
)
from studyhall.domains.identity.service.authenticator import actor_of, actor_statement, authenticate, note_use
from studyhall.domains.identity.service.closing import (
    Closing,
    close,
    due,
    hold_due,
    refuse_if_closing,
    restore,
    restore_token,
    signed_in_since,
)
from studyhall.domains.identity.service.devices import UNKNOWN
from studyhall.domains.identity.service.lock import count_failure, failures_of, forget_failures
from studyhall.domains.identity.service.login import admit
from studyhall.domains.identity.service.passwords import (
    KnownPasswords,
    hash_password,
    known_passwords,
    replace_password,
    require_strong,
    require_unused,
)
from studyhall.domains.identity.service.passwords import verify as verify_password
from studyhall.domains.identity.service.preferences import change_preferences, preferences, preferences_now
from studyhall.domains.identity.service.registration import NewAccount, open_account
from studyhall.domains.identity.service.sessions import Challenge, Device, SignedIn, begin, end, end_others
from studyhall.platform.errors import NotFound
from studyhall.platform.uow import UnitOfWork

__all__ = [
    "LONGEST_PASSWORD_BYTES",
    "SHORTEST_PASSWORD",
    "Account",
    "AccountClosing",
    "AccountDisabled",
    "AccountOpen",
    "Challenge",
    "ChallengedOut",
    "Closing",
    "Device",
    "DeviceIn",
    "EmailTaken",
    "KnownPasswords",
    "Name",
    "NewAccount",
    "Password",
    "Person",
    "Recipient",
    "RestoreExpired",
    "RestoreInvalid",
    "SessionEnded",
    "SignedIn",
    "SignedInOut",
    "TokenExpired",
    "TokenInvalid",
    "UserOut",
    "UsernameTaken",
    "account",
    "account_of_address",
    "actor_of",
    "actor_statement",
    "admit",
    "authenticate",
    "begin",
    "change_account",
    "change_preferences",
    "close",
    "confirm_email",
    "count_failure",
    "device_name",
    "due",
    "end",
    "end_others",
    "failures_of",
    "forget_failures",
    "hand_over",
    "hash_password",
    "hold_due",
    "ids_after",
    "is_active",
    "is_living",
    "known_passwords",
    "living_account",
    "lock_account",
    "note_use",
    "open_account",
    "people",
    "person",
    "person_named",
    "preference",
    "preferences",
    "preferences_now",
    "preferences_of_people",
    "recipient",
    "recipients",
    "refuse_if_closing",
    "replace_password",
    "require_strong",
    "require_unused",
    "restore",
    "restore_token",
    "signed_in",
    "signed_in_since",
    "split_name",
    "told_device",
    "verify_password",
]


@dataclass(frozen=True, slots=True)
class Person:
    """What other domains may know of an account; the last two are wishes for leaderboards."""

    id: UUID
    name: str
    username: str
    avatar_url: str | None
    is_public: bool
    is_anonymous: bool = False
    is_listed: bool = False


@dataclass(frozen=True, slots=True)
class Recipient:
    """To whom and how a message goes."""

    user_id: UUID
    email: str
    name: str
    time_zone: str
    day_start_hour: int
    language: str
    wants_email: bool
    wants_push: bool
    is_verified: bool


async def person(uow: UnitOfWork, user_id: UUID) -> Person:
    """One living account. Raises NotFound."""
    found = await people(uow, [user_id])
    if user_id not in found:
        raise NotFound
    return found[user_id]


async def people(uow: UnitOfWork, user_ids: Sequence[UUID]) -> dict[UUID, Person]:
    """The living accounts among these ids, in one statement."""
    wishes = UserPreferences.leaderboard_anonymous, UserPreferences.leaderboard_opt_in
    rows = await uow.session.execute(
        select(User, UserPreferences.profile_visibility == "public", *wishes)
        .join(UserPreferences, UserPreferences.user_id == User.id)
        .where(User.id.in_(user_ids), User.deleted_at.is_(None))
    )
    return {user.id: Person(user.id, user.name, user.username, user.avatar_url, *told) for user, *told in rows.all()}


async def person_named(uow: UnitOfWork, username: str) -> Person | None:
    """The living account with that username, whatever its case."""
    named = func.lower(User.username) == username.strip().lower()
    user_id = (await uow.session.scalars(select(User.id).where(named, User.deleted_at.is_(None)))).one_or_none()
    return None if user_id is None else (await people(uow, [user_id])).get(user_id)


async def recipient(uow: UnitOfWork, user_id: UUID, *, closed: bool = False) -> Recipient | None:
    """Where a message to this person goes; None when the account is gone.

    Args:
        closed: also when it is closed and waits to be deleted.
    """
    return (await recipients(uow, [user_id], closed=closed)).get(user_id)


async def recipients(uow: UnitOfWork, user_ids: Sequence[UUID], *, closed: bool = False) -> dict[UUID, Recipient]:
    """The same for many, in one statement."""
    found = (
        select(User, UserPreferences)
        .join(UserPreferences, UserPreferences.user_id == User.id)
        .where(User.id.in_(user_ids))
    )
    rows = await uow.session.execute(found if closed else found.where(User.deleted_at.is_(None)))
    return {
        user.id: Recipient(
            user.id, user.email, user.name, chosen.timezone, chosen.day_start_hour, chosen.language,
            chosen.email_notifications, chosen.push_notifications, user.email_verified_at is not None,
        )
        for user, chosen in rows.all()
    }  # fmt: skip


async def preferences_of_people(uow: UnitOfWork, user_ids: Collection[UUID]) -> dict[UUID, Mapping[str, Any]]:
    """What each living one of these people prefers, by the names of the columns, in one statement."""
    living = select(User.id).where(User.id.in_(user_ids), User.deleted_at.is_(None))
    found = select(UserPreferences.__table__).where(UserPreferences.user_id.in_(living))
    rows = (await uow.session.execute(found)).mappings().all()
    return {row["user_id"]: dict(row) for row in rows}


async def ids_after(uow: UnitOfWork, user_id: UUID | None, limit: int) -> Sequence[UUID]:
    """The next accounts in order of their ids, deleted ones too, for walks over everybody; None begins."""
    found = select(User.id).order_by(User.id).limit(limit)
    return (await uow.session.scalars(found if user_id is None else found.where(User.id > user_id))).all()


async def device_name(uow: UnitOfWork, device_id: UUID) -> str | None:
    """What a device is called, e.g. `Firefox, Windows`; None when nothing is known of it."""
    row = await uow.session.get(UserDevice, device_id)
    known = [] if row is None else [one for one in (row.browser, row.os) if one != UNKNOWN]
    return ", ".join(" ".join(one.split()) for one in known) or None


def is_living(user_id: ColumnElement[UUID]) -> ColumnElement[bool]:
    """In SQL: whether the account that a column names is not deleted."""
    return exists().where(User.id == user_id, User.deleted_at.is_(None))


def is_active(user_id: ColumnElement[UUID]) -> ColumnElement[bool]:
    """In SQL: the same, and it is not switched off."""
    return exists().where(User.id == user_id, User.deleted_at.is_(None), User.is_active)


def preference(user_id: UUID, name: str) -> ScalarSelect[Any]:
    """In SQL: what a person prefers, by the name of the column."""
    return select(UserPreferences.__table__.c[name]).where(UserPreferences.user_id == user_id).scalar_subquery()
