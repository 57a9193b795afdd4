"""A real SMTP server on a free port, told how to behave."""

import asyncio
import ssl
import warnings
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session


@dataclass
class Behaviour:
    """What the server answers, and what it got."""

    rcpt: str = "250 OK"
    data: str = "250 OK"
    drop_at: str | None = None
    delay_seconds: float = 0
    messages: list[EmailMessage] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    logins: list[tuple[str, str]] = field(default_factory=list)
    was_secure: bool = False
    port: int = 0

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        self._drop(server, "rcpt")
        if self.rcpt.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.rcpt

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        self._drop(server, "data")
        await asyncio.sleep(self.delay_seconds)
        if self.data.startswith("250"):
            content = envelope.content
            assert isinstance(content, bytes)
            message = message_from_bytes(content, policy=default)
            assert isinstance(message, EmailMessage)
            self.messages.append(message)
            self.recipients += envelope.rcpt_tos
            self.was_secure = session.ssl is not None
        return self.data

    def _drop(self, server: SMTP, place: str) -> None:
        if self.drop_at == place:
            assert server.transport is not None
            server.transport.abort()  # type: ignore[attr-defined]

    def authenticate(self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any) -> AuthResult:
        assert isinstance(data, LoginPassword)
        self.logins.append((data.login.decode(), data.password.decode()))
        return AuthResult(success=data.password == b"p@ss")


@asynccontextmanager
async def mail_server(
    behaviour: Behaviour, tls: ssl.SSLContext | None = None, *, auth: bool = False, implicit_tls: bool = False
) -> AsyncIterator[Behaviour]:
    """Serve in this event loop until the block ends."""

    def session() -> SMTP:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # it warns of passwords without STARTTLS, which is the test
            return SMTP(
                behaviour,
                hostname="mail.test",
                enable_SMTPUTF8=True,
                tls_context=None if implicit_tls else tls,
                auth_required=auth,
                auth_require_tls=tls is not None and not implicit_tls,
                authenticator=behaviour.authenticate if auth else None,
            )

    server = await asyncio.get_running_loop().create_server(session, "127.0.0.1", 0, ssl=tls if implicit_tls else None)
    behaviour.port = server.sockets[0].getsockname()[1]
    try:
        yield behaviour
    finally:
        server.close()
