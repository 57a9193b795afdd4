"""Every setting, from the environment (`STUDYHALL_…`) or an `.env` file; nothing else reads the environment."""

from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Self
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    AliasChoices,
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    field_validator,
    model_validator,
)
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

SHORTEST_SECRET = 32


class Environment(StrEnum):
    DEVELOPMENT = "development"
    TEST = "test"
    STAGING = "staging"
    PRODUCTION = "production"


def _also(name: str, *others: str) -> AliasChoices:
    """`STUDYHALL_NAME` first, then the names that the source specifications used."""
    return AliasChoices(f"STUDYHALL_{name}", *others)


_THIS_MACHINE = frozenset({"localhost", "127.0.0.1", "::1"})


def secure_address(address: str) -> str:
    """An address that secrets are sent to: https, or plain http on this very machine.

    Raises:
        ValueError: it is anything else.
    """
    parts = urlsplit(address)
    is_secure = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _THIS_MACHINE)
    if not is_secure or not parts.hostname or parts.username is not None or parts.fragment:
        raise ValueError(f"'{address}' must be an https address (http only for localhost).")
    return address


SecureAddress = Annotated[str, AfterValidator(secure_address)]


class OidcProvider(BaseModel):
    """One OpenID Connect provider for browser sign-on and, with `accept_bearer`, for outside bearer tokens.

    Attributes:
        issuer: exactly as the provider's discovery document spells it.
        bearer_audience: what the `aud` of a bearer token must name; the client id when unset.
        trust_email: the operator vouches that this provider checks addresses, for providers that never send
            `email_verified`. A provider that sends `false` is believed all the same.
    """

    model_config = ConfigDict(extra="forbid")

    name: str = Field(pattern=r"^[a-z0-9_-]{1,32}$")
    label: str = ""
    issuer: SecureAddress
    client_id: str = Field(min_length=1)
    client_secret: SecretStr | None = None
    scopes: str = "openid email profile"
    accept_bearer: bool = False
    bearer_audience: str | None = None
    trust_email: bool = False


