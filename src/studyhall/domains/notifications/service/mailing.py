"""Mails: queued as rows of the log, sent by a job, at most once for each dedupe key.

The states: `pending` -> `sending` -> `sent` or `failed`; a temporary refusal goes back to `pending`, for three tries in
all. The step to `sending` is committed at the last moment before the mail is handed to the server, and only one worker
can make it. So a worker that dies earlier has sent nothing, and the job's next run sends; one that dies later leaves
`sending`, which is never sent again and is closed as failed by `settle_abandoned`. This is at most once, on purpose: a
person who misses a mail can ask for another, and the log says which one it was. What a lost answer may cost is thus one
mail, never two; everybody else's mails are sent exactly once.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import structlog

from studyhall.domains.credentials import public as credentials
from studyhall.domains.identity import public as identity
from studyhall.domains.identity.public import Recipient
from studyhall.domains.notifications import queries
from studyhall.domains.notifications.models import LONGEST_KEY, EmailLog, MailStatus
from studyhall.domains.notifications.service import letters
from studyhall.domains.notifications.service.letters import MailKind
from studyhall.platform import clock
from studyhall.platform.clients.mail import (
    HandOver,
    MailOutcomeUnknown,
    OutgoingMail,
    PermanentMailError,
    TemporaryMailError,
)
from studyhall.platform.ids import new_id
from studyhall.platform.jobs import JobRun
from studyhall.platform.resources import Resources
from studyhall.platform.uow import UnitOfWork

log = structlog.get_logger(__name__)

ABANDONED_AFTER = timedelta(minutes=15)


class AlreadyTaken(Exception):
    """Somebody else has begun to send this mail, or it is settled."""


@dataclass(frozen=True, slots=True)
class QueuedMail:
    """A row to send.

    Attributes:
        letter: None when what it was to tell is no longer true.
    """

    id: UUID
    letter: OutgoingMail | None


async def queue_mail(
    uow: UnitOfWork, to: Recipient, kind: MailKind, dedupe_key: str, metadata: dict[str, Any] | None = None
) -> UUID | None:
    """Write the mail's row; None when there is one for that occasion. The caller queues the job that sends it.

    `metadata` holds ids and plain facts, never a secret: the code or link is made when the letter is.
    """
    now = clock.now()
    email_id = new_id()
    is_new = await queries.insert_mail(
        uow,
        {
            "id": email_id,
            "user_id": to.user_id,
            "email_type": kind.value,
            "recipient_email": to.email,
            "subject": letters.subject(kind, to.language),
            "status": MailStatus.PENDING,
            "tries": 0,
            "details": metadata or {},
            "dedupe_key": dedupe_key[:LONGEST_KEY],
            "created_at": now,
            "updated_at": now,
        },
    )
    return email_id if is_new else None


async def prepare(uow: UnitOfWork, email_id: UUID) -> QueuedMail | None:
    """The mail with its letter, or None when it does not wait to be sent any more."""
    row = await queries.pending_mail(uow, email_id)
    if row is None:
        return None
    return QueuedMail(row.id, await _letter(uow, row))


async def _letter(uow: UnitOfWork, row: EmailLog) -> OutgoingMail | None:
    to = await identity.recipient(uow, row.user_id) if row.user_id else None
    if to is None:
        return None
    kind = MailKind(row.email_type)
    code = link = None
    if kind is MailKind.VERIFICATION:
        code = await credentials.verification_code(uow, UUID(row.details["code_id"]))
    elif kind is MailKind.PASSWORD_RESET:
        token = await credentials.reset_link_token(uow, UUID(row.details["reset_id"]))
        link = None if token is None else f"{letters.web_address(uow.resources.settings)}/reset-password?token={token}"
    if kind.needs_secret and code is None and link is None:
        return None
    letter = letters.write(
        uow.resources.settings, kind, to, happened_at=row.created_at, facts=row.details, code=code, link=link
    )
    return OutgoingMail(
        reference=str(row.id),
        to=row.recipient_email,
        to_name=to.name,
        subject=row.subject,
        text=letter.text,
        html=letter.html,
    )


def claim(run: JobRun, email_id: UUID) -> HandOver:
    """What the mail client awaits before it hands the mail over. Raises AlreadyTaken in there."""

    async def hand_over() -> None:
        async with run.unit_of_work() as uow:
            taken = await queries.move_mail(
                uow, email_id, MailStatus.PENDING, MailStatus.SENDING, clock.now(), tries=run.attempt
            )
        if not taken:
            raise AlreadyTaken

    return hand_over


async def mark_sent(run: JobRun, email_id: UUID) -> None:
    """The server took it."""
    now = clock.now()
    async with run.unit_of_work() as uow:
        await queries.move_mail(
            uow, email_id, MailStatus.SENDING, MailStatus.SENT, now, sent_at=now, error_message=None
        )


async def mark_refused(run: JobRun, email_id: UUID, error: Exception, *, again: bool) -> None:
    """It was certainly not sent: wait for the next try, or give up."""
    after = MailStatus.PENDING if again else MailStatus.FAILED
    reason = str(error)[:500]
    async with run.unit_of_work() as uow:
        for before in (MailStatus.SENDING, MailStatus.PENDING):
            if await queries.move_mail(
                uow, email_id, before, after, clock.now(), error_message=reason, tries=run.attempt
            ):
                break
    if not again:
        log.warning("mail not sent", email_id=str(email_id), reason=type(error).__name__)


async def settle_abandoned(resources: Resources) -> int:
    """Close mails whose worker died, or was cut off, between handing over and writing down; answers how many."""
    now = clock.now()
    async with resources.unit_of_work() as uow:
        return await queries.fail_abandoned(
            uow, now - ABANDONED_AFTER, now, "Handed over, but the outcome was never learnt; not sent again."
        )


async def send(run: JobRun, email_id: UUID) -> None:
    """One try at one mail. Passes TemporaryMailError on after writing it down.

    No transaction is open while the mail server is talked to.
    """
    async with run.unit_of_work() as uow:
        queued = await prepare(uow, email_id)
    if queued is None:
        return
    if queued.letter is None:
        reason = PermanentMailError("No longer needed: the code or link is used or over, or the account is gone.")
        await mark_refused(run, email_id, reason, again=False)
        return
    try:
        await run.resources.mail.send(queued.letter, claim(run, email_id))
    except AlreadyTaken:
        return
    except (PermanentMailError, MailOutcomeUnknown) as error:
        await mark_refused(run, email_id, error, again=False)
        return
    except TemporaryMailError as error:
        await mark_refused(run, email_id, error, again=not run.is_last)
        raise
    await mark_sent(run, email_id)
