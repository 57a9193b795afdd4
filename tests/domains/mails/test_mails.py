"""Mails, from the request that causes them to the mail server: once, whatever happens on the way."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import httpx2
import pytest
from sqlalchemy import select, text

from studyhall.domains.mails import public
from studyhall.domains.mails.jobs import send_mail, settle_mails
from studyhall.domains.mails.models import EmailLog
from studyhall.domains.mails.rules import Template
from studyhall.domains.mails.service import mailing
from studyhall.entrypoints import wiring
from studyhall.platform import clock
from studyhall.platform.clients.mail import (
    HandOver,
    MailError,
    MailOutcomeUnknown,
    OutgoingMail,
    PermanentMailError,
    RecordingMail,
    TemporaryMailError,
)
from studyhall.platform.jobs import JobRun, drain
from studyhall.platform.resources import Resources
from tests.conftest import PASSWORD, Committed, MakePerson, Person, RunJobs

AUTH = "/api/v1/auth"
NEW_PASSWORD = "Another-Horse-8"


@pytest.fixture
def outgoing(resources: Resources) -> RecordingMail:
    assert isinstance(resources.mail, RecordingMail)
    return resources.mail


async def logged(resources: Resources, kind: str | None = None) -> list[EmailLog]:
    async with resources.unit_of_work() as uow:
        found = select(EmailLog).order_by(EmailLog.id)
        rows = (await uow.session.scalars(found.execution_options(populate_existing=True))).all()
        return [row for row in rows if kind in (None, row.email_type)]


async def everything_stored(resources: Resources) -> str:
    """Every row of every table that people leave something in, as text."""
    async with resources.unit_of_work() as uow:
        names = [*(wiring.METADATA.tables.keys() - {"cities"}), "pgqueuer", "pgqueuer_log"]
        parts = [await uow.session.scalar(text(f'SELECT string_agg(t::text, chr(10)) FROM "{one}" t')) for one in names]
        payloads = await uow.session.scalar(text("SELECT string_agg(encode(payload, 'escape'), chr(10)) FROM pgqueuer"))
    return "\n".join(str(part) for part in [*parts, payloads])


def stands_in(code: str, stored: str) -> bool:
    """Whether the six digits stand there by themselves, not within an id, a number in hex or a part of a second."""
    return re.search(rf"(?<![0-9a-fA-F.-]){code}(?![0-9a-fA-F-])", stored) is not None


def test_a_code_that_is_kept_would_be_found() -> None:
    assert stands_in("250409", '(1,"Your code is 250409",t)')
    assert stands_in("250409", '{"code":"250409"}')
    assert not stands_in("250409", "2026-11-21 04:50:29.250409+00 01a1fc72-250409aa-4bba")


def code_in(mail: OutgoingMail) -> str:
    (code,) = re.findall(r"^ +(\d{6})$", mail.text, re.MULTILINE)
    assert code in str(mail.html)
    assert code not in mail.subject
    return str(code)


def token_in(mail: OutgoingMail) -> str:
    found = re.search(r"https://studyhall\.test/reset-password\?token=([\w-]+)", mail.text)
    assert found
    assert found[0] in str(mail.html)
    return found[1]


async def test_the_mailed_code_confirms_the_address(
    resources: Resources, person: MakePerson, outgoing: RecordingMail, run_jobs: RunJobs
) -> None:
    anna = await person(name="Anna")
    (row,) = await logged(resources)
    assert (row.status, row.recipient_email, row.email_type) == ("pending", anna.email, "verification")
    before = await everything_stored(resources)
    await run_jobs()
    (mail,) = outgoing.sent
    assert (mail.to, mail.to_name, mail.subject) == (anna.email, "Anna", "Your Studyhall code")
    code = code_in(mail)
    assert not stands_in(code, before)
    assert not stands_in(code, await everything_stored(resources))
    (row,) = await logged(resources)
    assert (row.status, row.tries, row.error_message) == ("sent", 1, None)
    assert row.sent_at is not None
    answer = await anna.client.post(f"{AUTH}/verify-email", json={"email": anna.email, "code": code})
    assert answer.status_code == 200


async def test_each_resend_is_one_more_mail(
    resources: Resources, person: MakePerson, outgoing: RecordingMail, run_jobs: RunJobs
) -> None:
    anna = await person()
    await run_jobs()
    assert (await anna.client.post(f"{AUTH}/resend-verification", json={"email": anna.email})).status_code == 200
    await run_jobs()
    await run_jobs()
    first, second = (code_in(mail) for mail in outgoing.sent)
    wrong = await anna.client.post(f"{AUTH}/verify-email", json={"email": anna.email, "code": first})
    assert wrong.status_code == 422 or first == second, wrong.text
    answer = await anna.client.post(f"{AUTH}/verify-email", json={"email": anna.email, "code": second})
    assert answer.status_code == 200


async def test_the_mailed_link_sets_a_new_password_and_says_so(
    resources: Resources, person: MakePerson, outgoing: RecordingMail, run_jobs: RunJobs, client: httpx2.AsyncClient
) -> None:
    anna = await person()
    await run_jobs()
    outgoing.sent.clear()
    await client.post(f"{AUTH}/forgot-password", json={"email": anna.email.upper()})
    before = await everything_stored(resources)
    await run_jobs()
    token = token_in(outgoing.sent.pop())
    assert token not in before
    assert token not in await everything_stored(resources)
    answer = await client.post(f"{AUTH}/reset-password", json={"token": token, "password": NEW_PASSWORD})
    assert answer.status_code == 200, answer.text
    await run_jobs()
    assert [mail.subject for mail in outgoing.sent] == ["Your Studyhall password was changed"]


async def test_nobody_is_mailed_for_an_unknown_address(
    resources: Resources, client: httpx2.AsyncClient, outgoing: RecordingMail, run_jobs: RunJobs
) -> None:
    for path in ("forgot-password", "resend-verification"):
        assert (await client.post(f"{AUTH}/{path}", json={"email": "nobody@example.org"})).status_code == 200
    await run_jobs()
    assert outgoing.sent == []
    assert await logged(resources) == []


async def test_a_link_that_was_replaced_is_not_mailed(
    resources: Resources, person: MakePerson, outgoing: RecordingMail, run_jobs: RunJobs, client: httpx2.AsyncClient
) -> None:
    anna = await person()
    await run_jobs()
    outgoing.sent.clear()
    for _ in range(2):
        await client.post(f"{AUTH}/forgot-password", json={"email": anna.email})
    await run_jobs()
    assert len(outgoing.sent) == 1
    failed, sent = await logged(resources, "password_reset")
    assert (failed.status, sent.status) == ("failed", "sent")
    assert "No longer needed" in str(failed.error_message)


async def test_a_new_device_is_told_both_ways_in_ones_own_language(
    resources: Resources, person: MakePerson, outgoing: RecordingMail, run_jobs: RunJobs, client: httpx2.AsyncClient
) -> None:
    anna = await person()
    async with resources.unit_of_work() as uow:
        await uow.session.execute(
            text("UPDATE user_preferences SET language = 'de-AT', timezone = 'Europe/Vienna' WHERE user_id = :id"),
            {"id": anna.id},
        )
    await run_jobs()
    outgoing.sent.clear()
    agent = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1 Version/17.0 Mobile Safari/604.1"
    body = {"email": anna.email, "password": PASSWORD}
    assert (await client.post(f"{AUTH}/login", json=body, headers={"User-Agent": agent})).status_code == 200
    await run_jobs()
    (mail,) = outgoing.sent
    assert mail.subject == "Neue Anmeldung bei deinem Studyhall-Konto"
    assert "Mobile Safari, iOS" in mail.text and "Mobile Safari, iOS" in str(mail.html)
    bell = (await anna.client.get("/api/v1/notifications?type=security")).json()["data"]
    assert [row["title"] for row in bell["notifications"]] == ["Ein neues Gerät hat sich angemeldet"]


async def test_a_lock_is_mailed_once_an_hour_although_the_login_failed(
    resources: Resources, person: MakePerson, outgoing: RecordingMail, run_jobs: RunJobs, client: httpx2.AsyncClient
) -> None:
    anna = await person()
    await run_jobs()
    outgoing.sent.clear()
    hour = clock.now().replace(minute=1)
    for minutes, expected in [(0, 1), (20, 1), (80, 2)]:
        with clock.frozen_at(hour + timedelta(minutes=minutes)):
            for _ in range(5):
                await client.post(f"{AUTH}/login", json={"email": anna.email, "password": "Wrong-Horse-7"})
            await drain(resources, [send_mail])
        assert len(outgoing.sent) == expected
    assert {mail.subject for mail in outgoing.sent} == {"Sign-in to your Studyhall account was paused"}


async def queued(resources: Resources, to: Person, key: str = "occasion") -> EmailLog:
    """One mail to send; the one of the registration is out of the way."""
    await drain(resources, [send_mail])
    async with resources.unit_of_work() as uow:
        assert await public.send(uow, template=Template.PASSWORD_CHANGED, user_id=to.id, dedupe_key=key)
    return await the_mail(resources)


async def the_mail(resources: Resources) -> EmailLog:
    (row,) = await logged(resources, "password_changed")
    return row


async def test_one_occasion_is_one_mail(resources: Resources, person: MakePerson, outgoing: RecordingMail) -> None:
    anna = await person()
    await queued(resources, anna)
    outgoing.sent.clear()
    async with resources.unit_of_work() as uow:
        assert not await public.send(uow, template=Template.PASSWORD_CHANGED, user_id=anna.id, dedupe_key="occasion")
    await drain(resources, [send_mail])
    assert len(outgoing.sent) == 1


async def test_passing_trouble_is_tried_again_with_growing_pauses(
    resources: Resources, person: MakePerson, outgoing: RecordingMail
) -> None:
    row = await queued(resources, await person())
    outgoing.sent.clear()
    outgoing.failures = [TemporaryMailError("451 later"), TemporaryMailError("451 later")]
    ran = await drain(resources, [send_mail], clock.now() + timedelta(hours=1))
    assert [one.outcome.state for one in ran] == ["retried", "retried", "done"]
    first, second = ran[1].at - ran[0].at, ran[2].at - ran[1].at
    assert timedelta(seconds=20) < first < second
    assert [mail.reference for mail in outgoing.sent] == [str(row.id)]
    row = await the_mail(resources)
    assert (row.status, row.tries, row.error_message) == ("sent", 3, None)


async def test_after_three_tries_it_is_given_up(
    resources: Resources, person: MakePerson, outgoing: RecordingMail
) -> None:
    await queued(resources, await person())
    outgoing.failures = [TemporaryMailError("451 later")] * 9
    ran = await drain(resources, [send_mail], clock.now() + timedelta(days=1))
    assert [one.outcome.state for one in ran] == ["retried", "retried", "failed"]
    row = await the_mail(resources)
    assert (row.status, row.tries, row.error_message) == ("failed", 3, "451 later")


@pytest.mark.parametrize("error", [PermanentMailError("550 no such user"), MailOutcomeUnknown("it broke")])
async def test_a_refusal_or_an_unknown_outcome_is_not_tried_again(
    resources: Resources, person: MakePerson, outgoing: RecordingMail, error: MailError
) -> None:
    await queued(resources, await person())
    outgoing.failures = [error]
    ran = await drain(resources, [send_mail], clock.now() + timedelta(days=1))
    assert [one.outcome.state for one in ran] == ["done"]
    row = await the_mail(resources)
    assert (row.status, row.tries, row.error_message) == ("failed", 1, str(error))


class Killed(BaseException):
    """The worker's process ends here: nothing that would run on an error runs."""