class Settings(BaseSettings):
    """The whole configuration of one process."""

    model_config = SettingsConfigDict(
        env_prefix="STUDYHALL_", env_file=".env", extra="ignore", populate_by_name=True, env_nested_delimiter="__"
    )

    environment: Environment = Field(Environment.DEVELOPMENT, validation_alias=_also("ENVIRONMENT", "APP_ENV"))
    data_dir: Path = Path("data")
    host: str = "127.0.0.1"
    port: int = Field(8000, ge=0, le=65535)
    public_url: str | None = Field(None, description="The address people open; made from host and port when unset.")
    server_workers: int = Field(1, ge=1)
    embedded_worker: bool = True
    worker_concurrency: int = Field(10, ge=2, description="Jobs that one worker runs at the same time.")
    worker_metrics_port: int | None = Field(
        None, ge=1, le=65535, description="Where a worker shows its own metrics, on the loopback address."
    )
    embedded_account: str = Field("nobody", description="Who runs the embedded PostgreSQL and Valkey when we are root.")

    database_url: str | None = Field(None, validation_alias=_also("DATABASE_URL", "DATABASE_URL"))
    database_pool: int = Field(10, ge=1)
    straight_pool: int = Field(10, ge=1, description="Connections kept for the hot reads, outside the ORM.")
    statement_timeout_seconds: float = 15
    redis_url: str | None = Field(None, validation_alias=_also("REDIS_URL", "REDIS_URL"))
    storage_url: str | None = None
    storage_options: dict[str, str] = Field(default_factory=dict)
    storage_encryption: bool = False

    secret_key: SecretStr | None = Field(
        None, validation_alias=_also("SECRET_KEY", "SECRET_KEY", "JWT_SECRET", "JWT_KEY")
    )
    previous_secret_keys: list[SecretStr] = Field(default_factory=list)
    access_token_minutes: int = Field(
        30, ge=1, le=24 * 60, validation_alias=_also("ACCESS_TOKEN_MINUTES", "ACCESS_TOKEN_EXPIRE_MINUTES")
    )
    refresh_token_days: int = Field(30, ge=1, validation_alias=_also("REFRESH_TOKEN_DAYS", "REFRESH_TOKEN_EXPIRE_DAYS"))
    short_refresh_token_days: int = Field(1, ge=1)
    bcrypt_cost: int = Field(12, ge=4, le=15)
    hashing_slots: int = Field(2, ge=1, description="Password hashes computed at the same time.")
    google_client_id: str | None = None
    google_issuer: SecureAddress = Field("https://accounts.google.com", description="Another one only for tests.")
    oidc_providers: list[OidcProvider] = Field(default_factory=list)

    cors_origins: Annotated[list[str], NoDecode] = Field(
        default_factory=list, validation_alias=_also("CORS_ORIGINS", "CORS_ORIGINS")
    )
    frontend_url: str | None = Field(None, validation_alias=_also("FRONTEND_URL", "FRONTEND_URL"))
    trusted_proxies: Annotated[list[str], NoDecode] = Field(default_factory=list)
    max_body_bytes: int = 1_048_576
    max_upload_bytes: int = 26_214_400
    rate_limits_enabled: bool = True
    rate_limits: dict[str, str] = Field(
        default_factory=dict, description="Overrides by name, e.g. {'search': '50/minute'}."
    )
    ops_token: SecretStr | None = None

    mail_url: str | None = Field(None, description="smtp://user:password@host:587; unset writes into an outbox folder.")
    mail_from: str = Field("Studyhall <studyhall@localhost>", validation_alias=_also("MAIL_FROM", "MAIL_FROM_ADDRESS"))

    ai_private_endpoints: bool = Field(
        False, description="Whether people may name model servers in this network, such as an Ollama beside it."
    )

    google_vision_key: SecretStr | None = Field(
        None, description="Reads photographed timetables by Google Vision; unset they are read on this machine."
    )
    google_vision_url: SecureAddress = Field("https://vision.googleapis.com", description="Another one only for tests.")

    stripe_secret_key: SecretStr | None = Field(
        None, description="Lets people buy plans; unset they are granted by hand."
    )
    stripe_webhook_secret: SecretStr | None = Field(None, description="Checks what the gateway calls to say: whsec_….")
    stripe_prices: dict[str, str] = Field(
        default_factory=dict, description='The gateway\'s price of each plan, e.g. {"premium": "price_123"}.'
    )
    stripe_url: SecureAddress = Field("https://api.stripe.com", description="Another one only for tests.")

    log_level: str | None = Field(None, validation_alias=_also("LOG_LEVEL", "LOG_LEVEL"))
    log_json: bool | None = None
    otlp_endpoint: str | None = None
    sentry_dsn: SecretStr | None = None
    clock_shift_seconds: int = 0

    @field_validator("cors_origins", "trusted_proxies", mode="before")
    @classmethod
    def _comma_separated(cls, value: object) -> object:
        if isinstance(value, str):
            return [part.strip() for part in value.split(",") if part.strip()]
        return value

    @field_validator("oidc_providers")
    @classmethod
    def _one_provider_a_name(cls, value: list[OidcProvider]) -> list[OidcProvider]:
        if len({provider.name for provider in value}) < len(value):
            raise ValueError("Two sign-on providers have the same name.")
        return value

    @model_validator(mode="after")
    def _refuse_weak_secrets(self) -> Self:
        if self.environment not in (Environment.PRODUCTION, Environment.STAGING):
            return self
        secret = self.secret_key.get_secret_value() if self.secret_key else ""
        if self.secret_key is not None and (len(secret) < SHORTEST_SECRET or len(set(secret)) < 10):
            raise ValueError(
                f"STUDYHALL_SECRET_KEY is too weak for production: give at least {SHORTEST_SECRET} random "
                "characters, e.g. the output of `openssl rand -base64 48`, or leave it unset to have one made and "
                "kept in the data folder."
            )
        return self

    @property
    def base_url(self) -> str:
        """The address under which people reach this server, without a trailing slash."""
        return (self.public_url or f"http://{self.host}:{self.port}").rstrip("/")

    @property
    def allowed_origins(self) -> list[str]:
        return [*self.cors_origins, *([self.frontend_url] if self.frontend_url else [])]

    @property
    def is_production(self) -> bool:
        return self.environment is Environment.PRODUCTION

    def require_secret_key(self) -> str:
        """The signing secret; `entrypoints` fills it from the data folder when it is not set."""
        if self.secret_key is None:
            raise RuntimeError("no secret key: start through `studyhall serve`, or set STUDYHALL_SECRET_KEY.")
        return self.secret_key.get_secret_value()


@lru_cache(maxsize=1)
def settings_from_environment() -> Settings:
    """The process's settings, read once."""
    return Settings()
