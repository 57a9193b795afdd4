"""Passwords of the past, and who is locked out. Nothing here is kept in clear."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from studyhall.platform.database import Base, Identified, Timestamped


class PasswordHistory(Identified, Timestamped, Base):
    """Hashes of former passwords; the last five are refused."""

    __tablename__ = "password_history"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    password_hash: Mapped[str] = mapped_column(String(255))


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
