"""The table of calendar feeds."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, String, text
from sqlalchemy.orm import Mapped, mapped_column

from studyhall.platform import clock
from studyhall.platform.database import Base


class CalendarFeed(Base):
    """A person's feed. Only a hash of its address is kept.

    Attributes:
        secret_hash: SHA-256 of the address's secret, hexadecimal.
        made_at: when the present address was made.
        last_fetched_at: of the present address, exact to ten minutes.
        version, changed_at: count and time the changes of what the feed shows, and say whether it is still the same.
    """

    __tablename__ = "calendar_feeds"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    secret_hash: Mapped[str] = mapped_column(String(64), unique=True)
    made_at: Mapped[datetime] = mapped_column(default=clock.now)
    last_fetched_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1, server_default=text("1"))
    changed_at: Mapped[datetime] = mapped_column(default=clock.now)
