"""Reading subjects and topics; they are everybody's."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ScalarSelect, func, select, tuple_

from studyhall.domains.subjects.models import Subject, Topic, TopicPrerequisite
from studyhall.platform.uow import UnitOfWork
from studyhall.platform.web import ListQuery, Page, page_of


@dataclass(frozen=True, slots=True)
class TopicRow:
    """A topic with the ids of its prerequisites, in the order of their names."""

    topic: Topic
    prerequisites: tuple[UUID, ...]


def _topics_count() -> ScalarSelect[int]:
    return select(func.count()).where(Topic.subject_id == Subject.id).correlate(Subject).scalar_subquery()


async def page_of_subjects(uow: UnitOfWork, q: str | None, listing: ListQuery) -> Page[tuple[Subject, int]]:
    """Subjects by name, each with the number of its topics; narrowed to those with `q` in their name."""
    rows = select(Subject, _topics_count())
    if q:
        rows = rows.where(Subject.name.icontains(q, autoescape=True))
    return await page_of(uow, rows, listing, order=(func.lower(Subject.name).asc(),), tie=Subject.id)


async def subject(uow: UnitOfWork, subject_id: UUID) -> tuple[Subject, int] | None:
    """One subject with the number of its topics."""
    found = (await uow.session.execute(select(Subject, _topics_count()).where(Subject.id == subject_id))).one_or_none()
    return None if found is None else (found[0], found[1])


async def lock_subject(uow: UnitOfWork, subject_id: UUID) -> bool:
    """Keep everybody else from changing the subject's graph until the transaction ends; False when there is none."""
    found = await uow.session.execute(
        select(Subject.id).where(Subject.id == subject_id).with_for_update(key_share=True)
    )
    return found.first() is not None


async def topic(uow: UnitOfWork, topic_id: UUID) -> Topic | None:
    """One topic, as it is now."""
    return await uow.session.get(Topic, topic_id, populate_existing=True)


async def page_of_topics(uow: UnitOfWork, subject_id: UUID, listing: ListQuery) -> Page[TopicRow]:
    """The subject's topics by name."""
    rows = select(Topic).where(Topic.subject_id == subject_id)
    page: Page[Topic] = await page_of(uow, rows, listing, order=(func.lower(Topic.name).asc(),), tie=Topic.id)
    return Page(await with_prerequisites(uow, page.rows), page.total, page.query)


async def topics(uow: UnitOfWork, topic_ids: Collection[UUID]) -> list[TopicRow]:
    """Those of the topics that there are, by name."""
    if not topic_ids:
        return []
    found = await uow.session.scalars(select(Topic).where(Topic.id.in_(topic_ids)).order_by(Topic.name, Topic.id))
    return await with_prerequisites(uow, found.all())


async def topics_of(uow: UnitOfWork, subject_ids: Collection[UUID]) -> list[TopicRow]:
    """Every topic of the subjects, by name."""
    if not subject_ids:
        return []
    found = await uow.session.scalars(
        select(Topic).where(Topic.subject_id.in_(subject_ids)).order_by(Topic.name, Topic.id)
    )
    return await with_prerequisites(uow, found.all())


async def with_prerequisites(uow: UnitOfWork, rows: Sequence[Topic]) -> list[TopicRow]:
    """The topics with what they need, in one more statement."""
    if not rows:
        return []
    found = await uow.session.execute(
        select(TopicPrerequisite.topic_id, TopicPrerequisite.prerequisite_id)
        .join(Topic, Topic.id == TopicPrerequisite.prerequisite_id)
        .where(TopicPrerequisite.topic_id.in_([row.id for row in rows]))
        .order_by(Topic.name, Topic.id)
    )
    needs = needs_of((row[0], row[1]) for row in found)
    return [TopicRow(row, tuple(needs.get(row.id, ()))) for row in rows]


async def graph(uow: UnitOfWork, subject_id: UUID) -> dict[UUID, list[UUID]]:
    """The subject's whole graph: topic -> what it needs."""
    found = await uow.session.execute(
        select(TopicPrerequisite.topic_id, TopicPrerequisite.prerequisite_id).where(
            TopicPrerequisite.subject_id == subject_id
        )
    )
    return needs_of((row[0], row[1]) for row in found)


def needs_of(edges: Iterable[tuple[UUID, UUID]]) -> dict[UUID, list[UUID]]:
    """Edges by the topic that they start from."""
    needs: dict[UUID, list[UUID]] = {}
    for topic_id, prerequisite_id in edges:
        needs.setdefault(topic_id, []).append(prerequisite_id)
    return needs


async def names_of(uow: UnitOfWork, subject_id: UUID) -> dict[UUID, str]:
    """The names of all topics of the subject."""
    found = await uow.session.execute(select(Topic.id, Topic.name).where(Topic.subject_id == subject_id))
    return {row[0]: row[1] for row in found}


async def subjects(uow: UnitOfWork, subject_ids: Collection[UUID]) -> Sequence[Subject]:
    """Those of the subjects that there are."""
    if not subject_ids:
        return []
    return (await uow.session.scalars(select(Subject).where(Subject.id.in_(subject_ids)))).all()


async def subjects_named(uow: UnitOfWork, names: Collection[str]) -> Sequence[Subject]:
    """The subjects of these names; upper and lower case are the same."""
    if not names:
        return []
    wanted = [name.strip().lower() for name in names]
    return (await uow.session.scalars(select(Subject).where(func.lower(Subject.name).in_(wanted)))).all()


async def topics_named(uow: UnitOfWork, names: Collection[tuple[str, str]]) -> Sequence[tuple[str, Topic]]:
    """Topics by subject and name, each with its subject's name; upper and lower case are the same."""
    if not names:
        return []
    wanted = [(subject.strip().lower(), name.strip().lower()) for subject, name in names]
    found = await uow.session.execute(
        select(Subject.name, Topic)
        .join(Subject, Subject.id == Topic.subject_id)
        .where(tuple_(func.lower(Subject.name), func.lower(Topic.name)).in_(wanted))
    )
    return [(name, row) for name, row in found]
