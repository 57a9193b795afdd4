"""Who may see which course. Both forms expect the viewer's own, present enrolment to be outer-joined."""

from uuid import UUID

from sqlalchemy import ColumnElement, and_, false, or_

from studyhall.domains.courses.models import Course, Enrollment


def own_enrollment(viewer_id: UUID | None) -> ColumnElement[bool]:
    """The join condition: the viewer's enrolment as long as he has not left."""
    if viewer_id is None:
        return false()
    return and_(Enrollment.course_id == Course.id, Enrollment.user_id == viewer_id, Enrollment.left_at.is_(None))


def in_catalogue() -> ColumnElement[bool]:
    """Published and not withdrawn: anybody sees it, also without an account."""
    return and_(Course.visibility == "published", Course.deleted_at.is_(None))


def owned_by(viewer_id: UUID | None) -> ColumnElement[bool]:
    """The viewer's own, not deleted."""
    if viewer_id is None:
        return false()
    return and_(Course.owner_id == viewer_id, Course.deleted_at.is_(None))


def visible_to(viewer_id: UUID | None) -> ColumnElement[bool]:
    """Own, taken (also a withdrawn one), or in the catalogue."""
    return or_(Enrollment.user_id.is_not(None), owned_by(viewer_id), in_catalogue())
