"""Finding content, following what is watched, and keeping what crawls find."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import or_, update
from sqlalchemy.dialects.postgresql import insert

from studyhall.domains.chapters import public as chapters
from studyhall.domains.content import queries, rules
from studyhall.domains.content.errors import ContentNotFound, CrawlRunning, SourceExists, SourceNotFound
from studyhall.domains.content.models import ContentItem, ContentProgress, ContentSource
from studyhall.domains.content.ports import Interests
from studyhall.domains.content.queries import Row
from studyhall.domains.content.rules import Candidate, Interest, Pick, Watched
from studyhall.domains.courses import public as courses
from studyhall.domains.search import public as search
from studyhall.domains.subjects import public as subjects
from studyhall.platform import clock
from studyhall.platform.auth import Actor
from studyhall.platform.clients.embedding import Vector
from studyhall.platform.clients.http import AddressRefused, checked_url
from studyhall.platform.clients.outside import CrawlError, Item, Plan
from studyhall.platform.clients.outside.youtube import target_of
from studyhall.platform.errors import Invalid
from studyhall.platform.ids import new_id
from studyhall.platform.uow import UnitOfWork
from studyhall.platform.web import ListQuery, Page

KIND = "content"
KEY_PURPOSE = "content source key"
EVERY = timedelta(days=1)
HELD_FOR = timedelta(minutes=30)
"""Longer than a crawl may take; a crawl that died is over then."""
MOST_FOUND = 200


@dataclass(frozen=True, slots=True)
class Filters:
    """What a search is narrowed to."""

    difficulty: str | None
    duration: str | None
    source: str | None


async def find(
    uow: UnitOfWork, actor: Actor, text: str | None, vector: Vector | None, filters: Filters, query: ListQuery
) -> Page[Row]:
    """Content for a text, the best first; without one, all of it, the best made first."""
    found = None
    if text is not None:
        hits = await search.find(uow, {search.PUBLIC}, text, kinds=[KIND], limit=MOST_FOUND, vector=vector)
        found = [hit.source_id for hit in hits.hits]
    chosen = queries.filters(filters.difficulty, filters.duration, filters.source)
    return await queries.page_of_items(uow, actor.user_id, chosen, found, query)


async def get(uow: UnitOfWork, actor: Actor, content_id: UUID) -> Row:
    """One item. Raises ContentNotFound."""
    found = await queries.item(uow, actor.user_id, content_id)
    if found is None:
        raise ContentNotFound
    return found


async def recommend(
    uow: UnitOfWork, actor: Actor, roadmap_id: UUID | None, limit: int
) -> tuple[list[Pick], dict[UUID, Row]]:
    """What to watch next, and the items by id."""
    interests = await _interests(uow, actor.user_id, roadmap_id)
    wanted = rules.words(*(one.name for one in interests))
    rows = await queries.candidates(uow, actor.user_id, wanted)
    known = [
        Candidate(row.id, row.title, tuple(row.topics), float(row.quality_score), progress is not None)
        for row, _, progress in rows
    ]
    return rules.recommend(known, interests, limit), {row[0].id: row for row in rows}


async def _interests(uow: UnitOfWork, user_id: UUID, roadmap_id: UUID | None) -> list[Interest]:
    found = list(await uow.resources.port(Interests)(uow, user_id, roadmap_id))
    if roadmap_id is not None:
        return found
    taken = [one for one in await courses.owned_or_enrolled(uow, user_id) if one.is_active or one.is_owner][:20]
    topic_ids = await chapters.topics_taught(uow, [one.id for one in taken])
    taught = (await subjects.topics(uow, topic_ids)).values()
    found += [Interest(one.name, 1.0, f"{one.name} is a topic of one of your courses.") for one in taught]
    found += [Interest(one.name, 0.8, f"It fits your course {one.name}.") for one in taken]
    for item in await queries.recently_done(uow, user_id, 10):
        found += [Interest(topic, 0.6, f"You watched '{item.title}'.") for topic in item.topics[:5]]
    return found[:200]


async def follow_progress(
    uow: UnitOfWork, actor: Actor, content_id: UUID, told: Watched
) -> tuple[ContentProgress, bool]:
    """How far the actor is now; answers it, and whether he completed the item by this. Raises ContentNotFound."""
    item, _, _ = await get(uow, actor, content_id)
    now = clock.now()
    fresh = {"user_id": actor.user_id, "content_id": content_id, "created_at": now, "updated_at": now}
    start = insert(ContentProgress).values(**fresh, last_position=0, watch_time_seconds=0, is_completed=False)
    # The row first, then its lock: of two at once each sees what the other told.
    await uow.session.execute(start.on_conflict_do_nothing())
    row = await queries.progress(uow, actor.user_id, content_id)
    if row is None:
        raise ContentNotFound
    before = Watched(row.last_position, row.watch_time_seconds, row.is_completed)
    after = rules.follow(before, told, item.duration_seconds)
    is_done_now = after.is_completed and not before.is_completed
    row.last_position, row.watch_time_seconds, row.is_completed = after.position, after.watch_time, after.is_completed
    row.completed_at = now if is_done_now else row.completed_at
    row.updated_at = now
    await uow.session.flush()
    return row, is_done_now


async def add_source(uow: UnitOfWork, actor: Actor, name: str, kind: str, url: str, key: str | None) -> ContentSource:
    """A new source; its key is encrypted. It is crawled within the hour, or at once when asked to. Audited.

    Raises:
        Invalid: the address is none, or not of that kind; the key is missing or not used.
        SourceExists: there is one of that name.
    """
    slug = rules.slug(name)
    if not slug:
        raise Invalid.field("name", "The name needs a letter or a figure.")
    try:
        checked_url(url)
        if kind == "youtube":
            target_of(url)
    except (AddressRefused, CrawlError) as error:
        raise Invalid.field("base_url", str(error)) from error
    if (kind == "youtube") != (key is not None):
        raise Invalid.field("api_key", "YouTube needs a key; the others use none.")
    source_id = new_id()
    sealed = None if key is None else uow.resources.keys.encrypt(KEY_PURPOSE, key.encode(), source_id.bytes)
    made = insert(ContentSource).values(
        id=source_id, name=name, slug=slug, kind=kind, base_url=url, api_key_encrypted=sealed, validators={},
        is_active=True, next_crawl_at=clock.now(),
    )  # fmt: skip
    row: ContentSource | None = await uow.session.scalar(made.on_conflict_do_nothing().returning(ContentSource))
    if row is None:
        raise SourceExists
    uow.audit(
        "content_source.added",
        f"Added the content source {name}.",
        causer_id=actor.user_id,
        user_id=actor.user_id,
        subject=("content_source", source_id),
        kind=kind,
    )
    return row


async def hold(uow: UnitOfWork, source_id: UUID) -> None:
    """Keep the source for one crawl.

    Raises:
        SourceNotFound: there is none.
        CrawlRunning: another crawl has it.
    """
    now = clock.now()
    free = or_(ContentSource.crawling_until.is_(None), ContentSource.crawling_until <= now)
    held = await uow.session.scalar(
        update(ContentSource)
        .where(ContentSource.id == source_id, free)
        .values(crawling_until=now + HELD_FOR, next_crawl_at=now + EVERY)
        .returning(ContentSource.id)
        .execution_options(synchronize_session=False)
    )
    if held is None:
        if await uow.session.get(ContentSource, source_id) is None:
            raise SourceNotFound
        raise CrawlRunning


async def plan(uow: UnitOfWork, source_id: UUID) -> tuple[str, Plan]:
    """The kind of the source, and what a crawl of it needs. Raises SourceNotFound."""
    row = await uow.session.get(ContentSource, source_id)
    if row is None:
        raise SourceNotFound
    sealed, keys = row.api_key_encrypted, uow.resources.keys
    key = None if sealed is None else keys.decrypt(KEY_PURPOSE, bytes(sealed), row.id.bytes).decode()
    seen = await queries.seen(uow, source_id)
    return row.kind, Plan(url=row.base_url, key=key, seen=seen, validators=dict(row.validators))


async def keep(uow: UnitOfWork, source_id: UUID, items: Sequence[Item]) -> tuple[int, int]:
    """Add or change items, and let them be found; answers how many are new, and how many there were already."""
    now, kept = clock.now(), list({item.external_id: item for item in items}.values())
    if not kept:
        return 0, 0
    rows = [_values(source_id, item, now) for item in kept]
    made = insert(ContentItem).values(rows)
    fixed = {"id", "source_id", "external_id", "created_at"}
    changed = {name: made.excluded[name] for name in rows[0] if name not in fixed}
    written = await uow.session.execute(
        made.on_conflict_do_update(index_elements=["source_id", "external_id"], set_=changed).returning(
            ContentItem.id, ContentItem.external_id
        )
    )
    ids = {row[1]: row[0] for row in written}
    added = sum(ids[row["external_id"]] == row["id"] for row in rows)
    await search.put(
        uow,
        [document(ids[row["external_id"]], row["title"], row["description"], row["topics"]) for row in rows],
    )
    return added, len(rows) - added


def document(content_id: UUID, title: str, description: str, topics: Sequence[str]) -> search.Document:
    """How an item is found."""
    body = "\n".join(part for part in (", ".join(topics), description) if part)
    return search.Document(KIND, content_id, title, body, frozenset({search.PUBLIC}))


def _values(source_id: UUID, item: Item, now: datetime) -> dict[str, Any]:
    return {
        "id": new_id(),
        "source_id": source_id,
        "external_id": item.external_id,
        "title": item.title,
        "description": item.description,
        "content_url": item.url,
        "thumbnail_url": item.thumbnail_url,
        "duration_seconds": item.duration_seconds,
        "difficulty_level": rules.difficulty(item.title, item.topics),
        "language": item.language,
        "topics": list(item.topics),
        "quality_score": rules.quality(
            description=item.description,
            has_picture=item.thumbnail_url is not None,
            duration=item.duration_seconds,
            views=item.views,
            likes=item.likes,
        ),
        "view_count": item.views,
        "like_count": item.likes,
        "changed_at": item.changed,
        "words": sorted(rules.words(item.title, *item.topics)),
        "created_at": now,
        "updated_at": now,
    }


async def release(
    uow: UnitOfWork, source_id: UUID, *, validators: dict[str, str] | None, error: str | None, wait: float | None = None
) -> None:
    """End the crawl; a whole one keeps what the list was like, so that the next asks only for news."""
    now = clock.now()
    values: dict[str, Any] = {"crawling_until": None, "last_crawled_at": now, "last_error": error and error[:500]}
    if validators is not None:
        values["validators"] = validators
    if wait is not None:
        values["next_crawl_at"] = now + timedelta(seconds=wait)
    await uow.session.execute(
        update(ContentSource)
        .where(ContentSource.id == source_id)
        .values(**values)
        .execution_options(synchronize_session=False)
    )
