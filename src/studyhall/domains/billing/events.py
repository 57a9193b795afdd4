"""Facts of billing."""

from dataclasses import dataclass
from uuid import UUID

from studyhall.platform.events import Event


@dataclass(frozen=True, slots=True)
class SubscriptionChanged(Event):
    """What a person may use began, ended or got another end."""

    user_id: UUID
    plan: str
