"""How long secrets live, how often they may be tried, and which codes count: pure, without clock or database."""

from collections.abc import Iterable
from datetime import datetime, timedelta

CODE_LIFETIME = timedelta(minutes=10)
CODE_TRIES = 3
CODE_RESENDS = 3
RESET_LIFETIME = timedelta(hours=1)
CHALLENGE_LIFETIME = timedelta(minutes=10)
CHALLENGE_TRIES = 5

GUESSES_TO_LOCK = 10
TOTP_SECONDS = 30
TOTP_WINDOW = 1
RECOVERY_CODES = 10
RECOVERY_LENGTH = 10
RECOVERY_LETTERS = "23456789abcdefghjkmnpqrstuvwxyz"  # without those that look alike


def totp_steps(now: datetime) -> list[int]:
    """The time steps whose codes are taken at this moment (RFC 6238, 5.2): the present one, then its neighbours."""
    present = int(now.timestamp()) // TOTP_SECONDS
    nearby = [step for by in range(1, TOTP_WINDOW + 1) for step in (present - by, present + by)]
    return [present, *nearby]


def unused_step(matching: Iterable[int], last_step: int | None) -> int | None:
    """The step that a code may use up. A code works once, and after it no earlier one does (RFC 6238, 5.2)."""
    return min((step for step in matching if last_step is None or step > last_step), default=None)


def plain_code(text: str) -> str:
    """A code as it was made, whatever spaces, hyphens and capitals people type."""
    return "".join(text.split()).replace("-", "").lower()


def is_totp_form(code: str) -> bool:
    """Whether a plain code is one of an authenticator rather than a recovery code."""
    return len(code) == 6 and code.isascii() and code.isdigit()


def shown_recovery_code(code: str) -> str:
    """In two halves, easier to copy by hand."""
    return f"{code[: RECOVERY_LENGTH // 2]}-{code[RECOVERY_LENGTH // 2 :]}"
