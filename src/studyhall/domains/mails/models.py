"""Tables of mails."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, SmallInteger, String, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from studyhall.platform.database import Base, Identified, Timestamped

LONGEST_KEY = 200
LONGEST_SUBJECT = 200


class MailStatus(StrEnum):
    """Where a mail stands. `sending` means handed to the mail server, whose answer is not written down yet."""

    PENDING = "pending"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    BOUNCED = "bounced"


class EmailLog(Identified, Timestamped, Base):
    """One mail: made when it is queued, kept when it is sent. It holds ids of what it tells of, never a code or link.

    Attributes:
        tries: how often sending was attempted.
        details: what the letter is made of; emptied when it has been sent.
    """

    __tablename__ = "email_logs"

    user_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"), index=True)
    email_type: Mapped[str] = mapped_column(String(50))
    recipient_email: Mapped[str] = mapped_column(String(255))
    subject: Mapped[str] = mapped_column(String(500))
    status: Mapped[str] = mapped_column(String(20), default=MailStatus.PENDING, server_default=text("'pending'"))
    tries: Mapped[int] = mapped_column(SmallInteger, default=0, server_default=text("0"))
    sent_at: Mapped[datetime | None]
    error_message: Mapped[str | None] = mapped_column(Text)
    details: Mapped[dict[str, Any]] = mapped_column("metadata", JSONB, default=dict, server_default=text("'{}'::jsonb"))
    dedupe_key: Mapped[str] = mapped_column(String(LONGEST_KEY), unique=True)

    __table_args__ = (
        CheckConstraint(f"status IN ({', '.join(repr(one.value) for one in MailStatus)})", name="status_known"),
        CheckConstraint("(status = 'sent') = (sent_at IS NOT NULL)", name="sent_has_time"),
        CheckConstraint("tries >= 0", name="tries_not_negative"),
        Index("ix_email_logs_status", "status", postgresql_where=text("status IN ('pending', 'sending')")),
        Index("ix_email_logs_email_type_created_at", "email_type", "created_at"),
        Index("ix_email_logs_created_at", "created_at"),
    )


class MailBounce(Timestamped, Base):
    """An address that a mail server refused for good. It counts while it is the person's address and the row stands;
    confirming the address, or a mail that arrives there, takes the row away.

    Attributes:
        reason: what the server said, without the address.
    """

    __tablename__ = "mail_bounces"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    email: Mapped[str] = mapped_column(String(255))
    reason: Mapped[str] = mapped_column(Text)
    bounced_at: Mapped[datetime]
