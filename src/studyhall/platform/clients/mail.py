"""Mail: by SMTP, into an outbox folder, or only remembered (tests).

A mail is handed over at most once. SMTP has one moment after which a sender cannot know what became of his mail: from
the DATA command until the server's answer (RFC 5321, 4.5.3.2 and RFC 1047). Callers learn of that moment beforehand,
through `hand_over`, so that they can write down that a try was begun, or call it off by raising.
"""

import asyncio
import contextlib
import os
import re
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP as STANDARD_POLICY
from email.policy import EmailPolicy
from email.utils import format_datetime, parseaddr
from pathlib import Path
from typing import Literal, Protocol, Self, cast, get_args
from urllib.parse import parse_qs, unquote, urlsplit

import aiosmtplib

from studyhall.platform import clock
from studyhall.platform.settings import Settings

HandOver = Callable[[], Awaitable[None]]
StartTls = Literal["required", "auto", "never"]

TIMEOUT_SECONDS = 20.0
_INTERNATIONAL_LOCAL = re.compile(r"[\w!#$%&'*+/=?^`{|}~-]+(\.[\w!#$%&'*+/=?^`{|}~-]+)*")
_ADDRESS = re.compile(r"<?[^\s<>@]+@[^\s<>@]+>?")


class MailError(Exception):
    """A mail that was not sent, or of which nobody knows."""


class TemporaryMailError(MailError):
    """Certainly not sent; a later try may succeed (no connection, 4xx)."""


class PermanentMailError(MailError):
    """Certainly not sent, and no later try will help (5xx, an address that cannot be)."""


class RecipientRefused(PermanentMailError):
    """The address itself was refused (no such mailbox, closed, full for good), not the mail or its sender."""


