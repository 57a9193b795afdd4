"""Lists for forms, through HTTP."""

from datetime import UTC, datetime
from typing import Any

import httpx2
import pytest
from sqlalchemy import func, select

from studyhall.domains.reference import seeds
from studyhall.domains.reference.models import City, Tag, TagCategory, TagGroup
from studyhall.domains.reference.schemas import CountryList, CurrencyList
from studyhall.platform import clock
from studyhall.platform.resources import Resources
from studyhall.platform.web import Envelope

REFERENCE = "/api/v1/reference"


async def _data(client: httpx2.AsyncClient, name: str, **query: Any) -> dict[str, Any]:
    answer = await client.get(f"{REFERENCE}/{name}", params=query)
    assert answer.status_code == 200, answer.text
    data: dict[str, Any] = answer.json()["data"]
    return data


async def test_countries(client: httpx2.AsyncClient) -> None:
    data = await _data(client, "countries")
    by_code = {country["code"]: country for country in data["countries"]}
    assert len(by_code) == 249 == data["pagination"]["total"]
    assert by_code["DE"] == {
        "code": "DE",
        "alpha_3": "DEU",
        "numeric": "276",
        "name": "Germany",
        "official_name": "Federal Republic of Germany",
        "flag": "🇩🇪",
        "phone_code": "+49",
        "currency_code": "EUR",
    }
    assert (by_code["US"]["phone_code"], by_code["PL"]["currency_code"]) == ("+1", "PLN")
    assert by_code["BV"]["phone_code"] is None
    names = [country["name"] for country in data["countries"]]
    assert names.index("Åland Islands") < names.index("Albania")


async def test_ready_made_lists_keep_their_schema(client: httpx2.AsyncClient) -> None:
    Envelope[CountryList].model_validate((await client.get(f"{REFERENCE}/countries")).json())
    Envelope[CurrencyList].model_validate((await client.get(f"{REFERENCE}/currencies")).json())


async def test_states_of_a_country(client: httpx2.AsyncClient) -> None:
    data = await _data(client, "states", country="DE")
    assert len(data["states"]) == 16
    assert {"code": "DE-BY", "name": "Bayern", "type": "Land", "parent_code": None} in data["states"]
    assert await _data(client, "states", country="deu") == data
    assert (await _data(client, "states", country="HK"))["states"] == []
    paris = next(state for state in (await _data(client, "states", country="FR"))["states"] if state["name"] == "Paris")
    assert paris["parent_code"] == "FR-IDF"


@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("states", "country"),
        ("states?country=QQ", "country"),
        ("states?country=D", "country"),
        ("cities?country=QQQ", "country"),
        ("cities?state=DE-XX", "state"),
        ("cities?state=Bavaria", "state"),
        ("cities?q=", "q"),
        ("cities?per_page=101", "per_page"),
        ("time-zones?country=QQ", "country"),
        ("languages?q=", "q"),
    ],
)
async def test_what_does_not_exist_is_named(client: httpx2.AsyncClient, path: str, field: str) -> None:
    answer = await client.get(f"{REFERENCE}/{path}")
    assert answer.status_code == 422
    assert list(answer.json()["errors"]) == [field]


@pytest.mark.parametrize(
    ("city", "country", "state"),
    [
        ("Munich", "DE", "DE-BY"),
        ("Berlin", "DE", "DE-BE"),
        ("Nürnberg", "DE", "DE-BY"),
        ("Los Angeles", "US", "US-CA"),
        ("Manchester", "GB", "GB-ENG"),
        ("Lyon", "FR", "FR-ARA"),
        ("Pune", "IN", "IN-MH"),
        ("Osaka", "JP", "JP-27"),
        ("Shenzhen", "CN", "CN-GD"),
        ("Campinas", "BR", "BR-SP"),
        ("Ottawa", "CA", "CA-ON"),
        ("Gdynia", "PL", "PL-22"),
        ("Antalya", "TR", "TR-07"),
        ("Tolyatti", "RU", "RU-SAM"),
        ("Isfahan", "IR", "IR-10"),
        ("Geelong", "AU", "AU-VIC"),
        ("Zapopan", "MX", "MX-JAL"),
        ("Sabadell", "ES", "ES-CT"),
        ("Lausanne", "CH", "CH-VD"),
    ],
)
async def test_cities_know_their_state(client: httpx2.AsyncClient, city: str, country: str, state: str) -> None:
    first = (await _data(client, "cities", country=country, q=city))["cities"][0]
    assert first["state_code"] == state


async def test_most_cities_have_a_state(resources: Resources) -> None:
    async with resources.unit_of_work() as uow:
        whole, known = (await uow.session.execute(select(func.count(), func.count(City.state_code)))).one()
    assert whole > 30_000
    assert known / whole > 0.85


async def test_cities_are_found_by_any_of_their_names(client: httpx2.AsyncClient) -> None:
    for name in ("Munich", "münchen", "MUNCHEN", "  monaco di bav"):
        assert (await _data(client, "cities", q=name))["cities"][0]["name"] == "Munich"
    vienna = (await _data(client, "cities", q="wien"))["cities"][0]
    assert (vienna["country_code"], vienna["time_zone"]) == ("AT", "Europe/Vienna")
    assert (await _data(client, "cities", q="%"))["pagination"]["total"] == (
        (await _data(client, "cities"))["pagination"]["total"]
    )
    assert (await _data(client, "cities", q="no such place at all"))["cities"] == []


