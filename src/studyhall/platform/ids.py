"""Identifiers: UUID version 7, made here so that they exist before the row does and sort by time."""

from uuid import UUID

from uuid_utils.compat import uuid7


def new_id() -> UUID:
    """A fresh UUIDv7, monotonic within this process."""
    return uuid7()
