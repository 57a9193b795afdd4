"""What chat does when others announce something."""

from sqlalchemy import delete

from studyhall.domains.chat import queries, service
from studyhall.domains.chat.models import ReadPosition
from studyhall.domains.chat.realtime import MEMBER_JOINED, MEMBER_LEFT, Membership
from studyhall.domains.groups import public as groups
from studyhall.domains.groups.events import MemberJoined, MemberLeft
from studyhall.platform.uow import UnitOfWork


async def begin_reading(uow: UnitOfWork, event: MemberJoined) -> None:
    """What was written before somebody joined is not unread for him."""
    newest = await queries.newest(uow, event.group_id)
    await service.move_position(uow, event.group_id, event.user_id, newest)
    members = await groups.members(uow, event.group_id)
    service.tell(uow, members, MEMBER_JOINED, Membership(group_id=event.group_id, user_id=event.user_id))


async def end_reading(uow: UnitOfWork, event: MemberLeft) -> None:
    """Forget how far he had read; he and the others hear that he is gone, and he hears no more."""
    await uow.session.execute(
        delete(ReadPosition)
        .where(ReadPosition.group_id == event.group_id, ReadPosition.user_id == event.user_id)
        .execution_options(synchronize_session=False)
    )
    members = [*await groups.members(uow, event.group_id), event.user_id]
    service.tell(uow, members, MEMBER_LEFT, Membership(group_id=event.group_id, user_id=event.user_id))
