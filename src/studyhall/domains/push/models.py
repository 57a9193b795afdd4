"""The table of browsers that want to be told."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from studyhall.platform.database import Base, Identified, Timestamped

LONGEST_ENDPOINT = 2000


class PushSubscription(Identified, Timestamped, Base):
    """One browser. An endpoint belongs to one person at a time: the last who signed in there and subscribed.

    Attributes:
        endpoint_hash: SHA-256 of the endpoint, which is too long for an index of its own.
        server_key: our public key when it subscribed.
        session_id: the session in which it subscribed; none with a personal token.
    """

    __tablename__ = "push_subscriptions"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    session_id: Mapped[UUID | None]
    endpoint: Mapped[str] = mapped_column(Text)
    endpoint_hash: Mapped[str] = mapped_column(String(64), unique=True)
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    auth: Mapped[bytes] = mapped_column(LargeBinary)
    server_key: Mapped[str] = mapped_column(String(100))
    last_told_at: Mapped[datetime | None]

    __table_args__ = (Index("ix_push_subscriptions_session_id", "session_id"),)
