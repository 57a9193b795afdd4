"""Refusals of study time, each with its reason."""

from studyhall.platform.errors import Conflict, NotFound


class SessionNotFound(NotFound):
    code, message = "SESSION_NOT_FOUND", "There is no such study session, or it is not yours."


class NothingRunning(NotFound):
    code, message = "NO_RUNNING_SESSION", "No timer is running."


class SessionRunning(Conflict):
    code, message = "SESSION_RUNNING", "A timer is already running. End it before you start another."


class SessionEnded(Conflict):
    code, message = "SESSION_ENDED", "This session has already ended."


class SessionOverlaps(Conflict):
    code, message = "SESSION_OVERLAPS", "You studied something else at that time already."


class SessionLogged(SessionOverlaps):
    code, message = "SESSION_LOGGED_ALREADY", "This very session is logged already; nothing is lost."


class TooManyPauses(Conflict):
    code, message = "TOO_MANY_PAUSES", "This session was paused too often. End it and start another."
