"""Identities that others vouch for."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from studyhall.platform.database import Base, Identified, Timestamped


class OutsideIdentity(Identified, Timestamped, Base):
    """An account at an OpenID Connect provider that belongs to one of ours."""

    __tablename__ = "outside_identities"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    provider: Mapped[str] = mapped_column(String(32))
    issuer: Mapped[str] = mapped_column(String(500))
    subject: Mapped[str] = mapped_column(String(255))
    email: Mapped[str | None] = mapped_column(String(254))
    last_used_at: Mapped[datetime]

    __table_args__ = (UniqueConstraint("issuer", "subject"),)


class SignOn(Identified, Timestamped, Base):
    """A browser sign-on under way: from the redirect to the provider until the one-time code was exchanged.

    `state_hash` and `code_hash` are SHA-256 of high-entropy secrets; nonce and PKCE verifier are encrypted.
    """

    __tablename__ = "sign_ons"

    provider: Mapped[str] = mapped_column(String(32))
    state_hash: Mapped[str] = mapped_column(String(64), unique=True)
    secrets: Mapped[bytes] = mapped_column(LargeBinary)
    return_to: Mapped[str] = mapped_column(String(500))
    expires_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    user_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    code_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    exchanged_at: Mapped[datetime | None]
