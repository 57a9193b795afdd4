"""What people are told when something happened to their account. Security news goes out whatever somebody prefers."""

from uuid import UUID

from studyhall.domains.credentials.events import TwoFactorChanged
from studyhall.domains.identity import public as identity
from studyhall.domains.identity.events import AccountLocked, NewDeviceSeen, PasswordChanged, UserRegistered
from studyhall.domains.identity.public import Recipient
from studyhall.domains.mails import public as mails
from studyhall.domains.mails.events import AddressBounced
from studyhall.domains.mails.public import Template
from studyhall.domains.notifications import public
from studyhall.domains.notifications.models import NotificationType
from studyhall.domains.notifications.service.notices import notice
from studyhall.platform import clock
from studyhall.platform.uow import UnitOfWork

SECURITY_PAGE = "/settings/security"
PROFILE_PAGE = "/settings/profile"
FIRST_STEPS = "/onboarding"


async def welcome(uow: UnitOfWork, event: UserRegistered) -> None:
    """The first line in the bell."""
    to = await identity.recipient(uow, event.user_id)
    if to is not None:
        await _tell(uow, to, NotificationType.SYSTEM, "welcome", page=FIRST_STEPS, key="welcome")


async def tell_new_device(uow: UnitOfWork, event: NewDeviceSeen) -> None:
    """Both ways, because it may not have been the owner."""
    key = f"new_device:{event.session_id}"
    device = await identity.device_name(uow, event.device_id)
    values = {"device_id": str(event.device_id)} | ({"device": device} if device else {"variant": "unnamed"})
    await _warn(uow, event.user_id, Template.NEW_DEVICE, key, values)


async def tell_locked(uow: UnitOfWork, event: AccountLocked) -> None:
    """At most once an hour, so that whoever guesses passwords cannot fill somebody's mailbox."""
    await _warn(uow, event.user_id, Template.ACCOUNT_LOCKED, f"account_locked:{event.user_id}:{clock.now():%Y%m%d%H}")


async def tell_password_changed(uow: UnitOfWork, event: PasswordChanged) -> None:
    key = f"password_changed:{event.user_id}:{clock.now().isoformat()}"
    await _warn(uow, event.user_id, Template.PASSWORD_CHANGED, key)


async def tell_two_factor(uow: UnitOfWork, event: TwoFactorChanged) -> None:
    kind = Template.TWO_FACTOR_ON if event.is_enabled else Template.TWO_FACTOR_OFF
    await _warn(uow, event.user_id, kind, f"{kind.value}:{event.user_id}:{clock.now().isoformat()}")


async def tell_bounced(uow: UnitOfWork, event: AddressBounced) -> None:
    """In the app only: a mail about it would bounce as well."""
    to = await identity.recipient(uow, event.user_id)
    if to is not None:
        key = f"address_bounced:{event.email_id}"
        await _tell(uow, to, NotificationType.SYSTEM, "address_bounced", page=PROFILE_PAGE, key=key)


async def _warn(
    uow: UnitOfWork, user_id: UUID, template: Template, key: str, values: dict[str, str] | None = None
) -> None:
    to = await identity.recipient(uow, user_id)
    if to is None:
        return
    await _tell(uow, to, NotificationType.SECURITY, template.value, page=SECURITY_PAGE, key=key)
    await mails.send_to(uow, to, template=template, dedupe_key=key, values=values)


async def _tell(uow: UnitOfWork, to: Recipient, kind: NotificationType, text: str, *, page: str, key: str) -> None:
    title, message = notice(text, to.language)
    await public.notify(uow, [to.user_id], kind, title, message, action_url=page, dedupe_key=key)
