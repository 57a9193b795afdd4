"""Reading courses, always in the eyes of one viewer."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import CompoundSelect, Select, or_, select, union_all

from studyhall.domains.courses import policy
from studyhall.domains.courses.models import Course, Enrollment
from studyhall.domains.courses.schemas import Scope
from studyhall.platform.uow import UnitOfWork
from studyhall.platform.web import ListQuery, Page, order_by, page_of

CourseRow = tuple[Course, Enrollment | None]

SORTABLE = {"name": Course.name, "code": Course.code, "created_at": Course.created_at, "updated_at": Course.updated_at}


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list is narrowed to. `semester` and `active` are of the viewer's enrolment.

    Attributes:
        q: a part of the name or the code.
        subject_id: courses of that subject.
    """

    semester: str | None = None
    active: bool | None = None
    q: str | None = None
    subject_id: UUID | None = None


def _seen_by(viewer_id: UUID | None) -> Select[Course, Enrollment]:
    return select(Course, Enrollment).outerjoin(Enrollment, policy.own_enrollment(viewer_id))


def _ids_of_mine(user_id: UUID | None) -> CompoundSelect[UUID]:
    """Two indexed look-ups; an OR over both tables would read every course there is."""
    taken = select(Enrollment.course_id).where(Enrollment.user_id == user_id, Enrollment.left_at.is_(None))
    return union_all(taken, select(Course.id).where(policy.owned_by(user_id)))


async def course_seen_by(
    uow: UnitOfWork, viewer_id: UUID | None, course_id: UUID, *, locked: bool = False
) -> CourseRow | None:
    """The course with the viewer's enrolment, or None when he may not see it.

    Args:
        locked: keep everybody else from changing the course itself until the transaction ends.
    """
    rows = _seen_by(viewer_id).where(Course.id == course_id, policy.visible_to(viewer_id))
    if locked:
        rows = rows.with_for_update(of=Course)
    found = await uow.session.execute(rows.execution_options(populate_existing=True))
    row = found.one_or_none()
    return (row[0], row[1]) if row is not None else None


async def lock_course(uow: UnitOfWork, course_id: UUID) -> None:
    """Keep everybody else from changing, deleting or taking the course until the transaction ends."""
    await uow.session.execute(select(Course.id).where(Course.id == course_id).with_for_update())


async def page_of_courses(
    uow: UnitOfWork,
    viewer_id: UUID | None,
    scope: Scope,
    filters: Filters,
    listing: ListQuery,
    *,
    sort: str | None = None,
) -> Page[CourseRow]:
    """One page of the viewer's courses or of the catalogue, by name unless sorted otherwise."""
    rows = _seen_by(viewer_id)
    if scope is Scope.CATALOG:
        rows = rows.where(policy.in_catalogue())
    else:
        rows = rows.where(Course.id.in_(_ids_of_mine(viewer_id)))
    if filters.semester is not None:
        rows = rows.where(Enrollment.semester == filters.semester)
    if filters.active is not None:
        rows = rows.where(Enrollment.is_active.is_(filters.active))
    if filters.q is not None:
        rows = rows.where(
            or_(Course.name.icontains(filters.q, autoescape=True), Course.code.icontains(filters.q, autoescape=True))
        )
    if filters.subject_id is not None:
        rows = rows.where(Course.subject_id == filters.subject_id)
    return await page_of(uow, rows, listing, order=(order_by(sort, SORTABLE, "name"),), tie=Course.id)


