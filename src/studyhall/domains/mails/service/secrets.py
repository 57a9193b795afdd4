"""Codes and links that mails carry: made for the moment of sending, kept nowhere."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from studyhall.domains.credentials import public as credentials
from studyhall.domains.identity import public as identity
from studyhall.domains.mails.rules import Template
from studyhall.domains.mails.service.letters import web_address
from studyhall.platform.uow import UnitOfWork


@dataclass(frozen=True, slots=True)
class Secret:
    """A code to type, or a link to open."""

    code: str | None = None
    link: str | None = None


async def secret_of(uow: UnitOfWork, user_id: UUID, template: Template, values: Mapping[str, Any]) -> Secret | None:
    """What a mail with these values carries; None when it carries none, or its time is over."""
    web = web_address(uow.resources.settings)
    if template is Template.VERIFICATION:
        code = await credentials.verification_code(uow, UUID(values["code_id"]))
        return None if code is None else Secret(code=code)
    if template is Template.PASSWORD_RESET:
        token = await credentials.reset_link_token(uow, UUID(values["reset_id"]))
        return None if token is None else Secret(link=f"{web}/reset-password?token={token}")
    if template is Template.DELETION_SCHEDULED:
        token = await identity.restore_token(uow, user_id)
        return None if token is None else Secret(link=f"{web}/restore-account?token={token}")
    return None
