"""The shape of the house, checked on the house and on small trees with a planted fault."""

import importlib.util
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest


def _load() -> ModuleType:
    path = Path(__file__).with_name("checks.py")
    spec = importlib.util.spec_from_file_location("house_checks", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


checks = _load()
ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "studyhall"
DOMAINS = SOURCE / "domains"


def test_domains_have_the_files_of_the_ladder() -> None:
    assert checks.file_names(DOMAINS) == []


def test_names_say_something() -> None:
    assert checks.banned_names(SOURCE) == []


def test_files_functions_and_domains_stay_small() -> None:
    assert checks.sizes(SOURCE) == []


def test_domains_meet_only_at_their_doors() -> None:
    assert checks.doors(DOMAINS) == []


def test_there_is_one_commit() -> None:
    found = checks.commits(SOURCE)
    assert len(found) == 1, found
    assert found[0].startswith("platform/uow.py")


def test_there_is_one_clock() -> None:
    assert checks.clocks(SOURCE) == []


def test_only_the_settings_read_the_environment() -> None:
    assert checks.environment_readers(SOURCE) == []


def test_no_relationship_loads_by_itself() -> None:
    assert checks.relationships(SOURCE) == []


@pytest.mark.parametrize("lock", sorted(ROOT.glob("requirements*.txt")), ids=lambda path: path.name)
def test_locked_requirements_name_no_server_and_carry_hashes(lock: Path) -> None:
    assert checks.addresses_in(lock) == []
    assert "--hash=sha256:" in lock.read_text()


_DOC = '"""Owns a thing."""\n'
_LONG = "def long():\n" + "    pass\n" * 60

FAULTS: list[tuple[Callable[[Path], list[str]], dict[str, str]]] = [
    (checks.file_names, {"a/__init__.py": _DOC, "a/manager.py": ""}),
    (checks.file_names, {"a/__init__.py": ""}),
    (checks.banned_names, {"a/utils.py": ""}),
    (checks.sizes, {"a.py": "x = 1\n" * 401}),
    (checks.sizes, {"a.py": _LONG}),
    (checks.sizes, {f"domains/a/{name}.py": "x = 1\n" * 400 for name in "bcdefgh"}),
    (checks.doors, {"a/service.py": "from studyhall.domains.b.models import B"}),
    (checks.doors, {"a/service.py": "def f():\n    import studyhall.domains.b.service"}),
    (checks.commits, {"a.py": "async def f(session):\n    await session.commit()"}),
    (checks.clocks, {"a.py": "now = datetime.now(UTC)"}),
    (checks.environment_readers, {"a.py": "import os\nx = os.environ['HOME']"}),
    (checks.relationships, {"a.py": "x = relationship('B')"}),
]


@pytest.mark.parametrize(("check", "files"), FAULTS, ids=lambda value: getattr(value, "__name__", "tree"))
def test_each_check_finds_a_planted_fault(
    tmp_path: Path, check: Callable[[Path], list[str]], files: dict[str, str]
) -> None:
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    assert check(tmp_path) != []


def test_a_lock_with_an_address_is_found(tmp_path: Path) -> None:
    lock = tmp_path / "requirements.txt"
    lock.write_text("--extra-index-url https://packages.example\nx==1 --hash=sha256:0\n")
    assert checks.addresses_in(lock)
