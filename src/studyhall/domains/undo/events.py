"""What undo announces."""

from dataclasses import dataclass
from uuid import UUID

from studyhall.platform.events import Event


@dataclass(frozen=True, slots=True)
class UndoAsked(Event):
    """A person takes a deletion back. The domain that owns `kind` restores, or refuses with an error.

    Attributes:
        ids: what was deleted, as given to `offer`.
    """

    user_id: UUID
    kind: str
    ids: tuple[UUID, ...]
