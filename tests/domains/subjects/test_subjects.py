"""Subjects and topics, through HTTP."""

import asyncio
from typing import Any
from uuid import UUID, uuid4

import httpx2
import pytest
from sqlalchemy.exc import IntegrityError

from studyhall.domains.subjects import public
from studyhall.domains.subjects.models import TopicPrerequisite
from studyhall.platform.uow import UnitOfWork
from tests.conftest import Committed, MakePerson

API = "/api/v1"


async def _subject(author: Any, name: str = "Graph Theory") -> str:
    made = await author.client.post(f"{API}/subjects", json={"name": name})
    assert made.status_code == 201, made.text
    return str(made.json()["data"]["subject"]["id"])


async def _topic(author: Any, subject_id: str, name: str, *needs: str) -> str:
    made = await author.client.post(
        f"{API}/subjects/{subject_id}/topics", json={"name": name, "prerequisites": list(needs)}
    )
    assert made.status_code == 201, made.text
    return str(made.json()["data"]["topic"]["id"])


async def _needs(client: httpx2.AsyncClient, subject_id: str) -> dict[str, list[str]]:
    answer = await client.get(f"{API}/subjects/{subject_id}/topics")
    assert answer.status_code == 200
    return {one["name"]: one["prerequisites"] for one in answer.json()["data"]["topics"]}


async def test_an_author_draws_a_map_and_everybody_reads_it(person: MakePerson, client: httpx2.AsyncClient) -> None:
    author = await person("Educator")
    subject = await _subject(author)
    trees = await _topic(author, subject, "Trees")
    paths = await _topic(author, subject, "Paths", trees)
    cycles = await _topic(author, subject, "Cycles", paths, trees)
    assert await _needs(client, subject) == {"Cycles": [paths, trees], "Paths": [trees], "Trees": []}
    listed = (await client.get(f"{API}/subjects", params={"q": "graph th"})).json()["data"]
    assert [(one["name"], one["topics_count"]) for one in listed["subjects"]] == [("Graph Theory", 3)]
    changed = await author.client.put(f"{API}/topics/{cycles}", json={"name": "Circuits", "prerequisites": [paths]})
    assert changed.json()["data"]["topic"] == {
        "id": cycles, "subject_id": subject, "name": "Circuits", "description": None, "prerequisites": [paths],
    }  # fmt: skip
    only_name = await author.client.put(f"{API}/topics/{cycles}", json={"name": "Cycles"})
    assert only_name.json()["data"]["topic"]["prerequisites"] == [paths]
    assert (await author.client.put(f"{API}/topics/{cycles}", json={"prerequisites": []})).status_code == 200
    assert (await _needs(client, subject))["Cycles"] == []


async def test_old_clients_find_topics_and_lessons(person: MakePerson, client: httpx2.AsyncClient) -> None:
    subject = await _subject(await person("Educator"))
    assert (await client.get(f"{API}/topics/{subject}")).json()["data"]["subject"]["name"] == "Graph Theory"


async def test_there_are_subjects_to_begin_with(client: httpx2.AsyncClient) -> None:
    found = (await client.get(f"{API}/subjects", params={"per_page": 100})).json()["data"]
    assert {"Mathematics", "Physics"} <= {one["name"] for one in found["subjects"]}


@pytest.mark.parametrize("what", ["itself", "a circle", "another subject", "nothing"])
async def test_prerequisites_that_cannot_be(person: MakePerson, what: str) -> None:
    author = await person("Educator")
    subject, other = await _subject(author), await _subject(author, "Knitting")
    first = await _topic(author, subject, "First")
    second = await _topic(author, subject, "Second", first)
    third = await _topic(author, subject, "Third", second)
    stranger = await _topic(author, other, "Stranger")
    wanted = {"itself": first, "a circle": third, "another subject": stranger, "nothing": str(uuid4())}[what]
    refused = await author.client.put(f"{API}/topics/{first}", json={"prerequisites": [wanted]})
    assert (refused.status_code, refused.json()["error_code"]) == (422, "PREREQUISITES_REFUSED")
    assert list(refused.json()["errors"]) == ["prerequisites"]
    if what == "a circle":
        assert "First needs Third needs Second needs First" in refused.json()["message"]
    assert await _needs(author.client, subject) == {"First": [], "Second": [first], "Third": [second]}
    if what != "a circle":
        made = await author.client.post(
            f"{API}/subjects/{subject}/topics", json={"name": "New", "prerequisites": [wanted]}
        )
        assert made.status_code == (201 if what == "itself" else 422)


