"""What the lists look like from outside."""

from uuid import UUID

from pydantic import Field

from studyhall.platform.web import Pagination, Schema


class Country(Schema):
    """A country of ISO 3166-1."""

    code: str = Field(description="Two letters.", examples=["DE"])
    alpha_3: str = Field(examples=["DEU"])
    numeric: str = Field(examples=["276"])
    name: str = Field(examples=["Germany"])
    official_name: str | None = Field(examples=["Federal Republic of Germany"])
    flag: str = Field(description="The flag's emoji.")
    phone_code: str | None = Field(description="Null where nobody has a telephone.", examples=["+49"])
    currency_code: str | None = Field(description="The legal tender of today, ISO 4217.", examples=["EUR"])


class State(Schema):
    """A subdivision of ISO 3166-2."""

    code: str = Field(examples=["DE-BY"])
    name: str = Field(examples=["Bayern"])
    type: str = Field(description="What the country calls it.", examples=["Land"])
    parent_code: str | None = Field(description="The subdivision that it lies in, if any.")


class City(Schema):
    """A city of at least 15,000 people (GeoNames, CC BY 4.0)."""

    geoname_id: int
    name: str
    country_code: str
    state_code: str | None = Field(description="ISO 3166-2; null where it is not known.")
    time_zone: str
    population: int
    latitude: float
    longitude: float


class TimeZone(Schema):
    """An IANA time zone, as it is at this moment."""

    name: str = Field(examples=["Europe/Berlin"])
    utc_offset_minutes: int = Field(examples=[120])
    utc_offset: str = Field(examples=["+02:00"])
    abbreviation: str = Field(examples=["CEST"])
    country_code: str | None
    is_default: bool = Field(description="What a person has who never chose: UTC.")


class Language(Schema):
    """A language of ISO 639."""

    code: str = Field(description="Two letters where there are two, else three.", examples=["de"])
    alpha_3: str = Field(examples=["deu"])
    name: str = Field(examples=["German"])


class Currency(Schema):
    """A currency of ISO 4217."""

    code: str = Field(examples=["EUR"])
    numeric: str = Field(examples=["978"])
    name: str = Field(examples=["Euro"])
    symbol: str = Field(examples=["€"])
    decimals: int = Field(description="Digits after the point.", examples=[2])


class TagOut(Schema):
    """A tag."""

    id: UUID
    name: str
    description: str | None
    synonyms: list[str]
    image_url: str | None


class TagCategoryOut(Schema):
    """A category with its tags."""

    id: UUID
    name: str
    description: str | None
    tags: list[TagOut]


class TagGroupOut(Schema):
    """A group with its categories."""

    id: UUID
    name: str
    description: str | None
    categories: list[TagCategoryOut]


class CountryList(Schema):
    """All countries, by name."""

    countries: list[Country]
    pagination: Pagination


class StateList(Schema):
    """The subdivisions of a country, by name."""

    states: list[State]
    pagination: Pagination


class CityList(Schema):
    """A page of cities, the largest first."""

    cities: list[City]
    pagination: Pagination


class TimeZoneList(Schema):
    """Time zones, by name."""

    time_zones: list[TimeZone]
    pagination: Pagination


class LanguageList(Schema):
    """Languages, by name."""

    languages: list[Language]
    pagination: Pagination


class CurrencyList(Schema):
    """All currencies, by code."""

    currencies: list[Currency]
    pagination: Pagination


class TagTree(Schema):
    """All public tags."""

    tag_groups: list[TagGroupOut]
    pagination: Pagination
