"""Commands without a running server: help, refusals in one line, and what they write."""

import json
import socket
import tarfile

import pytest
from sqlalchemy import select

from studyhall import __version__
from studyhall.domains.roles.models import Role, UserRole
from studyhall.entrypoints.cli import administration, app, contracts
from studyhall.platform.embedded import SetupError

COMMANDS = ["serve", "worker", "migrate", "demo", "rebuild", "admin", "backup", "restore", "doctor", "openapi"]
NOWHERE = {
    "STUDYHALL_DATABASE_URL": "postgresql://user:very-private@127.0.0.1:9/none",
    "STUDYHALL_REDIS_URL": "redis://127.0.0.1:9/0",
}


def refused(outcome, *words):
    """Exit code 2 and one line that holds `words`."""
    assert outcome.returncode == 2, outcome.stderr
    lines = outcome.stderr.strip().splitlines()
    assert "Traceback" not in outcome.stderr
    assert lines[-1].startswith("studyhall: ")
    for word in words:
        assert word in lines[-1]
    return True


def test_help_names_every_command(installation):
    outcome = installation.run("--help")
    assert outcome.returncode == 0
    for command in COMMANDS:
        assert f" {command} " in outcome.stdout


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(command, capsys):
    with pytest.raises(SystemExit) as ending:
        app([command, "--help"], prog_name="studyhall")
    assert ending.value.code == 0
    assert f"Usage: studyhall {command}" in capsys.readouterr().out


def test_version(installation):
    assert installation.run("--version").stdout.strip() == f"studyhall {__version__}"


def test_a_setting_that_cannot_be_is_named(installation):
    assert refused(installation.run("serve", STUDYHALL_PORT="99999"), "STUDYHALL_PORT", "65535")


def test_a_weak_secret_is_refused_in_production_without_showing_it(installation):
    weak = "letmein-letmein"
    outcome = installation.run("serve", STUDYHALL_ENVIRONMENT="production", STUDYHALL_SECRET_KEY=weak)
    assert refused(outcome, "STUDYHALL_SECRET_KEY", "too weak", "openssl rand")
    assert weak not in outcome.stderr


def test_an_unreachable_database_is_named_without_its_password(installation):
    outcome = installation.run("serve", "--port", "0", **NOWHERE)
    assert refused(outcome, "127.0.0.1:9 cannot be used", "STUDYHALL_DATABASE_URL")
    assert "very-private" not in outcome.stderr


def test_a_taken_port_is_refused_before_anything_starts(installation):
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        port = str(listener.getsockname()[1])
        outcome = installation.run("serve", "--port", port, "--data-dir", "never-made")
    assert refused(outcome, f"Port {port}", "--port")
    assert not (installation.folder / "never-made").exists()


def test_a_folder_that_is_a_file_is_refused(installation):
    (installation.folder / "file").write_text("")
    assert refused(installation.run("migrate", "--data-dir", "file"), "cannot be used", "--data-dir")


def test_restoring_something_else_is_refused(new_installation):
    (new_installation.folder / "x.tar").write_text("not a backup")
    assert refused(new_installation.run("restore", "x.tar"), "x.tar is no backup")
    with tarfile.open(new_installation.folder / "y.tar", "w"):
        pass
    assert refused(new_installation.run("restore", "y.tar"), "y.tar is no backup")


def test_nothing_to_back_up(new_installation):
    assert refused(new_installation.run("backup", "b.tar"), "nothing to back up")
    assert not (new_installation.folder / "b.tar").exists()


def test_doctor_on_servers_that_do_not_answer(installation):
    outcome = installation.run("doctor", STUDYHALL_MAIL_URL="smtp://127.0.0.1:9", COLUMNS="200", **NOWHERE)
    assert outcome.returncode == 1
    failing = [line for line in outcome.stdout.splitlines() if "FAILS" in line]
    assert [line.split()[1] for line in failing] == ["database", "redis", "mail"]
    assert "very-private" not in outcome.stdout


def test_contracts_are_written_and_a_stale_one_is_found(tmp_path):
    assert sorted(path.name for path in contracts.write(tmp_path)) == ["openapi.json", "realtime.json"]
    assert json.loads((tmp_path / "openapi.json").read_text())["info"]["title"] == "Studyhall"
    assert contracts.write(tmp_path) == contracts.stale(tmp_path) == []
    (tmp_path / "realtime.json").write_text("{}")
    assert contracts.stale(tmp_path) == [tmp_path / "realtime.json"]


@pytest.mark.parametrize(("differs", "code"), [(False, 0), (True, 1)])
def test_checking_contracts_writes_nothing(tmp_path, differs, code, capsys):
    contracts.write(tmp_path)
    if differs:
        (tmp_path / "realtime.json").write_text("{}")
    with pytest.raises(SystemExit) as ending:
        app(["openapi", str(tmp_path), "--check"], prog_name="studyhall")
    assert ending.value.code == code
    assert ("realtime.json is not up to date" in capsys.readouterr().out) is differs
    assert ((tmp_path / "realtime.json").read_text() == "{}") is differs


async def test_a_role_is_given_once_and_by_any_spelling(resources):
    text = await administration.grant(resources, "root@example.org", "super admin", "Root", "Correct-Horse-7")
    assert text == "Opened the account root@example.org, who now has the role Super Admin."
    text = await administration.grant(resources, "ROOT@example.org", "Educator", None, None)
    assert text == "Found root@example.org, who now has the role Educator."
    await administration.grant(resources, "root@example.org", "Educator", None, None)
    found = await administration.find(resources, "Root@Example.org")
    assert found is not None
    assert found.email_verified_at is not None
    async with resources.unit_of_work() as uow:
        held = await uow.session.scalars(
            select(Role.name).join(UserRole, UserRole.role_id == Role.id).where(UserRole.user_id == found.id)
        )
        assert sorted(held) == ["Educator", "Student", "Super Admin"]


async def test_an_administrator_that_cannot_be_is_refused(resources):
    with pytest.raises(SetupError, match=r"no role 'king'; choose one of: .*Student"):
        await administration.grant(resources, "root@example.org", "king", None, "Correct-Horse-7")
    with pytest.raises(SetupError, match="at least 8 characters"):
        await administration.grant(resources, "root@example.org", "Admin", None, "weak")
    assert await administration.find(resources, "root@example.org") is None