async def test_the_database_itself_refuses_what_no_graph_may_hold(person: MakePerson, uow: UnitOfWork) -> None:
    author = await person("Educator")
    subject, other = await _subject(author), await _subject(author, "Knitting")
    here, there = await _topic(author, subject, "Here"), await _topic(author, other, "There")
    for topic, needed in ((here, here), (here, there)):
        with pytest.raises(IntegrityError):
            async with uow.session.begin_nested():
                uow.session.add(
                    TopicPrerequisite(topic_id=UUID(topic), prerequisite_id=UUID(needed), subject_id=UUID(subject))
                )


async def test_two_changes_at_once_make_no_circle_together(committed: Committed) -> None:
    author = await committed.person("Educator")
    subject = await _subject(author)
    for number in range(4):
        one, two = [await _topic(author, subject, f"{name} {number}") for name in ("One", "Two")]
        answers = await asyncio.gather(
            author.client.put(f"{API}/topics/{one}", json={"prerequisites": [two]}),
            author.client.put(f"{API}/topics/{two}", json={"prerequisites": [one]}),
        )
        assert sorted(answer.status_code for answer in answers) == [200, 422]


async def test_two_of_one_name_at_once(committed: Committed) -> None:
    author = await committed.person("Educator")
    answers = await asyncio.gather(
        *(author.client.post(f"{API}/subjects", json={"name": name}) for name in ("Optics", "OPTICS"))
    )
    assert sorted(answer.status_code for answer in answers) == [201, 409]
    subject = next(one.json()["data"]["subject"]["id"] for one in answers if one.status_code == 201)
    path = f"{API}/subjects/{subject}/topics"
    answers = await asyncio.gather(*(author.client.post(path, json={"name": name}) for name in ("Lenses", "lenses")))
    assert sorted(answer.status_code for answer in answers) == [201, 409]


async def test_who_may_not(person: MakePerson, client: httpx2.AsyncClient) -> None:
    author, student = await person("Educator"), await person()
    subject = await _subject(author)
    topic = await _topic(author, subject, "Trees")
    for method, path, body in (
        ("POST", "/subjects", {"name": "Mine"}),
        ("POST", f"/subjects/{subject}/topics", {"name": "Mine"}),
        ("PUT", f"/topics/{topic}", {"name": "Mine"}),
    ):
        assert (await student.client.request(method, API + path, json=body)).status_code == 403
        assert (await client.request(method, API + path, json=body)).status_code == 401
    assert (await client.get(f"{API}/subjects/{uuid4()}/topics")).json()["error_code"] == "SUBJECT_NOT_FOUND"
    assert (await author.client.put(f"{API}/topics/{uuid4()}", json={"name": "x"})).status_code == 404


@pytest.mark.parametrize(
    "body", [{"name": ""}, {"name": "x" * 121}, {"name": "a\x00b"}, {"name": "a", "colour": "red"}, {"name": None}, {}]
)
async def test_bad_fields(person: MakePerson, body: dict[str, Any]) -> None:
    author = await person("Educator")
    assert (await author.client.post(f"{API}/subjects", json=body)).status_code == 422
    subject = await _subject(author)
    assert (await author.client.post(f"{API}/subjects/{subject}/topics", json=body)).status_code == 422


async def test_the_list_costs_the_same_for_one_and_for_many(person: MakePerson, client: httpx2.AsyncClient) -> None:
    author = await person("Educator")
    subject = await _subject(author)
    counts = []
    first = await _topic(author, subject, "Topic 0")
    for several in (1, 30):
        for number in range(several):
            await _topic(author, subject, f"Topic {several}.{number}", first)
        answer = await client.get(f"{API}/subjects/{subject}/topics", params={"per_page": 100})
        counts.append(answer.headers["Server-Timing"].split('sql;desc="')[1].split('"')[0])
    assert counts[0] == counts[1]
    assert int(counts[0]) <= 10


async def test_the_door(person: MakePerson, uow: UnitOfWork) -> None:
    author = await person("Educator")
    subject = await _subject(author)
    trees = await _topic(author, subject, "Trees")
    paths = await _topic(author, subject, "Paths", trees)
    found = await public.topics(uow, [UUID(paths), uuid4()])
    assert found == {UUID(paths): public.Topic(UUID(paths), "Paths", UUID(subject), (UUID(trees),))}
    of_subject = await public.topics_of(uow, [UUID(subject)])
    assert [one.name for one in of_subject[UUID(subject)]] == ["Paths", "Trees"]
    named = await public.topics_named(uow, [("graph theory", "TREES"), ("graph theory", "none")])
    assert named == {("graph theory", "trees"): UUID(trees)}
    assert (await public.subjects_named(uow, ["GRAPH theory "]))["graph theory"].id == UUID(subject)
    with pytest.raises(public.TopicNotFound):
        await public.require_topics(uow, [UUID(trees), uuid4()])
