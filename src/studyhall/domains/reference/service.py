"""The lists that come from libraries, each made once, and the tree of tags.

The libraries are loaded when the first person asks, so that an idle server does not carry them.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from functools import cache, lru_cache
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from studyhall.domains.reference import queries
from studyhall.domains.reference.rules import fold
from studyhall.domains.reference.schemas import (
    Country,
    CountryList,
    Currency,
    CurrencyList,
    Language,
    LanguageList,
    State,
    StateList,
    TagCategoryOut,
    TagGroupOut,
    TagOut,
    TagTree,
    TimeZone,
    TimeZoneList,
)
from studyhall.platform import clock
from studyhall.platform.errors import Invalid
from studyhall.platform.uow import UnitOfWork
from studyhall.platform.web import Pagination

DEFAULT_ZONE = "UTC"
MOST_FOUND = 100
# No zone changes its offset at another minute than a quarter of an hour, so a list holds for that long.
_QUARTER = timedelta(minutes=15)


def country_code(given: str) -> str:
    """The two letters of a country that is named by two or three, in any case.

    Raises:
        Invalid: ISO 3166-1 has no such country.
    """
    found = _country_codes().get(given.upper())
    if found is None:
        raise Invalid.field("country", "There is no such country; use its code of ISO 3166-1, e.g. DE or DEU.")
    return found


@cache
def _country_codes() -> dict[str, str]:
    import pycountry

    return {code: one.alpha_2 for one in pycountry.countries for code in (one.alpha_2, one.alpha_3)}


def state_code(given: str) -> str:
    """A subdivision's code in its standard form. Raises Invalid when ISO 3166-2 has no such one."""
    country, _, _ = given.upper().partition("-")
    if all(state.code != given.upper() for state in _states_by_country().get(country, ())):
        raise Invalid.field("state", "There is no such state; use its code of ISO 3166-2, e.g. DE-BY.")
    return given.upper()


@cache
def countries() -> CountryList:
    """All countries of ISO 3166-1, by name."""
    import phonenumbers
    import pycountry

    tenders = _legal_tenders()
    found = []
    for one in pycountry.countries:
        phone = phonenumbers.country_code_for_region(one.alpha_2)
        found.append(
            Country(
                code=one.alpha_2,
                alpha_3=one.alpha_3,
                numeric=one.numeric,
                name=getattr(one, "common_name", one.name),
                official_name=getattr(one, "official_name", None),
                flag=one.flag,
                phone_code=f"+{phone}" if phone else None,
                currency_code=tenders.get(one.alpha_2),
            )
        )
    found.sort(key=lambda country: fold(country.name))
    return CountryList(countries=found, pagination=_whole(found))


def _legal_tenders() -> dict[str, str]:
    from babel.core import get_global

    # Each row: currency, first day, last day, whether it is legal tender.
    return {
        territory: rows[-1][0]
        for territory, all_rows in get_global("territory_currencies").items()
        if (rows := [row for row in all_rows if row[2] is None and row[3]])
    }


def states(country: str) -> StateList:
    """The subdivisions of a country by its two letters, by name; a few small countries have none."""
    found = _states_by_country().get(country, [])
    return StateList(states=found, pagination=_whole(found))


@cache
def _states_by_country() -> dict[str, list[State]]:
    import pycountry

    found: dict[str, list[State]] = {}
    for one in pycountry.subdivisions:
        state = State(code=one.code, name=one.name, type=one.type, parent_code=one.parent_code)
        found.setdefault(one.country_code, []).append(state)
    for of_country in found.values():
        of_country.sort(key=lambda state: (fold(state.name), state.code))
    return found


def time_zones(country: str | None) -> TimeZoneList:
    """Every zone this server knows with its offset at this moment, or those of one country."""
    now = clock.now()
    quarter = datetime.fromtimestamp(
        now.timestamp() // _QUARTER.total_seconds() * _QUARTER.total_seconds(), tz=now.tzinfo
    )
    found = [zone for zone in _zones_at(quarter) if country is None or zone.country_code == country]
    return TimeZoneList(time_zones=found, pagination=_whole(found))


