"""The one list path: bounded, sorted by allow-listed columns, tie-broken by id."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Generic, TypeVar

from fastapi import Depends, Query
from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import InstrumentedAttribute

from studyhall.platform.errors import Invalid
from studyhall.platform.uow import UnitOfWork
from studyhall.platform.web.schemas import Schema

DEFAULT_PER_PAGE = 20
MOST_PER_PAGE = 100
DEEPEST_ROW = 1_000_000

T = TypeVar("T")
U = TypeVar("U")
Column = ColumnElement[Any] | InstrumentedAttribute[Any]


class Pagination(Schema):
    """Where in the list this page stands."""

    total: int
    per_page: int
    current_page: int
    last_page: int


@dataclass(frozen=True, slots=True)
class ListQuery:
    """Which part of a list is wanted: `page` and `per_page`, or `limit` and `skip`/`offset`."""

    start: int
    per_page: int

    @property
    def page(self) -> int:
        return self.start // self.per_page + 1


FIRST_PAGE = ListQuery(0, DEFAULT_PER_PAGE)


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some rows of a list and how many there are in all."""

    rows: list[T]
    total: int
    query: ListQuery

    @property
    def pagination(self) -> Pagination:
        per_page = self.query.per_page
        return Pagination(
            total=self.total,
            per_page=per_page,
            current_page=self.query.page,
            last_page=max(1, -(-self.total // per_page)),
        )

    def map(self, make: Callable[[T], U]) -> "Page[U]":
        return Page([make(row) for row in self.rows], self.total, self.query)


async def _read(
    page: Annotated[int, Query(ge=1, le=DEEPEST_ROW, description="Page, from 1.")] = 1,
    per_page: Annotated[int | None, Query(ge=1, le=MOST_PER_PAGE, description="Rows on a page.")] = None,
    limit: Annotated[int | None, Query(ge=1, le=MOST_PER_PAGE, description="The same as per_page.")] = None,
    skip: Annotated[int | None, Query(ge=0, le=DEEPEST_ROW, description="Rows to leave out before the page.")] = None,
    offset: Annotated[int | None, Query(ge=0, le=DEEPEST_ROW, description="The same as skip.")] = None,
) -> ListQuery:
    rows = per_page or limit or DEFAULT_PER_PAGE
    given = skip if skip is not None else offset
    return ListQuery(start=given if given is not None else (page - 1) * rows, per_page=rows)


Listing = Annotated[ListQuery, Depends(_read)]
"""Declare a route's parameter as `listing: Listing` to accept every way of paging."""


def order_by(sort: str | None, allowed: Mapping[str, Column], default: str) -> ColumnElement[Any]:
    """`name` ascending or `-name` descending, of the allowed names only.

    Raises:
        Invalid: the name is not allowed; the message lists those that are.
    """
    wanted = sort or default
    column = allowed.get(wanted.removeprefix("-"))
    if column is None:
        raise Invalid.field("sort", f"Sort by one of: {', '.join(sorted(allowed))}; '-' before it turns it round.")
    return column.desc() if wanted.startswith("-") else column.asc()


async def page_of(
    uow: UnitOfWork,
    rows: Select[*tuple[Any, ...]],
    listing: ListQuery,
    *,
    order: tuple[ColumnElement[Any], ...],
    tie: Column,
) -> Page[Any]:
    """One page and the total, in two statements. `tie` makes the order total, so that no row is shown twice.

    A select of one entity answers entities; of several columns, rows.
    """
    counted = select(func.count()).select_from(rows.order_by(None).subquery())
    total = (await uow.session.execute(counted)).scalar_one()
    result = await uow.session.execute(rows.order_by(*order, tie).limit(listing.per_page).offset(listing.start))
    single = len(rows.column_descriptions) == 1
    found = list(result.scalars()) if single else list(result.all())
    return Page(found, total, listing)
