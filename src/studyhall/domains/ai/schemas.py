"""What comes in and goes out of ai."""

from datetime import datetime
from typing import Annotated, Any, Self

from pydantic import AliasChoices, Field, SecretStr, StringConstraints, field_validator

from studyhall.domains.ai import rules
from studyhall.domains.ai.models import UserAiSettings
from studyhall.platform.web import Choice, Schema

ApiKey = Annotated[SecretStr, Field(min_length=1, max_length=500)]


class Provider(Choice):
    """Who runs the model. `openai_compatible` is any server that speaks OpenAI's protocol."""

    OLLAMA = "ollama"
    OPENAI = "openai"
    OPENAI_COMPATIBLE = "openai_compatible"
    GEMINI = "gemini"
    ANTHROPIC = "anthropic"


class AiSettingsIn(Schema):
    """Only the fields sent are changed; a null empties one. A key can be set and removed, never read."""

    provider: Provider | None = Field(None, validation_alias=AliasChoices("provider", "provider_name"))
    model: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)] | None = Field(
        None, validation_alias=AliasChoices("model", "model_name")
    )
    endpoint: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000)] | None = Field(
        None, validation_alias=AliasChoices("endpoint", "api_endpoint"), examples=["https://llm.example.org/v1"]
    )
    api_key: ApiKey | None = None
    secondary_api_key: ApiKey | None = None
    daily_limit: int | None = Field(
        None, ge=0, le=100_000, validation_alias=AliasChoices("daily_limit", "usage_limit_daily")
    )
    is_active: bool | None = None

    @field_validator("is_active")
    @classmethod
    def _not_null(cls, value: bool | None) -> bool:
        if value is None:
            raise ValueError("This may not be null.")
        return value

    def changes(self) -> dict[str, Any]:
        """The fields sent, with keys in clear for the one who encrypts them."""
        sent = {name: getattr(self, name) for name in self.model_fields_set}
        return {
            name: value.get_secret_value() if isinstance(value, SecretStr) else getattr(value, "value", value)
            for name, value in sent.items()
        }


class AiSettingsOut(Schema):
    """Keys are masked but for their last letters."""

    provider: Provider | None
    model: str | None
    endpoint: str | None
    api_key: str | None = Field(examples=["••••••••4f2a"])
    secondary_api_key: str | None
    daily_limit: int | None = Field(description="Calls a day; null leaves it to the server's own limit.")
    is_active: bool
    updated_at: datetime | None

    @classmethod
    def of(cls, row: UserAiSettings) -> Self:
        return cls(
            provider=Provider(row.provider) if row.provider else None,
            model=row.model,
            endpoint=row.endpoint,
            api_key=_shown(row.api_key, row.api_key_ending),
            secondary_api_key=_shown(row.secondary_api_key, row.secondary_api_key_ending),
            daily_limit=row.daily_limit,
            is_active=row.is_active,
            updated_at=row.updated_at,
        )


def _shown(sealed: bytes | None, ending: str | None) -> str | None:
    return None if sealed is None else rules.masked(ending or "")


class AiSettingsData(Schema):
    ai: AiSettingsOut
