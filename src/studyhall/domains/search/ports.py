"""What search needs from above: who holds which keys, and all that can be found."""

from collections.abc import Collection, Sequence
from typing import Protocol
from uuid import UUID

from studyhall.domains.search.rules.documents import Document
from studyhall.platform.uow import UnitOfWork


class AccessKeys(Protocol):
    """The keys that a person holds besides `public` and his own: of his courses, of his groups."""

    async def __call__(self, uow: UnitOfWork, user_id: UUID) -> Collection[str]:
        """At most one statement of each domain that knows some."""
        ...


def joined(*parts: AccessKeys) -> AccessKeys:
    """The keys that several domains know of."""

    async def all_of(uow: UnitOfWork, user_id: UUID) -> Collection[str]:
        return {key for part in parts for key in await part(uow, user_id)}

    return all_of


class Source(Protocol):
    """A domain that puts documents: it can tell all of them anew.

    Attributes:
        kind: of all its documents; a kind has one source.
    """

    kind: str

    async def documents(self, uow: UnitOfWork, after: UUID, limit: int) -> Sequence[Document]:
        """Those whose source ids come after `after`, in the order of these ids, at most `limit`; empty at the end."""
        ...


class Sources(Protocol):
    """Every source of documents."""

    def __call__(self) -> Sequence[Source]: ...
