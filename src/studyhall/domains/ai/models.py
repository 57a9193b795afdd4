"""Tables of ai."""

from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, String, text
from sqlalchemy.orm import Mapped, mapped_column

from studyhall.platform.database import Base, Timestamped


class UserAiSettings(Timestamped, Base):
    """A person's own provider. Keys are envelope-encrypted; only their last letters stay in clear."""

    __tablename__ = "user_ai_settings"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    provider: Mapped[str | None] = mapped_column(String(30))
    model: Mapped[str | None] = mapped_column(String(200))
    endpoint: Mapped[str | None] = mapped_column(String(2000))
    api_key: Mapped[bytes | None] = mapped_column(LargeBinary)
    api_key_ending: Mapped[str | None] = mapped_column(String(4))
    secondary_api_key: Mapped[bytes | None] = mapped_column(LargeBinary)
    secondary_api_key_ending: Mapped[str | None] = mapped_column(String(4))
    daily_limit: Mapped[int | None]
    is_active: Mapped[bool] = mapped_column(default=False, server_default=text("false"))

    __table_args__ = (
        CheckConstraint(
            "provider IN ('ollama','openai','openai_compatible','gemini','anthropic')", name="provider_known"
        ),
        CheckConstraint("daily_limit >= 0", name="daily_limit_not_negative"),
        CheckConstraint("NOT is_active OR (provider IS NOT NULL AND model IS NOT NULL)", name="active_is_complete"),
    )
