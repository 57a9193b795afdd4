"""Facts of credentials. They name rows, never secrets or addresses."""

from dataclasses import dataclass
from uuid import UUID

from studyhall.platform.events import Event


@dataclass(frozen=True, slots=True)
class VerificationRequested(Event):
    """The code of that row is to be mailed; `sending` counts the resends, each of which is another mail."""

    user_id: UUID
    code_id: UUID
    sending: int


@dataclass(frozen=True, slots=True)
class PasswordResetRequested(Event):
    """The link of that row is to be mailed."""

    user_id: UUID
    reset_id: UUID


@dataclass(frozen=True, slots=True)
class TwoFactorChanged(Event):
    user_id: UUID
    is_enabled: bool
