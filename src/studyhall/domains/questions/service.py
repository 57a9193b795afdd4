"""Writing the bank."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import Boolean, literal_column, or_, tuple_, update
from sqlalchemy.dialects.postgresql import insert

from studyhall.domains.questions import queries
from studyhall.domains.questions.errors import QuestionNotFound
from studyhall.domains.questions.models import Question
from studyhall.domains.questions.rules.checks import Ready
from studyhall.domains.questions.rules.drafts import body_json
from studyhall.domains.questions.rules.identity import identified
from studyhall.platform import clock
from studyhall.platform.ids import new_id
from studyhall.platform.uow import UnitOfWork

BATCH = 500
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Place:
    """Where questions belong. A course must be one that the owner may write in; the caller has seen to that."""

    course_id: UUID | None = None
    chapter_id: UUID | None = None
    topic_ids: tuple[UUID, ...] = ()


@dataclass(frozen=True, slots=True)
class Written:
    """What an upsert did.

    Attributes:
        ids: of all questions, in the order they were given.
    """

    ids: tuple[UUID, ...]
    created: int
    updated: int
    unchanged: int


_CONTENT = ("type", "title", "text", "body", "html", "feedback", "points", "tags", "category")


def content(ready: Ready) -> dict[str, Any]:
    """The columns that follow from the draft."""
    draft = ready.draft
    told = {name: getattr(draft.feedback, name) for name in ("general", "correct", "partial", "incorrect")}
    return {
        "type": str(draft.type),
        "title": draft.title,
        "text": draft.text,
        "body": body_json(draft.type, draft.body),
        "html": dict(ready.html),
        "feedback": {name: text for name, text in told.items() if text},
        "points": draft.points,
        "tags": list(draft.tags),
        "category": draft.category,
    }


def _row(owner_id: UUID, ready: Ready, place: Place, source: str) -> dict[str, Any]:
    return {
        "id": new_id(),
        "owner_id": owner_id,
        "course_id": place.course_id,
        "chapter_id": place.chapter_id,
        "topic_ids": list(place.topic_ids),
        "source": source,
        "external_id": ready.draft.external_id,
        **content(ready),
    }


async def create(uow: UnitOfWork, owner_id: UUID, questions: Sequence[tuple[Ready, Place]], source: str) -> list[UUID]:
    """New questions, in one statement per 500; answers their ids in order."""
    made = [_row(owner_id, ready, place, source) | {"external_id": None} for ready, place in questions]
    for some in _batches(made):
        await uow.session.execute(insert(Question).values(some))
    return [row["id"] for row in made]


async def upsert(uow: UnitOfWork, owner_id: UUID, questions: Sequence[tuple[Ready, Place]], source: str) -> Written:
    """Make or rewrite by external id; what is archived comes back. Two at once end as one after the other."""
    named = [
        (Ready(draft, ready.html), place)
        for draft, (ready, place) in zip(identified([ready.draft for ready, _ in questions]), questions, strict=True)
    ]
    created = updated = 0
    ids: dict[tuple[UUID | None, str | None], UUID] = {}
    for some in _batches(named):
        rows = [_row(owner_id, ready, place, source) for ready, place in some]
        made, changed = await _write(uow, rows)
        created, updated = created + made, updated + changed
        for course_id, names in _names(rows).items():
            found = await queries.ids_of_external(uow, owner_id, course_id, source, names)
            ids |= {(course_id, name): id_ for name, id_ in found.items()}
    ordered = tuple(ids[place.course_id, ready.draft.external_id] for ready, place in named)
    return Written(ordered, created, updated, len(ordered) - created - updated)


def _names(rows: Sequence[Mapping[str, Any]]) -> dict[UUID | None, list[str]]:
    names: dict[UUID | None, list[str]] = {}
    for row in rows:
        names.setdefault(row["course_id"], []).append(row["external_id"])
    return names


async def _write(uow: UnitOfWork, rows: Sequence[Mapping[str, Any]]) -> tuple[int, int]:
    """How many were made and how many changed; those that say the same are left alone."""
    fresh = insert(Question).values(list(rows))
    placed = (*_CONTENT, "chapter_id", "topic_ids")
    new = fresh.excluded
    differs = or_(
        Question.archived_at.is_not(None),
        tuple_(*(getattr(Question, name) for name in placed)).is_distinct_from(tuple_(*(new[name] for name in placed))),
    )
    written = fresh.on_conflict_do_update(
        index_elements=["owner_id", "course_id", "source", "external_id"],
        index_where=Question.external_id.is_not(None) & Question.owner_id.is_not(None),
        set_={name: new[name] for name in placed} | {"archived_at": None, "updated_at": clock.now()},
        where=differs,
    ).returning(literal_column("xmax = 0", Boolean))  # no transaction has rewritten the row: it is new
    answers = (await uow.session.scalars(written)).all()
    return sum(answers), len(answers) - sum(answers)


async def rewrite(uow: UnitOfWork, owner_id: UUID, questions: Mapping[UUID, tuple[Ready, Place]]) -> None:
    """Other content for questions of his. Raises QuestionNotFound if one is not his; then nothing has changed."""
    found = await queries.by_id(uow, list(questions), lock=True)
    if any(found.get(id_) is None or found[id_].owner_id != owner_id for id_ in questions):
        raise QuestionNotFound
    for id_, (ready, place) in questions.items():
        row = found[id_]
        for name, value in content(ready).items():
            setattr(row, name, value)
        row.chapter_id, row.topic_ids, row.course_id = place.chapter_id, list(place.topic_ids), place.course_id
    await uow.session.flush()


async def set_archived(uow: UnitOfWork, ids: Collection[UUID], *, archived: bool) -> None:
    """Ask them no longer, or again."""
    state = Question.archived_at.is_(None) if archived else Question.archived_at.is_not(None)
    for some in _batches(sorted(ids)):
        await uow.session.execute(
            update(Question)
            .where(Question.id.in_(some), state)
            .values(archived_at=clock.now() if archived else None)
            .execution_options(synchronize_session=False)
        )


def _batches(rows: Sequence[T]) -> Iterator[Sequence[T]]:
    return (rows[at : at + BATCH] for at in range(0, len(rows), BATCH))
