"""The table of exports."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from studyhall.platform.database import Base, Identified, Timestamped
from studyhall.platform.web import Choice


class ExportState(Choice):
    """Where an export stands; from `ready` on it is over."""

    QUEUED = "queued"
    RUNNING = "running"
    READY = "ready"
    FAILED = "failed"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


UNFINISHED = (ExportState.QUEUED, ExportState.RUNNING)


class DataExport(Identified, Timestamped, Base):
    """One export; while one is unfinished there is no second.

    Attributes:
        file_id: the zip, while it can be fetched.
        row_count, file_count: what is in it.
        size: bytes of the zip.
    """

    __tablename__ = "data_exports"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    task_id: Mapped[UUID]
    state: Mapped[str] = mapped_column(String(10), default=ExportState.QUEUED, server_default=text("'queued'"))
    file_id: Mapped[UUID | None] = mapped_column(ForeignKey("file_uploads.id", ondelete="SET NULL"), index=True)
    row_count: Mapped[int | None]
    file_count: Mapped[int | None]
    size: Mapped[int | None] = mapped_column(BigInteger)
    finished_at: Mapped[datetime | None]
    expires_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint(f"state IN ({', '.join(repr(one.value) for one in ExportState)})", name="state_known"),
        Index("ix_data_exports_user_id_created_at", "user_id", "created_at"),
        Index(
            "uq_data_exports_unfinished",
            "user_id",
            unique=True,
            postgresql_where=text("state IN ('queued', 'running')"),
        ),
        Index("ix_data_exports_expires_at", "expires_at", postgresql_where=text("state = 'ready'")),
    )
