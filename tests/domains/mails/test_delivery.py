"""Mails through a real SMTP server: one that takes them, refuses, drops the connection, is late or is not there."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import text

from studyhall.domains.mails.jobs import send_mail, settle_mails
from studyhall.domains.mails.rules import Template
from studyhall.platform import clock
from studyhall.platform.clients.mail import SmtpMail
from studyhall.platform.jobs import Ran, drain
from studyhall.platform.resources import Resources
from tests.conftest import MakePerson, Person
from tests.domains.mails.mailbox import confirm, mails_of, queue
from tests.platform.clients.mail_server import Behaviour, mail_server

KIND = Template.PASSWORD_CHANGED
REMIND = {"day": "2027-03-29"}


@pytest_asyncio.fixture(loop_scope="session")
async def server(resources: Resources) -> AsyncIterator[Behaviour]:
    async with mail_server(Behaviour()) as opened:
        resources.mail = SmtpMail("127.0.0.1", opened.port, "Studyhall <hall@example.org>", timeout=0.5)
        yield opened


async def settled(resources: Resources, who: Person) -> None:
    """Confirmed, and the mails of the registration are out of the way."""
    await confirm(resources, who)
    await drain(resources, [send_mail])


async def run(resources: Resources, hours: float = 2) -> list[Ran]:
    return await drain(resources, [send_mail], clock.now() + timedelta(hours=hours), periodic=[settle_mails])


async def the_mail(resources: Resources, who: Person, kind: Template = KIND) -> Any:
    (row,) = await mails_of(resources, who, kind)
    return row


async def test_a_mail_arrives_once_in_both_forms(resources: Resources, person: MakePerson, server: Behaviour) -> None:
    anna = await person(name="Änna")
    await settled(resources, anna)
    server.messages.clear()
    server.recipients.clear()
    assert await queue(resources, anna, Template.REMINDER, values=REMIND)
    await run(resources)
    (message,) = server.messages
    assert server.recipients == [anna.email]
    assert str(message["List-Unsubscribe"]).startswith("<https://studyhall.test/unsubscribe/")
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    for kind in ("plain", "html"):
        body = message.get_body((kind,))
        assert body is not None and "Änna" in body.get_content()
    row = await the_mail(resources, anna, Template.REMINDER)
    assert (row.status, row.details) == ("sent", {}), "what it said is not kept"


@pytest.mark.parametrize("answer", ["550 5.1.1 no such user here", "550 unknown", "552 5.2.2 mailbox full"])
async def test_a_refused_address_bounces_and_digests_stop(
    resources: Resources, person: MakePerson, server: Behaviour, answer: str
) -> None:
    anna = await person()
    await settled(resources, anna)
    server.rcpt = answer
    assert await queue(resources, anna, Template.REMINDER, values=REMIND)
    assert [one.outcome.state for one in await run(resources) if one.name == send_mail.name] == ["done"]
    row = await the_mail(resources, anna, Template.REMINDER)
    assert (row.status, anna.email in str(row.error_message)) == ("bounced", False)
    assert not await queue(resources, anna, Template.REMINDER, values=REMIND)
    bell = (await anna.client.get("/api/v1/notifications?type=system")).json()["data"]["notifications"]
    assert [one["title"] for one in bell].count("Our mails do not reach you") == 1
    assert await queue(resources, anna, KIND), "security news is tried all the same"
    await run(resources)
    assert (await the_mail(resources, anna)).status == "bounced"
    bell = (await anna.client.get("/api/v1/notifications?type=system")).json()["data"]["notifications"]
    assert [one["title"] for one in bell].count("Our mails do not reach you") == 1, "told once"


async def test_digests_go_on_when_the_address_is_confirmed_anew_or_mail_arrives(
    resources: Resources, person: MakePerson, server: Behaviour
) -> None:
    anna = await person()
    await settled(resources, anna)
    for heal in ("confirm", "arrive", "change"):
        server.rcpt = "550 5.1.1 no such user"
        assert await queue(resources, anna, Template.REMINDER, values=REMIND), heal
        await run(resources)
        assert not await queue(resources, anna, Template.REMINDER, values=REMIND)
        server.rcpt = "250 OK"
        if heal == "confirm":
            await confirm(resources, anna)
        elif heal == "arrive":
            await queue(resources, anna, KIND)
            await run(resources)
        else:
            async with resources.unit_of_work() as uow:
                await uow.session.execute(
                    text("UPDATE users SET email = 'new@example.org' WHERE id = :i"), {"i": anna.id}
                )
        assert await queue(resources, anna, Template.REMINDER, values=REMIND), heal
        await run(resources)


@pytest.mark.parametrize("answer", ["550 5.7.1 relaying denied", "554 5.6.0 we do not like this mail"])
async def test_what_is_not_the_addresss_fault_is_no_bounce(
    resources: Resources, person: MakePerson, server: Behaviour, answer: str
) -> None:
    anna = await person()
    await settled(resources, anna)
    server.rcpt = answer
    assert await queue(resources, anna, Template.REMINDER, values=REMIND)
    await run(resources)
    assert (await the_mail(resources, anna, Template.REMINDER)).status == "failed"
    assert await queue(resources, anna, Template.REMINDER, values=REMIND)


async def test_three_tries_outlast_a_greylisting_server(
    resources: Resources, person: MakePerson, server: Behaviour
) -> None:
    anna = await person()
    await settled(resources, anna)
    server.messages.clear()
    server.rcpt = "451 4.7.1 come back in five minutes"
    await queue(resources, anna, KIND)
    ran = await run(resources)
    assert [one.outcome.state for one in ran if one.name == send_mail.name] == ["retried", "retried", "failed"]
    times = [one.at for one in ran if one.name == send_mail.name]
    assert times[2] - times[0] > timedelta(minutes=5)
    assert times[2] - times[1] > times[1] - times[0]
    row = await the_mail(resources, anna)
    assert (row.status, row.tries, server.messages) == ("failed", 3, [])


async def test_a_server_that_is_not_there_is_tried_again(
    resources: Resources, person: MakePerson, server: Behaviour
) -> None:
    anna = await person()
    await settled(resources, anna)
    there, server_mail = server.port, resources.mail
    resources.mail = SmtpMail("127.0.0.1", 1, "Studyhall <hall@example.org>", timeout=0.5)
    server.messages.clear()
    await queue(resources, anna, KIND)
    await drain(resources, [send_mail])
    assert (await the_mail(resources, anna)).status == "pending" and there
    resources.mail = server_mail
    await run(resources)
    assert (await the_mail(resources, anna)).status == "sent"
    assert len(server.messages) == 1


async def test_a_connection_dropped_before_the_mail_is_tried_again(
    resources: Resources, person: MakePerson, server: Behaviour
) -> None:
    anna = await person()
    await settled(resources, anna)
    server.messages.clear()
    server.drop_at = "rcpt"
    await queue(resources, anna, KIND)
    await drain(resources, [send_mail])
    assert (await the_mail(resources, anna)).status == "pending"
    server.drop_at = None
    await run(resources)
    assert len(server.messages) == 1


@pytest.mark.parametrize("trouble", ["drop", "delay"])
async def test_a_mail_whose_fate_is_unknown_is_never_sent_again(
    resources: Resources, person: MakePerson, server: Behaviour, trouble: str
) -> None:
    anna = await person()
    await settled(resources, anna)
    server.messages.clear()
    if trouble == "drop":
        server.drop_at = "data"
    else:
        server.delay_seconds = 0.8
    await queue(resources, anna, KIND)
    await run(resources, hours=12)
    server.drop_at, server.delay_seconds = None, 0
    await run(resources, hours=12)
    assert (await the_mail(resources, anna)).status == "failed"
    await asyncio.sleep(0.5)
    assert len(server.messages) <= 1, "the late server took it after all, once"
