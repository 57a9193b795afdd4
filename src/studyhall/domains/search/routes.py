"""Searching."""

from collections.abc import Collection
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query

from studyhall.domains.search.rules.queries import LONGEST_QUERY
from studyhall.domains.search.schemas import Engine, Kind, ResultOut, SearchAnswer
from studyhall.domains.search.service import asking
from studyhall.domains.search.service.access import keys_of
from studyhall.domains.search.service.meaning import query_vector
from studyhall.platform.auth import Actor
from studyhall.platform.uow import UnitOfWork
from studyhall.platform.web import Envelope, MaybeActor, Router, Uow, ok
from studyhall.platform.web.lists import DEEPEST_ROW, MOST_PER_PAGE, ListQuery, Page

router = Router("search")

DEFAULT_RESULTS = 10

Words = Annotated[
    str,
    Query(
        min_length=1,
        max_length=LONGEST_QUERY,
        pattern=r"\S",
        description='What to look for; "words in quotes" must stand there just so.',
        openapi_examples={"words": {"value": "soil moisture sensor"}},
    ),
]
Kinds = Annotated[list[Kind] | None, Query(max_length=len(Kind), description="Only of these kinds; may be repeated.")]
OfCourse = Annotated[UUID | None, Query(description="Only what belongs to this course.")]


async def _results(
    page: Annotated[int, Query(ge=1, le=DEEPEST_ROW, description="Page, from 1.")] = 1,
    per_page: Annotated[int | None, Query(ge=1, le=MOST_PER_PAGE, description="Results on a page.")] = None,
    limit: Annotated[int | None, Query(ge=1, le=MOST_PER_PAGE, description="The same as per_page.")] = None,
) -> ListQuery:
    rows = per_page or limit or DEFAULT_RESULTS
    return ListQuery((page - 1) * rows, rows)


Results = Annotated[ListQuery, Depends(_results)]


@router.get("/search", access="optional", limit="search", summary="Search everything that I may see")
async def search(
    q: Words, uow: Uow, actor: MaybeActor, page: Results, kind: Kinds = None, course_id: OfCourse = None
) -> Envelope[SearchAnswer]:
    return await _search(uow, actor, q, page, kind, course_id)


@router.get("/search/courses", access="optional", limit="search", summary="Search courses")
async def search_courses(q: Words, uow: Uow, actor: MaybeActor, page: Results) -> Envelope[SearchAnswer]:
    return await _search(uow, actor, q, page, [Kind.COURSE], None)


@router.get("/search/chapters", access="optional", limit="search", summary="Search chapters")
async def search_chapters(
    q: Words, uow: Uow, actor: MaybeActor, page: Results, course_id: OfCourse = None
) -> Envelope[SearchAnswer]:
    return await _search(uow, actor, q, page, [Kind.CHAPTER], course_id)


async def _search(
    uow: UnitOfWork,
    actor: Actor | None,
    text: str,
    page: ListQuery,
    kinds: Collection[Kind] | None,
    course_id: UUID | None,
) -> Envelope[SearchAnswer]:
    vector = await query_vector(uow.resources, text)  # before the transaction opens: it may wait for the model
    keys = await keys_of(uow, actor.user_id if actor else None)
    question = asking.asked(keys, text, kinds, vector, whole=True, course_id=course_id)
    found = await asking.find(uow, question, limit=page.per_page, offset=page.start)
    return ok(
        SearchAnswer(
            results=[ResultOut.of(hit) for hit in found.hits],
            query=text,
            corrected_query=found.corrected_query,
            engine=Engine.HYBRID if found.used_meaning else Engine.TEXT,
            pagination=Page(found.hits, found.total, page).pagination,
        )
    )
