"""Turning off one kind of mail, without signing in (RFC 8058).

The address holds a token signed for one person and one kind; nothing is stored, and nobody can make one for another.
"""

from dataclasses import dataclass
from uuid import UUID

from studyhall.domains.identity import public as identity
from studyhall.domains.identity.public import Recipient
from studyhall.domains.mails.rules import PREFERENCE, Template
from studyhall.platform.crypto import CryptoError
from studyhall.platform.errors import NotFound
from studyhall.platform.resources import Resources
from studyhall.platform.uow import UnitOfWork

PURPOSE = "unsubscribe"


@dataclass(frozen=True, slots=True)
class Subscription:
    """Whose mails of which kind a token is about; `to` is None when the account is gone."""

    user_id: UUID
    template: Template
    to: Recipient | None


def address(resources: Resources, user_id: UUID, template: Template) -> str:
    """Where such mails are turned off: on this server itself, which answers it without the web client."""
    token = resources.keys.sign(PURPOSE, {"u": user_id.hex, "k": template.value})
    return f"{resources.settings.base_url}/unsubscribe/{token}"


async def find(uow: UnitOfWork, token: str) -> Subscription:
    """What the token is about. Raises NotFound for a token that we never made."""
    try:
        told = uow.resources.keys.verify(PURPOSE, token)
    except CryptoError as error:
        raise NotFound("This address for unsubscribing is not whole.") from error
    user_id = UUID(told["u"])
    return Subscription(user_id, Template(told["k"]), await identity.recipient(uow, user_id))


async def unsubscribe(uow: UnitOfWork, token: str) -> Subscription:
    """Turn that kind off; doing it twice is the same as once. Raises NotFound for a token that we never made."""
    found = await find(uow, token)
    if found.to is not None:
        await identity.change_preferences(uow, found.user_id, {PREFERENCE[found.template]: False})
    return found
