"""Hashing: bcrypt, off the event loop, in a bounded number of slots."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from uuid import UUID

from pwdlib.hashers.bcrypt import BcryptHasher
from sqlalchemy import delete, literal, select

from studyhall.domains.identity import rules
from studyhall.domains.identity.events import PasswordChanged
from studyhall.domains.identity.models import PasswordHistory, User
from studyhall.platform import clock
from studyhall.platform.errors import Conflict, Invalid, NotFound
from studyhall.platform.resources import Resources
from studyhall.platform.settings import Settings
from studyhall.platform.uow import UnitOfWork


@lru_cache(maxsize=4)
def _slots(count: int) -> ThreadPoolExecutor:
    """bcrypt releases the interpreter's lock, so threads are enough; few of them keep the machine responsive."""
    return ThreadPoolExecutor(count, thread_name_prefix="bcrypt")


@lru_cache(maxsize=4)
def _hasher(cost: int) -> BcryptHasher:
    return BcryptHasher(rounds=cost)


@lru_cache(maxsize=4)
def _nobodys(cost: int) -> str:
    """A hash of nothing, so that an unknown e-mail takes as long as a wrong password."""
    return _hasher(cost).hash("nobody's password")


async def hash_password(settings: Settings, password: str) -> str:
    """A bcrypt hash of a password that has passed `rules.password_faults`."""
    hasher = _hasher(settings.bcrypt_cost)
    return await asyncio.get_running_loop().run_in_executor(_slots(settings.hashing_slots), hasher.hash, password)


async def verify(settings: Settings, password: str, password_hash: str | None) -> bool:
    """Whether the password is right; takes as long when there is no hash at all."""
    hasher = _hasher(settings.bcrypt_cost)
    if len(password.encode("utf-8", "surrogatepass")) > rules.LONGEST_PASSWORD_BYTES or "\x00" in password:
        password, password_hash = "", None

    def check() -> bool:
        known = hasher.verify(password, password_hash or _nobodys(settings.bcrypt_cost))
        return known and password_hash is not None

    return await asyncio.get_running_loop().run_in_executor(_slots(settings.hashing_slots), check)


def require_strong(password: str, field: str = "password") -> None:
    """Raises Invalid with every fault under the field's name."""
    faults = rules.password_faults(password)
    if faults:
        raise Invalid(faults[0], errors={field: faults})


async def require_unused(resources: Resources, former: list[str], password: str, field: str = "password") -> None:
    """Refuse the present password and the last ones. Raises Invalid."""
    for password_hash in former:
        if await verify(resources.settings, password, password_hash):
            text = f"Choose a password that is not one of your last {rules.REMEMBERED_PASSWORDS}."
            raise Invalid.field(field, text)


@dataclass(frozen=True, slots=True)
class KnownPasswords:
    """Hashes of a person.

    Attributes:
        present: None when there is no password.
        refused: the present one and those before it, newest first, which a new password may not equal.
    """

    present: str | None
    refused: list[str]


async def known_passwords(uow: UnitOfWork, user_id: UUID) -> KnownPasswords:
    """The hashes of a living account. Raises NotFound."""
    earlier = (
        select(PasswordHistory.password_hash, PasswordHistory.id)
        .where(PasswordHistory.user_id == user_id)
        .order_by(PasswordHistory.id.desc())
        .limit(rules.REMEMBERED_PASSWORDS)
        .subquery()
    )
    rows = await uow.session.execute(
        select(User.password_hash, earlier.c.password_hash)
        .join(earlier, literal(True), isouter=True)
        .where(User.id == user_id, User.deleted_at.is_(None))
        .order_by(earlier.c.id.desc())
    )
    found = rows.all()
    if not found:
        raise NotFound
    present = found[0][0]
    hashes = [present, *(former for _, former in found)]
    return KnownPasswords(present, [one for one in hashes if one][: rules.REMEMBERED_PASSWORDS])


async def replace_password(
    uow: UnitOfWork, user_id: UUID, password_hash: str, *, instead_of: str | None, confirms_email: bool = False
) -> None:
    """Set a new hash and remember the old one, no more of them than are compared. The caller ends sessions.

    Args:
        instead_of: the hash that the caller checked or read.
        confirms_email: whoever could do this reads the account's mail.

    Raises:
        Conflict: the password was changed at the same moment.
    """
    user = await uow.session.get_one(User, user_id, with_for_update=True, populate_existing=True)
    if user.password_hash != instead_of:
        raise Conflict("The password was changed at the same moment. Sign in with it.")
    if user.password_hash:
        uow.session.add(PasswordHistory(user_id=user.id, password_hash=user.password_hash))
    user.password_hash = password_hash
    if confirms_email:
        user.email_verified_at = user.email_verified_at or clock.now()
    await uow.session.flush()
    kept = (
        select(PasswordHistory.id)
        .where(PasswordHistory.user_id == user.id)
        .order_by(PasswordHistory.id.desc())
        .limit(rules.REMEMBERED_PASSWORDS)
    )
    await uow.session.execute(
        delete(PasswordHistory).where(PasswordHistory.user_id == user.id, PasswordHistory.id.not_in(kept))
    )
    uow.record(PasswordChanged(user.id))
