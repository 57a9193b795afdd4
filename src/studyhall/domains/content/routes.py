"""Content of other people's servers, and administering where it comes from."""

from typing import Annotated
from uuid import UUID

from fastapi import Query

from studyhall.domains.content import queries, service
from studyhall.domains.content.errors import ContentNotFound, CrawlRunning, SourceExists, SourceNotFound
from studyhall.domains.content.jobs import crawl
from studyhall.domains.content.rules import Watched
from studyhall.domains.content.schemas import (
    ContentAnswer,
    ContentOut,
    Difficulty,
    Duration,
    NewSource,
    ProgressAnswer,
    ProgressItem,
    ProgressTold,
    Queued,
    Recommendations,
    Recommended,
    Results,
    SourceAnswer,
    SourceItem,
    SourceList,
)
from studyhall.domains.content.service import Filters
from studyhall.domains.search import public as search
from studyhall.domains.tasks import public as tasks
from studyhall.platform import clock
from studyhall.platform.web import CurrentActor, Envelope, Listing, Router, Uow, created, ok, queued

router = Router("content")
admin_router = Router("admin")

Words = Annotated[str | None, Query(min_length=1, max_length=200, pattern=r"\S", description="What to look for.")]
OfSource = Annotated[
    str | None, Query(max_length=100, description="A kind (`youtube`) or a source's name, e.g. `mit_ocw` for MIT OCW.")
]
Most = Annotated[int, Query(ge=1, le=50, description="At most so many.")]
OfRoadmap = Annotated[UUID | None, Query(description="What this roadmap needs next.")]


@router.get("/content/search", access="user", limit="search", summary="Search learning content of other servers")
async def search_content(
    uow: Uow,
    actor: CurrentActor,
    listing: Listing,
    q: Words = None,
    difficulty: Difficulty | None = None,
    duration: Duration | None = None,
    source: OfSource = None,
) -> Envelope[Results]:
    """Of a text the two hundred best; short is under ten minutes, medium up to thirty, long more."""
    vector = None if q is None else await search.query_vector(uow.resources, q)
    filters = Filters(difficulty and difficulty.value, duration and duration.value, source)
    page = await service.find(uow, actor, q, vector, filters, listing)
    return ok(Results(results=[ContentOut.of(row) for row in page.rows], pagination=page.pagination))


@router.get("/content/recommendations", access="user", summary="What to watch next, and why")
async def recommend_content(
    uow: Uow, actor: CurrentActor, limit: Most = 10, roadmap_id: OfRoadmap = None
) -> Envelope[Recommendations]:
    picks, rows = await service.recommend(uow, actor, roadmap_id, limit)
    return ok(
        Recommendations(
            recommendations=[
                Recommended(content=ContentOut.of(rows[one.id]), score=one.score, reason=one.reason) for one in picks
            ]
        )
    )


@router.get("/content/{content_id}", access="user", summary="One item", errors=[ContentNotFound])
async def get_content(content_id: UUID, uow: Uow, actor: CurrentActor) -> Envelope[ContentAnswer]:
    return ok(ContentAnswer(content=ContentOut.of(await service.get(uow, actor, content_id))))


@router.post(
    "/content/{content_id}/progress",
    access="user",
    limit="progress",
    summary="Tell how far I have watched",
    errors=[ContentNotFound],
)
async def follow_content(
    content_id: UUID, body: ProgressTold, uow: Uow, actor: CurrentActor
) -> Envelope[ProgressAnswer]:
    told = Watched(body.last_position, body.watch_time_seconds, body.is_completed)
    row, is_done_now = await service.follow_progress(uow, actor, content_id, told)
    return ok(ProgressAnswer(progress=ProgressItem.of(row), completed_now=is_done_now))


@admin_router.get("/admin/content-sources", access="admin.content", summary="Sources of content and their last crawl")
async def list_content_sources(uow: Uow, listing: Listing) -> Envelope[SourceList]:
    now = clock.now()
    page = (await queries.page_of_sources(uow, listing)).map(lambda row: SourceItem.of(row, now))
    return ok(SourceList(sources=page.rows, pagination=page.pagination))


@admin_router.post(
    "/admin/content-sources", access="admin.content", status=201, summary="Add a source", errors=[SourceExists]
)
async def add_content_source(body: NewSource, uow: Uow, actor: CurrentActor) -> Envelope[SourceAnswer]:
    key = None if body.api_key is None else body.api_key.get_secret_value()
    row = await service.add_source(uow, actor, body.name, body.type.value, body.base_url, key)
    return created(SourceAnswer(source=SourceItem.of(row, clock.now())), "Source added")


@admin_router.post(
    "/admin/content-sources/{source_id}/crawl",
    access="admin.content",
    status=202,
    summary="Crawl a source now",
    errors=[SourceNotFound, CrawlRunning],
)
async def crawl_content_source(source_id: UUID, uow: Uow, actor: CurrentActor) -> Envelope[Queued]:
    await service.hold(uow, source_id)
    task_id = await tasks.create(uow, actor.user_id, "content.crawl")
    await uow.enqueue(crawl, source_id=source_id, task_id=task_id)
    return queued(Queued(task_id=task_id), "The source is being crawled")
