"""One-time secrets, the second factor, personal tokens. Nothing here is kept in clear."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, SmallInteger, String, text
from sqlalchemy.orm import Mapped, mapped_column

from studyhall.platform.database import Base, Identified, Timestamped


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


class PersonalAccessToken(Identified, Timestamped, Base):
    """A named token for scripts, shown once, kept as its SHA-256 hash."""

    __tablename__ = "personal_access_tokens"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(255))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    abilities: Mapped[list[Any]]
    last_used_at: Mapped[datetime | None]
    expires_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
