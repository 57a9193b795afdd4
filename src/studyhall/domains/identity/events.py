"""Facts of identity. They name rows, never secrets or addresses."""

from dataclasses import dataclass
from uuid import UUID

from studyhall.platform.events import Event


@dataclass(frozen=True, slots=True)
class UserRegistered(Event):
    user_id: UUID


@dataclass(frozen=True, slots=True)
class VerificationRequested(Event):
    """The code of that row is to be mailed; `sending` counts the resends, each of which is another mail."""

    user_id: UUID
    code_id: UUID
    sending: int


@dataclass(frozen=True, slots=True)
class EmailVerified(Event):
    user_id: UUID


@dataclass(frozen=True, slots=True)
class PasswordResetRequested(Event):
    """The link of that row is to be mailed."""

    user_id: UUID
    reset_id: UUID


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
class TwoFactorChanged(Event):
    user_id: UUID
    is_enabled: bool


@dataclass(frozen=True, slots=True)
class PreferencesChanged(Event):
    user_id: UUID


@dataclass(frozen=True, slots=True)
class PersonBlocked(Event):
    user_id: UUID
    blocked_user_id: UUID
