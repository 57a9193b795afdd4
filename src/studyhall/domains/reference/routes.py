"""Lists for forms; no token needed, and good for caching."""

from collections.abc import Callable
from functools import cache
from typing import Annotated

from fastapi import Query
from pydantic import StringConstraints
from starlette.responses import Response

from studyhall.domains.reference import queries, service
from studyhall.domains.reference.schemas import (
    City,
    CityList,
    CountryList,
    CurrencyList,
    LanguageList,
    StateList,
    TagTree,
    TimeZoneList,
)
from studyhall.platform.web import Envelope, Listing, Router, Schema, Uow, ok, ready

router = Router("reference")

DAY = {"Cache-Control": "public, max-age=86400"}
QUARTER = {"Cache-Control": "public, max-age=900"}

_COUNTRY = Query(description="ISO 3166-1, two or three letters, e.g. DE or DEU.", pattern="^[A-Za-z]{2,3}$")
CountryCode = Annotated[str, _COUNTRY]
AnyCountry = Annotated[str | None, _COUNTRY]
StateCode = Annotated[
    str | None, Query(description="ISO 3166-2, e.g. DE-BY.", pattern="^[A-Za-z]{2}-[A-Za-z0-9]{1,3}$")
]
NameStart = Annotated[
    str | None,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=100),
    Query(description="How a name begins."),
]


@cache
def _body(make: Callable[[], Schema]) -> bytes:
    """The bytes of a list that never changes while the process lives."""
    return Envelope[Schema](data=make()).model_dump_json(serialize_as_any=True).encode()


@router.get("/reference/countries", access="public", summary="Countries with phone codes (ISO 3166-1)")
async def list_countries() -> Envelope[CountryList]:
    answer: Envelope[CountryList] = ready(_body(service.countries), DAY)
    return answer


@router.get("/reference/states", access="public", summary="States and other subdivisions of a country (ISO 3166-2)")
async def list_states(country: CountryCode, response: Response) -> Envelope[StateList]:
    response.headers.update(DAY)
    return ok(service.states(service.country_code(country)))


@router.get("/reference/cities", access="public", summary="Cities by country, state and name, the largest first")
async def list_cities(
    uow: Uow,
    listing: Listing,
    response: Response,
    *,
    country: AnyCountry = None,
    state: StateCode = None,
    q: NameStart = None,
) -> Envelope[CityList]:
    page = await queries.page_of_cities(
        uow,
        listing,
        country=service.country_code(country) if country else None,
        state=service.state_code(state) if state else None,
        q=q,
    )
    response.headers.update(DAY)
    cities = [City.model_validate({name: getattr(row, name) for name in City.model_fields}) for row in page.rows]
    return ok(CityList(cities=cities, pagination=page.pagination))


@router.get("/reference/time-zones", access="public", summary="IANA time zones with their present offsets")
async def list_time_zones(response: Response, country: AnyCountry = None) -> Envelope[TimeZoneList]:
    response.headers.update(QUARTER)
    return ok(service.time_zones(service.country_code(country) if country else None))


@router.get(
    "/reference/languages", access="public", summary="Languages (ISO 639): those with two letters, or all by name"
)
async def list_languages(response: Response, q: NameStart = None) -> Envelope[LanguageList]:
    response.headers.update(DAY)
    return ok(service.languages_like(q) if q else service.languages())


@router.get("/reference/currencies", access="public", summary="Currencies (ISO 4217)")
async def list_currencies() -> Envelope[CurrencyList]:
    answer: Envelope[CurrencyList] = ready(_body(service.currencies), DAY)
    return answer


@router.get("/reference/tags", access="public", summary="Tag groups, categories and tags")
async def list_reference_tags(uow: Uow, response: Response) -> Envelope[TagTree]:
    response.headers.update(DAY)
    return ok(await service.tags(uow))