@lru_cache(maxsize=1)
def _zones_at(moment: datetime) -> tuple[TimeZone, ...]:
    from babel.core import get_global

    territories: Mapping[str, str] = get_global("zone_territories")
    return tuple(_zone_at(name, territories.get(name), moment) for name in sorted(clock.known_zones()))


def _zone_at(name: str, territory: str | None, moment: datetime) -> TimeZone:
    # Past the cache of zones: one reading of all of them need not keep them all.
    local = moment.astimezone(ZoneInfo.no_cache(name))
    minutes = round((local.utcoffset() or timedelta()).total_seconds() / 60)
    hours, rest = divmod(abs(minutes), 60)
    return TimeZone(
        name=name,
        utc_offset_minutes=minutes,
        utc_offset=f"{'-' if minutes < 0 else '+'}{hours:02}:{rest:02}",
        abbreviation=local.tzname() or name,
        country_code=territory if territory and len(territory) == 2 and territory.isalpha() else None,
        is_default=name == DEFAULT_ZONE,
    )


@cache
def languages() -> LanguageList:
    """The languages that have a two-letter code (ISO 639-1), by name."""
    return _language_list(row for row in _all_languages() if len(row[0]) == 2)


def languages_like(q: str) -> LanguageList:
    """Languages of ISO 639-3 whose code it is or in whose name a word begins with it, at most `MOST_FOUND`."""
    wanted = fold(q)
    found = [row for row in _all_languages() if wanted in row[:2] or f" {wanted}" in f" {row[3]}"]
    found.sort(key=lambda row: (wanted not in row[:2], len(row[0])))
    return _language_list(found[:MOST_FOUND])


def _language_list(rows: Iterable[tuple[str, str, str, str]]) -> LanguageList:
    found = [Language(code=code, alpha_3=alpha_3, name=name) for code, alpha_3, name, _ in rows]
    return LanguageList(languages=found, pagination=_whole(found))


@cache
def _all_languages() -> tuple[tuple[str, str, str, str], ...]:
    """Shortest code, three-letter code, name and folded name, by name."""
    import pycountry

    rows = []
    for one in pycountry.languages:
        name = getattr(one, "common_name", one.name)
        rows.append((getattr(one, "alpha_2", one.alpha_3), one.alpha_3, name, fold(name)))
    return tuple(sorted(rows, key=lambda row: row[3]))


@cache
def currencies() -> CurrencyList:
    """All currencies of ISO 4217, by code."""
    import pycountry
    from babel.numbers import get_currency_precision, get_currency_symbol

    found = [
        Currency(
            code=one.alpha_3,
            numeric=one.numeric,
            name=one.name,
            symbol=get_currency_symbol(one.alpha_3, "en"),
            decimals=get_currency_precision(one.alpha_3),
        )
        for one in pycountry.currencies
    ]
    found.sort(key=lambda currency: currency.code)
    return CurrencyList(currencies=found, pagination=_whole(found))


async def tags(uow: UnitOfWork) -> TagTree:
    """All public tags as a tree; a group or category without tags is left out."""
    groups = []
    for group, of_group in groupby(await queries.public_tags(uow), key=lambda row: row[0]):
        categories = [
            TagCategoryOut(
                id=category.id,
                name=category.name,
                description=category.description,
                tags=[TagOut.model_validate(_tag(row[2])) for row in of_category],
            )
            for category, of_category in groupby(of_group, key=lambda row: row[1])
        ]
        groups.append(TagGroupOut(id=group.id, name=group.name, description=group.description, categories=categories))
    return TagTree(tag_groups=groups, pagination=_whole(groups))


def _tag(tag: Any) -> dict[str, Any]:
    return {name: getattr(tag, name) for name in TagOut.model_fields}


def _whole(rows: Any) -> Pagination:
    """These lists come in one piece: one page that holds everything."""
    total = len(rows)
    return Pagination(total=total, per_page=max(1, total), current_page=1, last_page=1)