class MailOutcomeUnknown(MailError):
    """The connection broke between handing the mail over and the server's answer; it may or may not arrive."""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that goes with a mail."""

    name: str
    media_type: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class OutgoingMail:
    """One mail to one person.

    Attributes:
        reference: names the mail for ever (the id of its row); becomes the Message-ID and the outbox file's name, so
            that a second copy of it is recognised as one.
        html: the same as `text`, for those who see HTML.
        unsubscribe_url: where a POST turns such mails off with one click (RFC 8058).
    """

    reference: str
    to: str
    subject: str
    text: str
    html: str | None = None
    to_name: str = ""
    unsubscribe_url: str | None = None
    attachments: tuple[Attachment, ...] = ()


class Mail(Protocol):
    """Sends mails."""

    async def send(self, mail: OutgoingMail, hand_over: HandOver | None = None) -> None:
        """Send one mail.

        `hand_over` is awaited at the last moment at which nothing has been sent; what it raises stops the sending and
        is passed on.

        Raises:
            TemporaryMailError: not sent, try later.
            PermanentMailError: not sent, do not try again.
            MailOutcomeUnknown: trying again might send it twice.
        """
        ...

    async def check(self) -> None:
        """Find out whether mails could be sent now. Raises MailError when not."""
        ...


def mail_from_settings(settings: Settings) -> Mail:
    """SMTP when `mail_url` is set, else an outbox folder in the data folder. Raises ValueError for an unusable URL."""
    if settings.mail_url:
        return SmtpMail.from_url(settings.mail_url, settings.mail_from)
    return OutboxMail(settings.data_dir / "outbox", settings.mail_from)


class _MailPolicy(EmailPolicy):
    """The standard one, but for addresses in headers.

    The standard one turns a word that is longer than a line into encoded words, which no program takes for an address
    (RFC 2047, 5); a header line may be 998 characters long (RFC 5322, 2.1.1).
    """

    _WHOLE = frozenset({"list-unsubscribe"})

    def fold(self, name: str, value: str) -> str:
        return f"{name}: {value}\r\n" if name.lower() in self._WHOLE else super().fold(name, value)

    def fold_binary(self, name: str, value: str) -> bytes:
        return self.fold(name, value).encode() if name.lower() in self._WHOLE else super().fold_binary(name, value)


SMTP_POLICY = _MailPolicy(linesep=STANDARD_POLICY.linesep)
_LONGEST_URL = 900


def compose(mail: OutgoingMail, sender: str) -> EmailMessage:
    """The MIME message: text, and HTML as the richer alternative.

    Raises:
        PermanentMailError: an address or a header that cannot stand in a mail, line breaks above all.
    """
    try:
        message = EmailMessage(SMTP_POLICY)
        message["From"] = _address(*_split(sender))
        message["To"] = _address(mail.to_name, mail.to)
        message["Subject"] = mail.subject
        message["Date"] = format_datetime(clock.now())
        message["Message-ID"] = f"<{_reference(mail)}@{message['From'].addresses[0].domain}>"
        message["Auto-Submitted"] = "auto-generated"  # RFC 3834: holiday notices stay away
        if mail.unsubscribe_url is not None:
            message["List-Unsubscribe"] = f"<{_plain_url(mail.unsubscribe_url)}>"
            message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    except (ValueError, IndexError, MessageError) as error:
        raise PermanentMailError(f"The mail cannot be addressed: {error}") from error
    message.set_content(mail.text)
    if mail.html is not None:
        message.add_alternative(mail.html, subtype="html")
    for file in mail.attachments:
        main, _, sub = file.media_type.partition("/")
        message.add_attachment(file.content, maintype=main, subtype=sub, filename=file.name)
    return message


def _plain_url(url: str) -> str:
    """Raises ValueError for what cannot stand in one header line."""
    if len(url) > _LONGEST_URL or not url.isascii() or any(char in "<> " or not char.isprintable() for char in url):
        raise ValueError("the address for unsubscribing cannot stand in a header")
    return url


def _split(sender: str) -> tuple[str, str]:
    name, address = parseaddr(sender)
    if not address:
        raise ValueError(f"'{sender}' is no sender; give STUDYHALL_MAIL_FROM as 'Name <name@example.org>'")
    return name, address


def _address(name: str, address: str) -> Address:
    """Raises ValueError for anything else than one plain address; the domain goes as ASCII (IDNA)."""
    local, at, domain = address.rpartition("@")
    if not at or not local or any(not char.isprintable() or char.isspace() for char in address):
        raise ValueError("not one e-mail address")
    if not domain.isascii():
        domain = domain.encode("idna").decode()
    display_name = " ".join(name.split())
    if not local.isascii() and _INTERNATIONAL_LOCAL.fullmatch(local):  # RFC 6531; the library knows ASCII only
        return Address(display_name, username=local, domain=domain)
    return Address(display_name, addr_spec=f"{local}@{domain}")


def _reference(mail: OutgoingMail) -> str:
    if not mail.reference or not all(char.isascii() and (char.isalnum() or char in "-_") for char in mail.reference):
        raise ValueError("the reference may hold letters, digits, '-' and '_' only")
    return mail.reference


@dataclass(frozen=True)
class SmtpMail:
    """Sends through an SMTP server, one connection per mail.

    Attributes:
        use_tls: TLS from the first byte (smtps).
        start_tls: whether the connection must, may or must not be upgraded (RFC 3207).
    """

    host: str
    port: int
    sender: str
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    use_tls: bool = False
    start_tls: StartTls = "auto"
    timeout: float = TIMEOUT_SECONDS
    tls_context: ssl.SSLContext | None = field(default=None, repr=False)

    @classmethod
    def from_url(cls, url: str, sender: str, tls_context: ssl.SSLContext | None = None) -> Self:
        """From `smtp://user:password@host:587` or `smtps://…:465`; `?starttls=required|auto|never&timeout=20`.

        With a password STARTTLS is required unless told otherwise, so that it never travels in clear. Certificates are
        checked; for a relay on the same machine with a home-made one say `starttls=never`.

        Raises:
            ValueError: not such a URL.
        """
        parts = urlsplit(url)
        if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
            raise ValueError("STUDYHALL_MAIL_URL must read smtp://user:password@host:587 or smtps://…:465.")
        options = {key: values[-1] for key, values in parse_qs(parts.query).items()}
        start_tls = options.pop("starttls", "required" if parts.password else "auto")
        timeout = float(options.pop("timeout", TIMEOUT_SECONDS))
        if start_tls not in get_args(StartTls) or options:
            raise ValueError("STUDYHALL_MAIL_URL knows the options starttls=required|auto|never and timeout=seconds.")
        secure = parts.scheme == "smtps"
        return cls(
            host=parts.hostname,
            port=parts.port or (465 if secure else 587),
            sender=sender,
            username=unquote(parts.username) if parts.username else None,
            password=unquote(parts.password) if parts.password else None,
            use_tls=secure,
            start_tls="never" if secure else cast(StartTls, start_tls),
            timeout=timeout,
            tls_context=tls_context,
        )

    async def send(self, mail: OutgoingMail, hand_over: HandOver | None = None) -> None:
        message = compose(mail, self.sender)
        recipient: str = message["To"].addresses[0].addr_spec
        sender: str = message["From"].addresses[0].addr_spec
        international = not (recipient + sender).isascii()
        content = message.as_bytes(policy=SMTP_POLICY.clone(utf8=international))
        async with self._connection() as client:
            with _refusals(handed_over=False):
                await client.ehlo()
            if international and not client.supports_extension("smtputf8"):
                raise PermanentMailError("The mail server cannot send to an address with other than ASCII letters.")
            options = ["SMTPUTF8"] if international else []
            with _refusals(handed_over=False):
                await client.mail(sender, options=options, encoding="utf-8")
            with _refusals(handed_over=False, of_recipient=True):
                await client.rcpt(recipient, encoding="utf-8")
            if hand_over is not None:
                await hand_over()
            with _refusals(handed_over=True):
                await client.data(content)

    async def check(self) -> None:
        async with self._connection() as client:
            with _refusals(handed_over=False):
                await client.noop()

    @contextlib.asynccontextmanager
    async def _connection(self) -> AsyncIterator[aiosmtplib.SMTP]:
        client = aiosmtplib.SMTP(
            hostname=self.host,
            port=self.port,
            username=self.username,
            password=self.password,
            use_tls=self.use_tls,
            start_tls={"required": True, "auto": None, "never": False}[self.start_tls],
            tls_context=self.tls_context,
            timeout=self.timeout,
        )
        try:
            await client.connect()
        except (aiosmtplib.SMTPException, OSError) as error:
            # Whatever goes wrong before a mail is named is the server's or the operator's trouble, and may pass.
            client.close()
            raise TemporaryMailError(f"The mail server does not take us: {_words(error)}") from error
        try:
            yield client
            with contextlib.suppress(aiosmtplib.SMTPException, OSError):
                await client.quit()  # the answer to DATA stands, however the goodbye goes
        finally:
            client.close()


@contextlib.contextmanager
def _refusals(*, handed_over: bool, of_recipient: bool = False) -> Iterator[None]:
    """Turn what the SMTP client raises into our errors."""
    try:
        yield
    except (aiosmtplib.SMTPException, OSError) as error:
        code = _reply_code(error)
        if code is None and handed_over:
            raise MailOutcomeUnknown(f"The mail server did not say if it took the mail: {_words(error)}") from error
        if code is not None and code >= 500 and _is_about_address(error, of_recipient=of_recipient):
            raise RecipientRefused(f"The mail server refused the address: {_words(error)}") from error
        if code is not None and code >= 500:
            raise PermanentMailError(f"The mail server refused the mail: {_words(error)}") from error
        raise TemporaryMailError(f"The mail server did not take the mail now: {_words(error)}") from error


def _reply_code(error: Exception) -> int | None:
    """The server's answer (RFC 5321, 4.2), or None when there was none."""
    return error.code if isinstance(error, aiosmtplib.SMTPResponseException) else None


