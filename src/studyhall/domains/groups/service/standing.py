"""Finding a group for somebody who wants something in it."""

from uuid import UUID

from studyhall.domains.groups import queries
from studyhall.domains.groups.errors import GroupNotFound, NotInGroup, RoleTooLow
from studyhall.domains.groups.queries import GroupSeen
from studyhall.domains.groups.rules import Right, has_right
from studyhall.platform.uow import UnitOfWork


async def seen(uow: UnitOfWork, viewer_id: UUID, group_id: UUID, *, lock: bool = False) -> GroupSeen:
    """The group in the eyes of the viewer. Raises GroupNotFound."""
    found = await queries.group_seen_by(uow, viewer_id, group_id, lock=lock)
    if found is None:
        raise GroupNotFound
    return found


async def with_right(
    uow: UnitOfWork, viewer_id: UUID, group_id: UUID, right: Right, *, lock: bool = False
) -> GroupSeen:
    """The group, if the viewer may do that in it.

    Raises:
        GroupNotFound: he may not see it.
        NotInGroup, RoleTooLow: he sees it and may not.
    """
    found = await seen(uow, viewer_id, group_id, lock=lock)
    if found.role is None:
        raise NotInGroup
    if not has_right(found.role, right):
        raise RoleTooLow
    return found
