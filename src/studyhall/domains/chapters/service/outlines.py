"""The order of a course's chapters. Whoever changes it holds the outline's row; positions stay 1, 2, 3 … ."""

from collections import Counter
from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert

from studyhall.domains.chapters import queries
from studyhall.domains.chapters.errors import OrderIncomplete
from studyhall.domains.chapters.events import ChaptersReordered
from studyhall.domains.chapters.models import Chapter, Outline
from studyhall.domains.courses import public as courses
from studyhall.platform.auth import Actor
from studyhall.platform.uow import UnitOfWork
from studyhall.platform.web.etags import require_match

_PLACES = """
UPDATE chapters SET position = wanted.place
FROM unnest($1::uuid[]) WITH ORDINALITY AS wanted (id, place)
WHERE chapters.id = wanted.id AND chapters.position IS DISTINCT FROM wanted.place
"""


async def change(uow: UnitOfWork, course_id: UUID) -> int:
    """Lock the outline for a change; answers the version that it had before, 0 for a new one."""
    row = insert(Outline).values(course_id=course_id, version=1)
    taken = row.on_conflict_do_update(index_elements=["course_id"], set_={"version": Outline.version + 1})
    version = (await uow.session.execute(taken.returning(Outline.version))).scalar_one()
    return version - 1


async def reorder(
    uow: UnitOfWork, actor: Actor, course_id: UUID, chapter_ids: Sequence[UUID], if_match: str | None
) -> None:
    """Put the chapters into the order of the list.

    Raises:
        CourseNotFound, NotOwner: the actor may not see or not edit the course.
        PreconditionFailed: the order has another version than `if_match` says.
        OrderIncomplete: a chapter is missing, twice, or of another course.
    """
    await courses.require_editable(uow, actor, course_id)
    require_match(if_match, await change(uow, course_id))
    present = await queries.ids_in_order(uow, course_id)
    refuse_other_sets(chapter_ids, present)
    await place(uow, chapter_ids)
    uow.record(ChaptersReordered(actor.user_id, course_id))


def refuse_other_sets(wanted: Sequence[UUID], present: Sequence[UUID]) -> None:
    """Raises OrderIncomplete unless both hold the same chapters, each once; it names some that are wrong."""
    times = Counter(wanted)
    wrong = {
        "missing": [one for one in present if one not in times],
        "not of this course": list(times.keys() - set(present)),
        "more than once": [one for one, number in times.items() if number > 1],
    }
    reasons = [f"{word}: {', '.join(map(str, those[:5]))}" for word, those in wrong.items() if those]
    if reasons:
        raise OrderIncomplete(errors={"chapter_ids": reasons})


async def place(uow: UnitOfWork, chapter_ids: Sequence[UUID]) -> None:
    """Give the chapters the positions 1, 2, 3 … in that order, in one statement."""
    await uow.session.flush()
    straight = await uow.straight()
    await straight.value(_PLACES, list(chapter_ids))


async def shift(uow: UnitOfWork, course_id: UUID, start: int, by: int) -> int:
    """Move the living chapters from position `start` on; answers how many these are."""
    moved = await uow.session.execute(
        update(Chapter)
        .where(Chapter.course_id == course_id, Chapter.position >= start)
        .values(position=Chapter.position + by, updated_at=Chapter.updated_at)
        .returning(Chapter.id)
        .execution_options(synchronize_session=False)
    )
    return len(moved.all())


async def count(uow: UnitOfWork, course_id: UUID) -> int:
    """Living chapters of the course."""
    living = select(func.count()).where(Chapter.course_id == course_id, Chapter.deleted_at.is_(None))
    return (await uow.session.execute(living)).scalar_one()
