"""The door of identity for other domains: frozen results, bulk where it matters."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import or_, select

from studyhall.domains.identity.models import Block, PasswordReset, StudyPreferences, User, UserPreferences
from studyhall.domains.identity.service import codes, resets
from studyhall.platform import clock
from studyhall.platform.errors import NotFound
from studyhall.platform.uow import UnitOfWork


@dataclass(frozen=True, slots=True)
class Person:
    """What other domains may know of an account."""

    id: UUID
    name: str
    username: str
    avatar_url: str | None
    is_public: bool


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


async def person(uow: UnitOfWork, user_id: UUID) -> Person:
    """One living account. Raises NotFound."""
    found = await people(uow, [user_id])
    if user_id not in found:
        raise NotFound
    return found[user_id]


async def people(uow: UnitOfWork, user_ids: Sequence[UUID]) -> dict[UUID, Person]:
    """The living accounts among these ids, in one statement."""
    rows = await uow.session.execute(
        select(User, UserPreferences.profile_visibility)
        .join(UserPreferences, UserPreferences.user_id == User.id)
        .where(User.id.in_(user_ids), User.deleted_at.is_(None))
    )
    return {
        user.id: Person(user.id, user.name, user.username, user.avatar_url, visibility == "public")
        for user, visibility in rows.all()
    }


async def recipient(uow: UnitOfWork, user_id: UUID) -> Recipient | None:
    """Where a message to this person goes; None when the account is gone."""
    return (await recipients(uow, [user_id])).get(user_id)


async def recipients(uow: UnitOfWork, user_ids: Sequence[UUID]) -> dict[UUID, Recipient]:
    """The same for many, in one statement."""
    rows = await uow.session.execute(
        select(User, UserPreferences)
        .join(UserPreferences, UserPreferences.user_id == User.id)
        .where(User.id.in_(user_ids), User.deleted_at.is_(None))
    )
    return {
        user.id: Recipient(
            user.id, user.email, user.name, chosen.timezone, chosen.day_start_hour, chosen.language,
            chosen.email_notifications, chosen.push_notifications,
        )
        for user, chosen in rows.all()
    }  # fmt: skip


async def daily_goal_minutes(uow: UnitOfWork, user_id: UUID) -> int | None:
    """How long the person wants to study on a day; None when he has not said."""
    goal: int | None = await uow.session.scalar(
        select(StudyPreferences.daily_goal_minutes).where(StudyPreferences.user_id == user_id)
    )
    return goal


async def blocked_pairs(uow: UnitOfWork, user_id: UUID) -> frozenset[UUID]:
    """Everybody whom this person blocked or who blocked him."""
    rows = await uow.session.execute(
        select(Block.user_id, Block.blocked_user_id).where(
            or_(Block.user_id == user_id, Block.blocked_user_id == user_id)
        )
    )
    return frozenset(other for pair in rows.all() for other in pair if other != user_id)


async def verification_code(uow: UnitOfWork, code_id: UUID) -> str | None:
    """The digits of a mailed code, or None when it is no longer open. Only for the mail that carries it."""
    return await codes.digits_of(uow, code_id)


async def reset_link_token(uow: UnitOfWork, reset_id: UUID) -> str | None:
    """The token of a reset link, or None when it is no longer good. Only for the mail that carries it."""
    reset = await uow.session.get(PasswordReset, reset_id)
    if reset is None or reset.used_at is not None or clock.now() >= reset.expires_at:
        return None
    return resets.token_of(uow, reset)
