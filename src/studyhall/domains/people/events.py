"""Facts of people."""

from dataclasses import dataclass
from uuid import UUID

from studyhall.platform.events import Event


@dataclass(frozen=True, slots=True)
class PersonBlocked(Event):
    user_id: UUID
    blocked_user_id: UUID
