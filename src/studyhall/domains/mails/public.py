"""The door of mails for other domains."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from studyhall.domains.identity import public as identity
from studyhall.domains.identity.public import Recipient
from studyhall.domains.mails.jobs import send_mail
from studyhall.domains.mails.rules import Template
from studyhall.domains.mails.service import mailing
from studyhall.domains.mails.service.letters import language_for
from studyhall.platform.uow import UnitOfWork

__all__ = ["Template", "hindrance", "language_for", "send", "send_to"]


async def send(
    uow: UnitOfWork, *, template: Template, user_id: UUID, dedupe_key: str, values: Mapping[str, Any] | None = None
) -> bool:
    """Have a mail sent, at most once for each dedupe key, once this is committed.

    Args:
        values: ids and plain facts for the words, as JSON, never a secret (see `letters.write`).

    Returns:
        False when it was queued before, the account is gone, or something stands against it (see `hindrance`).
    """
    to = await identity.recipient(uow, user_id, closed=template.outlives_account)
    if to is None or await mailing.hindrance(uow, to, template) is not None:
        return False
    return await send_to(uow, to, template=template, dedupe_key=dedupe_key, values=values)


async def send_to(
    uow: UnitOfWork,
    to: Recipient,
    *,
    template: Template,
    dedupe_key: str,
    values: Mapping[str, Any] | None = None,
    not_after: datetime | None = None,
) -> bool:
    """The same for somebody whose address is known and of whom `hindrance` knows nothing.

    Args:
        not_after: if it could not be sent by then, it is not sent any more.
    """
    limit = {} if not_after is None else {mailing.NOT_AFTER: not_after.isoformat()}
    email_id = await mailing.queue_mail(uow, to, template, dedupe_key, {**(values or {}), **limit})
    if email_id is None:
        return False
    # Somebody waits for a code; nobody waits for the ten thousandth digest of this minute.
    await uow.enqueue(send_mail, email_id=email_id, priority=-10 if template.is_optional else 0)
    return True


async def hindrance(uow: UnitOfWork, to: Recipient, template: Template) -> str | None:
    """Why an optional mail would not be sent to this person now: turned off, never confirmed, or bounced."""
    return await mailing.hindrance(uow, to, template)
