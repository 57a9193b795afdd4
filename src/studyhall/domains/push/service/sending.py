"""Telling one browser of one notification."""

from dataclasses import dataclass
from datetime import timedelta
from email.utils import parseaddr
from uuid import UUID

import orjson
import structlog

from studyhall.domains.identity import public as identity
from studyhall.domains.notifications import public as notifications
from studyhall.domains.notifications.public import Notification, NotificationType
from studyhall.domains.push import queries
from studyhall.domains.push.models import PushSubscription
from studyhall.platform import clock
from studyhall.platform.clients.http import AddressRefused, FetchError
from studyhall.platform.clients.web_push import Receipt, Target, WebPush
from studyhall.platform.jobs import GiveUp, JobRun, RetryLater
from studyhall.platform.resources import Resources

log = structlog.get_logger(__name__)

LIFETIME = timedelta(days=1)
"""What was not delivered by then, tells nothing any more; it stands in the app."""
LONGEST_TEXT = 1_000
URGENT = frozenset({NotificationType.SECURITY, NotificationType.REMINDER, NotificationType.SESSION})


@dataclass(frozen=True, slots=True)
class _Message:
    target: Target
    payload: bytes
    topic: str
    lifetime: timedelta
    urgent: bool


async def tell(run: JobRun, notification_id: UUID, subscription_id: UUID) -> None:
    """Safe to run twice: a second message has the same topic and tag, and takes the place of the first.

    Raises:
        RetryLater: the push service asks for patience, or cannot be reached.
        GiveUp: it refuses what we send.
    """
    message = await _message(run, notification_id, subscription_id)
    if message is None:
        return
    try:
        receipt = await _client(run.resources).send(
            message.target,
            message.payload,
            topic=message.topic,
            lifetime=message.lifetime,
            urgent=message.urgent,
        )
    except (LookupError, AddressRefused) as error:
        log.warning("a push subscription cannot be used", subscription_id=str(subscription_id), error=str(error))
        receipt = Receipt(0, is_gone=True)
    except FetchError as error:
        raise RetryLater(str(error)) from error
    if receipt.wait is not None:
        raise RetryLater(f"the push service answered {receipt.status}", receipt.wait)
    await _note(run, subscription_id, receipt)
    if not receipt.is_gone and not receipt.is_taken:
        raise GiveUp(f"the push service refused the message with status {receipt.status}")


async def _message(run: JobRun, notification_id: UUID, subscription_id: UUID) -> _Message | None:
    """What is to be sent; None when nobody wants it any more."""
    async with run.unit_of_work() as uow:
        row = await uow.session.get(PushSubscription, subscription_id)
        notification = await notifications.find(uow, notification_id)
        if row is None or notification is None or notification.is_read or notification.user_id != row.user_id:
            return None
        left = notification.created_at + LIFETIME - clock.now()
        to = await identity.recipient(uow, row.user_id)
        if to is None or not to.wants_push or left <= timedelta(0):
            return None
        return _Message(
            Target(row.endpoint, row.public_key, row.auth, row.server_key),
            payload_of(notification),
            notification_id.hex,
            left,
            notification.type in URGENT,
        )


def payload_of(notification: Notification) -> bytes:
    """What the service worker of the client reads: JSON, `tag` being the same for the same notification."""
    text = notification.message
    return orjson.dumps(
        {
            "id": str(notification.id),
            "tag": str(notification.id),
            "type": notification.type,
            "title": notification.title,
            "body": text if len(text) <= LONGEST_TEXT else f"{text[: LONGEST_TEXT - 1]}…",
            "url": notification.action_url,
            "created_at": notification.created_at,
        },
        option=orjson.OPT_UTC_Z,
    )


def _client(resources: Resources) -> WebPush:
    base_url = resources.settings.base_url
    is_public = base_url.startswith("https://")
    contact = base_url if is_public else f"mailto:{parseaddr(resources.settings.mail_from)[1]}"
    return WebPush(resources.fetcher, resources.keys, contact)


async def _note(run: JobRun, subscription_id: UUID, receipt: Receipt) -> None:
    async with run.unit_of_work() as uow:
        if receipt.is_gone:
            await queries.drop_gone(uow, subscription_id)
        elif receipt.is_taken:
            await queries.note_told(uow, subscription_id, clock.now())
