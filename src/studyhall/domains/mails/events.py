"""Facts of mails. They name rows, never addresses."""

from dataclasses import dataclass
from uuid import UUID

from studyhall.platform.events import Event


@dataclass(frozen=True, slots=True)
class AddressBounced(Event):
    """A mail server refused somebody's address for good; optional mails to it stop."""

    user_id: UUID
    email_id: UUID
