"""The log, and what keeps it as it was written."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, Text, text
from sqlalchemy.dialects.postgresql import INET
from sqlalchemy.orm import Mapped, mapped_column

from studyhall.platform import clock
from studyhall.platform.database import Base, Identified


class ActivityLog(Identified, Base):
    """The audit log. Append-only: a trigger refuses every change but the purge and the forgetting of a person."""

    __tablename__ = "activity_logs"

    user_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    causer_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"), index=True)
    event: Mapped[str] = mapped_column(String(255), index=True)
    description: Mapped[str] = mapped_column(Text)
    subject_type: Mapped[str | None] = mapped_column(String(255))
    subject_id: Mapped[UUID | None]
    properties: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default=text("'{}'::jsonb"))
    address: Mapped[str | None] = mapped_column(INET)
    user_agent: Mapped[str | None] = mapped_column(String(300))
    request_id: Mapped[str | None] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(default=clock.now, index=True)

    __table_args__ = (
        Index("ix_activity_logs_user_id_id", "user_id", "id"),
        Index("ix_activity_logs_subject", "subject_type", "subject_id"),
    )


FORGETTING = "studyhall.forgetting"
"""Set to `on` within a transaction that may purge or anonymise the log: retention, and the erasure of a person."""

APPEND_ONLY = (
    f"""
CREATE FUNCTION refuse_rewriting_the_log() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF coalesce(current_setting('{FORGETTING}', true), '') = 'on' THEN
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
  END IF;
  -- A deleted account leaves its rows behind without its name: the foreign keys set these two to null.
  IF TG_OP = 'UPDATE'
     AND to_jsonb(NEW) - 'user_id' - 'causer_id' = to_jsonb(OLD) - 'user_id' - 'causer_id'
     AND (NEW.user_id IS NULL OR NEW.user_id = OLD.user_id)
     AND (NEW.causer_id IS NULL OR NEW.causer_id = OLD.causer_id) THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'the audit log is append-only';
END $$
""",
    """
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON activity_logs
FOR EACH ROW EXECUTE FUNCTION refuse_rewriting_the_log()
""",
)
