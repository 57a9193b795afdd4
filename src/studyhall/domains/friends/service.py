"""Asking, answering and parting.

A request takes the same steps, and is answered the same, whoever or nobody is behind what was typed; the receiver is
told by a job that is queued in every case. Only where the other has asked too does the answer say so.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert

from studyhall.domains.friends import queries
from studyhall.domains.friends.errors import (
    AlreadyFriends,
    FriendNotFound,
    RequestExpired,
    RequestNotFound,
    TooManyFriends,
    TooManyRequests,
)
from studyhall.domains.friends.events import FriendsMade, FriendsParted
from studyhall.domains.friends.jobs import tell_of_request
from studyhall.domains.friends.models import FriendRequest, Friendship
from studyhall.domains.identity import public as identity
from studyhall.domains.identity.public import Person
from studyhall.domains.notifications import public as notifications
from studyhall.platform import clock
from studyhall.platform.auth import Actor
from studyhall.platform.errors import Invalid
from studyhall.platform.ids import new_id
from studyhall.platform.uow import UnitOfWork
from studyhall.platform.web import ListQuery, Page

OPEN_FOR = timedelta(days=30)
MOST_SENT = 50
MOST_FRIENDS = 500


@dataclass(frozen=True, slots=True)
class Asked:
    """What became of asking: a request that stands, or a friend where the other had asked too."""

    request: FriendRequest | None
    friend: Person | None
    since: datetime


@dataclass(frozen=True, slots=True)
class Circle:
    """Everything about a person's friends.

    Attributes:
        people: of friends and senders, by id.
    """

    friends: Page[Friendship]
    received: Sequence[FriendRequest]
    sent: Sequence[FriendRequest]
    people: Mapping[UUID, Person]


async def ask(uow: UnitOfWork, actor: Actor, *, user_id: UUID | None, email: str | None) -> Asked:
    """Ask somebody, by exactly one of the two, to be friends; asking again changes nothing.

    Raises:
        Invalid: the actor named himself.
        AlreadyFriends: he named a friend by his id; by an address he is not told.
        TooManyRequests: too many of his requests stand.
        TooManyFriends: the other had asked too, and one of them has no room.
    """
    target = await _account_behind(uow, user_id, email)
    if actor.user_id in (user_id, target):
        raise Invalid.field("user_id" if email is None else "email", "You cannot be your own friend.")
    other = target or new_id()
    await queries.lock_pair(uow, actor.user_id, other)
    is_friend = await queries.are_friends(uow, actor.user_id, other)
    if is_friend and email is None:
        raise AlreadyFriends
    if await queries.has_request(uow, other, actor.user_id) and not is_friend:
        friend = await _befriend(uow, actor.user_id, other)
        return Asked(None, friend, clock.now())
    typed = f"id:{user_id}" if email is None else f"mail:{email.strip().lower()}"
    request = await _request(uow, actor.user_id, typed, target)
    return Asked(request, None, request.created_at)


async def _account_behind(uow: UnitOfWork, user_id: UUID | None, email: str | None) -> UUID | None:
    if email is not None:
        found = await identity.account_of_address(uow, email)
        return None if found is None else found.id
    if user_id is None:
        raise Invalid("Name the person by either user_id or email.")
    return user_id if user_id in await identity.people(uow, [user_id]) else None


async def _request(uow: UnitOfWork, sender_id: UUID, typed: str, target: UUID | None) -> FriendRequest:
    now = clock.now()
    mine = FriendRequest.user_id == sender_id
    await uow.session.execute(
        delete(FriendRequest).where(mine, FriendRequest.expires_at <= now).execution_options(synchronize_session=False)
    )
    row = (await uow.session.scalars(select(FriendRequest).where(mine, FriendRequest.typed == typed))).one_or_none()
    if row is not None:
        return row
    if await queries.sent_count(uow, sender_id) >= MOST_SENT:
        raise TooManyRequests
    made = insert(FriendRequest).values(
        id=new_id(), user_id=sender_id, typed=typed, to_user_id=target, status="pending", created_at=now,
        expires_at=now + OPEN_FOR,
    )  # fmt: skip
    # Two at once with one key each: the second finds the first one's row.
    await uow.session.execute(made.on_conflict_do_nothing(index_elements=["user_id", "typed"]))
    row = (await uow.session.scalars(select(FriendRequest).where(mine, FriendRequest.typed == typed))).one()
    await uow.enqueue(tell_of_request, request_id=row.id)
    return row


async def _befriend(uow: UnitOfWork, user_id: UUID, friend_id: UUID) -> Person:
    """Make the two friends; the pair is locked. The one whose request it was is told."""
    if max(await queries.friend_counts(uow, [user_id, friend_id]), default=0) >= MOST_FRIENDS:
        raise TooManyFriends
    now = clock.now()
    sides = [
        {"user_id": one, "friend_id": other, "created_at": now}
        for one, other in sorted([(user_id, friend_id), (friend_id, user_id)])
    ]
    await uow.session.execute(insert(Friendship).values(sides).on_conflict_do_nothing())
    await uow.session.execute(
        delete(FriendRequest).where(queries.between(user_id, friend_id)).execution_options(synchronize_session=False)
    )
    known = await identity.people(uow, [user_id, friend_id])
    uow.record(FriendsMade(user_id, friend_id))
    await notifications.notify(
        uow,
        [friend_id],
        notifications.NotificationType.BUDDY,
        f"{known[user_id].name} is your friend now",
        "Your friend request was accepted.",
        action_url="/friends",
        metadata={"person_id": str(user_id)},
    )
    return known[friend_id]


async def circle(uow: UnitOfWork, actor: Actor, listing: ListQuery) -> Circle:
    """The actor's friends, a page of them, and all open requests."""
    friends = await queries.page_of_friends(uow, actor.user_id, listing)
    received = await queries.received(uow, actor.user_id)
    sent = await queries.sent(uow, actor.user_id)
    named = [*(one.friend_id for one in friends.rows), *(one.user_id for one in received)]
    return Circle(friends, received, sent, await identity.people(uow, named))


