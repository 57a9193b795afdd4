"""Mail against a real SMTP server: taken, refused, dropped, late; and nothing that could be forged by line breaks."""

import asyncio
import ssl
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studyhall.platform.clients.mail import (
    MailOutcomeUnknown,
    OutboxMail,
    OutgoingMail,
    PermanentMailError,
    RecordingMail,
    SmtpMail,
    TemporaryMailError,
    compose,
    mail_from_settings,
)
from studyhall.platform.settings import Settings

from .certificates import tls_pair
from .mail_server import Behaviour, mail_server

SENDER = "Studyhall <hall@example.org>"


def letter(**changes: str) -> OutgoingMail:
    values = {
        "reference": "0192-abc",
        "to": "anna@example.org",
        "to_name": "Änna Ö",
        "subject": "Grüße ✓",
        "text": "Hallo,\n.\nein Punkt allein und ein ß.\n",
        "html": "<p>Hallo</p>",
    }
    return OutgoingMail(**(values | changes))


def client(server: Behaviour, **changes: object) -> SmtpMail:
    return SmtpMail(**({"host": "127.0.0.1", "port": server.port, "sender": SENDER, "timeout": 2.0} | changes))  # type: ignore[arg-type]


async def test_a_mail_arrives_whole() -> None:
    async with mail_server(Behaviour()) as server:
        await client(server).send(letter())
    (message,) = server.messages
    assert server.recipients == ["anna@example.org"]
    assert message["Subject"] == "Grüße ✓"
    assert message["From"] == SENDER
    assert message["To"].addresses[0].display_name == "Änna Ö"
    assert message["Message-ID"] == "<0192-abc@example.org>"
    assert message["Auto-Submitted"] == "auto-generated"
    plain, rich = message.get_body(("plain",)), message.get_body(("html",))
    assert plain is not None
    assert rich is not None
    assert plain.get_content().replace("\r\n", "\n") == letter().text
    assert rich.get_content().strip() == "<p>Hallo</p>"


async def test_hand_over_comes_before_the_mail_and_can_call_it_off() -> None:
    class CalledOff(Exception):
        pass

    async def look() -> None:
        assert server.messages == []
        calls.append("asked")

    async def call_off() -> None:
        raise CalledOff

    calls: list[str] = []
    async with mail_server(Behaviour()) as server:
        await client(server).send(letter(), look)
        assert calls == ["asked"]
        assert len(server.messages) == 1
        with pytest.raises(CalledOff):
            await client(server).send(letter(), call_off)
        assert len(server.messages) == 1


@pytest.mark.parametrize(
    ("behaviour", "error", "handed_over"),
    [
        (Behaviour(rcpt="451 4.7.1 greylisted"), TemporaryMailError, False),
        (Behaviour(rcpt="550 5.1.1 no such user <anna@example.org>"), PermanentMailError, False),
        (Behaviour(data="452 4.3.1 disk full"), TemporaryMailError, True),
        (Behaviour(data="554 5.7.1 looks like spam"), PermanentMailError, True),
        (Behaviour(drop_at="rcpt"), TemporaryMailError, False),
        (Behaviour(drop_at="data"), MailOutcomeUnknown, True),
        (Behaviour(delay_seconds=3), MailOutcomeUnknown, True),
    ],
)
async def test_refusals_tell_whether_to_try_again(
    behaviour: Behaviour, error: type[Exception], handed_over: bool
) -> None:
    asked: list[bool] = []

    async def hand_over() -> None:
        asked.append(True)

    async with mail_server(behaviour) as server:
        with pytest.raises(error) as caught:
            await client(server, timeout=0.5).send(letter(), hand_over)
    assert bool(asked) == handed_over
    assert "anna@" not in str(caught.value)


async def test_nobody_listening_is_temporary() -> None:
    async with mail_server(Behaviour()) as server:
        pass
    with pytest.raises(TemporaryMailError):
        await client(server).send(letter())
    with pytest.raises(TemporaryMailError):
        await client(server).check()


