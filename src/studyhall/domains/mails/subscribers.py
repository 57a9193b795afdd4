"""Mails about accounts. Codes, links and security news go out whatever somebody prefers."""

from uuid import UUID

from studyhall.domains.credentials.events import PasswordResetRequested, VerificationRequested
from studyhall.domains.identity.events import EmailVerified, UserRegistered
from studyhall.domains.mails import public, queries
from studyhall.domains.mails.rules import Template
from studyhall.platform.uow import UnitOfWork


async def mail_code(uow: UnitOfWork, event: VerificationRequested) -> None:
    """The code of that row; each resend is a mail of its own."""
    await public.send(
        uow,
        template=Template.VERIFICATION,
        user_id=event.user_id,
        dedupe_key=f"verification:{event.code_id}:{event.sending}",
        values={"code_id": str(event.code_id)},
    )


async def mail_reset_link(uow: UnitOfWork, event: PasswordResetRequested) -> None:
    """The link of that row."""
    await public.send(
        uow,
        template=Template.PASSWORD_RESET,
        user_id=event.user_id,
        dedupe_key=f"password_reset:{event.reset_id}",
        values={"reset_id": str(event.reset_id)},
    )


async def mail_welcome(uow: UnitOfWork, event: UserRegistered) -> None:
    """At once where the address is known to be the person's; else when it is confirmed, after the code."""
    if event.is_verified:
        await _welcome(uow, event.user_id)


async def follow_confirmed_address(uow: UnitOfWork, event: EmailVerified) -> None:
    """What was confirmed receives mail, so it does not bounce any more; and whoever it is has not been welcomed yet."""
    await queries.drop_bounce(uow, event.user_id)
    await _welcome(uow, event.user_id)


async def _welcome(uow: UnitOfWork, user_id: UUID) -> None:
    await public.send(uow, template=Template.WELCOME, user_id=user_id, dedupe_key=f"welcome:{user_id}")
