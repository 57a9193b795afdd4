"""Opening an account."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.exc import IntegrityError

from studyhall.domains.identity import rules
from studyhall.domains.identity.errors import EmailTaken, UsernameTaken
from studyhall.domains.identity.events import UserRegistered
from studyhall.domains.identity.models import User, UserPreferences
from studyhall.domains.identity.service import passwords
from studyhall.platform import clock
from studyhall.platform.errors import Invalid
from studyhall.platform.ids import new_id
from studyhall.platform.resources import Resources
from studyhall.platform.uow import UnitOfWork


@dataclass(frozen=True, slots=True)
class NewAccount:
    """What opening an account takes."""

    email: str
    first_name: str
    last_name: str = ""
    username: str | None = None
    university: str | None = None
    country: str | None = None
    time_zone: str = "UTC"
    language: str = "en"


async def register(resources: Resources, uow: UnitOfWork, account: NewAccount, password: str) -> User:
    """Open an account with a password; its address is still to be confirmed.

    Raises:
        Invalid: the password or the username will not do.
        EmailTaken, UsernameTaken: also when two first requests come at once; the database decides.
    """
    passwords.require_strong(password)
    password_hash = await passwords.hash_password(resources.settings, password)
    return await _open(uow, account, password_hash, is_verified=False)


async def open_account(uow: UnitOfWork, account: NewAccount, *, password_hash: str | None, is_verified: bool) -> UUID:
    """Write the account with its preferences; answers its id. Raises EmailTaken or UsernameTaken."""
    return (await _open(uow, account, password_hash, is_verified=is_verified)).id


async def _open(uow: UnitOfWork, account: NewAccount, password_hash: str | None, *, is_verified: bool) -> User:
    user = User(
        id=new_id(), email=account.email.strip(), username=account.username or "",
        first_name=account.first_name.strip(), last_name=account.last_name.strip(), password_hash=password_hash,
        university=account.university, country=account.country, email_verified_at=clock.now() if is_verified else None,
    )  # fmt: skip
    if account.username is not None and not rules.USERNAME.match(account.username):
        raise Invalid.field(
            "username", "A username has 3 to 256 letters, digits or . _ @ + - and starts with a letter."
        )
    await _insert(uow, user, account.username is None)
    uow.session.add(UserPreferences(user_id=user.id, timezone=account.time_zone, language=account.language))
    await uow.session.flush()
    uow.audit("auth.registered", "Opened the account.", user_id=user.id)
    uow.record(UserRegistered(user.id, is_verified))
    return user


async def _insert(uow: UnitOfWork, user: User, may_rename: bool) -> None:
    if may_rename:
        user.username = rules.username_from(user.email)
    for attempt in range(2):
        try:
            async with uow.session.begin_nested():
                uow.session.add(user)
                await uow.session.flush()
            return
        except IntegrityError as error:
            text = str(error.orig)
            if "uq_users_email_lower" in text:
                raise EmailTaken(errors={"email": ["There is already an account with this e-mail."]}) from error
            if not may_rename or attempt == 1:
                raise UsernameTaken(errors={"username": ["This username is taken."]}) from error
            user.username = f"{user.username[:200]}_{user.id.hex[-8:]}"
