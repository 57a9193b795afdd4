"""What friends look like from outside."""

from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import AliasChoices, EmailStr, Field, model_validator

from studyhall.domains.friends.models import FriendRequest
from studyhall.domains.friends.service import Asked
from studyhall.domains.identity.public import Person
from studyhall.platform.web import Choice, Pagination, Schema


class FriendIn(Schema):
    """Whom to ask: by id or by e-mail address. `friend_id` is accepted for `user_id`."""

    user_id: UUID | None = Field(None, validation_alias=AliasChoices("user_id", "friend_id"))
    email: Annotated[EmailStr, Field(max_length=254)] | None = Field(None, examples=[None])

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if (self.user_id is None) == (self.email is None):
            raise ValueError("Name the person by either user_id or email.")
        return self


class RequestStatus(Choice):
    """Pending whatever its receiver may have done, or friends already because he had asked too."""

    PENDING = "pending"
    ACCEPTED = "accepted"


class FriendPerson(Schema):
    """Somebody's name."""

    user_id: UUID
    name: str
    username: str
    avatar_url: str | None

    @classmethod
    def of(cls, person: Person) -> Self:
        """The person's name and picture."""
        return cls(user_id=person.id, name=person.name, username=person.username, avatar_url=person.avatar_url)


class FriendOut(FriendPerson):
    """A friend."""

    since: datetime


class SentRequest(Schema):
    """A request as I typed it; who is behind it, if anybody, I learn when it is accepted."""

    id: UUID
    user_id: UUID | None
    email: str | None
    created_at: datetime
    expires_at: datetime

    @classmethod
    def of(cls, request: FriendRequest) -> Self:
        """What the sender knows of it."""
        kind, _, typed = request.typed.partition(":")
        return cls(
            id=request.id,
            user_id=UUID(typed) if kind == "id" else None,
            email=typed if kind == "mail" else None,
            created_at=request.created_at,
            expires_at=request.expires_at,
        )


class ReceivedRequest(Schema):
    """Somebody wants to be my friend."""

    id: UUID
    person: FriendPerson
    created_at: datetime
    expires_at: datetime


class AskedData(Schema):
    """The request that stands; or my new friend, who had asked me too."""

    status: RequestStatus
    request: SentRequest | None
    friend: FriendPerson | None

    @classmethod
    def of(cls, asked: Asked) -> Self:
        """What became of asking."""
        return cls(
            status=RequestStatus.PENDING if asked.friend is None else RequestStatus.ACCEPTED,
            request=None if asked.request is None else SentRequest.of(asked.request),
            friend=None if asked.friend is None else FriendPerson.of(asked.friend),
        )


class FriendsData(Schema):
    """A page of friends, and all open requests."""

    friends: list[FriendOut]
    pagination: Pagination
    received: list[ReceivedRequest]
    sent: list[SentRequest]


class Answer(Choice):
    """What one answers to a request."""

    ACCEPT = "accept"
    DECLINE = "decline"


class AnswerIn(Schema):
    """The answer. `action` is accepted for `response`."""

    response: Answer = Field(validation_alias=AliasChoices("response", "action", "answer"), examples=["accept"])


class AnsweredData(Schema):
    """My new friend; null when I declined."""

    friend: FriendPerson | None
