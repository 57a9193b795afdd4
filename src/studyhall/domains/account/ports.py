"""What account needs from everywhere."""

from collections.abc import Sequence
from typing import Protocol

from studyhall.platform.privacy import Keeper


class Keepers(Protocol):
    """Every domain that keeps something of a person."""

    def __call__(self) -> Sequence[Keeper]:
        """From the top of the ladder down, the account itself last: all else hangs on it."""
        ...
