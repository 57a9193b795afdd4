"""One kind of mail turned off with one click (RFC 8058), and nothing else by anything else."""

from email.message import EmailMessage
from uuid import uuid4

import httpx2
import pytest

from studyhall.domains.mails import public
from studyhall.domains.mails.jobs import send_mail
from studyhall.domains.mails.rules import PREFERENCE, Template
from studyhall.domains.mails.service import unsubscribing
from studyhall.platform.clients.mail import RecordingMail, compose
from studyhall.platform.jobs import drain
from studyhall.platform.resources import Resources
from tests.conftest import MakePerson, Person
from tests.domains.mails.mailbox import confirm, queue

VALUES = {
    Template.MORNING_PLAN: {"day": "2027-03-28"},
    Template.REMINDER: {"day": "2027-03-29"},
    Template.WEEKLY_REPORT: {"first": "2027-03-22", "last": "2027-03-28"},
    Template.DUE_SOON: {"title": "Essay", "day": "2027-03-29"},
    Template.OVERDUE: {"title": "Essay"},
}


async def mailed(resources: Resources, to: Person, template: Template) -> EmailMessage:
    """The mail as it leaves."""
    await drain(resources, [send_mail])
    outgoing = resources.mail
    assert isinstance(outgoing, RecordingMail)
    outgoing.sent.clear()
    assert await queue(resources, to, template, values=VALUES.get(template, {}))
    await drain(resources, [send_mail])
    (mail,) = outgoing.sent
    return compose(mail, outgoing.sender)


def address_in(message: EmailMessage) -> str:
    return str(message["List-Unsubscribe"]).strip("<>")


async def preferences(of: Person) -> dict[str, object]:
    found: dict[str, object] = (await of.client.get("/api/v1/settings/preferences")).json()["data"]["preferences"]
    return found


@pytest.mark.parametrize("template", list(PREFERENCE))
async def test_a_post_turns_this_kind_off_and_a_look_does_not(
    resources: Resources, person: MakePerson, client: httpx2.AsyncClient, template: Template
) -> None:
    anna, other = await person(), await person()
    await confirm(resources, anna)
    message = await mailed(resources, anna, template)
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    address = address_in(message)
    assert address.startswith("https://studyhall.test/unsubscribe/")
    raw = message.as_bytes()
    assert f"List-Unsubscribe: <{address}>\r\n".encode() in raw, "one line, and not one encoded word"
    before = await preferences(anna)
    page = await client.get(address)
    assert page.status_code == 200 and page.headers["content-type"].startswith("text/html")
    assert '<form method="post">' in page.text
    assert await preferences(anna) == before, "a scanner that opens every address changes nothing"
    body = "List-Unsubscribe=One-Click"
    head = {"Content-Type": "application/x-www-form-urlencoded"}
    for _ in range(2):
        assert (await client.post(address, content=body, headers=head)).status_code == 200
    assert await preferences(anna) == before | {PREFERENCE[template]: False}
    assert (await preferences(other))[PREFERENCE[template]] is True
    assert not await queue(resources, anna, template, values=VALUES[template])
    answer = await anna.client.put("/api/v1/settings/preferences", json={PREFERENCE[template]: True})
    assert answer.status_code == 200
    assert await queue(resources, anna, template, values=VALUES[template])


async def test_a_mail_that_waits_is_not_sent_once_it_is_not_wanted(resources: Resources, person: MakePerson) -> None:
    anna = await person()
    await confirm(resources, anna)
    await drain(resources, [send_mail])
    outgoing = resources.mail
    assert isinstance(outgoing, RecordingMail)
    outgoing.sent.clear()
    assert await queue(resources, anna, Template.REMINDER, values=VALUES[Template.REMINDER])
    address = unsubscribing.address(resources, anna.id, Template.REMINDER)
    assert (await anna.client.post(address)).status_code == 200
    await drain(resources, [send_mail])
    assert outgoing.sent == []


async def test_codes_and_warnings_cannot_be_turned_off(resources: Resources, person: MakePerson) -> None:
    anna = await person()
    off = dict.fromkeys(("email_notifications", *PREFERENCE.values()), False)
    assert (await anna.client.put("/api/v1/settings/preferences", json=off)).status_code == 200
    message = await mailed(resources, anna, Template.PASSWORD_CHANGED)
    assert message["List-Unsubscribe"] is None and message["List-Unsubscribe-Post"] is None


@pytest.mark.parametrize("token", ["x", "a.b.c", "a" * 400, "%20", "%C3%A4.b.c"])
async def test_a_made_up_token_does_nothing(client: httpx2.AsyncClient, token: str) -> None:
    for method in ("GET", "POST"):
        answer = await client.request(method, f"/unsubscribe/{token}")
        assert answer.status_code == 404, answer.text


async def test_a_token_of_another_purpose_is_none(client: httpx2.AsyncClient, resources: Resources) -> None:
    forged = resources.keys.sign("file", {"u": uuid4().hex, "k": "reminder"})
    assert (await client.post(f"/unsubscribe/{forged}")).status_code == 404


async def test_an_account_that_is_gone_is_answered_politely(client: httpx2.AsyncClient, resources: Resources) -> None:
    address = unsubscribing.address(resources, uuid4(), Template.REMINDER)
    assert (await client.get(address)).status_code == 200
    assert (await client.post(address)).status_code == 200


async def test_digests_go_to_confirmed_addresses_only(resources: Resources, person: MakePerson) -> None:
    """Else somebody could have a stranger mailed every morning."""
    anna = await person()
    assert not await queue(resources, anna, Template.REMINDER, values=VALUES[Template.REMINDER])
    async with resources.unit_of_work() as uow:
        assert await public.send(uow, template=Template.PASSWORD_CHANGED, user_id=anna.id, dedupe_key="changed")
