"""What happens between friends."""

from dataclasses import dataclass
from uuid import UUID

from studyhall.platform.events import Event


@dataclass(frozen=True, slots=True)
class FriendsMade(Event):
    """Two people are friends now; the first is the one whose act made them so."""

    user_id: UUID
    friend_id: UUID


@dataclass(frozen=True, slots=True)
class FriendsParted(Event):
    """Two people are friends no longer; the first is the one whose act ended it."""

    user_id: UUID
    friend_id: UUID
