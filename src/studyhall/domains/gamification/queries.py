"""Every read and write of gamification, always of named people only."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    Date,
    DateTime,
    Integer,
    Select,
    String,
    Uuid,
    bindparam,
    delete,
    func,
    select,
    text,
    true,
    tuple_,
)

from studyhall.domains.assignments import public as assignments
from studyhall.domains.chapters import public as chapters
from studyhall.domains.friends import public as friends
from studyhall.domains.gamification.models import STUDY, UserAchievement, XpAward, XpTotal
from studyhall.domains.gamification.rules import Part, Piece, level_of
from studyhall.domains.grades import public as grades
from studyhall.domains.groups import public as groups
from studyhall.domains.identity import public as identity
from studyhall.domains.planning import public as planning
from studyhall.domains.streaks import public as streaks
from studyhall.domains.study import public as study
from studyhall.platform import clock
from studyhall.platform.ids import new_id
from studyhall.platform.uow import UnitOfWork
from studyhall.platform.web import ListQuery, Page, page_of

TOP_PERCENT = 90


@dataclass(frozen=True, slots=True)
class Standing:
    """How a person stands now.

    Attributes:
        figures: what achievements ask for, except for the level, which follows from XP.
        unlocked: achievement to when.
        pieces, paid: what counts, and what was paid for it, on the days that were asked about.
        awarded: causes that were paid, of those that were asked about.
    """

    xp: int
    language: str
    figures: Mapping[str, int]
    unlocked: Mapping[str, datetime]
    pieces: Sequence[Piece] = ()
    paid: Mapping[Part, int] = field(default_factory=dict)
    awarded: frozenset[tuple[str, UUID]] = frozenset()

    def figures_at(self, xp: int) -> dict[str, int]:
        """All figures, at so much XP."""
        return {**self.figures, "level": level_of(xp)}


def _figures(user_id: UUID) -> Select[*tuple[Any, ...]]:
    feats = study.feats(user_id).subquery().c
    return select(
        (feats.seconds / 3600).cast(Integer).label("study_hours"),
        feats.sessions,
        feats.days.label("study_days"),
        feats.early_sessions,
        feats.night_sessions,
        feats.weekend_days,
        (feats.longest_session / 60).label("longest_session_minutes"),
        (feats.best_day / 60).label("best_day_minutes"),
        func.coalesce(streaks.longest_streak(user_id), 0).label("longest_streak"),
        chapters.completed_count(user_id).label("chapters"),
        planning.completed_count(user_id).label("plans"),
        groups.joined_count(user_id).label("groups"),
        friends.friend_count(user_id).label("friends"),
        assignments.on_time_count(user_id).label("assignments_on_time"),
        grades.result_count(user_id).label("results"),
        grades.result_count(user_id, TOP_PERCENT).label("top_results"),
    )


def _arrays(rows: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    """Rows as one row of arrays, a column each, in no order but the same in all."""
    columns = rows.subquery().c
    return select(*(func.array_agg(column).label(column.name) for column in columns))


async def standing(
    uow: UnitOfWork, user_id: UUID, days: Collection[date] | None = (), cause_ids: Collection[UUID] | None = ()
) -> Standing:
    """All that XP and achievements follow from, in one statement.

    Args:
        days: the study days whose pieces and awards are wanted; None for all.
        cause_ids: of which other causes it is wanted whether they were paid; None for all.
    """
    figures = _figures(user_id).subquery()
    awards = select(XpAward.cause_id, XpAward.study_day, XpAward.points).where(
        XpAward.user_id == user_id, XpAward.cause == STUDY
    )
    if days is not None:
        awards = awards.where(XpAward.study_day.in_(days))
    others = select(XpAward.cause, XpAward.cause_id).where(XpAward.user_id == user_id, XpAward.cause != STUDY)
    if cause_ids is not None:
        others = others.where(XpAward.cause_id.in_(cause_ids))
    parts = [
        _arrays(study.pieces(user_id, days)).subquery(),
        _arrays(awards).subquery(),
        _arrays(
            select(UserAchievement.achievement, UserAchievement.created_at).where(UserAchievement.user_id == user_id)
        ).subquery(),
        _arrays(others).subquery(),
    ]
    total = select(XpTotal.xp).where(XpTotal.user_id == user_id).scalar_subquery()
    columns = [column for part in parts for column in part.c]
    found = select(total, identity.preference(user_id, "language"), *columns, *figures.c).select_from(figures)
    for part in parts:  # each of them is one row
        found = found.join(part, true())
    row = (await uow.session.execute(found)).one()
    lists = [value or [] for value in row[2 : 2 + len(columns)]]
    return Standing(
        xp=row[0] or 0,
        language=row[1] or "en",
        figures=dict(zip(figures.c.keys(), map(int, row[2 + len(columns) :]), strict=True)),
        unlocked=dict(zip(*lists[7:9], strict=True)),
        pieces=[Piece(*one) for one in zip(*lists[0:4], strict=True)],
        paid={Part(*one[:2]): one[2] for one in zip(*lists[4:7], strict=True)},
        awarded=frozenset(zip(*lists[9:11], strict=True)),
    )


@dataclass(frozen=True, slots=True)
class Change:
    """What is to be written of a person.

    Attributes:
        gained: what the sum of awards grows by; may be negative.
        paid: parts with their XP from now on; 0 takes an award away.
        awards: (cause, cause id, study day, points) of anything else.
    """

    gained: int
    paid: Mapping[Part, int]
    awards: Sequence[tuple[str, UUID, date, int]]
    unlocked: Sequence[str]


# One statement: data-changing parts of WITH always run. The rows are distinct, so their order does not matter.
_WRITE = text("""
    WITH paid AS (
        INSERT INTO xp_awards (id, user_id, cause, cause_id, study_day, points, created_at)
        SELECT id, :user_id, cause, cause_id, study_day, points, :now
        FROM unnest(:ids, :causes, :cause_ids, :days, :points) AS given (id, cause, cause_id, study_day, points)
        WHERE cause = 'study'
        ON CONFLICT (user_id, cause_id, study_day) WHERE cause = 'study' DO UPDATE SET points = excluded.points
    ), awarded AS (
        INSERT INTO xp_awards (id, user_id, cause, cause_id, study_day, points, created_at)
        SELECT id, :user_id, cause, cause_id, study_day, points, :now
        FROM unnest(:ids, :causes, :cause_ids, :days, :points) AS given (id, cause, cause_id, study_day, points)
        WHERE cause <> 'study'
        ON CONFLICT (user_id, cause, cause_id) WHERE cause <> 'study' DO NOTHING
    ), gone AS (
        DELETE FROM xp_awards USING unnest(:gone_ids, :gone_days) AS gone (cause_id, study_day)
        WHERE user_id = :user_id AND cause = 'study'
          AND xp_awards.cause_id = gone.cause_id AND xp_awards.study_day = gone.study_day
    ), total AS (
        INSERT INTO xp_totals (user_id, xp, created_at) VALUES (:user_id, greatest(:gained, 0), :now)
        ON CONFLICT (user_id) DO UPDATE SET xp = xp_totals.xp + :gained WHERE :gained <> 0
    )
    INSERT INTO user_achievements (user_id, achievement, created_at)
    SELECT :user_id, achievement, :now FROM unnest(:unlocked) AS given (achievement)
    ON CONFLICT DO NOTHING
