"""Who may see and edit which course.

`visible_to` expects the viewer's own, present enrolment to be outer-joined; `seen_by` and `seen_sql` stand alone, for
tables that hang on a course.
"""

from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, exists, false, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from studyhall.domains.courses.models import Course, Enrollment
from studyhall.platform.auth import Actor

AUTHOR = "courses.author"


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


def seen_by(viewer_id: UUID | None, course_id: InstrumentedAttribute[UUID]) -> ColumnElement[bool]:
    """Whether the viewer sees the course that a column of another table names."""
    return exists(
        select(Course.id)
        .outerjoin(Enrollment, own_enrollment(viewer_id))
        .where(Course.id == course_id, visible_to(viewer_id))
    )


def listed(course_id: InstrumentedAttribute[UUID]) -> ColumnElement[bool]:
    """Whether the course that a column of another table names is in the catalogue."""
    return exists(select(Course.id).where(Course.id == course_id, in_catalogue()))


def seen_sql(viewer: str, course_id: str) -> str:
    """The same as `seen_by`, for hand-written SQL; a test holds both together.

    Args:
        viewer: the parameter with the viewer's id, null for nobody, e.g. `$1`.
        course_id: the column that names the course.
    """
    return f"""EXISTS (
      SELECT FROM courses seen
      LEFT JOIN enrollments taken
        ON taken.course_id = seen.id AND taken.user_id = {viewer}::uuid AND taken.left_at IS NULL
      WHERE seen.id = {course_id}
        AND (taken.user_id IS NOT NULL
          OR (seen.deleted_at IS NULL AND (seen.visibility = 'published' OR seen.owner_id = {viewer}::uuid))))"""


def may_edit(actor: Actor, course: Course) -> bool:
    """The owner, and of a course in the catalogue every author: it outlives its owner's account."""
    if course.deleted_at is not None:
        return False
    return course.owner_id == actor.user_id or (course.visibility == "published" and actor.may(AUTHOR))


def may_edit_sql(viewer: str, is_author: str, course_id: str) -> str:
    """The same as `may_edit`, for hand-written SQL.

    Args:
        viewer: the parameter with the viewer's id, null for nobody.
        is_author: the parameter that says whether he has the right `courses.author`.
        course_id: the column that names the course.
    """
    return f"""EXISTS (
      SELECT FROM courses mine
      WHERE mine.id = {course_id} AND mine.deleted_at IS NULL AND {viewer}::uuid IS NOT NULL
        AND (mine.owner_id = {viewer}::uuid OR (mine.visibility = 'published' AND {is_author}::boolean)))"""


def owned_ids(user_id: UUID) -> Select[UUID]:
    """Ids of all courses that are the person's own, deleted ones too."""
    return select(Course.id).where(Course.owner_id == user_id)
