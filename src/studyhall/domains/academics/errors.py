"""Refusals of timetables."""

from studyhall.domains.calendars.public import UnreadableTimetable
from studyhall.platform.errors import Conflict, Invalid, NotFound


class TimetableNotFound(NotFound):
    code, message = "TIMETABLE_NOT_FOUND", "There is no timetable of that semester yet."


class ClassNotFound(NotFound):
    code, message = "CLASS_NOT_FOUND", "There is no such class in your timetables."


class UploadNotFound(NotFound):
    code, message = "UPLOAD_NOT_FOUND", "There is no such upload of yours."


class UploadNotWaiting(Conflict):
    code, message = "UPLOAD_NOT_WAITING", "This upload has been accepted, replaced or refused already."


class DifferenceOutdated(Conflict):
    """The refreshed difference is kept, so that the next look at the upload shows it."""

    code = "DIFFERENCE_OUTDATED"
    message = "The timetable has changed since this difference was made. Look at it again and accept it then."
    commits = True


class UnreadableUpload(Invalid):
    """What was sent holds no timetable."""

    code = "UNREADABLE_TIMETABLE"

    @classmethod
    def of(cls, refusal: UnreadableTimetable, field: str) -> "UnreadableUpload":
        return cls(refusal.reasons[0], errors={field: refusal.reasons})