async def test_cities_of_a_state_come_in_pages_the_largest_first(client: httpx2.AsyncClient) -> None:
    first = await _data(client, "cities", state="de-by", per_page=2)
    assert [city["name"] for city in first["cities"]] == ["Munich", "Nuremberg"]
    second = await _data(client, "cities", state="DE-BY", country="DE", per_page=2, page=2)
    assert second["pagination"] == {**first["pagination"], "current_page": 2}
    assert not {city["name"] for city in first["cities"]} & {city["name"] for city in second["cities"]}
    assert (await _data(client, "cities", state="DE-BY", country="FR"))["cities"] == []


async def test_offsets_are_those_of_the_moment(client: httpx2.AsyncClient) -> None:
    offsets = {}
    for month in (1, 7):
        with clock.frozen_at(datetime(2026, month, 15, 12, tzinfo=UTC)):
            zones = (await _data(client, "time-zones"))["time_zones"]
        offsets[month] = {zone["name"]: zone for zone in zones}
    winter, summer = offsets[1], offsets[7]
    berlin = winter["Europe/Berlin"]
    assert (berlin["utc_offset_minutes"], berlin["utc_offset"], berlin["country_code"]) == (60, "+01:00", "DE")
    assert summer["Europe/Berlin"]["utc_offset"] == "+02:00"
    assert (summer["America/St_Johns"]["utc_offset"], summer["Asia/Kathmandu"]["utc_offset"]) == ("-02:30", "+05:45")
    assert [name for name, zone in winter.items() if zone["is_default"]] == ["UTC"]
    assert set(winter) == clock.known_zones()


async def test_time_zones_of_a_country(client: httpx2.AsyncClient) -> None:
    zones = (await _data(client, "time-zones", country="NZ"))["time_zones"]
    assert {"Pacific/Auckland", "Pacific/Chatham"} <= {zone["name"] for zone in zones}
    assert {zone["country_code"] for zone in zones} == {"NZ"}


async def test_languages(client: httpx2.AsyncClient) -> None:
    short = (await _data(client, "languages"))["languages"]
    assert {"code": "de", "alpha_3": "deu", "name": "German"} in short
    assert {len(language["code"]) for language in short} == {2}
    found = (await _data(client, "languages", q="swiss ger"))["languages"]
    assert found[0] == {"code": "gsw", "alpha_3": "gsw", "name": "Swiss German"}
    assert (await _data(client, "languages", q="deu"))["languages"][0]["name"] == "German"
    assert len((await _data(client, "languages", q="a"))["languages"]) == 100


async def test_currencies(client: httpx2.AsyncClient) -> None:
    by_code = {currency["code"]: currency for currency in (await _data(client, "currencies"))["currencies"]}
    assert by_code["EUR"] == {"code": "EUR", "numeric": "978", "name": "Euro", "symbol": "€", "decimals": 2}
    assert (by_code["JPY"]["decimals"], by_code["KWD"]["decimals"]) == (0, 3)


async def test_tags_are_a_tree(client: httpx2.AsyncClient, resources: Resources) -> None:
    groups = (await _data(client, "tags"))["tag_groups"]
    assert [group["name"] for group in groups] == list(seeds.TAGS)
    sciences = next(one for one in groups[0]["categories"] if one["name"] == "Natural sciences")
    assert [tag["name"] for tag in sciences["tags"]][:3] == ["Biology", "Chemistry", "Physics"]
    computing = next(one for one in groups[0]["categories"] if one["name"] == "Computing")
    assert next(tag for tag in computing["tags"] if tag["name"] == "Databases")["synonyms"] == ["SQL"]
    async with resources.unit_of_work() as uow:
        for group in await uow.session.scalars(select(TagGroup).where(TagGroup.name == "Interests")):
            group.is_public = False
    assert "Interests" not in [group["name"] for group in (await _data(client, "tags"))["tag_groups"]]


async def test_seeding_again_changes_nothing(resources: Resources, monkeypatch: pytest.MonkeyPatch) -> None:
    async def counts() -> list[int | None]:
        return [
            await uow.session.scalar(select(func.count()).select_from(table))
            for table in (TagGroup, TagCategory, Tag, City)
        ]

    few = list(_some_cities())
    monkeypatch.setattr(seeds, "_city_rows", lambda: iter(few))
    async with resources.unit_of_work() as uow:
        before = await counts()
        await (await uow.session.connection()).run_sync(seeds.load)
        assert await counts() == before


def _some_cities() -> Any:
    yield {
        "geoname_id": 2867714,
        "name": "Munich",
        "country_code": "DE",
        "state_code": "DE-BY",
        "time_zone": "Europe/Berlin",
        "population": 1_260_391,
        "latitude": 48.13743,
        "longitude": 11.57549,
        "search_names": "|munich|",
    }


@pytest.mark.parametrize("path", ["countries", "states?country=DE", "cities?q=wien", "languages", "currencies", "tags"])
async def test_lists_may_be_cached_for_long(client: httpx2.AsyncClient, path: str) -> None:
    first = await client.get(f"{REFERENCE}/{path}")
    assert first.headers["cache-control"] == "public, max-age=86400"
    again = await client.get(f"{REFERENCE}/{path}", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["cache-control"] == "public, max-age=86400"


async def test_time_zones_may_be_cached_for_a_quarter_of_an_hour(client: httpx2.AsyncClient) -> None:
    assert (await client.get(f"{REFERENCE}/time-zones")).headers["cache-control"] == "public, max-age=900"


async def test_a_token_is_not_looked_at(client: httpx2.AsyncClient) -> None:
    answer = await client.get(f"{REFERENCE}/currencies", headers={"Authorization": "Bearer nonsense"})
    assert answer.status_code == 200
