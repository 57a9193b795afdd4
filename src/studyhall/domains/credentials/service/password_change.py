"""Changing one's password while signed in, and being asked for it."""

from uuid import UUID

from studyhall.domains.credentials.errors import PasswordWrong
from studyhall.domains.credentials.service import guesses
from studyhall.domains.identity import public as identity
from studyhall.domains.identity.public import KnownPasswords
from studyhall.platform.auth import Actor
from studyhall.platform.resources import Resources
from studyhall.platform.uow import UnitOfWork


async def change_password(resources: Resources, uow: UnitOfWork, actor: Actor, current: str, new: str) -> None:
    """Set a new password; every other session ends, and what was opened under the old one.

    Hashes are computed before the transaction opens, so no connection waits for them.

    Raises:
        PasswordWrong: not the current one, or there is none yet (a sign-on account sets one by a reset link).
        Invalid: the new one will not do, or it is one of the last five.
        GuessesLocked: too many wrong ones.
        Conflict: the password was changed at the same moment.
    """
    identity.require_strong(new, "new_password")
    known, failed = await _checked(resources, uow, actor, current, "current_password")
    await identity.require_unused(resources, known.refused, new, "new_password")
    fresh = await identity.hash_password(resources.settings, new)
    await identity.replace_password(uow, actor.user_id, fresh, instead_of=known.present)
    if failed:
        await guesses.forget(uow, actor.user_id)
    await identity.end_others(uow, actor, "password_changed")
    uow.audit("auth.password_changed", "Changed the password.", user_id=actor.user_id)


async def require_password(resources: Resources, uow: UnitOfWork, actor: Actor, password: str, field: str) -> None:
    """Let only go on who knows his password. The hash is checked without a transaction held open.

    Raises:
        PasswordWrong: not his, or he has none.
        GuessesLocked: too many wrong ones.
    """
    _, failed = await _checked(resources, uow, actor, password, field)
    if failed:
        await guesses.forget(uow, actor.user_id)


async def _checked(
    resources: Resources, uow: UnitOfWork, actor: Actor, password: str, field: str
) -> tuple[KnownPasswords, bool]:
    async with resources.unit_of_work() as look:
        failed = await guesses.failed_before(look, actor.user_id)
        known = await identity.known_passwords(look, actor.user_id)
    if not await identity.verify_password(resources.settings, password, known.present):
        await guesses.count(uow, actor.user_id)
        uow.audit("auth.password_wrong", "A wrong current password was given.", user_id=actor.user_id)
        raise PasswordWrong(errors={field: ["The current password is not right."]})
    return known, failed


async def has_password(uow: UnitOfWork, user_id: UUID) -> bool:
    """Whether there is one; who signs on by a provider may have none. Raises NotFound."""
    return (await identity.known_passwords(uow, user_id)).present is not None
