"""What courses hold of a person, for export and erasure."""

from collections.abc import AsyncIterator, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import Select, delete, or_, select, update

from studyhall.domains.courses import policy
from studyhall.domains.courses.models import Course, Enrollment
from studyhall.platform.uow import UnitOfWork

TABLES = (Enrollment, Course)


def export(uow: UnitOfWork, user_id: UUID) -> Mapping[str, AsyncIterator[dict[str, Any]]]:
    """Named streams of rows: the courses the person owns, and how he takes or took courses, with their names."""
    owned = select(*Course.__table__.columns).where(Course.owner_id == user_id).order_by(Course.id)
    taken = (
        select(*Enrollment.__table__.columns, Course.name, Course.code)
        .join(Course, Course.id == Enrollment.course_id)
        .where(Enrollment.user_id == user_id)
        .order_by(Enrollment.enrolled_at, Enrollment.course_id)
    )
    return {"courses": _rows(uow, owned), "enrollments": _rows(uow, taken)}


async def _rows(uow: UnitOfWork, rows: Select[*tuple[Any, ...]]) -> AsyncIterator[dict[str, Any]]:
    async for row in await uow.session.stream(rows):
        yield dict(row._mapping)


async def erase(uow: UnitOfWork, user_id: UUID) -> None:
    """Delete the person's enrolments and private courses for good; what others take or may take loses its owner."""
    await uow.session.execute(delete(Enrollment).where(Enrollment.user_id == user_id))
    of_others = select(Enrollment.course_id).where(Enrollment.course_id == Course.id).exists()
    await uow.session.execute(
        update(Course)
        .where(Course.owner_id == user_id, or_(policy.in_catalogue(), of_others))
        .values(owner_id=None)
        .execution_options(synchronize_session=False)
    )
    await uow.session.execute(
        delete(Course).where(Course.owner_id == user_id).execution_options(synchronize_session=False)
    )
