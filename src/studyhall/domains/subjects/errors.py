"""Refusals of subjects."""

from studyhall.platform.errors import Conflict, Invalid, NotFound


class SubjectNotFound(NotFound):
    code, message = "SUBJECT_NOT_FOUND", "There is no such subject."


class TopicNotFound(NotFound):
    code, message = "TOPIC_NOT_FOUND", "There is no such topic."


class SubjectExists(Conflict):
    code, message = "SUBJECT_EXISTS", "There is a subject of that name already."


class TopicExists(Conflict):
    code, message = "TOPIC_EXISTS", "The subject has a topic of that name already."


class TooManyTopics(Conflict):
    code, message = "TOO_MANY_TOPICS", "A subject has 1,000 topics at most."


class PrerequisitesRefused(Invalid):
    code, message = "PREREQUISITES_REFUSED", "These prerequisites cannot be."

    def __init__(self, reason: str) -> None:
        super().__init__(reason, errors={"prerequisites": [reason]})
