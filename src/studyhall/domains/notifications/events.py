"""What notifications announce."""

from dataclasses import dataclass
from uuid import UUID

from studyhall.platform.events import Event


@dataclass(frozen=True, slots=True)
class Notified(Event):
    """People were told something in the app: (person, notification), each person once."""

    made: tuple[tuple[UUID, UUID], ...]
