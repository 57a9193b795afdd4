"""Searching over HTTP: what is found, how it is shown, and what a stranger is never told."""

import html
import re
from typing import Any
from uuid import UUID

import httpx2
import pytest

from studyhall.domains.search import public as search
from studyhall.domains.search.public import PUBLIC, Document, course_key, user_key
from studyhall.platform.ids import new_id
from studyhall.platform.resources import Resources
from tests.conftest import MakePerson, RunJobs
from tests.domains.search.conftest import Meanings

PLANT = "A soil moisture sensor tells when a plant needs water.\n\nCapacitive sensors do not corrode."
TRUCK = "A lorry reports where it is by satellite.\n\nThe driver sees the route on a map."


async def put(resources: Resources, *documents: Document) -> None:
    async with resources.unit_of_work() as uow:
        await search.put(uow, documents)


def document(title: str, body: str, *access: str, kind: str = "chapter", **fields: Any) -> Document:
    return Document(kind, fields.pop("source_id", new_id()), title, body, frozenset(access or {PUBLIC}), **fields)


async def ask(client: httpx2.AsyncClient, q: str, path: str = "/search", **params: Any) -> dict[str, Any]:
    answer = await client.get(f"/api/v1{path}", params={"q": q, **params})
    assert answer.status_code == 200, answer.text
    data: dict[str, Any] = answer.json()["data"]
    return data


def titles(data: dict[str, Any]) -> list[str]:
    return [result["title"] for result in data["results"]]


async def test_a_result_says_what_it_is_and_where_it_belongs(client: httpx2.AsyncClient, resources: Resources) -> None:
    course, chapter = new_id(), new_id()
    await put(
        resources,
        document("Gardening", "All about gardens.", kind="course", source_id=course, course_id=course),
        document("Watering", PLANT, source_id=chapter, course_id=course, chapter_id=chapter),
    )
    data = await ask(client, "moisture sensor")
    (found,) = data["results"]
    assert (found["kind"], found["id"], found["title"]) == ("chapter", str(chapter), "Watering")
    assert found["course"] == {"id": str(course), "title": "Gardening"}
    assert found["chapter"] == {"id": str(chapter), "title": "Watering"}
    assert data["pagination"] == {"total": 1, "per_page": 10, "current_page": 1, "last_page": 1}
    assert (data["query"], data["corrected_query"], data["engine"]) == ("moisture sensor", None, "text")
    text, marks = found["snippet"]["text"], found["snippet"]["marks"]
    assert [text[mark["start"] : mark["end"]] for mark in marks] == ["moisture", "sensor", "sensors"]
    assert "<mark>moisture</mark>" in found["snippet"]["html"]


async def test_markup_in_a_text_stays_text(client: httpx2.AsyncClient, resources: Resources) -> None:
    await put(resources, document("<b>x</b>", "Evil <script>alert('zebra')</script> & more zebra <img src=x>"))
    (found,) = (await ask(client, "zebra"))["results"]
    shown = found["snippet"]["html"]
    assert re.findall(r"<[^>]*>", shown) == ["<mark>", "</mark>"] * 2
    assert html.unescape(re.sub("</?mark>", "", shown)) == found["snippet"]["text"]


async def test_courses_chapters_and_filters(client: httpx2.AsyncClient, resources: Resources) -> None:
    one, two = new_id(), new_id()
    await put(
        resources,
        document("Plants as a course", PLANT, kind="course", source_id=one, course_id=one),
        document("Plants I", PLANT, course_id=one),
        document("Plants II", PLANT, course_id=two),
        document("Plants outside", PLANT, kind="content"),
    )
    assert titles(await ask(client, "plant", "/search/courses")) == ["Plants as a course"]
    assert set(titles(await ask(client, "plant", "/search/chapters"))) == {"Plants I", "Plants II"}
    assert titles(await ask(client, "plant", "/search/chapters", course_id=str(two))) == ["Plants II"]
    assert len(titles(await ask(client, "plant"))) == 4
    assert set(titles(await ask(client, "plant", kind=["course", "content"]))) == {
        "Plants as a course",
        "Plants outside",
    }


async def test_pages_hold_everything_once(client: httpx2.AsyncClient, resources: Resources) -> None:
    await put(resources, *(document(f"Plant {number}", PLANT) for number in range(25)))
    first, second, third, fourth = [await ask(client, "plant", page=page) for page in (1, 2, 3, 4)]
    assert [len(one["results"]) for one in (first, second, third, fourth)] == [10, 10, 5, 0]
    assert len({result["id"] for one in (first, second, third) for result in one["results"]}) == 25
    assert third["pagination"] == {"total": 25, "per_page": 10, "current_page": 3, "last_page": 3}
    assert len((await ask(client, "plant", limit=3))["results"]) == 3


@pytest.mark.parametrize(
    "params", [{}, {"q": ""}, {"q": "  "}, {"q": "x" * 201}, {"q": "x", "kind": "user"}, {"q": "x", "limit": 101}]
)
async def test_what_is_no_query_is_refused(client: httpx2.AsyncClient, params: dict[str, str]) -> None:
    answer = await client.get("/api/v1/search", params=params)
    assert answer.status_code == 422 and answer.json()["errors"]


async def test_odd_queries_are_answered(client: httpx2.AsyncClient) -> None:
    for query in ["!!!", "'", '"', "a & b | !c:*", "\\", "(((", "%00", "😀", "-", "the of and"]:
        assert (await ask(client, query))["results"] == []


