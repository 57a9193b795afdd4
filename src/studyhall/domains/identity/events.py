"""Facts of identity. They name rows, never secrets or addresses."""

from dataclasses import dataclass
from uuid import UUID

from studyhall.platform.events import Event


@dataclass(frozen=True, slots=True)
class UserRegistered(Event):
    """An account was opened; `is_verified` says whether its address is known to be its owner's."""

    user_id: UUID
    is_verified: bool


@dataclass(frozen=True, slots=True)
class EmailVerified(Event):
    user_id: UUID


@dataclass(frozen=True, slots=True)
class PasswordChanged(Event):
    user_id: UUID


@dataclass(frozen=True, slots=True)
class NewDeviceSeen(Event):
    """Somebody signed in from a kind of device not seen before."""

    user_id: UUID
    device_id: UUID
    session_id: UUID


@dataclass(frozen=True, slots=True)
class AccountLocked(Event):
    """Too many failed logins from one address."""

    user_id: UUID


@dataclass(frozen=True, slots=True)
class SessionsEnded(Event):
    """These sessions may do nothing any more; their sockets are closed."""

    user_id: UUID
    session_ids: tuple[UUID, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class AccountClosed(Event):
    """Its owner deleted it: from now on nobody sees it, and it is erased on its last day unless he comes back."""

    user_id: UUID


@dataclass(frozen=True, slots=True)
class AccountRestored(Event):
    """Its owner came back before its last day."""

    user_id: UUID


@dataclass(frozen=True, slots=True)
class PreferencesChanged(Event):
    user_id: UUID


@dataclass(frozen=True, slots=True)
class CalendarMoved(Event):
    """A person's days begin at other moments now: he went to another zone, or moved the hour at which a day begins."""

    user_id: UUID
    time_zone_before: str
    day_start_hour_before: int
    time_zone: str
    day_start_hour: int
