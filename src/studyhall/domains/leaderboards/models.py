"""Tables of leaderboards. Both follow from study days."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, Integer, String, text
from sqlalchemy.orm import Mapped, mapped_column

from studyhall.platform import clock
from studyhall.platform.database import Base

_PERIODS = "period IN ('all_time', 'monthly', 'weekly')"


class BoardStanding(Base):
    """What a person has studied in one period.

    Attributes:
        starts_on: the first day of the month, the Monday of the week, 1970-01-01 for all time.
        is_listed: whether he takes part in the global board; kept here so that ranks come from one index.
    """

    __tablename__ = "board_standings"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    period: Mapped[str] = mapped_column(String(8), primary_key=True)
    starts_on: Mapped[date] = mapped_column(primary_key=True)
    seconds: Mapped[int] = mapped_column(BigInteger)
    is_listed: Mapped[bool]
    created_at: Mapped[datetime] = mapped_column(default=clock.now)

    __table_args__ = (
        CheckConstraint(_PERIODS, name="period_known"),
        CheckConstraint("seconds >= 0", name="not_negative"),
        Index(
            "ix_board_standings_rank", "period", "starts_on", "seconds", "user_id",
            postgresql_where=text("is_listed AND seconds > 0"),
        ),
    )  # fmt: skip


class LeaderboardSnapshot(Base):
    """Where somebody stood on the global board at the beginning of a day (UTC)."""

    __tablename__ = "leaderboard_snapshots"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    period: Mapped[str] = mapped_column(String(8), primary_key=True)
    starts_on: Mapped[date] = mapped_column(primary_key=True)
    taken_on: Mapped[date] = mapped_column(primary_key=True)
    rank: Mapped[int] = mapped_column(Integer)
    seconds: Mapped[int] = mapped_column(BigInteger)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)

    __table_args__ = (CheckConstraint(_PERIODS, name="period_known"), Index(None, "created_at"))
