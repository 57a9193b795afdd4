"""Signed-in devices."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary, String, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import INET
from sqlalchemy.orm import Mapped, mapped_column

from studyhall.platform.database import Base, Identified, Timestamped


class UserDevice(Identified, Timestamped, Base):
    """A kind of device that somebody has signed in from; a new one is told to its owner."""

    __tablename__ = "user_devices"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    device_type: Mapped[str] = mapped_column(String(50))
    os: Mapped[str] = mapped_column(String(50))
    browser: Mapped[str] = mapped_column(String(100))
    address: Mapped[str | None] = mapped_column(INET)
    last_login_at: Mapped[datetime]

    __table_args__ = (UniqueConstraint("user_id", "device_type", "os", "browser"),)


class UserSession(Identified, Timestamped, Base):
    """One signed-in device and its chain of refresh tokens.

    No refresh token is stored: each is derived from the session, its salt and `generation`, so the row tells nothing
    usable and the successor of a token can be given twice within the grace period (ADR 0004).
    """

    __tablename__ = "user_sessions"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    device_id: Mapped[UUID | None] = mapped_column(ForeignKey("user_devices.id", ondelete="SET NULL"))
    salt: Mapped[bytes] = mapped_column(LargeBinary)
    generation: Mapped[int] = mapped_column(default=0)
    remember: Mapped[bool] = mapped_column(default=True)
    method: Mapped[str] = mapped_column(String(20), default="password")
    address: Mapped[str | None] = mapped_column(INET)
    user_agent: Mapped[str | None] = mapped_column(String(300))
    login_at: Mapped[datetime]
    last_used_at: Mapped[datetime]
    rotated_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    end_reason: Mapped[str | None] = mapped_column(String(30))

    __table_args__ = (Index("ix_user_sessions_live", "user_id", postgresql_where=text("ended_at IS NULL")),)
