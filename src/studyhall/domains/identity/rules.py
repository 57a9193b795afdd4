"""What makes a password, a code, a lock: pure, without clock or database."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

SHORTEST_PASSWORD = 8
LONGEST_PASSWORD_BYTES = 72  # bcrypt reads no further
REMEMBERED_PASSWORDS = 5

REFRESH_GRACE = timedelta(seconds=30)

FAILURES_TO_LOCK = 5
ADDRESS_FAILURES_TO_LOCK = 100
LOCKED_FOR = timedelta(minutes=15)

USERNAME = re.compile(r"^[\w][\w.@+-]{2,255}$")


def password_faults(password: str) -> list[str]:
    """Everything that is wrong with a password; empty when it will do."""
    faults = []
    if len(password) < SHORTEST_PASSWORD:
        faults.append(f"The password needs at least {SHORTEST_PASSWORD} characters.")
    if len(password.encode("utf-8", "surrogatepass")) > LONGEST_PASSWORD_BYTES:
        faults.append(f"The password may have at most {LONGEST_PASSWORD_BYTES} bytes.")
    if not any(letter.isupper() for letter in password):
        faults.append("The password needs an upper-case letter.")
    if not any(letter.islower() for letter in password):
        faults.append("The password needs a lower-case letter.")
    if not any(letter.isdigit() for letter in password):
        faults.append("The password needs a digit.")
    return faults


def split_name(name: str) -> tuple[str, str]:
    """One name as first and last: the last word is the last name."""
    words = name.split()
    return (" ".join(words[:-1]), words[-1]) if len(words) > 1 else (name.strip(), "")


def username_from(email: str) -> str:
    """A first proposal: the part before the @, of the characters that a username may have, at least three long."""
    base = re.sub(r"[^\w.+-]", "", email.split("@", maxsplit=1)[0])[:200].lstrip(".+-")
    return base if len(base) >= 3 else f"{base or 'user'}{'_' * max(0, 3 - len(base or 'user'))}"


@dataclass(frozen=True, slots=True)
class Failures:
    """Failed logins in a row."""

    count: int = 0
    first_at: datetime | None = None
    locked_until: datetime | None = None

    def is_locked(self, now: datetime) -> bool:
        return self.locked_until is not None and now < self.locked_until

    def one_more(self, now: datetime, most: int) -> "Failures":
        """After another failure. A series that is older than the lock lasts starts anew."""
        started = self.first_at
        is_new = started is None or now - started >= LOCKED_FOR or (self.locked_until and now >= self.locked_until)
        count = 1 if is_new else self.count + 1
        first_at = now if is_new else started
        return Failures(count, first_at, now + LOCKED_FOR if count >= most else None)


@dataclass(frozen=True, slots=True)
class Rotation:
    """What a presented refresh token may do."""

    verdict: str  # "rotate", "again" or "reused"

    @classmethod
    def of(cls, presented: int, current: int, rotated_at: datetime, now: datetime) -> "Rotation":
        """`presented` and `current` count the generations of one session's chain.

        The current one rotates. Its predecessor answers the same successor for the grace period, because two tabs or
        a lost answer are no theft. Everything else is a reuse.
        """
        if presented == current:
            return cls("rotate")
        if presented == current - 1 and now - rotated_at <= REFRESH_GRACE:
            return cls("again")
        return cls("reused")


def is_remembered(matches: Sequence[bool]) -> bool:
    """Whether a new password equals the present one or one of the last five."""
    return any(matches)
