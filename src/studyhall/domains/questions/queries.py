"""Reading the bank. Who may see a question is decided by whoever asks through the door."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, select, true
from sqlalchemy.dialects.postgresql import ARRAY, array
from sqlalchemy.types import Uuid

from studyhall.domains.questions.models import Question
from studyhall.domains.questions.rules.drafts import QuestionType
from studyhall.platform.uow import UnitOfWork


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which questions. None does not narrow; an empty collection matches nothing.

    Attributes:
        topic_ids: about at least one of them.
        tags: with all of them.
    """

    owner_id: UUID | None = None
    course_ids: Collection[UUID] | None = None
    chapter_ids: Collection[UUID] | None = None
    topic_ids: Collection[UUID] | None = None
    types: Collection[QuestionType] | None = None
    tags: Collection[str] | None = None
    source: str | None = None
    archived: bool = False


def matching(wanted: Wanted) -> ColumnElement[bool]:
    """The condition on rows."""
    conditions: list[ColumnElement[bool]] = [true() if wanted.archived else Question.archived_at.is_(None)]
    if wanted.owner_id is not None:
        conditions.append(Question.owner_id == wanted.owner_id)
    if wanted.course_ids is not None:
        conditions.append(Question.course_id.in_(wanted.course_ids))
    if wanted.chapter_ids is not None:
        conditions.append(Question.chapter_id.in_(wanted.chapter_ids))
    if wanted.topic_ids is not None:
        conditions.append(Question.topic_ids.overlap(array(list(wanted.topic_ids), type_=Uuid())))
    if wanted.types is not None:
        conditions.append(Question.type.in_([str(one) for one in wanted.types]))
    if wanted.tags is not None:
        conditions.append(Question.tags.contains(list(wanted.tags)))
    if wanted.source is not None:
        conditions.append(Question.source == wanted.source)
    return and_(*conditions)


def rows(wanted: Wanted) -> Select[Question]:
    return select(Question).where(matching(wanted))


async def some(uow: UnitOfWork, wanted: Wanted, limit: int, after: UUID | None) -> Sequence[Question]:
    """The first so many after that one, oldest first."""
    chosen = rows(wanted).order_by(Question.id).limit(limit)
    if after is not None:
        chosen = chosen.where(Question.id > after)
    return (await uow.session.scalars(chosen)).all()


async def drawn(
    uow: UnitOfWork, wanted: Wanted, number: int, seed: str, without: Collection[UUID]
) -> Sequence[Question]:
    """So many by lot; the same seed draws the same ones as long as the bank stays the same."""
    lot = func.md5(func.concat(seed, Question.id))
    chosen = rows(wanted).order_by(lot, Question.id).limit(number)
    if without:
        chosen = chosen.where(Question.id.not_in(without))
    return (await uow.session.scalars(chosen)).all()


async def by_id(uow: UnitOfWork, ids: Collection[UUID], *, lock: bool = False) -> dict[UUID, Question]:
    if not ids:
        return {}
    chosen = select(Question).where(Question.id.in_(ids)).order_by(Question.id)
    if lock:
        chosen = chosen.with_for_update()
    found = await uow.session.scalars(chosen.execution_options(populate_existing=True))
    return {row.id: row for row in found}


async def counts_of_chapters(uow: UnitOfWork, chapter_ids: Collection[UUID]) -> dict[UUID, int]:
    found = await uow.session.execute(
        select(Question.chapter_id, func.count())
        .where(matching(Wanted(chapter_ids=chapter_ids)))
        .group_by(Question.chapter_id)
    )
    return {chapter_id: number for chapter_id, number in found if chapter_id is not None}


async def counts_of_courses(uow: UnitOfWork, course_ids: Collection[UUID]) -> dict[UUID, int]:
    found = await uow.session.execute(
        select(Question.course_id, func.count())
        .where(matching(Wanted(course_ids=course_ids)))
        .group_by(Question.course_id)
    )
    return {course_id: number for course_id, number in found if course_id is not None}


async def counts_of_topics(uow: UnitOfWork, topic_ids: Collection[UUID]) -> dict[UUID, int]:
    topic = func.unnest(Question.topic_ids, type_=Uuid()).label("topic")
    each = select(topic).where(matching(Wanted(topic_ids=topic_ids))).subquery()
    found = await uow.session.execute(
        select(each.c.topic, func.count()).where(each.c.topic.in_(topic_ids)).group_by(each.c.topic)
    )
    return {row[0]: row[1] for row in found}


async def ids_of_external(
    uow: UnitOfWork, owner_id: UUID, course_id: UUID | None, source: str, external_ids: Collection[str]
) -> dict[str, UUID]:
    """Which of the names are known already, and as what."""
    names = array(list(external_ids), type_=Question.external_id.type)
    found = await uow.session.execute(
        select(Question.external_id, Question.id).where(
            Question.owner_id == owner_id,
            Question.course_id.is_not_distinct_from(course_id),
            Question.source == source,
            Question.external_id == func.any(names.cast(ARRAY(Question.external_id.type))),
        )
    )
    return {name: id_ for name, id_ in found if name is not None}
