"""Refusals of chat."""

from studyhall.platform.errors import Conflict, Forbidden, NotFound


class MessageNotFound(NotFound):
    code, message = "MESSAGE_NOT_FOUND", "There is no such message in this group."


class NotAuthor(Forbidden):
    code, message = "NOT_MESSAGE_AUTHOR", "Only who wrote the message may do this."


class MessageDeleted(Conflict):
    code, message = "MESSAGE_DELETED", "This message was deleted."