async def test_misspelled_words_are_corrected_from_the_index(
    client: httpx2.AsyncClient, resources: Resources, run_jobs: RunJobs
) -> None:
    await put(resources, document("Watering", PLANT), document("Lorries", TRUCK))
    await run_jobs()
    for typed, meant in [
        ("moistrue", "moisture"),
        ("the sattelite route", "the satellite route"),
        ("capacitve sensr", "capacitive sensor"),
        ("Soil Mositure", "Soil moisture"),
    ]:
        data = await ask(client, typed)
        assert data["corrected_query"] == meant
        assert data["results"], typed
    assert (await ask(client, "moistur"))["corrected_query"] is None, "it is a word that still grows"
    assert (await ask(client, "xylophonist"))["corrected_query"] is None
    assert (await ask(client, '"moistrue"'))["corrected_query"] is None, "what is quoted is meant so"


async def test_a_stranger_is_told_nothing_of_private_text(
    person: MakePerson, client: httpx2.AsyncClient, resources: Resources, run_jobs: RunJobs
) -> None:
    """Not the text, not its words by spelling, not that there is any."""
    mira, stranger = await person(), await person()
    secret = "The surprise party for Bartholomew takes place in the orangery."
    await put(resources, document("Secret plan", secret, user_key(mira.id), kind="resource"))
    await run_jobs()
    for somebody in (stranger.client, client):
        for query in ("party", "bartholomew", "bartolomew", "orangary", "secret plan", '"surprise party"'):
            data = await ask(somebody, query)
            assert (data["results"], data["corrected_query"], data["pagination"]["total"]) == ([], None, 0), query
    assert titles(await ask(mira.client, "bartholomew")) == ["Secret plan"]
    assert (await ask(mira.client, "bartolomew"))["corrected_query"] == "bartholomew"
    assert titles(await ask(mira.client, "orangary", kind="resource")) == ["Secret plan"]


async def test_a_course_that_is_not_public_is_found_by_those_who_take_it(
    person: MakePerson, resources: Resources
) -> None:
    mira, stranger = await person(), await person()
    made = await mira.client.post(
        "/api/v1/courses", json={"name": "Gardening", "code": "BIO101", "semester": "Fall 2026"}
    )
    course = UUID(made.json()["data"]["course"]["id"])
    await put(
        resources,
        document("Watering", PLANT, course_key(course), course_id=course),
        document("Also watering", PLANT, course_id=course),
    )
    assert set(titles(await ask(mira.client, "moisture"))) == {"Watering", "Also watering"}
    (seen,) = (await ask(stranger.client, "moisture"))["results"]
    assert seen["title"] == "Also watering"
    # A course that he may not see is not named to him either.
    await put(resources, document("Gardening", "", course_key(course), kind="course", source_id=course))
    (seen,) = (await ask(stranger.client, "moisture"))["results"]
    assert seen["course"] == {"id": str(course), "title": None}


async def test_meaning_finds_what_no_word_would(
    client: httpx2.AsyncClient, resources: Resources, run_jobs: RunJobs, meanings: Meanings
) -> None:
    await put(resources, document("Watering", PLANT), document("Lorries", TRUCK))
    assert titles(await ask(client, "vehicle fleet")) == [], "embeddings follow in the background"
    await run_jobs()
    data = await ask(client, "vehicle fleet")
    assert (titles(data), data["engine"]) == (["Lorries"], "hybrid")
    assert titles(await ask(client, '"vehicle fleet"')) == []
    assert titles(await ask(client, "vehicle fleet", "/search/courses")) == []
    assert titles(await ask(client, "xyzzy")) == [], "nothing is near enough to nonsense"


async def test_meaning_keeps_secrets_too(
    person: MakePerson, resources: Resources, run_jobs: RunJobs, meanings: Meanings
) -> None:
    mira, stranger = await person(), await person()
    await put(resources, document("My garden", PLANT, user_key(mira.id), kind="resource"))
    await run_jobs()
    assert titles(await ask(mira.client, "flower")) == ["My garden"]
    assert titles(await ask(stranger.client, "flower")) == []


async def test_a_vector_is_made_once_and_a_model_that_is_down_costs_only_meaning(
    client: httpx2.AsyncClient, resources: Resources, run_jobs: RunJobs, meanings: Meanings
) -> None:
    await put(resources, document("Lorries", TRUCK))
    await run_jobs()
    meanings.calls = 0
    for _ in range(3):
        assert titles(await ask(client, "vehicle")) == ["Lorries"]
    assert meanings.calls == 1
    meanings.is_down = True
    data = await ask(client, "lorry")
    assert (titles(data), data["engine"]) == (["Lorries"], "text")


async def test_few_statements_however_much_is_found(
    person: MakePerson, resources: Resources, run_jobs: RunJobs, meanings: Meanings
) -> None:
    mira = await person()
    await put(resources, document("Plant", PLANT))
    await run_jobs()

    async def statements(q: str) -> int:
        answer = await mira.client.get("/api/v1/search", params={"q": q, "limit": 100})
        assert answer.json()["data"]["results"]
        found = re.search(r'sql;desc="(\d+)"', answer.headers["Server-Timing"])
        assert found is not None
        return int(found.group(1)) - 2  # the savepoint that stands for the transaction here

    one = await statements("plant"), await statements("moistrue plant")
    await put(resources, *(document(f"Plant {number}", PLANT) for number in range(100)))
    await run_jobs()
    assert (await statements("plant"), await statements("moistrue plant")) == one
    assert max(one) <= 10
