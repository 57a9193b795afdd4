"""The door of subjects for other domains."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from uuid import UUID

from studyhall.domains.subjects import queries
from studyhall.domains.subjects.errors import SubjectNotFound, TopicNotFound
from studyhall.domains.subjects.queries import TopicRow
from studyhall.domains.subjects.rules import in_learning_order
from studyhall.domains.subjects.service import MOST_TOPICS
from studyhall.platform.uow import UnitOfWork

__all__ = [
    "MOST_TOPICS",
    "Subject",
    "SubjectNotFound",
    "Topic",
    "TopicNotFound",
    "in_learning_order",
    "require_topics",
    "subjects",
    "subjects_named",
    "topics",
    "topics_named",
    "topics_of",
]


@dataclass(frozen=True, slots=True)
class Subject:
    """A field of knowledge."""

    id: UUID
    name: str


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic; `prerequisites` are of the same subject and make no cycle."""

    id: UUID
    name: str
    subject_id: UUID
    prerequisites: tuple[UUID, ...]


async def subjects(uow: UnitOfWork, subject_ids: Collection[UUID]) -> dict[UUID, Subject]:
    """Those of the subjects that there are, by id; one statement."""
    return {row.id: Subject(row.id, row.name) for row in await queries.subjects(uow, subject_ids)}


async def subjects_named(uow: UnitOfWork, names: Collection[str]) -> dict[str, Subject]:
    """Subjects by their names, upper and lower case the same; the keys are the names in lower case."""
    return {row.name.lower(): Subject(row.id, row.name) for row in await queries.subjects_named(uow, names)}


async def topics(uow: UnitOfWork, topic_ids: Collection[UUID]) -> dict[UUID, Topic]:
    """Those of the topics that there are, by id; two statements."""
    return {row.topic.id: _topic(row) for row in await queries.topics(uow, topic_ids)}


async def topics_of(uow: UnitOfWork, subject_ids: Collection[UUID]) -> dict[UUID, list[Topic]]:
    """All topics of each subject, by name; a subject that has none, or is none, has an empty list."""
    found: dict[UUID, list[Topic]] = {subject_id: [] for subject_id in subject_ids}
    for row in await queries.topics_of(uow, subject_ids):
        found[row.topic.subject_id].append(_topic(row))
    return found


async def topics_named(uow: UnitOfWork, names: Collection[tuple[str, str]]) -> dict[tuple[str, str], UUID]:
    """Ids of topics by (subject's name, topic's name); the keys of the answer are in lower case, missing ones missing.

    For importers, which know names only.
    """
    found = await queries.topics_named(uow, names)
    return {(subject.lower(), topic.name.lower()): topic.id for subject, topic in found}


async def require_topics(uow: UnitOfWork, topic_ids: Iterable[UUID]) -> None:
    """Raises TopicNotFound when one of them is none."""
    wanted = set(topic_ids)
    if len(await queries.topics(uow, wanted)) < len(wanted):
        raise TopicNotFound


def _topic(row: TopicRow) -> Topic:
    return Topic(row.topic.id, row.topic.name, row.topic.subject_id, row.prerequisites)