async def test_a_server_that_says_nothing_times_out() -> None:
    async def silence(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    server = await asyncio.start_server(silence, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    with pytest.raises(TemporaryMailError):
        await SmtpMail("127.0.0.1", port, SENDER, timeout=0.2).send(letter())
    server.close()


@pytest.mark.parametrize("implicit", [False, True])
async def test_password_travels_only_inside_tls(tmp_path: Path, implicit: bool) -> None:
    server_tls, client_tls = tls_pair(tmp_path)
    scheme = "smtps" if implicit else "smtp"
    async with mail_server(Behaviour(), server_tls, auth=True, implicit_tls=implicit) as server:
        url = f"{scheme}://me%40example.org:p%40ss@localhost:{server.port}?timeout=3"
        await SmtpMail.from_url(url, SENDER, client_tls).send(letter())
        assert server.logins == [("me@example.org", "p@ss")]
        with pytest.raises(TemporaryMailError):
            await SmtpMail.from_url(url.replace("p%40ss", "wrong"), SENDER, client_tls).check()
        with pytest.raises(TemporaryMailError):  # a certificate that nobody vouches for
            await SmtpMail.from_url(url, SENDER, ssl.create_default_context()).check()
    assert len(server.messages) == 1
    assert server.was_secure or implicit


async def test_password_is_not_sent_to_a_server_without_tls() -> None:
    async with mail_server(Behaviour(), auth=True) as server:
        with pytest.raises(TemporaryMailError):
            await SmtpMail.from_url(f"smtp://me:p@127.0.0.1:{server.port}", SENDER).send(letter())
        assert server.logins == []
        await SmtpMail.from_url(f"smtp://me:p%40ss@127.0.0.1:{server.port}?starttls=never", SENDER).check()


async def test_addresses_in_other_scripts() -> None:
    async with mail_server(Behaviour()) as server:
        await client(server).send(letter(to="anna@bücher.example"))
        await client(server).send(letter(to="jürgen@example.org"))
    assert server.recipients == ["anna@xn--bcher-kva.example", "jürgen@example.org"]


def test_urls() -> None:
    plain = SmtpMail.from_url("smtp://relay.example", SENDER)
    assert (plain.host, plain.port, plain.start_tls, plain.use_tls) == ("relay.example", 587, "auto", False)
    secure = SmtpMail.from_url("smtps://u:p@relay.example", SENDER)
    assert (secure.port, secure.use_tls, secure.username) == (465, True, "u")
    assert SmtpMail.from_url("smtp://u:p@h:25", SENDER).start_tls == "required"
    assert "p@ss" not in repr(SmtpMail.from_url("smtp://u:p%40ss@h", SENDER))
    for wrong in ("http://host", "smtp://", "smtp://h?starttls=maybe", "smtp://h?tls=1", "smtp://h:99999"):
        with pytest.raises(ValueError):
            SmtpMail.from_url(wrong, SENDER)


async def test_outbox_holds_one_file_for_a_mail(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, mail_from=SENDER, _env_file=None)
    mail = mail_from_settings(settings)
    await mail.check()
    await mail.send(letter())
    await mail.send(letter())
    (file,) = [one for one in (tmp_path / "outbox").iterdir() if one.suffix == ".eml" and one.name != ".check"]
    assert file.name == "0192-abc.eml"
    assert file.stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "outbox").stat().st_mode & 0o777 == 0o700
    assert message_from_bytes(file.read_bytes(), policy=default)["Subject"] == "Grüße ✓"
    assert not list((tmp_path / "outbox").glob("*.part"))


async def test_an_outbox_that_cannot_be_written_is_temporary(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    mail = OutboxMail(tmp_path / "file" / "outbox", SENDER)
    for attempt in (mail.check, lambda: mail.send(letter())):
        with pytest.raises(TemporaryMailError):
            await attempt()


def test_smtp_is_used_when_it_is_set(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, mail_url="smtp://h:2525", _env_file=None)
    assert isinstance(mail_from_settings(settings), SmtpMail)


async def test_recording_mail_plays_its_failures_first() -> None:
    mail = RecordingMail(failures=[TemporaryMailError("later")])
    with pytest.raises(TemporaryMailError):
        await mail.send(letter())
    await mail.send(letter())
    assert [one.reference for one in mail.sent] == ["0192-abc"]


@pytest.mark.parametrize(
    "change",
    [
        {"subject": "Hi\nBcc: all@example.org"},
        {"subject": "Hi\r\n\r\nbody"},
        {"to": "a@example.org\nBcc: b@example.org"},
        {"to": "a@example.org, b@example.org"},
        {"to": "A <a@example.org>"},
        {"to": "nobody"},
        {"to": "@example.org"},
        {"to": ""},
        {"reference": "../../etc/passwd"},
        {"reference": ""},
        {"reference": "a>\r\nX: y"},
    ],
)
async def test_what_cannot_stand_in_a_header_is_refused(change: dict[str, str], tmp_path: Path) -> None:
    with pytest.raises(PermanentMailError):
        await OutboxMail(tmp_path / "box", SENDER).send(letter(**change))
    assert not (tmp_path / "box").exists()


def test_line_breaks_in_a_name_become_spaces() -> None:
    message = compose(letter(to_name="A\r\nBcc: x@example.org"), SENDER)
    assert message["Bcc"] is None
    assert message["To"].addresses[0].display_name == "A Bcc: x@example.org"


@given(st.text(), st.text(), st.text())
def test_no_text_adds_a_header_or_a_recipient(subject: str, name: str, address: str) -> None:
    try:
        composed = compose(letter(subject=subject, to_name=name, to=address), SENDER)
        message = message_from_bytes(composed.as_bytes(), policy=default)
    except PermanentMailError:
        return
    expected = {"From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "MIME-Version", "Content-Type"}
    assert set(message.keys()) == expected
    assert len(message["To"].addresses) == 1


@given(st.text(), st.text())
def test_any_subject_and_name_that_are_taken_can_be_written(subject: str, name: str) -> None:
    try:
        composed = compose(letter(subject=subject, to_name=name), SENDER)
    except PermanentMailError:
        return
    message = message_from_bytes(composed.as_bytes(), policy=default)
    assert [one.addr_spec for one in message["To"].addresses] == ["anna@example.org"]
    assert message.get_body(("plain",)) is not None
