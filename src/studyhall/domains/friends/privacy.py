"""What friends hold of a person, for export and erasure."""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import delete

from studyhall.domains.friends.models import FriendRequest, Friendship
from studyhall.domains.identity import public as identity
from studyhall.platform.privacy import Personal, Rows, streams
from studyhall.platform.uow import UnitOfWork

SENT = Personal("friend_requests_sent", FriendRequest, secrets=frozenset({"to_user_id", "status"}))
"""Who is behind an address, and what he answered, is not the sender's to know."""
FRIENDS = Personal("friends", Friendship)


def export(uow: UnitOfWork, user_id: UUID) -> Mapping[str, Rows]:
    """Named streams of rows: friends, and the requests that the person sent."""
    return streams(uow, user_id, (FRIENDS, SENT))


async def erase(uow: UnitOfWork, user_id: UUID) -> None:
    """Delete friendships and requests, both ways, and requests to the address that were never delivered."""
    await FRIENDS.erase(uow, user_id)
    account = await identity.living_account(uow, user_id)
    theirs = (FriendRequest.user_id == user_id) | (FriendRequest.to_user_id == user_id)
    if account is not None:
        theirs |= FriendRequest.typed == f"mail:{account.email.lower()}"
    await uow.session.execute(delete(FriendRequest).where(theirs).execution_options(synchronize_session=False))