# $1 viewer, $2 semester, $3 active, $4 rows per page, $5 rows before, $6 the form of a time. Same rows, same order as
# `page_of_courses` with the scope `mine`; the test of both holds them together.
_UTC = 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'
_MINE_AS_JSON = """
WITH mine AS MATERIALIZED (
  SELECT c.*, e.user_id AS taker, e.semester, e.academic_year, e.color, e.is_active
  FROM courses c
  LEFT JOIN enrollments e ON e.course_id = c.id AND e.user_id = $1 AND e.left_at IS NULL
  WHERE c.id IN (
      SELECT course_id FROM enrollments WHERE user_id = $1 AND left_at IS NULL
      UNION ALL
      SELECT id FROM courses WHERE owner_id = $1 AND deleted_at IS NULL)
    AND ($2::text IS NULL OR e.semester = $2)
    AND ($3::boolean IS NULL OR e.is_active = $3)
),
page AS (SELECT * FROM mine ORDER BY name, id LIMIT $4::int OFFSET $5::int)
SELECT json_build_object(
  'success', true, 'message', 'OK', 'data', json_build_object(
    'courses', coalesce((SELECT json_agg(json_build_object(
      'id', id, 'name', name, 'title', name, 'code', code, 'credits', credits, 'instructor', instructor,
      'description', description, 'prerequisites', prerequisites, 'visibility', visibility,
      'published_at', to_char(published_at AT TIME ZONE 'UTC', $6),
      'is_withdrawn', deleted_at IS NOT NULL, 'is_owner', coalesce(owner_id = $1, false),
      'is_enrolled', taker IS NOT NULL, 'semester', semester, 'academic_year', academic_year, 'color', color,
      'is_active', is_active, 'version', version, 'subject_id', subject_id, 'chapters_count', chapters_count,
      'created_at', to_char(created_at AT TIME ZONE 'UTC', $6),
      'updated_at', to_char(updated_at AT TIME ZONE 'UTC', $6)
    ) ORDER BY name, id) FROM page), '[]'::json),
    'pagination', (SELECT json_build_object(
      'total', count(*), 'per_page', $4::int, 'current_page', $5::int / $4::int + 1,
      'last_page', greatest(1, (count(*) + $4::int - 1) / $4::int)) FROM mine)))
"""


async def mine_as_json(uow: UnitOfWork, user_id: UUID, filters: Filters, listing: ListQuery) -> bytes:
    """The whole answer of `GET /courses` for the viewer's own courses, as PostgreSQL writes it.

    One of the most frequent reads: it goes past the ORM and costs one statement.
    """
    async with uow.resources.database.straight() as straight:
        body: bytes = await straight.value(
            _MINE_AS_JSON, user_id, filters.semester, filters.active, listing.per_page, listing.start, _UTC
        )
    return body


async def mine(uow: UnitOfWork, user_id: UUID) -> Sequence[CourseRow]:
    """Every course that the person takes or owns, by name."""
    found = await uow.session.execute(
        _seen_by(user_id).where(Course.id.in_(_ids_of_mine(user_id))).order_by(Course.name, Course.id)
    )
    return [(course, enrollment) for course, enrollment in found]


async def known_to(uow: UnitOfWork, user_id: UUID, course_ids: Collection[UUID]) -> Sequence[CourseRow]:
    """Those of the courses that the person sees, has ever taken or has owned: what his history may name."""
    if not course_ids:
        return []
    found = await uow.session.execute(
        select(Course, Enrollment)
        .outerjoin(Enrollment, (Enrollment.course_id == Course.id) & (Enrollment.user_id == user_id))
        .where(
            Course.id.in_(course_ids),
            or_(Enrollment.user_id.is_not(None), Course.owner_id == user_id, policy.in_catalogue()),
        )
    )
    return [(course, enrollment) for course, enrollment in found]


async def imported(uow: UnitOfWork, owner_id: UUID, external_id: str) -> Course | None:
    """The person's living course that came from the package of that id."""
    found = await uow.session.scalars(
        select(Course)
        .where(Course.owner_id == owner_id, Course.external_id == external_id, Course.deleted_at.is_(None))
        .with_for_update()
    )
    return found.one_or_none()


async def any_of(uow: UnitOfWork, course_ids: Collection[UUID]) -> Sequence[Course]:
    """The courses whoever looks, also withdrawn ones: for work that follows from what was allowed before."""
    if not course_ids:
        return []
    return (await uow.session.scalars(select(Course).where(Course.id.in_(course_ids)))).all()


async def after(uow: UnitOfWork, course_id: UUID, limit: int) -> Sequence[Course]:
    """The next courses by id, whoever looks, deleted ones too: for work that walks over all."""
    rows = select(Course).where(Course.id > course_id).order_by(Course.id).limit(limit)
    return (await uow.session.scalars(rows)).all()


async def taken_by(uow: UnitOfWork, user_id: UUID) -> Sequence[UUID]:
    """Ids of the courses that the person takes at present."""
    found = await uow.session.scalars(
        select(Enrollment.course_id).where(Enrollment.user_id == user_id, Enrollment.left_at.is_(None))
    )
    return found.all()
