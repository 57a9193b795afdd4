"""Reading sources, items and progress."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, case, or_, select

from studyhall.domains.content import rules
from studyhall.domains.content.models import ContentItem, ContentProgress, ContentSource
from studyhall.platform.uow import UnitOfWork
from studyhall.platform.web import ListQuery, Page, page_of

MOST_CANDIDATES = 500

Row = tuple[ContentItem, ContentSource, ContentProgress | None]


def _items(user_id: UUID) -> Select[ContentItem, ContentSource, ContentProgress]:
    mine = and_(ContentProgress.content_id == ContentItem.id, ContentProgress.user_id == user_id)
    return (
        select(ContentItem, ContentSource, ContentProgress)
        .join(ContentSource, ContentSource.id == ContentItem.source_id)
        .outerjoin(ContentProgress, mine)
    )


def filters(difficulty: str | None, duration: str | None, source: str | None) -> list[ColumnElement[bool]]:
    """Conditions for the filters of a search; an item whose length nobody told is of no duration."""
    seconds = ContentItem.duration_seconds
    chosen: list[ColumnElement[bool]] = []
    if difficulty is not None:
        chosen.append(ContentItem.difficulty_level == difficulty)
    if duration is not None:
        chosen.append(
            {
                "short": seconds < rules.SHORT_SECONDS,
                "medium": seconds.between(rules.SHORT_SECONDS, rules.MEDIUM_SECONDS),
                "long": seconds > rules.MEDIUM_SECONDS,
            }[duration]
        )
    if source is not None:
        chosen.append(or_(ContentSource.kind == source.lower(), ContentSource.slug == rules.slug(source)))
    return chosen


async def page_of_items(
    uow: UnitOfWork,
    user_id: UUID,
    chosen: Sequence[ColumnElement[bool]],
    found: Sequence[UUID] | None,
    query: ListQuery,
) -> Page[Row]:
    """Items in the order in which they were found, or the best made first, each with the person's progress."""
    rows = _items(user_id).where(*chosen)
    order: tuple[Any, ...] = (ContentItem.quality_score.desc(),)
    if found is not None:
        rows = rows.where(ContentItem.id.in_(found))
        if found:
            ranks = {one: rank for rank, one in enumerate(found)}
            order = (case(ranks, value=ContentItem.id).asc(), *order)
    return await page_of(uow, rows, query, order=order, tie=ContentItem.id)


async def item(uow: UnitOfWork, user_id: UUID, content_id: UUID) -> Row | None:
    """One item with the person's progress."""
    row = (await uow.session.execute(_items(user_id).where(ContentItem.id == content_id))).one_or_none()
    return None if row is None else (row[0], row[1], row[2])


async def recently_done(uow: UnitOfWork, user_id: UUID, limit: int) -> Sequence[ContentItem]:
    """What the person watched last."""
    watched = (
        select(ContentItem)
        .join(ContentProgress, ContentProgress.content_id == ContentItem.id)
        .where(ContentProgress.user_id == user_id)
        .order_by(ContentProgress.updated_at.desc(), ContentItem.id)
        .limit(limit)
    )
    return (await uow.session.scalars(watched)).all()


async def candidates(uow: UnitOfWork, user_id: UUID, words: Collection[str]) -> Sequence[Row]:
    """Items that the person has not completed: begun ones, those with one of the words, and the best made."""
    has_word = ContentItem.words.overlap(sorted(words))
    begun = ContentProgress.user_id.is_not(None)
    rows = (
        _items(user_id)
        .where(or_(ContentProgress.is_completed.is_(None), ContentProgress.is_completed.is_(False)))
        .order_by(case((begun, 0), (has_word, 1), else_=2), ContentItem.quality_score.desc(), ContentItem.id)
        .limit(MOST_CANDIDATES)
    )
    return [(row[0], row[1], row[2]) for row in await uow.session.execute(rows)]


async def progress(uow: UnitOfWork, user_id: UUID, content_id: UUID) -> ContentProgress | None:
    """The person's progress, locked."""
    return await uow.session.get(ContentProgress, (user_id, content_id), with_for_update=True, populate_existing=True)


async def page_of_sources(uow: UnitOfWork, query: ListQuery) -> Page[ContentSource]:
    """Sources by name."""
    return await page_of(uow, select(ContentSource), query, order=(ContentSource.slug.asc(),), tie=ContentSource.id)


async def due(uow: UnitOfWork, now: datetime) -> Sequence[UUID]:
    """Active sources whose time has come."""
    is_due = ContentSource.is_active & (ContentSource.next_crawl_at <= now)
    return (await uow.session.scalars(select(ContentSource.id).where(is_due).order_by(ContentSource.id))).all()


async def seen(uow: UnitOfWork, source_id: UUID) -> dict[str, datetime | None]:
    """What is known of a source: external id -> its change."""
    rows = await uow.session.execute(
        select(ContentItem.external_id, ContentItem.changed_at).where(ContentItem.source_id == source_id)
    )
    return {row[0]: row[1] for row in rows}


async def items_after(uow: UnitOfWork, after: UUID, limit: int) -> Sequence[ContentItem]:
    """Items in the order of their ids, for making the index anew."""
    rows = select(ContentItem).where(ContentItem.id > after).order_by(ContentItem.id).limit(limit)
    return (await uow.session.scalars(rows)).all()