class Dying(RecordingMail):
    """A mail server in whose conversation the worker is killed, before or after the mail is handed over."""

    def __init__(self, *, before: bool, after_sending: bool = False) -> None:
        super().__init__()
        self.before, self.after_sending = before, after_sending

    async def send(self, mail: OutgoingMail, hand_over: HandOver | None = None) -> None:
        if self.before:
            raise Killed
        assert hand_over is not None
        await hand_over()
        if self.after_sending:
            self.sent.append(mail)
        raise Killed


def run_of(resources: Resources, attempt: int = 1) -> JobRun:
    return JobRun(1, send_mail.name, attempt, send_mail.tries, resources)


async def test_a_worker_killed_before_handing_over_loses_nothing(
    resources: Resources, person: MakePerson, outgoing: RecordingMail
) -> None:
    row = await queued(resources, await person())
    outgoing.sent.clear()
    resources.mail = Dying(before=True)
    with pytest.raises(Killed):
        await mailing.send(run_of(resources), row.id)
    assert (await the_mail(resources)).status == "pending"
    resources.mail = outgoing
    await drain(resources, [send_mail])
    assert len(outgoing.sent) == 1
    assert (await the_mail(resources)).status == "sent"


@pytest.mark.parametrize("after_sending", [False, True])
async def test_a_worker_killed_while_handing_over_never_sends_twice(
    resources: Resources, person: MakePerson, outgoing: RecordingMail, after_sending: bool
) -> None:
    row = await queued(resources, await person())
    outgoing.sent.clear()
    resources.mail = Dying(before=False, after_sending=after_sending)
    with pytest.raises(Killed):
        await mailing.send(run_of(resources), row.id)
    assert (await the_mail(resources)).status == "sending"
    resources.mail = outgoing
    start = clock.now()
    with clock.frozen_at(start):
        await drain(resources, [send_mail], start + timedelta(minutes=5), periodic=[settle_mails])
        assert outgoing.sent == []
        await drain(resources, [send_mail], start + timedelta(minutes=30), periodic=[settle_mails])
    row = await the_mail(resources)
    assert (row.status, outgoing.sent) == ("failed", [])
    assert "never learnt" in str(row.error_message)