_ENHANCED = re.compile(r"^\s*5\.(\d{1,3})\.\d{1,3}\b")


def _is_about_address(error: Exception, *, of_recipient: bool) -> bool:
    """Whether a permanent refusal is the address's fault, as the enhanced code says (RFC 3463, 3): class 1 is the
    address and class 2 the mailbox; all others are the mail, the way there, or what the server thinks of us. Without
    such a code a refusal of the recipient is taken for one."""
    text = error.message if isinstance(error, aiosmtplib.SMTPResponseException) else ""
    said = _ENHANCED.match(text)
    return said[1] in ("1", "2") if said else of_recipient


def _words(error: Exception) -> str:
    """What the server said, in one short line without the address that it may repeat."""
    code = _reply_code(error)
    text = " ".join((error.message if isinstance(error, aiosmtplib.SMTPResponseException) else str(error)).split())
    text = _ADDRESS.sub("<address>", text) or type(error).__name__
    return f"{code} {text}"[:300] if code is not None else text[:300]


@dataclass(frozen=True)
class OutboxMail:
    """Writes each mail as one `.eml` file, readable by its owner only, whole or not at all."""

    folder: Path
    sender: str

    async def send(self, mail: OutgoingMail, hand_over: HandOver | None = None) -> None:
        content = compose(mail, self.sender).as_bytes()
        if hand_over is not None:
            await hand_over()
        try:
            await asyncio.to_thread(self._write, f"{mail.reference}.eml", content)
        except OSError as error:
            raise TemporaryMailError(f"The outbox folder {self.folder} cannot be written: {error}") from error

    async def check(self) -> None:
        try:
            await asyncio.to_thread(self._write, ".check", b"")
        except OSError as error:
            raise TemporaryMailError(f"The outbox folder {self.folder} cannot be written: {error}") from error

    def _write(self, name: str, content: bytes) -> None:
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        unfinished = self.folder / f".{name}.{os.getpid()}.part"
        with open(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(self.folder / name)


@dataclass
class RecordingMail:
    """Keeps mails instead of sending them; `failures` are raised first, one for each send."""

    sender: str = "Studyhall <studyhall@localhost>"
    sent: list[OutgoingMail] = field(default_factory=list)
    failures: list[MailError] = field(default_factory=list)

    async def send(self, mail: OutgoingMail, hand_over: HandOver | None = None) -> None:
        compose(mail, self.sender)
        if hand_over is not None:
            await hand_over()
        if self.failures:
            raise self.failures.pop(0)
        self.sent.append(mail)

    async def check(self) -> None:
        """Always ready."""
