"""Settings and running servers, as each command needs them."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pydantic import SecretStr, ValidationError

from studyhall.entrypoints.cli.failures import unusable_settings
from studyhall.platform.embedded import DataFolder, EmbeddedServers, RunningServers, ServerUrls
from studyhall.platform.embedded.account import Account
from studyhall.platform.settings import Settings, settings_from_environment

SYSTEM_DATA_DIR = Path("/var/lib/studyhall")


def load_settings(**given: Any) -> Settings:
    """The settings of the environment, under those `given` on the command line (None is not given).

    Raises:
        SetupError: one of them cannot be used.
    """
    try:
        settings = Settings(**{name: value for name, value in given.items() if value is not None})
    except ValidationError as problems:
        raise unusable_settings(problems) from None
    return settings.model_copy(update={"data_dir": _data_dir(settings)})


def _data_dir(settings: Settings) -> Path:
    """The folder that was chosen; else `./data`, or the system's place for it where root works in a closed folder.

    Root's own home is such a folder: the account that must run PostgreSQL may not pass through it.
    """
    chosen = settings.data_dir.absolute()
    if "data_dir" in settings.model_fields_set or not needs_embedded(settings):
        return chosen
    barrier = Account.for_children(settings.embedded_account).barrier(chosen)
    return chosen if barrier in (None, chosen.resolve()) else SYSTEM_DATA_DIR


def needs_embedded(settings: Settings) -> bool:
    """Whether PostgreSQL or Valkey has no address of its own."""
    return settings.database_url is None or settings.redis_url is None


def embedded_servers(settings: Settings) -> EmbeddedServers:
    """The servers that these settings leave to us."""
    return EmbeddedServers(
        settings.data_dir,
        database_url=settings.database_url,
        redis_url=settings.redis_url,
        account_name=settings.embedded_account,
    )


def completed(settings: Settings, urls: ServerUrls) -> Settings:
    """The settings with the addresses and the secret that were found or made."""
    secret = settings.secret_key or SecretStr(DataFolder(settings.data_dir).secret())
    update = {"database_url": urls.database_url, "redis_url": urls.redis_url, "secret_key": secret}
    return settings.model_copy(update=update)


@contextmanager
def with_servers(settings: Settings) -> Iterator[Settings]:
    """Settings whose servers answer: those of a Studyhall that runs on the folder now, else started for the while."""
    running = RunningServers.on(settings.data_dir) if needs_embedded(settings) else None
    with running or embedded_servers(settings) as urls:
        found = ServerUrls(settings.database_url or urls.database_url, settings.redis_url or urls.redis_url)
        yield completed(settings, found)


def publish(settings: Settings) -> None:
    """Lets every process that we start from now on read these settings."""
    values: dict[str, str | Path | int | None] = {
        "DATA_DIR": settings.data_dir,
        "HOST": settings.host,
        "PORT": settings.port,
        "SERVER_WORKERS": settings.server_workers,
        "DATABASE_URL": settings.database_url,
        "REDIS_URL": settings.redis_url,
        "SECRET_KEY": settings.require_secret_key(),
    }
    os.environ.update({f"STUDYHALL_{name}": str(value) for name, value in values.items()})
    settings_from_environment.cache_clear()
