"""What happens to groups."""

from dataclasses import dataclass
from uuid import UUID

from studyhall.platform.events import Event


@dataclass(frozen=True, slots=True)
class GroupCreated(Event):
    """Somebody made a group and leads it."""

    user_id: UUID
    group_id: UUID


@dataclass(frozen=True, slots=True)
class GroupChanged(Event):
    """A leader changed the settings or the invite code."""

    user_id: UUID
    group_id: UUID


@dataclass(frozen=True, slots=True)
class MemberJoined(Event):
    """Somebody belongs to the group now, also its creator."""

    user_id: UUID
    group_id: UUID


@dataclass(frozen=True, slots=True)
class MemberLeft(Event):
    """Somebody belongs to the group no longer: whatever he could see and hear there ends at once.

    Attributes:
        removed_by: who removed him; None when he left, or his account was erased.
    """

    user_id: UUID
    group_id: UUID
    removed_by: UUID | None = None


@dataclass(frozen=True, slots=True)
class RoleChanged(Event):
    """Somebody has another role now.

    Attributes:
        changed_by: None when leadership passed on because an account was closed.
    """

    user_id: UUID
    group_id: UUID
    role: str
    changed_by: UUID | None = None


@dataclass(frozen=True, slots=True)
class GroupClosed(Event):
    """Nobody is in the group any more until it is opened again; its members are still written down.

    Attributes:
        closed_by: None when its last member closed his account.
    """

    group_id: UUID
    closed_by: UUID | None = None


@dataclass(frozen=True, slots=True)
class GroupReopened(Event):
    """The closing was taken back; everybody is in it again."""

    group_id: UUID
