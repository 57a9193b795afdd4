"""Mails: queued as rows of the log, sent by a job, at most once for each dedupe key.

The states: `pending` -> `sending` -> `sent` or `failed`; a temporary refusal goes back to `pending`, for three tries in
all. The step to `sending` is committed at the last moment before the mail is handed to the server, and only one worker
can make it. So a worker that dies earlier has sent nothing, and the job's next run sends; one that dies later leaves
`sending`, which is never sent again and is closed as failed by `settle_abandoned`. This is at most once, on purpose: a
person who misses a mail can ask for another, and the log says which one it was. What a lost answer may cost is thus one
mail, never two; everybody else's mails are sent exactly once.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog

from studyhall.domains.identity import public as identity
from studyhall.domains.identity.public import Recipient
from studyhall.domains.mails import queries
from studyhall.domains.mails.events import AddressBounced
from studyhall.domains.mails.models import LONGEST_KEY, EmailLog, MailStatus
from studyhall.domains.mails.ports import Enclosures
from studyhall.domains.mails.rules import Template, wanted
from studyhall.domains.mails.service import letters, secrets, unsubscribing
from studyhall.platform import clock
from studyhall.platform.clients.mail import (
    Attachment,
    HandOver,
    MailOutcomeUnknown,
    OutgoingMail,
    PermanentMailError,
    RecipientRefused,
    TemporaryMailError,
)
from studyhall.platform.ids import new_id
from studyhall.platform.jobs import JobRun
from studyhall.platform.resources import Resources
from studyhall.platform.uow import UnitOfWork

log = structlog.get_logger(__name__)

NOT_AFTER = "not_after"
"""Among a mail's values: the moment, in ISO 8601, after which it makes no sense any more."""
ABANDONED_AFTER = timedelta(minutes=15)
ENCLOSING_SECONDS = 60
NO_LONGER_NEEDED = (
    "No longer needed: its code or link is used or over, it is too late or not wanted any more, its address bounces, "
    "or the account is gone."
)


class AlreadyTaken(Exception):
    """Somebody else has begun to send this mail, or it is settled."""


@dataclass(frozen=True, slots=True)
class QueuedMail:
    """A row to send.

    Attributes:
        letter: None when what it was to tell is no longer true.
        values: what the letter was written from.
    """

    id: UUID
    user_id: UUID | None
    template: Template
    letter: OutgoingMail | None
    values: Mapping[str, Any]


