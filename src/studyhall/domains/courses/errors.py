"""Refusals of courses."""

from studyhall.platform.errors import Conflict, Forbidden, NotFound


class CourseNotFound(NotFound):
    code, message = "COURSE_NOT_FOUND", "There is no such course, or you may not see it."


class NotOwner(Forbidden):
    code, message = "NOT_COURSE_OWNER", "Only the owner of the course, or an author of a published one, may do this."


class NotEnrolled(Conflict):
    code, message = "NOT_ENROLLED", "You do not take this course. Enrol in it first."


class AlreadyEnrolled(Conflict):
    code, message = "ALREADY_ENROLLED", "You take this course already."


class NotPublished(Conflict):
    code, message = "COURSE_NOT_PUBLISHED", "This course is no longer in the catalogue and cannot be taken."
