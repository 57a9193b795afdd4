"""Use cases of subjects."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert

from studyhall.domains.subjects import queries, rules
from studyhall.domains.subjects.errors import (
    PrerequisitesRefused,
    SubjectExists,
    SubjectNotFound,
    TooManyTopics,
    TopicExists,
    TopicNotFound,
)
from studyhall.domains.subjects.events import SubjectAdded, TopicAdded, TopicChanged
from studyhall.domains.subjects.models import Subject, Topic, TopicPrerequisite
from studyhall.domains.subjects.queries import TopicRow
from studyhall.platform.ids import new_id
from studyhall.platform.uow import UnitOfWork

MOST_TOPICS = 1_000


async def add_subject(uow: UnitOfWork, name: str, description: str | None) -> Subject:
    """A new subject. Raises SubjectExists; of two of one name at once, one gets it."""
    values = {"id": new_id(), "name": name, "description": description}
    made: Subject | None = await uow.session.scalar(
        insert(Subject).values(**values).on_conflict_do_nothing().returning(Subject)
    )
    if made is None:
        raise SubjectExists
    uow.record(SubjectAdded(made.id))
    return made


async def get_subject(uow: UnitOfWork, subject_id: UUID) -> tuple[Subject, int]:
    """The subject with the number of its topics. Raises SubjectNotFound."""
    found = await queries.subject(uow, subject_id)
    if found is None:
        raise SubjectNotFound
    return found


async def get_topic(uow: UnitOfWork, topic_id: UUID) -> Topic:
    """Raises TopicNotFound."""
    found = await queries.topic(uow, topic_id)
    if found is None:
        raise TopicNotFound
    return found


async def add_topic(
    uow: UnitOfWork, subject_id: UUID, name: str, description: str | None, prerequisites: Sequence[UUID]
) -> TopicRow:
    """A new topic of the subject.

    Raises:
        SubjectNotFound: there is no such subject.
        TopicExists: it has a topic of that name.
        TooManyTopics: it is full.
        PrerequisitesRefused: one of them is no topic of the subject.
    """
    if not await queries.lock_subject(uow, subject_id):
        raise SubjectNotFound
    names = await queries.names_of(uow, subject_id)
    if len(names) >= MOST_TOPICS:
        raise TooManyTopics
    topic = Topic(id=new_id(), subject_id=subject_id, name=name, description=description)
    _refuse_twin(names, topic.id, name)
    _refuse_strangers(prerequisites, names)
    uow.session.add(topic)
    await uow.session.flush()
    await _need(uow, topic, prerequisites)
    uow.record(TopicAdded(subject_id, topic.id))
    return (await queries.with_prerequisites(uow, [topic]))[0]


async def change_topic(uow: UnitOfWork, topic_id: UUID, fields: Mapping[str, Any]) -> TopicRow:
    """Change what was sent: name, description, the whole list of prerequisites.

    Raises:
        TopicNotFound: there is no such topic.
        TopicExists: the subject has another topic of that name.
        PrerequisitesRefused: one of them is the topic itself, is of another subject, or needs the topic in turn.
    """
    topic = await get_topic(uow, topic_id)
    await queries.lock_subject(uow, topic.subject_id)
    topic = await get_topic(uow, topic_id)
    if "name" in fields:
        _refuse_twin(await queries.names_of(uow, topic.subject_id), topic_id, fields["name"])
    for name in fields.keys() & {"name", "description"}:
        setattr(topic, name, fields[name])
    await uow.session.flush()
    if "prerequisites" in fields:
        await _change_prerequisites(uow, topic, fields["prerequisites"])
    uow.record(TopicChanged(topic.subject_id, topic_id))
    return (await queries.with_prerequisites(uow, [topic]))[0]


async def _change_prerequisites(uow: UnitOfWork, topic: Topic, prerequisites: Sequence[UUID]) -> None:
    """With the subject locked, so that the graph looked at is the graph that is changed."""
    names = await queries.names_of(uow, topic.subject_id)
    if topic.id in prerequisites:
        raise PrerequisitesRefused(f"'{topic.name}' cannot need itself.")
    _refuse_strangers(prerequisites, names)
    needs: dict[UUID, Collection[UUID]] = {**await queries.graph(uow, topic.subject_id), topic.id: prerequisites}
    cycle = rules.cycle_through(needs, topic.id)
    if cycle is not None:
        raise PrerequisitesRefused(f"That would be a circle: {' needs '.join(names[node] for node in cycle)}.")
    await uow.session.execute(delete(TopicPrerequisite).where(TopicPrerequisite.topic_id == topic.id))
    await _need(uow, topic, prerequisites)


async def _need(uow: UnitOfWork, topic: Topic, prerequisites: Sequence[UUID]) -> None:
    if prerequisites:
        edges = [
            {"topic_id": topic.id, "prerequisite_id": one, "subject_id": topic.subject_id}
            for one in dict.fromkeys(prerequisites)
        ]
        await uow.session.execute(insert(TopicPrerequisite).values(edges))


def _refuse_twin(names: Mapping[UUID, str], topic_id: UUID, name: str) -> None:
    if any(one != topic_id and known.lower() == name.lower() for one, known in names.items()):
        raise TopicExists


def _refuse_strangers(prerequisites: Collection[UUID], names: Mapping[UUID, str]) -> None:
    strangers = [one for one in prerequisites if one not in names]
    if strangers:
        raise PrerequisitesRefused(f"No topic of this subject: {', '.join(map(str, strangers[:5]))}.")
