"""Who finds what stands in courses, through HTTP; and the index made anew from courses and chapters."""

from typing import Any

import httpx2

from studyhall.domains.search import public as search
from studyhall.entrypoints import wiring
from studyhall.platform.jobs import drain
from studyhall.platform.resources import Resources
from studyhall.platform.uow import UnitOfWork
from tests.conftest import Committed, MakePerson, RunJobs
from tests.domains.chapters.test_chapters import API, add, make_course


async def found(client: httpx2.AsyncClient, word: str) -> list[tuple[str, str]]:
    answer = await client.get(f"{API}/search", params={"q": word})
    assert answer.status_code == 200, answer.text
    return sorted((one["kind"], one["title"]) for one in answer.json()["data"]["results"])


async def test_private_text_is_found_by_its_owner_and_who_takes_it(
    person: MakePerson, client: httpx2.AsyncClient, run_jobs: RunJobs
) -> None:
    owner, student, stranger = await person("Educator"), await person(), await person()
    course_id = await make_course(owner, name="Mycology")
    chapter_id = await add(owner, course_id, "Spores", "A puffball scatters its spores.")
    await run_jobs()
    spores = [("chapter", "Spores")]
    assert await found(owner.client, "puffball") == spores
    assert await found(owner.client, "mycology") == [("course", "Mycology")]
    for nobody in (stranger.client, client):
        assert await found(nobody, "puffball") == await found(nobody, "mycology") == []

    assert (await owner.client.post(f"{API}/courses/{course_id}/publish")).status_code == 200
    assert (await student.client.post(f"{API}/courses/{course_id}/enroll")).status_code == 201
    for anybody in (owner.client, student.client, stranger.client, client):
        assert await found(anybody, "puffball") == spores

    withdrawn = await owner.client.delete(f"{API}/courses/{course_id}")
    assert await found(student.client, "puffball") == spores, "who takes a course keeps it"
    for nobody in (owner.client, stranger.client, client):
        assert await found(nobody, "puffball") == []
    assert (await student.client.get(f"{API}/chapters/{chapter_id}")).status_code == 200
    assert (await student.client.delete(f"{API}/courses/{course_id}/enroll")).status_code == 200
    assert await found(student.client, "puffball") == []

    assert (await owner.client.post(f"{API}/undo/{withdrawn.json()['data']['undo_token']}")).status_code == 200
    assert await found(client, "puffball") == spores


async def test_a_members_keys_hold_his_groups(person: MakePerson, resources: Resources) -> None:
    member, stranger = await person(), await person()
    made = await member.client.post(f"{API}/groups", json={"name": "Fungi", "visibility": "private"})
    assert made.status_code == 201, made.text
    group_id = made.json()["data"]["group"]["id"]
    document = search.Document("resource", member.id, "Notes", "A stinkhorn.", frozenset({f"group:{group_id}"}))
    async with resources.unit_of_work() as uow:
        await search.put(uow, [document])
    assert await found(member.client, "stinkhorn") == [("resource", "Notes")]
    assert await found(stranger.client, "stinkhorn") == []


async def everything(uow: UnitOfWork) -> Any:
    straight = await uow.straight()
    rows = await straight.rows(
        "SELECT d.kind, d.source_id, d.title, d.course_id, d.chapter_id,"
        " (SELECT array_agg(key ORDER BY key) FROM unnest(d.access) AS key),"
        " (SELECT array_agg(c.passage ORDER BY c.passage) FROM search_chunks c WHERE c.document_id = d.id)"
        " FROM search_documents d ORDER BY 1, 2"
    )
    return [tuple(row) for row in rows]


async def test_a_wiped_index_comes_back_as_it_was(committed: Committed) -> None:
    resources = committed.resources
    owner, student = await committed.person("Educator"), await committed.person()
    open_id, own_id, gone_id = [await make_course(owner, name=name) for name in ("Open", "Own", "Gone")]
    for course_id in (open_id, own_id, gone_id):
        await add(owner, course_id, "Spores", "A puffball scatters its spores.")
    dropped = await add(owner, own_id, "Dropped", "A puffball no more.")
    for course_id in (open_id, gone_id):
        assert (await owner.client.post(f"{API}/courses/{course_id}/publish")).status_code == 200
        assert (await student.client.post(f"{API}/courses/{course_id}/enroll")).status_code == 201
    await drain(resources, wiring.JOBS)
    await owner.client.delete(f"{API}/chapters/{dropped}")
    await owner.client.delete(f"{API}/courses/{gone_id}")

    async def seen() -> list[Any]:
        return [await found(one.client, "puffball") for one in (owner, student)]

    async with resources.unit_of_work() as uow:
        before = await everything(uow)
    hits = await seen()
    assert len(before) == 6 and [len(one) for one in hits] == [2, 2]
    assert await search.rebuild_all(resources) == {"course": 3, "chapter": 3, "content": 0}
    async with resources.unit_of_work() as uow:
        assert await everything(uow) == before, "a right index stays as it is"
        straight = await uow.straight()
        await straight.value("DELETE FROM search_documents")
    assert await seen() == [[], []]
    assert await search.rebuild_all(resources) == {"course": 3, "chapter": 3, "content": 0}
    async with resources.unit_of_work() as uow:
        assert await everything(uow) == before
    assert await seen() == hits
