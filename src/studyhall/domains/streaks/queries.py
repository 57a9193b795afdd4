"""Every read and write of streaks, always of named people only."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ScalarSelect, Select, String, Uuid, and_, delete, func, literal, select, union, update
from sqlalchemy.dialects.postgresql import Insert, insert
from sqlalchemy.orm import InstrumentedAttribute

from studyhall.domains.streaks.models import StreakDayOff, StreakFreeze, StreakReset, StudyDayMark, UserStreak
from studyhall.domains.streaks.rules import Streak
from studyhall.domains.study import public as study
from studyhall.platform import clock
from studyhall.platform.uow import UnitOfWork


def streak_from(row: UserStreak | None) -> Streak:
    """A stored streak as the rules see it."""
    if row is None:
        return Streak()
    return Streak(
        current=row.current_streak,
        longest=row.longest_streak,
        last_active_date=row.last_active_date,
        started_on=row.streak_start_date,
        freezes=row.freezes_held,
        days_studied=row.days_studied,
    )


def _marked_days(user_id: UUID) -> Select[date]:
    return select(StudyDayMark.study_day).where(StudyDayMark.user_id == user_id, StudyDayMark.taken_back_at.is_(None))


@dataclass(frozen=True, slots=True)
class Causes:
    """All that a streak follows from, and what was last written of it."""

    days: tuple[date, ...]
    days_off: tuple[date, ...]
    resets: tuple[date, ...]
    streak: Streak
    frozen: tuple[date, ...]


async def causes_of(uow: UnitOfWork, user_id: UUID) -> Causes:
    """Everything of one person, in one statement."""
    person = select(literal(user_id, Uuid).label("id")).subquery()
    days = union(study.studied_days(user_id), _marked_days(user_id)).subquery()
    everything = (
        select(
            select(func.array_agg(days.c[0])).scalar_subquery(),
            _all_of(StreakDayOff.study_day, user_id),
            _all_of(StreakReset.counts_from, user_id),
            _all_of(StreakFreeze.study_day, user_id),
            UserStreak,
        )
        .select_from(person)
        .outerjoin(UserStreak, UserStreak.user_id == person.c.id)
        .execution_options(populate_existing=True)
    )
    row = (await uow.session.execute(everything)).one()
    return Causes(
        days=tuple(row[0] or ()),
        days_off=tuple(row[1] or ()),
        resets=tuple(row[2] or ()),
        frozen=tuple(sorted(row[3] or ())),
        streak=streak_from(row[4]),
    )


def _all_of(column: InstrumentedAttribute[date], user_id: UUID) -> Any:
    return select(func.array_agg(column)).where(column.class_.user_id == user_id).scalar_subquery()


async def write_streak(uow: UnitOfWork, user_id: UUID, streak: Streak) -> None:
    row = insert(UserStreak).values(
        user_id=user_id,
        current_streak=streak.current,
        longest_streak=streak.longest,
        last_active_date=streak.last_active_date,
        streak_start_date=streak.started_on,
        freezes_held=streak.freezes,
        days_studied=streak.days_studied,
        updated_at=clock.now(),
    )
    columns = {column.name: column for column in row.excluded if column.name != "user_id"}
    await uow.session.execute(row.on_conflict_do_update(index_elements=["user_id"], set_=columns))


async def write_frozen(uow: UnitOfWork, user_id: UUID, frozen: Sequence[date]) -> None:
    """Exactly these days are the ones on which a freeze was spent."""
    others = delete(StreakFreeze).where(StreakFreeze.user_id == user_id, StreakFreeze.study_day.not_in(frozen))
    await uow.session.execute(others)
    if frozen:
        rows = insert(StreakFreeze).values([{"user_id": user_id, "study_day": day} for day in frozen])
        await uow.session.execute(rows.on_conflict_do_nothing())


@dataclass(frozen=True, slots=True)
class Stored:
    """A stored streak with the days off since its last studied day."""

    streak: Streak
    days_off: tuple[date, ...]

    def seen_on(self, today: date) -> Streak:
        return self.streak.seen_on(today, self.days_off)


async def streaks_of(uow: UnitOfWork, user_ids: Collection[UUID]) -> Mapping[UUID, Stored]:
    """Stored streaks of those people that have any, in one statement."""
    off = (
        select(func.array_agg(StreakDayOff.study_day))
        .where(
            StreakDayOff.user_id == UserStreak.user_id,
            StreakDayOff.study_day > UserStreak.last_active_date,
        )
        .correlate(UserStreak)
        .scalar_subquery()
    )
    rows = await uow.session.execute(
        select(UserStreak, off).where(UserStreak.user_id.in_(user_ids)).execution_options(populate_existing=True)
    )
    return {row.user_id: Stored(streak_from(row), tuple(days or ())) for row, days in rows.all()}


async def active_days(uow: UnitOfWork, user_id: UUID, first: date, last: date) -> set[date]:
    """Days from first to last (both included) that count for the streak, by whatever cause."""
    days = union(study.studied_days(user_id), _marked_days(user_id)).subquery()
    found = select(days.c[0]).where(days.c[0].between(first, last))
    return set((await uow.session.execute(found)).scalars())


def _mark(user_id: UUID, cause: str, cause_id: UUID, day: date) -> Insert:
    """A new mark, or one that was taken back and counts again on the day it always had."""
    row = insert(StudyDayMark).values(user_id=user_id, cause=cause, cause_id=cause_id, study_day=day)
    return row.on_conflict_do_update(
        index_elements=["user_id", "cause", "cause_id"],
        set_={"taken_back_at": None},
        where=StudyDayMark.taken_back_at.is_not(None),
    )


async def mark(uow: UnitOfWork, user_id: UUID, cause: str, cause_id: UUID, day: date) -> bool:
    """Lock the person's clock and let a day count by that cause, in one statement; whether it did not before."""
    made = _mark(user_id, cause, cause_id, day).returning(StudyDayMark.study_day).cte("mark")
    is_new = select(func.count()).select_from(made).scalar_subquery()
    return bool(await study.lock_along(uow, user_id, made, is_new))


