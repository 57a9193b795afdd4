"""What people are told when something happened to their account. Security news goes out whatever somebody prefers."""

from uuid import UUID

from studyhall.domains.credentials.events import PasswordResetRequested, TwoFactorChanged, VerificationRequested
from studyhall.domains.identity import public as identity
from studyhall.domains.identity.events import AccountLocked, NewDeviceSeen, PasswordChanged, UserRegistered
from studyhall.domains.identity.public import Recipient
from studyhall.domains.notifications import public
from studyhall.domains.notifications.models import NotificationType
from studyhall.domains.notifications.service import letters
from studyhall.domains.notifications.service.letters import MailKind
from studyhall.platform import clock
from studyhall.platform.uow import UnitOfWork

SECURITY_PAGE = "/settings/security"
FIRST_STEPS = "/onboarding"


async def welcome(uow: UnitOfWork, event: UserRegistered) -> None:
    """The first line in the bell."""
    to = await identity.recipient(uow, event.user_id)
    if to is not None:
        await _tell(uow, to, NotificationType.SYSTEM, "welcome", page=FIRST_STEPS, key="welcome")


async def mail_code(uow: UnitOfWork, event: VerificationRequested) -> None:
    """The code of that row; each resend is a mail of its own."""
    await public.mail(
        uow,
        event.user_id,
        MailKind.VERIFICATION,
        f"verification:{event.code_id}:{event.sending}",
        {"code_id": str(event.code_id)},
    )


async def mail_reset_link(uow: UnitOfWork, event: PasswordResetRequested) -> None:
    """The link of that row."""
    await public.mail(
        uow,
        event.user_id,
        MailKind.PASSWORD_RESET,
        f"password_reset:{event.reset_id}",
        {"reset_id": str(event.reset_id)},
    )


async def tell_new_device(uow: UnitOfWork, event: NewDeviceSeen) -> None:
    """Both ways, because it may not have been the owner."""
    key = f"new_device:{event.session_id}"
    await _warn(uow, event.user_id, MailKind.NEW_DEVICE, key, {"device_id": str(event.device_id)})


async def tell_locked(uow: UnitOfWork, event: AccountLocked) -> None:
    """At most once an hour, so that whoever guesses passwords cannot fill somebody's mailbox."""
    await _warn(uow, event.user_id, MailKind.ACCOUNT_LOCKED, f"account_locked:{event.user_id}:{clock.now():%Y%m%d%H}")


async def tell_password_changed(uow: UnitOfWork, event: PasswordChanged) -> None:
    key = f"password_changed:{event.user_id}:{clock.now().isoformat()}"
    await _warn(uow, event.user_id, MailKind.PASSWORD_CHANGED, key)


async def tell_two_factor(uow: UnitOfWork, event: TwoFactorChanged) -> None:
    kind = MailKind.TWO_FACTOR_ON if event.is_enabled else MailKind.TWO_FACTOR_OFF
    await _warn(uow, event.user_id, kind, f"{kind.value}:{event.user_id}:{clock.now().isoformat()}")


async def _warn(uow: UnitOfWork, user_id: UUID, kind: MailKind, key: str, facts: dict[str, str] | None = None) -> None:
    to = await identity.recipient(uow, user_id)
    if to is None:
        return
    await _tell(uow, to, NotificationType.SECURITY, kind.value, page=SECURITY_PAGE, key=key)
    await public.mail_to(uow, to, kind, key, dict(facts or {}))


async def _tell(uow: UnitOfWork, to: Recipient, kind: NotificationType, text: str, *, page: str, key: str) -> None:
    title, message = letters.notice(text, to.language)
    await public.notify(uow, [to.user_id], kind, title, message, action_url=page, dedupe_key=key)
