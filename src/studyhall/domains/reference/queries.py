"""Reading cities and tags."""

from collections.abc import Sequence

from sqlalchemy import Row, select

from studyhall.domains.reference.models import City, Tag, TagCategory, TagGroup
from studyhall.domains.reference.rules import fold
from studyhall.platform.uow import UnitOfWork
from studyhall.platform.web import ListQuery, Page, page_of


async def page_of_cities(
    uow: UnitOfWork, listing: ListQuery, *, country: str | None, state: str | None, q: str | None
) -> Page[City]:
    """Cities of a country or a state, or those one of whose names begins with `q`; the largest first."""
    rows = select(City)
    if country is not None:
        rows = rows.where(City.country_code == country)
    if state is not None:
        rows = rows.where(City.state_code == state)
    if q is not None:
        rows = rows.where(City.search_names.contains(f"|{fold(q)}", autoescape=True))
    return await page_of(uow, rows, listing, order=(City.population.desc(),), tie=City.geoname_id)


async def public_tags(uow: UnitOfWork) -> Sequence[Row[TagGroup, TagCategory, Tag]]:
    """Every public tag with its category and group, in the order of display."""
    found = await uow.session.execute(
        select(TagGroup, TagCategory, Tag)
        .join(TagCategory, TagCategory.group_id == TagGroup.id)
        .join(Tag, Tag.category_id == TagCategory.id)
        .where(TagGroup.is_public, TagCategory.is_public)
        .order_by(
            TagGroup.display_sequence,
            TagGroup.name,
            TagCategory.display_sequence,
            TagCategory.name,
            Tag.display_sequence,
            Tag.name,
        )
    )
    return found.all()
