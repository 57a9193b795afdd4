"""Reading timetables, always those of one owner."""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import Row, Select, delete, func, select, update
from sqlalchemy.orm import defer

from studyhall.domains.academics.models import Timetable, TimetableClass, TimetableException, TimetableUpload
from studyhall.platform import clock
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
    """Let one change at a time touch this person's timetables, also while there is none whose row could be locked."""
    name = func.hashtextextended(f"timetables:{user_id}", 0)
    await uow.session.execute(select(func.pg_advisory_xact_lock(name)))


async def deactivate_others(uow: UnitOfWork, user_id: UUID, timetable_id: UUID | None) -> None:
    """Make way for the one active timetable."""
    others = update(Timetable).where(Timetable.user_id == user_id, Timetable.is_active)
    if timetable_id is not None:
        others = others.where(Timetable.id != timetable_id)
    await uow.session.execute(others.values(is_active=False))


async def timetable_by_id(uow: UnitOfWork, user_id: UUID, timetable_id: UUID) -> Timetable | None:
    """The person's own timetable, as it is now."""
    found = select(Timetable).where(
        Timetable.id == timetable_id, Timetable.user_id == user_id, Timetable.deleted_at.is_(None)
    )
    return (await uow.session.scalars(found.execution_options(populate_existing=True))).one_or_none()


async def delete_classes(uow: UnitOfWork, timetable_id: UUID, class_ids: Collection[UUID] | None = None) -> None:
    """Soft-delete those classes, or all of the timetable; their single changes go with them."""
    changes = delete(TimetableException).where(
        TimetableException.timetable_id == timetable_id, TimetableException.class_id.is_not(None)
    )
    classes = update(TimetableClass).where(
        TimetableClass.timetable_id == timetable_id, TimetableClass.deleted_at.is_(None)
    )
    if class_ids is not None:
        changes = changes.where(TimetableException.class_id.in_(class_ids))
        classes = classes.where(TimetableClass.id.in_(class_ids))
    await uow.session.execute(changes)
    await uow.session.execute(classes.values(deleted_at=clock.now()))


async def supersede_waiting(uow: UnitOfWork, user_id: UUID, semester: str, academic_year: str | None) -> None:
    """An upload that still waits gives way to a newer one of the same semester."""
    await uow.session.execute(
        update(TimetableUpload)
        .where(
            TimetableUpload.user_id == user_id,
            TimetableUpload.semester == semester,
            TimetableUpload.academic_year.is_not_distinct_from(academic_year),
            TimetableUpload.status == "waiting",
        )
        .values(status="superseded")
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


async def changes_of(uow: UnitOfWork, class_ids: Collection[UUID]) -> Sequence[TimetableException]:
    """The single changes of these classes."""
    found = await uow.session.scalars(select(TimetableException).where(TimetableException.class_id.in_(class_ids)))
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
    return None if row is None else (row[0], row[1])


async def processing(uow: UnitOfWork, upload_id: UUID) -> TimetableUpload | None:
    """The upload, locked, as long as it waits to be read."""
    found = select(TimetableUpload).where(TimetableUpload.id == upload_id, TimetableUpload.status == "processing")
    return (await uow.session.scalars(found.with_for_update())).one_or_none()


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
