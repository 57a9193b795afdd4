"""Who may see which quiz."""

from typing import cast
from uuid import UUID

from sqlalchemy import ColumnElement, and_, false, or_
from sqlalchemy.orm import InstrumentedAttribute

from studyhall.domains.courses import public as courses
from studyhall.domains.quizzes.models import GENERATED, Quiz
from studyhall.platform.auth import Actor

_COURSE = cast(InstrumentedAttribute[UUID], Quiz.course_id)


def seen_by(actor: Actor | None) -> ColumnElement[bool]:
    """Published ones of a course that one sees, one's own, those of one's own course, and an author's of a listed one.

    A generated quiz is its owner's alone.
    """
    viewer = actor.user_id if actor else None
    shown = [and_(Quiz.is_published, courses.seen_by(viewer, _COURSE))]
    if actor is not None:
        # One's own quiz goes with the course: who no longer sees that, no longer sees it.
        shown.append(and_(Quiz.owner_id == actor.user_id, or_(_COURSE.is_(None), courses.seen_by(viewer, _COURSE))))
        shown.append(and_(_COURSE.in_(courses.owned_ids(actor.user_id)), courses.seen_by(viewer, _COURSE), _authored()))
        if actor.may(courses.AUTHOR):
            shown.append(and_(courses.listed(_COURSE), _authored()))
    return and_(Quiz.deleted_at.is_(None), or_(false(), *shown))


def _authored() -> ColumnElement[bool]:
    return Quiz.source != GENERATED