async def take_back(uow: UnitOfWork, user_id: UUID, cause: str, cause_ids: Collection[UUID]) -> bool:
    """Let these causes no longer count; whether one of them did."""
    mine = and_(
        StudyDayMark.user_id == user_id,
        StudyDayMark.cause == cause,
        StudyDayMark.cause_id.in_(cause_ids),
        StudyDayMark.taken_back_at.is_(None),
    )
    gone = update(StudyDayMark).where(mine).values(taken_back_at=clock.now()).returning(StudyDayMark.cause_id)
    return bool((await uow.session.execute(gone)).all())


async def marked(uow: UnitOfWork, user_id: UUID, cause: str) -> set[UUID]:
    """What counts by that kind of cause."""
    found = select(StudyDayMark.cause_id).where(
        StudyDayMark.user_id == user_id, StudyDayMark.cause == cause, StudyDayMark.taken_back_at.is_(None)
    )
    return set((await uow.session.execute(found)).scalars())


async def days_off(uow: UnitOfWork, user_id: UUID, first: date, last: date) -> dict[date, str]:
    """Days off from first to last (both included), each with its reason, in order."""
    found = (
        select(StreakDayOff.study_day, StreakDayOff.reason)
        .where(StreakDayOff.user_id == user_id, StreakDayOff.study_day.between(first, last))
        .order_by(StreakDayOff.study_day)
    )
    return {row.study_day: row.reason for row in (await uow.session.execute(found)).all()}


async def plan_days_off(uow: UnitOfWork, user_id: UUID, today: date, days: Collection[date]) -> None:
    """Exactly these days from today on are planned off; earlier ones stay as they are."""
    await uow.session.execute(
        delete(StreakDayOff).where(
            StreakDayOff.user_id == user_id,
            StreakDayOff.study_day >= today,
            StreakDayOff.reason == "planned",
            StreakDayOff.study_day.not_in(days),
        )
    )
    await add_days_off(uow, user_id, days, "planned")


async def add_days_off(uow: UnitOfWork, user_id: UUID, days: Collection[date], reason: str) -> None:
    """These days cannot be missed; a day that is off already stays so."""
    if days:
        now = clock.now()
        rows = [
            {"user_id": user_id, "study_day": day, "reason": reason, "created_at": now} for day in sorted(set(days))
        ]
        await uow.session.execute(insert(StreakDayOff).values(rows).on_conflict_do_nothing())


async def add_reset(uow: UnitOfWork, user_id: UUID, today: date, counts_from: date) -> bool:
    """Keep the wish to start over; whether it is the first of that day."""
    row = insert(StreakReset).values(user_id=user_id, study_day=today, counts_from=counts_from, reset_at=clock.now())
    made = row.on_conflict_do_nothing().returning(StreakReset.study_day)
    return (await uow.session.execute(made)).first() is not None


@dataclass(frozen=True, slots=True)
class Dated:
    """What stands at the days of some weeks besides sessions."""

    marked: frozenset[date]
    frozen: frozenset[date]
    resets: frozenset[date]
    days_off: Mapping[date, str]


async def dated(uow: UnitOfWork, user_id: UUID, first: date, last: date) -> Dated:
    """Everything from first to last day (both included), in one statement."""
    kinds = {
        "marked": _marked_days(user_id),
        "frozen": select(StreakFreeze.study_day).where(StreakFreeze.user_id == user_id),
        "reset": select(StreakReset.study_day).where(StreakReset.user_id == user_id),
    }
    parts = [rows.add_columns(literal(kind, String)) for kind, rows in kinds.items()]
    off = select(StreakDayOff.study_day, StreakDayOff.reason).where(StreakDayOff.user_id == user_id)
    everything = union(*parts, off).subquery()
    found = select(everything).where(everything.c[0].between(first, last))
    days: dict[str, set[date]] = {kind: set() for kind in kinds}
    reasons: dict[date, str] = {}
    for day, kind in (await uow.session.execute(found)).all():
        if kind in days:
            days[kind].add(day)
        else:
            reasons[day] = kind
    return Dated(frozenset(days["marked"]), frozenset(days["frozen"]), frozenset(days["reset"]), reasons)


def longest_streak(user_id: UUID) -> ScalarSelect[int | None]:
    """In SQL: the person's longest streak; null for who has none."""
    return select(UserStreak.longest_streak).where(UserStreak.user_id == user_id).scalar_subquery()