async def queue_mail(
    uow: UnitOfWork, to: Recipient, template: Template, dedupe_key: str, values: Mapping[str, Any]
) -> UUID | None:
    """Write the mail's row; None when there is one for that occasion. The caller queues the job that sends it.

    `values` holds ids and plain facts, never a secret: the code or link is made when the letter is.
    """
    now = clock.now()
    email_id = new_id()
    is_new = await queries.insert_mail(
        uow,
        {
            "id": email_id,
            "user_id": to.user_id,
            "email_type": template.value,
            "recipient_email": to.email,
            "subject": letters.subject(template, to, values),
            "status": MailStatus.PENDING,
            "tries": 0,
            "details": dict(values),
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
    return QueuedMail(row.id, row.user_id, Template(row.email_type), await _letter(uow, row), dict(row.details))


async def hindrance(uow: UnitOfWork, to: Recipient, template: Template) -> str | None:
    """Why an optional mail is not to be sent to this person now; None when nothing stands against it."""
    if not template.is_optional:
        return None
    if not wanted(template, await identity.preferences_now(uow, to.user_id)):
        return "Not wanted: turned off in the preferences."
    if not to.is_verified:
        return "The address was never confirmed, so it may be somebody else's."
    if await queries.bounce_of(uow, to.user_id, to.email) is not None:
        return "Mail to this address bounced."
    return None


async def _letter(uow: UnitOfWork, row: EmailLog) -> OutgoingMail | None:
    template = Template(row.email_type)
    closed = template.outlives_account
    to = await identity.recipient(uow, row.user_id, closed=closed) if row.user_id else None
    if to is None or _is_over(row) or await hindrance(uow, to, template) is not None:
        return None
    secret = await secrets.secret_of(uow, to.user_id, template, row.details)
    if template.needs_secret and secret is None:
        return None
    way_out = unsubscribing.address(uow.resources, to.user_id, template) if template.is_optional else None
    letter = letters.write(
        uow.resources.settings, template, to, happened_at=row.created_at, values=row.details, secret=secret,
        unsubscribe_url=way_out,
    )  # fmt: skip
    return OutgoingMail(
        reference=str(row.id),
        to=row.recipient_email,
        to_name=to.name,
        subject=row.subject,
        text=letter.text,
        html=letter.html,
        unsubscribe_url=way_out,
    )


def _is_over(row: EmailLog) -> bool:
    limit = row.details.get(NOT_AFTER)
    return limit is not None and clock.now() > datetime.fromisoformat(limit)


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
    """The server took it: what it said is forgotten, and so is that the address ever bounced."""
    now = clock.now()
    async with run.unit_of_work() as uow:
        row = await queries.move_mail(
            uow, email_id, MailStatus.SENDING, MailStatus.SENT, now, sent_at=now, error_message=None, details={}
        )
        if row is not None and row.user_id is not None and not Template(row.email_type).is_optional:
            await queries.drop_bounce(uow, row.user_id)


async def mark_refused(run: JobRun, email_id: UUID, error: Exception, *, again: bool) -> None:
    """It was certainly not sent: wait for the next try, or give up."""
    is_bounce = isinstance(error, RecipientRefused)
    after = MailStatus.PENDING if again else MailStatus.BOUNCED if is_bounce else MailStatus.FAILED
    reason, now = str(error)[:500], clock.now()
    async with run.unit_of_work() as uow:
        for before in (MailStatus.SENDING, MailStatus.PENDING):
            row = await queries.move_mail(uow, email_id, before, after, now, error_message=reason, tries=run.attempt)
            if row is not None:
                if is_bounce and row.user_id is not None:
                    await _note_bounce(uow, row, row.user_id, reason)
                break
    if not again:
        log.warning("mail not sent", email_id=str(email_id), reason=type(error).__name__)


async def _note_bounce(uow: UnitOfWork, row: EmailLog, user_id: UUID, reason: str) -> None:
    if await queries.put_bounce(uow, user_id, row.recipient_email, reason, clock.now()):
        uow.record(AddressBounced(user_id, row.id))


async def settle_abandoned(resources: Resources) -> int:
    """Close mails whose worker died, or was cut off, between handing over and writing down; answers how many."""
    now = clock.now()
    async with resources.unit_of_work() as uow:
        return await queries.fail_abandoned(
            uow, now - ABANDONED_AFTER, now, "Handed over, but the outcome was never learnt; not sent again."
        )


async def send(run: JobRun, email_id: UUID) -> None:
    """One try at one mail. Passes TemporaryMailError on after writing it down.

    No transaction is open while files for it are made, nor while the mail server is talked to.
    """
    async with run.unit_of_work() as uow:
        queued = await prepare(uow, email_id)
    if queued is None:
        return
    if queued.letter is None:
        reason = PermanentMailError(NO_LONGER_NEEDED)
        await mark_refused(run, email_id, reason, again=False)
        return
    letter = replace(queued.letter, attachments=tuple(await _enclosures(run.resources, queued)))
    try:
        await run.resources.mail.send(letter, claim(run, email_id))
    except AlreadyTaken:
        return
    except (PermanentMailError, MailOutcomeUnknown) as error:
        await mark_refused(run, email_id, error, again=False)
        return
    except TemporaryMailError as error:
        await mark_refused(run, email_id, error, again=not run.is_last)
        raise
    await mark_sent(run, email_id)


async def _enclosures(resources: Resources, queued: QueuedMail) -> Sequence[Attachment]:
    """The files that go with it; none where they cannot be made, for the letter says the same in short."""
    if queued.user_id is None:
        return ()
    enclose = resources.port(Enclosures)
    try:
        async with asyncio.timeout(ENCLOSING_SECONDS):
            return await enclose(resources, queued.template, queued.user_id, queued.values)
    except Exception as error:
        # Its text may hold what the file would have told, so only its kind is written down.
        log.error("mail goes without its files", email_id=str(queued.id), reason=type(error).__name__)
        return ()
