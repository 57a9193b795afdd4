"""What is said on `/group`. Members hear it on all their sockets; clients read the rest over HTTP."""

from uuid import UUID

from pydantic import BaseModel

from studyhall.platform.realtime import Channel, Message

GROUP = "/group"
GROUP_CHANNEL = Channel(GROUP, "What happens in the groups of the signed-in person. Clients only listen.")


class MessageMade(BaseModel):
    """A message was written; read it with `GET /groups/{group_id}/messages`."""

    group_id: UUID
    message_id: UUID
    reply_to_id: UUID | None
    user_id: UUID


class MessageTouched(BaseModel):
    """A message is another one now; read it again."""

    group_id: UUID
    message_id: UUID


class Membership(BaseModel):
    """Who is in the group changed."""

    group_id: UUID
    user_id: UUID


MESSAGE_MADE = Message(GROUP, "message_made", MessageMade, "Somebody wrote in a group of mine.")
MESSAGE_EDITED = Message(GROUP, "message_edited", MessageTouched, "A message was edited.")
MESSAGE_DELETED = Message(GROUP, "message_deleted", MessageTouched, "A message was deleted.")
MEMBER_JOINED = Message(GROUP, "member_joined", Membership, "Somebody is in a group of mine now.")
MEMBER_LEFT = Message(GROUP, "member_left", Membership, "Somebody, perhaps I, is in the group no longer.")
MESSAGES = (MESSAGE_MADE, MESSAGE_EDITED, MESSAGE_DELETED, MEMBER_JOINED, MEMBER_LEFT)
