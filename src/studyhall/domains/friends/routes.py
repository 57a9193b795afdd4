"""Friends."""

from uuid import UUID

from studyhall.domains.friends import errors, service
from studyhall.domains.friends.schemas import (
    AnsweredData,
    AnswerIn,
    AskedData,
    FriendIn,
    FriendOut,
    FriendPerson,
    FriendsData,
    ReceivedRequest,
    SentRequest,
)
from studyhall.platform.web import CurrentActor, Envelope, Listing, Router, Uow, created, ok

router = Router("social")


@router.post(
    "/friends/add",
    access="user",
    status=201,
    summary="Ask somebody to be my friend",
    limit="friend_request",
    errors=[errors.AlreadyFriends, errors.TooManyRequests, errors.TooManyFriends],
)
async def add_friend(body: FriendIn, uow: Uow, actor: CurrentActor) -> Envelope[AskedData]:
    """The answer is the same whether or not there is such an account. Who has asked me too is my friend at once."""
    asked = await service.ask(uow, actor, user_id=body.user_id, email=body.email)
    message = "Request sent. You are told when it is accepted." if asked.friend is None else "You are friends now."
    return created(AskedData.of(asked), message)


@router.get("/friends", access="user", summary="My friends and open requests")
async def list_friends(uow: Uow, actor: CurrentActor, listing: Listing) -> Envelope[FriendsData]:
    """Friends by page, latest first, and all open requests, received and sent."""
    found = await service.circle(uow, actor, listing)
    friends = [
        FriendOut(**FriendPerson.of(found.people[one.friend_id]).model_dump(), since=one.created_at)
        for one in found.friends.rows
    ]
    received = [
        ReceivedRequest(
            id=one.id,
            person=FriendPerson.of(found.people[one.user_id]),
            created_at=one.created_at,
            expires_at=one.expires_at,
        )
        for one in found.received
    ]
    sent = [SentRequest.of(one) for one in found.sent]
    return ok(FriendsData(friends=friends, pagination=found.friends.pagination, received=received, sent=sent))


@router.post(
    "/friends/{request_id}/respond",
    access="user",
    summary="Accept or decline a friend request",
    errors=[errors.RequestExpired, errors.TooManyFriends],
)
async def respond_to_friend_request(
    request_id: UUID, body: AnswerIn, uow: Uow, actor: CurrentActor
) -> Envelope[AnsweredData]:
    """A declined request says nothing to its sender."""
    friend = await service.respond(uow, actor, request_id, accept=body.response == "accept")
    data = AnsweredData(friend=None if friend is None else FriendPerson.of(friend))
    return ok(data, "Request declined" if friend is None else "You are friends now.")


@router.delete("/friends/{user_id}", access="user", summary="Remove a friend, or take a request of mine back")
async def remove_friend(user_id: UUID, uow: Uow, actor: CurrentActor) -> Envelope[None]:
    """By the friend's id; a request of mine by its own id or by the id that I typed."""
    await service.remove(uow, actor, user_id)
    return ok(None, "Removed")
