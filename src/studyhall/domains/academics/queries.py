"""Reading timetables, always those of one owner."""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import Row, Select, select
from sqlalchemy.orm import defer

from studyhall.domains.academics.models import Timetable, TimetableClass, TimetableException, TimetableUpload
from studyhall.platform.uow import UnitOfWork

# What the last import said is only needed to compare with the next one.
_WITHOUT_IMPORTED = defer(TimetableClass.imported, raiseload=True)


def _active_of(user_ids: Collection[UUID]) -> Select[UUID]:
    return select(Timetable.id).where(
        Timetable.user_id.in_(user_ids), Timetable.is_active, Timetable.deleted_at.is_(None)
    )


async def active_classes(uow: UnitOfWork, user_ids: Collection[UUID]) -> Sequence[Row[TimetableClass, UUID]]:
    """The classes of everybody's active timetable, each with its owner."""
    found = await uow.session.execute(
        select(TimetableClass, Timetable.user_id)
        .join(Timetable, Timetable.id == TimetableClass.timetable_id)
        .where(
            Timetable.user_id.in_(user_ids),
            Timetable.is_active,
            Timetable.deleted_at.is_(None),
            TimetableClass.deleted_at.is_(None),
        )
        .options(_WITHOUT_IMPORTED)
    )
    return found.all()


async def active_exceptions(uow: UnitOfWork, user_ids: Collection[UUID]) -> Sequence[TimetableException]:
    """The exceptions of everybody's active timetable."""
    found = await uow.session.scalars(
        select(TimetableException).where(TimetableException.timetable_id.in_(_active_of(user_ids)))
    )
    return found.all()


async def active_timetable(uow: UnitOfWork, user_id: UUID) -> Timetable | None:
    found = await uow.session.scalars(select(Timetable).where(Timetable.id.in_(_active_of([user_id]))))
    return found.one_or_none()


async def timetable_of_semester(
    uow: UnitOfWork, user_id: UUID, semester: str, academic_year: str | None = None, *, exactly: bool = False
) -> Timetable | None:
    """The person's timetable of that semester; without a year the newest of that name, unless `exactly` it is meant."""
    found = select(Timetable).where(
        Timetable.user_id == user_id, Timetable.semester == semester, Timetable.deleted_at.is_(None)
    )
    if exactly or academic_year is not None:
        found = found.where(Timetable.academic_year.is_not_distinct_from(academic_year))
    newest = found.order_by(Timetable.is_active.desc(), Timetable.created_at.desc(), Timetable.id.desc()).limit(1)
    return (await uow.session.scalars(newest)).one_or_none()


async def lock_timetables(uow: UnitOfWork, user_id: UUID) -> None:
    """Keep everybody else from changing this person's timetables until the transaction ends."""
    await uow.session.execute(
        select(Timetable.id)
        .where(Timetable.user_id == user_id, Timetable.deleted_at.is_(None))
        .order_by(Timetable.id)
        .with_for_update()
    )


async def classes_of(uow: UnitOfWork, timetable_id: UUID, *, imported: bool = False) -> Sequence[TimetableClass]:
    """Its classes through the week; with what the last import said of them only when asked."""
    found = (
        select(TimetableClass)
        .where(TimetableClass.timetable_id == timetable_id, TimetableClass.deleted_at.is_(None))
        .order_by(TimetableClass.day_of_week, TimetableClass.start_time, TimetableClass.title, TimetableClass.id)
        .execution_options(populate_existing=True)
    )
    return (await uow.session.scalars(found if imported else found.options(_WITHOUT_IMPORTED))).all()


async def exceptions_of(uow: UnitOfWork, timetable_id: UUID) -> Sequence[TimetableException]:
    """Its exceptions by date."""
    found = await uow.session.scalars(
        select(TimetableException)
        .where(TimetableException.timetable_id == timetable_id)
        .order_by(TimetableException.first_date, TimetableException.id)
    )
    return found.all()


async def class_with_timetable(
    uow: UnitOfWork, user_id: UUID, class_id: UUID, *, deleted: bool = False
) -> tuple[TimetableClass, Timetable] | None:
    """The person's own class with its timetable, both locked."""
    found = await uow.session.execute(
        select(TimetableClass, Timetable)
        .join(Timetable, Timetable.id == TimetableClass.timetable_id)
        .where(
            TimetableClass.id == class_id,
            Timetable.user_id == user_id,
            Timetable.deleted_at.is_(None),
            TimetableClass.deleted_at.is_not(None) if deleted else TimetableClass.deleted_at.is_(None),
        )
        .with_for_update()
    )
    row = found.one_or_none()
    return None if row is None else row._tuple()


def uploads_of(user_id: UUID) -> Select[TimetableUpload]:
    """The person's uploads; the list path orders and cuts them."""
    heavy = (TimetableUpload.parsed, TimetableUpload.difference)
    return (
        select(TimetableUpload)
        .where(TimetableUpload.user_id == user_id)
        .options(*(defer(column, raiseload=True) for column in heavy))
    )


async def upload(uow: UnitOfWork, user_id: UUID, upload_id: UUID, *, lock: bool = False) -> TimetableUpload | None:
    """The person's own upload, whole."""
    found = select(TimetableUpload).where(TimetableUpload.id == upload_id, TimetableUpload.user_id == user_id)
    found = found.execution_options(populate_existing=True)
    return (await uow.session.scalars(found.with_for_update() if lock else found)).one_or_none()
