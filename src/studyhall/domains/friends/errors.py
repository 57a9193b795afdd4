"""Refusals of friends."""

from studyhall.platform.errors import Conflict, Gone, NotFound


class RequestNotFound(NotFound):
    code, message = "FRIEND_REQUEST_NOT_FOUND", "There is no such request, or it is not for you."


class RequestExpired(Gone):
    code, message = "FRIEND_REQUEST_EXPIRED", "This request was open for thirty days and is over."


class FriendNotFound(NotFound):
    code, message = "FRIEND_NOT_FOUND", "This is neither a friend of yours nor a request that you sent."


class AlreadyFriends(Conflict):
    code, message = "ALREADY_FRIENDS", "You are friends already."


class TooManyRequests(Conflict):
    code, message = "TOO_MANY_FRIEND_REQUESTS", "You have too many open requests. Take some back, or wait."


class TooManyFriends(Conflict):
    code, message = "TOO_MANY_FRIENDS", "One of you has as many friends as one can have."
