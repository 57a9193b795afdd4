"""Passwords of the past, one-time secrets, two-factor, and who is locked out. Nothing here is kept in clear."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, SmallInteger, String, text
from sqlalchemy.orm import Mapped, mapped_column

from studyhall.platform.database import Base, Identified, Timestamped


class PasswordHistory(Identified, Timestamped, Base):
    """Hashes of former passwords; the last five are refused."""

    __tablename__ = "password_history"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    password_hash: Mapped[str] = mapped_column(String(255))


class OneTimeCode(Identified, Timestamped, Base):
    """A mailed six-digit code. The digits are derived from the row when they are needed; the row holds none of them."""

    __tablename__ = "one_time_codes"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    purpose: Mapped[str] = mapped_column(String(30))
    salt: Mapped[bytes] = mapped_column(LargeBinary)
    expires_at: Mapped[datetime]
    tries_left: Mapped[int] = mapped_column(SmallInteger)
    resends_left: Mapped[int] = mapped_column(SmallInteger)
    used_at: Mapped[datetime | None]

    __table_args__ = (
        Index("uq_one_time_codes_open", "user_id", "purpose", unique=True, postgresql_where=text("used_at IS NULL")),
        CheckConstraint("tries_left >= 0 AND resends_left >= 0", name="counts_not_negative"),
    )


class PasswordReset(Identified, Timestamped, Base):
    """A reset link that was asked for; its token is derived from the row."""

    __tablename__ = "password_resets"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    salt: Mapped[bytes] = mapped_column(LargeBinary)
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class TwoFactor(Timestamped, Base):
    """A TOTP secret, encrypted; `enabled_at` is null until the first code confirmed it."""

    __tablename__ = "two_factor"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    secret: Mapped[bytes] = mapped_column(LargeBinary)
    enabled_at: Mapped[datetime | None]
    last_step: Mapped[int | None]


class RecoveryCode(Identified, Timestamped, Base):
    """A code that stands in once for a lost authenticator, kept as a keyed hash."""

    __tablename__ = "recovery_codes"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    code_digest: Mapped[str] = mapped_column(String(128))
    used_at: Mapped[datetime | None]


class LoginChallenge(Identified, Timestamped, Base):
    """A login whose password was right and whose second factor is still to come."""

    __tablename__ = "login_challenges"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    remember: Mapped[bool]
    method: Mapped[str] = mapped_column(String(20))
    device_type: Mapped[str] = mapped_column(String(50))
    os: Mapped[str] = mapped_column(String(50))
    browser: Mapped[str] = mapped_column(String(100))
    expires_at: Mapped[datetime]
    tries_left: Mapped[int] = mapped_column(SmallInteger)
    used_at: Mapped[datetime | None]


class LoginFailure(Base):
    """Failed logins in a row of one account from one address, whether or not there is such an account.

    The account is kept as a keyed digest of the e-mail that was typed; an empty one stands for the address as a whole.
    """

    __tablename__ = "login_failures"

    account: Mapped[str] = mapped_column(String(128), primary_key=True)
    address: Mapped[str] = mapped_column(String(64), primary_key=True)
    failures: Mapped[int]
    first_at: Mapped[datetime]
    last_at: Mapped[datetime] = mapped_column(index=True)
    locked_until: Mapped[datetime | None]