""")
_WRITE = _WRITE.bindparams(
    bindparam("user_id", type_=Uuid()),
    bindparam("now", type_=DateTime(timezone=True)),
    bindparam("gained", type_=Integer()),
    *(bindparam(name, type_=ARRAY(Uuid())) for name in ("ids", "cause_ids", "gone_ids")),
    *(bindparam(name, type_=ARRAY(Date())) for name in ("days", "gone_days")),
    *(bindparam(name, type_=ARRAY(String())) for name in ("causes", "unlocked")),
    bindparam("points", type_=ARRAY(Integer())),
)


async def write(uow: UnitOfWork, user_id: UUID, change: Change) -> None:
    """Write it, in one statement; for a person whose clock is locked, unless only something is unlocked."""
    rows = [(STUDY, *part, points) for part, points in change.paid.items() if points] + list(change.awards)
    gone = [part for part, points in change.paid.items() if not points]
    await uow.session.execute(
        _WRITE,
        {
            "user_id": user_id,
            "now": clock.now(),
            "gained": change.gained,
            "ids": [new_id() for _ in rows],
            "causes": [row[0] for row in rows],
            "cause_ids": [row[1] for row in rows],
            "days": [row[2] for row in rows],
            "points": [row[3] for row in rows],
            "gone_ids": [part.session_id for part in gone],
            "gone_days": [part.study_day for part in gone],
            "unlocked": list(change.unlocked),
        },
    )


async def drop_awards(uow: UnitOfWork, user_id: UUID, causes: Collection[tuple[str, UUID]]) -> None:
    """Take awards of these causes away."""
    of = tuple_(XpAward.cause, XpAward.cause_id).in_(causes)
    await uow.session.execute(delete(XpAward).where(XpAward.user_id == user_id, of))


async def sum_of_awards(uow: UnitOfWork, user_id: UUID) -> int:
    """What all awards of the person come to."""
    found = select(func.coalesce(func.sum(XpAward.points), 0)).where(XpAward.user_id == user_id)
    return int((await uow.session.execute(found)).scalar_one())


async def totals_of(uow: UnitOfWork, user_ids: Collection[UUID]) -> dict[UUID, int]:
    """XP of those people that have any."""
    rows = await uow.session.execute(select(XpTotal.user_id, XpTotal.xp).where(XpTotal.user_id.in_(user_ids)))
    return {row.user_id: row.xp for row in rows}


async def page_of_awards(uow: UnitOfWork, user_id: UUID, cause: str | None, listing: ListQuery) -> Page[XpAward]:
    """The person's awards, the latest study day first."""
    rows = select(XpAward).where(XpAward.user_id == user_id)
    if cause is not None:
        rows = rows.where(XpAward.cause == cause)
    order = (XpAward.study_day.desc(), XpAward.created_at.desc())
    return await page_of(uow, rows, listing, order=order, tie=XpAward.id.desc())


async def xp_on(uow: UnitOfWork, user_id: UUID, day: date) -> int:
    """XP of one study day."""
    found = select(func.coalesce(func.sum(XpAward.points), 0)).where(
        XpAward.user_id == user_id, XpAward.study_day == day
    )
    return int((await uow.session.execute(found)).scalar_one())
