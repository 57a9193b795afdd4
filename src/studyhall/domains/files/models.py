"""The table of uploads."""

from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from studyhall.domains.files.rules import LONGEST_NAME
from studyhall.platform.database import Base, Identified, SoftDeleted, Timestamped


class FileUpload(Identified, Timestamped, SoftDeleted, Base):
    """One stored file.

    Attributes:
        file_name: our own name for it, from its id and kind.
        original_name: what its owner calls it.
        file_path: the key in the store, as the store answered it.
        file_type: what it is for, e.g. `avatar`, `export`.
        mime_type: by content.
        file_size: bytes of content.
        sha256: of the content, in hex; also its ETag.
    """

    __tablename__ = "file_uploads"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    file_name: Mapped[str] = mapped_column(String(LONGEST_NAME))
    original_name: Mapped[str] = mapped_column(String(LONGEST_NAME))
    file_path: Mapped[str] = mapped_column(Text, unique=True)
    file_type: Mapped[str] = mapped_column(String(100))
    mime_type: Mapped[str] = mapped_column(String(100))
    file_size: Mapped[int] = mapped_column(BigInteger)
    storage_driver: Mapped[str] = mapped_column(String(50))
    sha256: Mapped[str] = mapped_column(String(64))
    details: Mapped[dict[str, Any]] = mapped_column("metadata", JSONB, default=dict, server_default=text("'{}'::jsonb"))

    __table_args__ = (
        CheckConstraint("file_size >= 0", name="size_not_negative"),
        Index("ix_file_uploads_user_id_created_at", "user_id", "created_at"),
        Index("ix_file_uploads_deleted_at", "deleted_at", postgresql_where=text("deleted_at IS NOT NULL")),
    )
