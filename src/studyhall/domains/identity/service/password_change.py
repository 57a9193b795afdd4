"""Changing one's password while signed in."""

from sqlalchemy import delete, update

from studyhall.domains.identity.errors import PasswordWrong
from studyhall.domains.identity.events import PasswordChanged
from studyhall.domains.identity.models import LoginChallenge, PasswordReset, User
from studyhall.domains.identity.queries.people import by_id
from studyhall.domains.identity.service import guesses, passwords, sessions
from studyhall.platform import clock
from studyhall.platform.auth import Actor
from studyhall.platform.errors import Conflict
from studyhall.platform.resources import Resources
from studyhall.platform.uow import UnitOfWork


async def change_password(resources: Resources, uow: UnitOfWork, actor: Actor, current: str, new: str) -> None:
    """Set a new password; every other session, open reset link and login under way ends.

    Hashes are computed before the transaction opens, so no connection waits for them.

    Raises:
        PasswordWrong: not the current one, or there is none yet (a sign-on account sets one by a reset link).
        Invalid: the new one will not do, or it is one of the last five.
        GuessesLocked: too many wrong ones.
        Conflict: the password was changed at the same moment.
    """
    passwords.require_strong(new, "new_password")
    async with resources.unit_of_work() as look:
        failed = await guesses.failed_before(look, actor.user_id)
        user = await by_id(look, actor.user_id)
        known, former = user.password_hash, await passwords.former_hashes(look, user)
    if not await passwords.verify(resources.settings, current, known):
        await guesses.count(uow, actor.user_id)
        uow.audit("auth.password_wrong", "A wrong current password was given.", user_id=actor.user_id)
        raise PasswordWrong(errors={"current_password": ["The current password is not right."]})
    await passwords.require_unused(resources, former, new, "new_password")
    fresh = await passwords.hash_password(resources.settings, new)
    user = await uow.session.get_one(User, actor.user_id, with_for_update=True, populate_existing=True)
    if user.password_hash != known:
        raise Conflict("The password was changed at the same moment. Sign in with it.")
    await passwords.replace(uow, user, fresh)
    if failed:
        await guesses.forget(uow, user.id)
    await _close_open_ways(uow, user)
    await sessions.end_others(uow, actor, "password_changed")
    uow.audit("auth.password_changed", "Changed the password.", user_id=user.id)
    uow.record(PasswordChanged(user.id))


async def _close_open_ways(uow: UnitOfWork, user: User) -> None:
    """Reset links and half-finished logins were opened under the old password."""
    await uow.session.execute(delete(LoginChallenge).where(LoginChallenge.user_id == user.id))
    await uow.session.execute(
        update(PasswordReset)
        .where(PasswordReset.user_id == user.id, PasswordReset.used_at.is_(None))
        .values(used_at=clock.now())
        .execution_options(synchronize_session=False)
    )
