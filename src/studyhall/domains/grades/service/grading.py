"""Use cases of grading: the person's scale, and how his courses are graded."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert

from studyhall.domains.courses import public as courses
from studyhall.domains.grades import queries
from studyhall.domains.grades.events import GradingChanged
from studyhall.domains.grades.models import DEFAULT_REPEATS, DEFAULT_SCALE, CourseGrading
from studyhall.domains.grades.rules.gpa import makes_circle
from studyhall.domains.grades.service.standing import FAILED, PASS_FAIL, PASSED
from studyhall.domains.scales.public import SCALES, Scale
from studyhall.platform import clock
from studyhall.platform.auth import Actor
from studyhall.platform.errors import Invalid
from studyhall.platform.uow import UnitOfWork

_FIELDS = ("grading", "credits", "final_grade", "repeats_course_id", "drop_lowest")


@dataclass(frozen=True, slots=True)
class Grading:
    """What the person has chosen."""

    scale: str
    repeats: str
    courses: Sequence[CourseGrading]


async def get(uow: UnitOfWork, actor: Actor) -> Grading:
    """The actor's choices, or the defaults."""
    chosen, graded = await queries.preference(uow, actor.user_id), await queries.gradings(uow, actor.user_id)
    return Grading(chosen.scale if chosen else DEFAULT_SCALE, chosen.repeats if chosen else DEFAULT_REPEATS, graded)


async def change(uow: UnitOfWork, actor: Actor, fields: Mapping[str, Any]) -> Grading:
    """Change what was sent.

    Args:
        fields: those of `schemas.figures.GradingChanges` that were sent; of each course those that were sent.

    Raises:
        Invalid: there is no such scale; a course is none of the actor's; the scale has no such final grade; or
            courses would repeat each other in a circle.
    """
    chosen = await queries.lock_preference(uow, actor.user_id)
    if "scale" in fields:
        if fields["scale"] not in SCALES:
            raise Invalid.field("scale", f"Choose one of {', '.join(SCALES)}.")
        chosen.scale = fields["scale"]
    chosen.repeats = fields.get("repeats", chosen.repeats)
    if fields.get("courses"):
        await _change_courses(uow, actor, fields["courses"], SCALES[chosen.scale])
    await uow.session.flush()
    uow.record(GradingChanged(actor.user_id))
    return await get(uow, actor)


async def _change_courses(uow: UnitOfWork, actor: Actor, changes: Sequence[Mapping[str, Any]], scale: Scale) -> None:
    graded = await queries.gradings(uow, actor.user_id)
    known = {one.course_id: one for one in graded}
    mine = {one.id for one in await courses.owned_or_enrolled(uow, actor.user_id)} | known.keys()
    rows: dict[UUID, dict[str, Any]] = {}
    for at, change in enumerate(changes):
        course_id = change["course_id"]
        if course_id not in mine or course_id in rows:
            raise Invalid.field(f"courses.{at}.course_id", "This is none of your courses, or it stands here twice.")
        row = {"grading": "graded", "drop_lowest": {}} | {
            name: getattr(known[course_id], name) for name in _FIELDS if course_id in known
        }
        row |= {name: change[name] for name in _FIELDS if name in change}
        row["drop_lowest"] = {str(kind): number for kind, number in row["drop_lowest"].items() if number}
        _check(at, row, change, mine, scale)
        stored = known[course_id].final_scale if course_id in known else None
        final_scale = scale.key if change.get("final_grade") else stored
        rows[course_id] = {name: row.get(name) for name in _FIELDS} | {"final_scale": final_scale}
    repeats = {one.course_id: one.repeats_course_id for one in graded} | {
        course_id: row["repeats_course_id"] for course_id, row in rows.items()
    }
    if makes_circle({course_id: earlier for course_id, earlier in repeats.items() if earlier}):
        raise Invalid.field("courses", "These courses would repeat each other in a circle.")
    await _save(uow, actor.user_id, rows)


def _check(at: int, row: Mapping[str, Any], change: Mapping[str, Any], mine: set[UUID], scale: Scale) -> None:
    final_grade, earlier = change.get("final_grade"), change.get("repeats_course_id")
    is_word = row["grading"] == PASS_FAIL and (final_grade or "").casefold() in PASSED | FAILED
    if final_grade and not is_word and scale.standing_of(final_grade) is None:
        known = ", ".join(band.grade for band in scale.bands)
        raise Invalid.field(f"courses.{at}.final_grade", f"Your scale has no grade '{final_grade}'; it has {known}.")
    if earlier and earlier not in mine:
        raise Invalid.field(f"courses.{at}.repeats_course_id", "This is none of your courses.")


async def _save(uow: UnitOfWork, user_id: UUID, rows: Mapping[UUID, Mapping[str, Any]]) -> None:
    """One statement, however many there are."""
    now = clock.now()
    made = insert(CourseGrading).values(
        [
            {"user_id": user_id, "course_id": course_id, "created_at": now, "updated_at": now, **row}
            for course_id, row in rows.items()
        ]
    )
    changed = {name: made.excluded[name] for name in (*_FIELDS, "final_scale", "updated_at")}
    await uow.session.execute(made.on_conflict_do_update(index_elements=["user_id", "course_id"], set_=changed))
