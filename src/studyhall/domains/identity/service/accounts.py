"""Reading and changing accounts, for those who have a reason to."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError

from studyhall.domains.identity import rules
from studyhall.domains.identity.errors import UsernameTaken
from studyhall.domains.identity.events import EmailVerified
from studyhall.domains.identity.models import PasswordHistory, User
from studyhall.domains.identity.queries.accounts import by_email, by_id
from studyhall.domains.identity.service import sessions
from studyhall.platform import clock
from studyhall.platform.errors import Invalid
from studyhall.platform.uow import UnitOfWork


@dataclass(frozen=True, slots=True)
class Account:
    """A living account as it is now."""

    id: UUID
    email: str
    username: str
    name: str
    first_name: str
    last_name: str
    avatar_url: str | None
    university: str | None
    semester: str | None
    phone_number: str | None
    address: str | None
    city: str | None
    state: str | None
    zip_code: str | None
    country: str | None
    email_verified_at: datetime | None
    onboarding_completed: bool
    onboarding_step: str
    is_active: bool
    created_at: datetime

    @classmethod
    def of(cls, user: User) -> "Account":
        return cls(**{field.name: getattr(user, field.name) for field in fields(cls)})


async def account(uow: UnitOfWork, user_id: UUID) -> Account:
    """The living account. Raises NotFound."""
    return Account.of(await by_id(uow, user_id))


async def living_account(uow: UnitOfWork, user_id: UUID, *, closing: bool = False) -> Account | None:
    """The account, unless it is deleted; with `closing` one that is being deleted too."""
    user = await uow.session.get(User, user_id)
    return None if user is None or (user.deleted_at is not None and not closing) else Account.of(user)


async def account_of_address(
    uow: UnitOfWork, email: str, *, lock: bool = False, closing: bool = False
) -> Account | None:
    """The account of that address; see `by_email`."""
    user = await by_email(uow, email, lock=lock, closing=closing)
    return None if user is None else Account.of(user)


async def lock_account(uow: UnitOfWork, user_id: UUID) -> None:
    """Let nobody else do to this person what is only allowed in turn."""
    await uow.session.execute(select(User.id).where(User.id == user_id).with_for_update())


async def change_account(uow: UnitOfWork, user_id: UUID, changes: Mapping[str, Any]) -> tuple[Account, list[str]]:
    """Change columns of the account; answers it and the names of those that are different now.

    Raises:
        NotFound: there is no such account.
        Invalid: a username of another form.
        UsernameTaken: also when two ask for it at once; the database decides.
    """
    user = await by_id(uow, user_id)
    username = changes.get("username")
    if username is not None and not rules.USERNAME.match(username):
        raise Invalid.field("username", "A username has 3 to 256 letters, digits or . _ @ + -.")
    changed = sorted(name for name, value in changes.items() if getattr(user, name) != value)
    for name, value in changes.items():
        setattr(user, name, value)
    try:
        await uow.session.flush()
    except IntegrityError as error:
        if "uq_users_username_lower" not in str(error.orig):
            raise
        raise UsernameTaken(errors={"username": ["This username is taken."]}) from error
    return Account.of(user), changed


async def confirm_email(uow: UnitOfWork, user_id: UUID) -> None:
    """The address proved to be the account's own."""
    await uow.session.execute(update(User).where(User.id == user_id).values(email_verified_at=clock.now()))
    uow.record(EmailVerified(user_id))


async def hand_over(uow: UnitOfWork, user_id: UUID) -> int:
    """Give an account whose address was never confirmed to the one who proved that it is his.

    Its password, those before it and its sessions go; what others keep of it is for them to remove. Answers how many
    sessions ended.
    """
    await uow.session.execute(delete(PasswordHistory).where(PasswordHistory.user_id == user_id))
    await uow.session.execute(update(User).where(User.id == user_id).values(password_hash=None))
    ended = await sessions.end(uow, user_id, None, "handed_over")
    await confirm_email(uow, user_id)
    return len(ended)
