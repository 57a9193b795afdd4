"""Files that go with a mail: the weekly report as PDF, through a real SMTP server."""

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

import pytest_asyncio

from studyhall.domains.mails.jobs import send_mail
from studyhall.domains.mails.ports import Enclosures
from studyhall.domains.mails.rules import Template
from studyhall.domains.reminders.jobs import tell
from studyhall.domains.reports import public as reports
from studyhall.platform import clock
from studyhall.platform.clients.mail import Attachment, SmtpMail
from studyhall.platform.jobs import drain
from studyhall.platform.resources import Resources
from tests.conftest import MakePerson
from tests.domains.mails.mailbox import confirm, mails_of, queue
from tests.domains.reminders.clockwork import HOURS, a_course, at, live, plan
from tests.platform.clients.mail_server import Behaviour, mail_server

WEEK = {"first": "2027-03-22", "last": "2027-03-28"}


@pytest_asyncio.fixture(loop_scope="session")
async def server(resources: Resources) -> AsyncIterator[Behaviour]:
    async with mail_server(Behaviour()) as opened:
        resources.mail = SmtpMail("127.0.0.1", opened.port, "Studyhall <hall@example.org>", timeout=5)
        yield opened


async def test_the_weekly_mail_carries_the_report(resources: Resources, person: MakePerson, server: Behaviour) -> None:
    anna = await person(timezone="UTC")
    await confirm(resources, anna)
    start = at("2027-03-22T08:00Z")
    await plan(anna, start, await a_course(anna, start), "2027-03-24")
    await live(resources, at("2027-03-28T12:00Z"), at("2027-03-29T23:00Z"), HOURS)
    (message,) = [one for one in server.messages if _files(one)]
    (name, kind, content) = _files(message)[0]
    assert (name, kind, content[:5]) == ("studyhall-2027-03-22.pdf", "application/pdf", b"%PDF-")
    (row,) = await mails_of(resources, anna, Template.WEEKLY_REPORT)
    assert row.sent_at is not None
    with clock.frozen_at(row.sent_at):
        made = await reports.report_pdf(resources, anna.id, date(2027, 3, 22))
    assert content == made, "the same report gives the same bytes, unharmed by the way"
    body = message.get_body(("plain",))
    assert body is not None and body.get_content().strip(), "the letter itself stands beside it"
    assert [_files(one) for one in server.messages if one is not message] == [[]] * (len(server.messages) - 1)


async def test_a_quiet_week_and_other_mails_carry_nothing(
    resources: Resources, person: MakePerson, server: Behaviour
) -> None:
    anna = await person()
    await confirm(resources, anna)
    assert await queue(resources, anna, Template.WEEKLY_REPORT, values=WEEK | {"variant": "quiet"})
    assert await queue(resources, anna, Template.REMINDER, values={"day": "2027-03-29"})
    await drain(resources, [send_mail, tell])
    assert [_files(one) for one in server.messages] == [[]] * len(server.messages)
    assert [one.status for one in await mails_of(resources, anna, Template.WEEKLY_REPORT)] == ["sent"]


async def test_a_file_that_cannot_be_made_does_not_stop_the_mail(
    resources: Resources, person: MakePerson, server: Behaviour
) -> None:
    asked: list[Template] = []

    async def broken(
        resources: Resources, template: Template, user_id: UUID, values: Mapping[str, Any]
    ) -> Sequence[Attachment]:
        asked.append(template)
        raise RuntimeError("no font")

    anna = await person()
    await confirm(resources, anna)
    await drain(resources, [send_mail])
    server.messages.clear()
    resources.ports = {**resources.ports, Enclosures: broken}
    assert await queue(resources, anna, Template.WEEKLY_REPORT, values=WEEK | {"report_id": "any"})
    await drain(resources, [send_mail])
    assert asked == [Template.WEEKLY_REPORT]
    (message,) = server.messages
    assert _files(message) == []
    assert [one.status for one in await mails_of(resources, anna, Template.WEEKLY_REPORT)] == ["sent"]


def _files(message: Any) -> list[tuple[str, str, bytes]]:
    return [(part.get_filename(), part.get_content_type(), part.get_content()) for part in message.iter_attachments()]
