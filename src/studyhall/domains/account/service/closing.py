"""Closing one's account, coming back, and the end."""

from datetime import timedelta
from uuid import UUID

from studyhall.domains.account.errors import FreshSignInNeeded
from studyhall.domains.account.ports import Keepers
from studyhall.domains.account.service import exports, telling
from studyhall.domains.credentials import public as credentials
from studyhall.domains.identity import public as identity
from studyhall.domains.identity.public import Closing, SessionEnded
from studyhall.domains.roles import public as roles
from studyhall.platform import clock
from studyhall.platform.auth import Actor
from studyhall.platform.errors import Invalid, NotFound
from studyhall.platform.jobs import JobRun
from studyhall.platform.resources import Resources
from studyhall.platform.uow import UnitOfWork

FRESH = timedelta(minutes=15)


async def close(resources: Resources, uow: UnitOfWork, actor: Actor, password: str | None) -> tuple[Closing, bool]:
    """Close the actor's account; answers when it is erased, and whether an export was ended by it.

    Raises:
        PasswordWrong, GuessesLocked, Invalid: the password is not right, or missing.
        FreshSignInNeeded: there is no password, and the sign-in is too long ago.
        LastAdministrator: nobody else could run this installation.
    """
    try:
        await _require_owner(resources, uow, actor, password)
    except NotFound as error:  # it was closed at this very moment
        raise SessionEnded from error
    if roles.MOST_POWERFUL in actor.permissions:
        await roles.require_other_administrator(uow, actor.user_id)
    closing = await identity.close(uow, actor.user_id)
    if not closing.is_new:
        return closing, False
    had_export = await exports.end_all(uow, actor.user_id)
    await telling.deletion_scheduled(uow, actor.user_id, closing.due_at)
    uow.audit("settings.account_closed", "Deleted the account; it is erased after 30 days.", user_id=actor.user_id)
    return closing, had_export


async def _require_owner(resources: Resources, uow: UnitOfWork, actor: Actor, password: str | None) -> None:
    if password is not None:
        await credentials.require_password(resources, uow, actor, password, "password")
    elif await credentials.has_password(uow, actor.user_id):
        raise Invalid.field("password", "Give your password to delete the account.")
    elif not await identity.signed_in_since(uow, actor, clock.now() - FRESH):
        raise FreshSignInNeeded


async def restore(uow: UnitOfWork, token: str) -> None:
    """Come back. Raises RestoreInvalid, RestoreExpired, AccountOpen."""
    user_id = await identity.restore(uow, token)
    uow.audit("settings.account_restored", "Restored the account.", user_id=user_id)


async def erase(run: JobRun, user_id: UUID) -> None:
    """Erase an account whose last day is over, domain by domain, each in a transaction of its own.

    A run that dies goes on in the next: what is gone already costs nothing, and the account itself, which says that
    there is something to erase, goes last. Bytes in the store follow in jobs that are queued with their rows' end.
    """
    keepers = run.resources.port(Keepers)()
    for keeper in keepers:
        async with run.unit_of_work() as uow:
            if not await identity.hold_due(uow, user_id):
                return
            await keeper.erase(uow, user_id)
            if keeper is keepers[-1]:
                uow.audit("account.erased", "An account was erased after its days of grace.")