async def test_two_workers_at_once_send_one_mail(committed: Committed) -> None:
    resources = committed.resources
    row = await queued(resources, await committed.person())
    meet = asyncio.Barrier(2)

    class Slow(RecordingMail):
        async def send(self, mail: OutgoingMail, hand_over: HandOver | None = None) -> None:
            await meet.wait()
            await super().send(mail, hand_over)

    resources.mail = slow = Slow()
    await asyncio.gather(*(mailing.send(run_of(resources), row.id) for _ in range(2)))
    assert len(slow.sent) == 1
    assert (await the_mail(resources)).status == "sent"


async def test_no_transaction_is_open_while_the_mail_server_talks(committed: Committed) -> None:
    resources = committed.resources
    row = await queued(resources, await committed.person())
    open_ones: list[Any] = []

    class Watching(RecordingMail):
        async def send(self, mail: OutgoingMail, hand_over: HandOver | None = None) -> None:
            look: Callable[[], Awaitable[None]] = self.look
            await look()
            await super().send(mail, hand_over)
            await look()

        async def look(self) -> None:
            async with resources.unit_of_work() as uow:
                query = text(
                    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
                    "AND state LIKE 'idle in transaction%' AND pid <> pg_backend_pid()"
                )
                open_ones.append(await uow.session.scalar(query))

    resources.mail = Watching()
    await mailing.send(run_of(resources), row.id)
    assert open_ones == [0, 0]


async def test_a_mail_of_a_deleted_account_is_not_sent(
    resources: Resources, person: MakePerson, outgoing: RecordingMail
) -> None:
    anna = await person()
    await queued(resources, anna)
    outgoing.sent.clear()
    async with resources.unit_of_work() as uow:
        await uow.session.execute(text("UPDATE users SET deleted_at = now() WHERE id = :id"), {"id": anna.id})
    await drain(resources, [send_mail])
    assert outgoing.sent == []
    assert (await the_mail(resources)).status == "failed"
