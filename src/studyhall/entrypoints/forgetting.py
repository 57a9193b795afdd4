"""Every domain's part in the export of a person and in forgetting him, found by its `privacy` module.

They are found rather than listed, because a domain that nobody remembered to list would keep people for ever.
"""

import importlib
import pkgutil
from collections.abc import Sequence
from functools import lru_cache
from types import ModuleType
from typing import Any

from studyhall import domains
from studyhall.platform.privacy import Keeper

LAST = "identity"
"""The account itself: all else hangs on it, and would be lost from sight with it."""


def keepers(tables: Sequence[Any]) -> Sequence[Keeper]:
    """From the top of the ladder down, as `tables` (modules of models, the lowest first) says, the account last."""
    rank = {module.__name__.split(".")[2]: number for number, module in enumerate(tables)}

    def place(keeper: Keeper) -> tuple[bool, int]:
        return keeper.domain == LAST, -rank.get(keeper.domain, len(rank))

    return sorted((_keeper(name, module) for name, module in privacy_modules().items()), key=place)


@lru_cache(maxsize=1)
def privacy_modules() -> dict[str, ModuleType]:
    """Each domain's privacy module, by the domain's name."""
    found = {}
    for domain in pkgutil.iter_modules(domains.__path__):
        package = importlib.import_module(f"{domains.__name__}.{domain.name}")
        if "privacy" in {module.name for module in pkgutil.iter_modules(package.__path__)}:
            found[domain.name] = importlib.import_module(f"{package.__name__}.privacy")
    return found


def _keeper(name: str, module: ModuleType) -> Keeper:
    return Keeper(name, module.export, module.erase)
