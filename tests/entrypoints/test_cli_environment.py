"""Where a command looks for its installation, and what it hands on."""

import os
from pathlib import Path

import pytest

from studyhall.entrypoints.cli import environment
from studyhall.platform.embedded import SetupError
from studyhall.platform.settings import settings_from_environment


@pytest.fixture
def closed_home(tmp_path, monkeypatch):
    """A working folder that nobody else may pass through."""
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    monkeypatch.chdir(home)
    return home


@pytest.mark.skipif(os.geteuid() != 0, reason="only root hands its database to another account")
def test_root_in_a_closed_folder_uses_the_place_of_the_system(closed_home):
    assert environment.load_settings().data_dir == Path("/var/lib/studyhall")
    assert environment.load_settings(data_dir=Path("here")).data_dir == closed_home / "here"
    elsewhere = {"database_url": "postgresql://db/x", "redis_url": "redis://cache/0"}
    assert environment.load_settings(**elsewhere).data_dir == closed_home / "data"


def test_a_setting_names_the_folder_too(monkeypatch, tmp_path):
    monkeypatch.setenv("STUDYHALL_DATA_DIR", str(tmp_path / "there"))
    assert environment.load_settings().data_dir == tmp_path / "there"
    assert environment.load_settings(data_dir=tmp_path / "here").data_dir == tmp_path / "here"


def test_what_is_published_is_what_others_read(monkeypatch, tmp_path):
    for name in ("DATA_DIR", "HOST", "PORT", "SERVER_WORKERS", "DATABASE_URL", "REDIS_URL", "SECRET_KEY"):
        monkeypatch.setenv(f"STUDYHALL_{name}", "1")
    given = {"database_url": "postgresql://u:p%40w@/x?host=/a%20b&port=5", "redis_url": "redis://:pw@cache/0"}
    settings = environment.load_settings(
        data_dir=tmp_path, host="::1", port=1234, server_workers=3, secret_key="s" * 40, **given
    )
    environment.publish(settings)
    read = settings_from_environment()
    settings_from_environment.cache_clear()
    assert read == settings


def test_settings_in_error_are_named_without_their_values(monkeypatch):
    monkeypatch.setenv("STUDYHALL_ACCESS_TOKEN_MINUTES", "private-words")
    monkeypatch.setenv("STUDYHALL_PORT", "-1")
    with pytest.raises(SetupError) as refusal:
        environment.load_settings()
    assert "STUDYHALL_ACCESS_TOKEN_MINUTES" in str(refusal.value)
    assert "STUDYHALL_PORT" in str(refusal.value)
    assert "private-words" not in str(refusal.value)
