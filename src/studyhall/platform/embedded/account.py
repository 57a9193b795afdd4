"""The operating-system account that the embedded servers run as: PostgreSQL refuses to run as root."""

import os
import pwd
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from studyhall.platform.embedded.errors import SetupError


@dataclass(frozen=True, slots=True)
class Account:
    """Who runs a child process. `drops_root` is set when that is not ourselves."""

    name: str
    uid: int
    gid: int
    drops_root: bool

    @classmethod
    def for_children(cls, unprivileged: str) -> Self:
        """Ourselves, or as root the account named `unprivileged`."""
        if os.geteuid() != 0:
            uid = os.geteuid()
            return cls(name=str(uid), uid=uid, gid=os.getegid(), drops_root=False)
        try:
            entry = pwd.getpwnam(unprivileged)
        except KeyError:
            raise SetupError(
                f"There is no account {unprivileged!r} to run PostgreSQL as. Make one with "
                f"`useradd --system {unprivileged}`, or name another in STUDYHALL_EMBEDDED_ACCOUNT."
            ) from None
        if entry.pw_uid == 0:
            raise SetupError("STUDYHALL_EMBEDDED_ACCOUNT must not be root: PostgreSQL refuses to run as root.")
        return cls(name=unprivileged, uid=entry.pw_uid, gid=entry.pw_gid, drops_root=True)

    def spawn_options(self) -> dict[str, Any]:
        """The arguments of `subprocess` that make a child run as this account."""
        if not self.drops_root:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def give(self, path: Path) -> None:
        """Hands a file or folder that we made to the account."""
        if self.drops_root:
            os.chown(path, self.uid, self.gid)

    def barrier(self, path: Path) -> Path | None:
        """The first folder on the way to `path`, itself included, that the account may not enter."""
        if not self.drops_root:
            return None
        resolved = path.resolve()
        for folder in [*reversed(resolved.parents), resolved]:
            if folder.is_dir() and not self._may_enter(folder.stat()):
                return folder
        return None

    def _may_enter(self, status: os.stat_result) -> bool:
        if status.st_uid == self.uid:
            return bool(status.st_mode & stat.S_IXUSR)
        if status.st_gid == self.gid:
            return bool(status.st_mode & stat.S_IXGRP)
        return bool(status.st_mode & stat.S_IXOTH)
