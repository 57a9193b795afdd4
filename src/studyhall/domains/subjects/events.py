"""What happens to subjects."""

from dataclasses import dataclass
from uuid import UUID

from studyhall.platform.events import Event


@dataclass(frozen=True, slots=True)
class SubjectAdded(Event):
    """A subject is there to be chosen."""

    subject_id: UUID


@dataclass(frozen=True, slots=True)
class TopicAdded(Event):
    """A subject has a new topic."""

    subject_id: UUID
    topic_id: UUID


@dataclass(frozen=True, slots=True)
class TopicChanged(Event):
    """A topic has another name, description or other prerequisites."""

    subject_id: UUID
    topic_id: UUID
