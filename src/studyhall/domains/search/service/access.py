"""Which keys somebody holds."""

from uuid import UUID

from studyhall.domains.search.ports import AccessKeys
from studyhall.domains.search.rules.documents import PUBLIC, user_key
from studyhall.platform.uow import UnitOfWork


async def keys_of(uow: UnitOfWork, user_id: UUID | None) -> frozenset[str]:
    """All keys of a person; somebody who is not signed in holds `public` alone."""
    if user_id is None:
        return frozenset({PUBLIC})
    others = await uow.resources.port(AccessKeys)(uow, user_id)
    return frozenset({PUBLIC, user_key(user_id), *others})