async def respond(uow: UnitOfWork, actor: Actor, request_id: UUID, *, accept: bool) -> Person | None:
    """Accept a request, answering the friend; or decline it, which its sender is not told.

    Raises:
        RequestNotFound: none to the actor of that id is open.
        RequestExpired: it has run out.
        TooManyFriends: one of them has no room.
    """
    found = await queries.received_request(uow, actor.user_id, request_id)
    if found is None:
        raise RequestNotFound
    await queries.lock_pair(uow, actor.user_id, found.user_id)
    found = await queries.received_request(uow, actor.user_id, request_id)
    if found is None:
        raise RequestNotFound
    if found.expires_at <= clock.now():
        raise RequestExpired
    if accept:
        return await _befriend(uow, actor.user_id, found.user_id)
    await uow.session.execute(
        update(FriendRequest)
        .where(FriendRequest.user_id == found.user_id, FriendRequest.to_user_id == actor.user_id)
        .values(status="declined")
        .execution_options(synchronize_session=False)
    )
    return None


async def remove(uow: UnitOfWork, actor: Actor, user_id: UUID) -> None:
    """End a friendship, or take back a request that the actor sent, by its id or by the person's.

    Raises FriendNotFound.
    """
    if await part(uow, actor.user_id, user_id):
        return
    mine = (FriendRequest.id == user_id) | (FriendRequest.typed == f"id:{user_id}")
    gone = await uow.session.scalars(
        delete(FriendRequest)
        .where(FriendRequest.user_id == actor.user_id, mine)
        .returning(FriendRequest.id)
        .execution_options(synchronize_session=False)
    )
    if not gone.all():
        raise FriendNotFound


async def part(uow: UnitOfWork, user_id: UUID, other: UUID) -> bool:
    """End the friendship of the two. False: there was none."""
    gone = await uow.session.scalars(
        delete(Friendship)
        .where(Friendship.user_id == user_id, Friendship.friend_id == other)
        .returning(Friendship.user_id)
        .execution_options(synchronize_session=False)
    )
    if not gone.all():
        return False
    uow.record(FriendsParted(user_id, other))
    return True


async def deliver_waiting(uow: UnitOfWork, user_id: UUID) -> None:
    """Requests to an address whose owner has an account now, and has proved that it is his."""
    account = await identity.living_account(uow, user_id)
    if account is None:
        return
    waiting = (FriendRequest.typed == f"mail:{account.email.lower()}") & FriendRequest.to_user_id.is_(None)
    found = await uow.session.scalars(
        update(FriendRequest)
        .where(waiting, FriendRequest.user_id != user_id)
        .values(to_user_id=user_id)
        .returning(FriendRequest.id)
        .execution_options(synchronize_session=False)
    )
    for request_id in found.all():
        await uow.enqueue(tell_of_request, request_id=request_id)
