"""Chapters, through HTTP."""

import asyncio
from typing import Any
from uuid import UUID, uuid4

import httpx2
import pytest

from studyhall.domains.chapters import queries
from studyhall.domains.chapters.events import ChapterCompleted
from studyhall.domains.chapters.schemas import ChapterAnswer
from studyhall.domains.chapters.service import reading
from studyhall.platform.resources import Resources
from studyhall.platform.uow import UnitOfWork
from studyhall.platform.web import Envelope
from tests.conftest import Committed, MakePerson

API = "/api/v1"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(64)
TEXT = "# Trees\n\nA *tree* has no cycle: $n - 1$ edges.\n\n## Leaves\n\n```python\nleaf = None\n```\n"


async def make_course(owner: Any, **fields: Any) -> str:
    body = {"name": "Graphs", "code": "G1", "semester": "Fall 2026", **fields}
    made = await owner.client.post(f"{API}/courses", json=body)
    assert made.status_code == 201, made.text
    return str(made.json()["data"]["course"]["id"])


async def add(owner: Any, course_id: str, title: str, markdown: str = TEXT, **more: Any) -> str:
    body = {"title": title, "markdown": markdown, **more}
    made = await owner.client.post(f"{API}/courses/{course_id}/chapters", json=body)
    assert made.status_code == 201, made.text
    return str(made.json()["data"]["chapter"]["id"])


async def titles(client: httpx2.AsyncClient, course_id: str) -> list[str]:
    answer = await client.get(f"{API}/courses/{course_id}/chapters", params={"per_page": 100})
    assert answer.status_code == 200, answer.text
    found = answer.json()["data"]["chapters"]
    assert [one["position"] for one in found] == list(range(1, len(found) + 1))
    return [one["title"] for one in found]


async def published(author: Any, *names: str) -> tuple[str, list[str]]:
    course_id = await make_course(author)
    ids = [await add(author, course_id, name) for name in names]
    assert (await author.client.post(f"{API}/courses/{course_id}/publish")).status_code == 200
    return course_id, ids


def statements(answer: httpx2.Response) -> int:
    """Without the savepoint that stands for the transaction here, where it writes or reads past the straight path."""
    return int(answer.headers["Server-Timing"].split('sql;desc="')[1].split('"')[0]) - 2


async def test_a_chapter_is_written_and_read(person: MakePerson, client: httpx2.AsyncClient) -> None:
    author = await person("Educator")
    course_id, (first, second) = await published(author, "Trees", "Paths")
    answer = await client.get(f"{API}/chapters/{first}")
    assert answer.status_code == 200
    chapter = answer.json()["data"]["chapter"]
    assert chapter["content"].startswith('<h1 id="s-trees">Trees</h1>')
    assert '<span class="math inline">n - 1</span>' in chapter["content"]
    assert '<code class="language-python">' in chapter["content"]
    assert chapter["headings"] == [
        {"level": 1, "text": "Trees", "anchor": "s-trees"},
        {"level": 2, "text": "Leaves", "anchor": "s-leaves"},
    ]
    assert (chapter["position"], chapter["order"], chapter["title"]) == (1, 1, "Trees")
    assert (chapter["next_chapter_id"], chapter["prev_chapter_id"]) == (second, None)
    assert (chapter["is_completed"], chapter["markdown"], chapter["reading_minutes"]) == (False, None, 1)
    assert chapter["course_id"] == course_id
    assert (await author.client.get(f"{API}/chapters/{first}")).json()["data"]["chapter"]["markdown"] == TEXT
    seen = (await client.get(f"{API}/courses/{course_id}")).json()["data"]["course"]
    assert seen["chapters_count"] == 2


async def test_one_after_the_other(person: MakePerson, client: httpx2.AsyncClient) -> None:
    _, (first, second, third) = await published(await person("Educator"), "A", "B", "C")
    forward = await client.get(f"{API}/chapters/{first}/next")
    assert forward.json()["data"]["chapter"]["id"] == second
    assert forward.json() == (await client.get(f"{API}/chapters/{second}")).json()
    assert (await client.get(f"{API}/chapters/{third}/previous")).json()["data"]["chapter"]["id"] == second
    last = await client.get(f"{API}/chapters/{third}/next")
    assert (last.status_code, last.json()["error_code"]) == (404, "NO_NEXT_CHAPTER")
    start = await client.get(f"{API}/chapters/{first}/previous")
    assert (start.status_code, start.json()["error_code"]) == (404, "NO_PREVIOUS_CHAPTER")


async def test_a_private_course_keeps_its_chapters(person: MakePerson, client: httpx2.AsyncClient) -> None:
    owner, stranger = await person(), await person("Educator")
    course_id = await make_course(owner)
    chapter = await add(owner, course_id, "Secret")
    for caller in (client, stranger.client):
        for path in ("", "/next", "/previous"):
            answer = await caller.get(f"{API}/chapters/{chapter}{path}")
            assert (answer.status_code, answer.json()["error_code"]) == (404, "CHAPTER_NOT_FOUND")
        assert (await caller.get(f"{API}/courses/{course_id}/chapters")).status_code == 404
    for method, path, body in (
        ("PUT", f"/chapters/{chapter}", {"title": "Mine"}),
        ("DELETE", f"/chapters/{chapter}", None),
        ("POST", f"/chapters/{chapter}/complete", None),
        ("PUT", f"/chapters/{chapter}/topics", {"topic_ids": []}),
        ("POST", f"/courses/{course_id}/chapters", {"title": "Mine", "markdown": ""}),
        ("PUT", f"/courses/{course_id}/chapters/order", {"chapter_ids": [chapter]}),
    ):
        assert (await stranger.client.request(method, API + path, json=body)).status_code == 404, path
        assert (await client.request(method, API + path, json=body)).status_code == 401, path
    assert await titles(owner.client, course_id) == ["Secret"]


async def test_who_may_write_in_a_published_course(person: MakePerson) -> None:
    owner, colleague, student = await person("Educator"), await person("Educator"), await person()
    course_id, (chapter,) = await published(owner, "A")
    refused = await student.client.put(f"{API}/chapters/{chapter}", json={"title": "Mine"})
    assert (refused.status_code, refused.json()["error_code"]) == (403, "NOT_COURSE_OWNER")
    assert (await student.client.delete(f"{API}/chapters/{chapter}")).status_code == 403
    body = {"title": "Mine", "markdown": ""}
    assert (await student.client.post(f"{API}/courses/{course_id}/chapters", json=body)).status_code == 403
    assert (await colleague.client.put(f"{API}/chapters/{chapter}", json={"title": "Better"})).status_code == 200
    assert await titles(student.client, course_id) == ["Better"]


async def test_the_enrolled_keep_a_withdrawn_course(person: MakePerson, client: httpx2.AsyncClient) -> None:
    author, student, passer_by = await person("Educator"), await person(), await person()
    course_id, (chapter,) = await published(author, "A")
    assert (await student.client.post(f"{API}/courses/{course_id}/enroll")).status_code == 201
    assert (await author.client.delete(f"{API}/courses/{course_id}")).status_code == 200
    assert (await student.client.get(f"{API}/chapters/{chapter}")).status_code == 200
    assert (await student.client.post(f"{API}/chapters/{chapter}/complete")).status_code == 200
    for caller in (client, passer_by.client):
        assert (await caller.get(f"{API}/chapters/{chapter}")).status_code == 404
    assert (await author.client.put(f"{API}/chapters/{chapter}", json={"title": "x"})).status_code == 404


async def test_places(person: MakePerson) -> None:
    owner = await person()
    course_id = await make_course(owner)
    for title in ("B", "C"):
        await add(owner, course_id, title)
    await add(owner, course_id, "A", position=1)
    await add(owner, course_id, "D", position=99)
    await add(owner, course_id, "B2", position=3)
    assert await titles(owner.client, course_id) == ["A", "B", "B2", "C", "D"]


async def test_a_deleted_chapter_leaves_no_gap_and_comes_back_to_its_place(person: MakePerson) -> None:
    owner = await person()
    course_id = await make_course(owner)
    ids = [await add(owner, course_id, title) for title in "ABCD"]
    gone = await owner.client.delete(f"{API}/chapters/{ids[1]}")
    assert await titles(owner.client, course_id) == ["A", "C", "D"]
    assert (await owner.client.get(f"{API}/chapters/{ids[1]}")).status_code == 404
    assert (await owner.client.delete(f"{API}/chapters/{ids[1]}")).status_code == 404
    token = gone.json()["data"]["undo_token"]
    assert (await owner.client.post(f"{API}/undo/{token}")).status_code == 200
    assert await titles(owner.client, course_id) == ["A", "B", "C", "D"]
    seen = (await owner.client.get(f"{API}/courses/{course_id}")).json()["data"]["course"]
    assert seen["chapters_count"] == seen["statistics"]["chapters_count"] == 4
    tokens = [(await owner.client.delete(f"{API}/chapters/{one}")).json()["data"]["undo_token"] for one in ids]
    assert await titles(owner.client, course_id) == []
    assert (await owner.client.post(f"{API}/undo/{tokens[3]}")).status_code == 200
    assert (await owner.client.post(f"{API}/undo/{tokens[0]}")).status_code == 200
    assert await titles(owner.client, course_id) == ["A", "D"]


async def test_order_is_one_list_of_exactly_the_chapters(person: MakePerson) -> None:
    owner = await person()
    course_id, other = await make_course(owner), await make_course(owner)
    a, b, c = [await add(owner, course_id, title) for title in "ABC"]
    foreign = await add(owner, other, "X")
    path = f"{API}/courses/{course_id}/chapters/order"
    moved = await owner.client.put(path, json={"chapter_ids": [c, a, b]})
    assert [one["title"] for one in moved.json()["data"]["chapters"]] == ["C", "A", "B"]
    for wrong, word in (
        ([c, a], "missing"),
        ([c, a, b, b], "more than once"),
        ([c, a, foreign], "not of this course"),
        ([], "missing"),
        ([c, a, b, str(uuid4())], "not of this course"),
    ):
        refused = await owner.client.put(path, json={"chapter_ids": wrong})
        assert (refused.status_code, refused.json()["error_code"]) == (422, "ORDER_INCOMPLETE")
        assert word in " ".join(refused.json()["errors"]["chapter_ids"])
    assert await titles(owner.client, course_id) == ["C", "A", "B"]


async def test_edits_on_an_older_version_are_refused(person: MakePerson) -> None:
    owner = await person()
    course_id = await make_course(owner)
    a, b = [await add(owner, course_id, title) for title in "AB"]
    tag = (await owner.client.get(f"{API}/chapters/{a}")).headers["ETag"]
    first = await owner.client.put(f"{API}/chapters/{a}", json={"title": "First"}, headers={"If-Match": tag})
    assert (first.status_code, first.json()["data"]["chapter"]["version"]) == (200, 2)
    second = await owner.client.put(f"{API}/chapters/{a}", json={"title": "Second"}, headers={"If-Match": tag})
    assert (second.status_code, second.json()["error_code"]) == (412, "PRECONDITION_FAILED")
    same = await owner.client.put(f"{API}/chapters/{a}", json={"title": "First", "markdown": TEXT})
    assert same.json()["data"]["chapter"]["version"] == 2
    order = (await owner.client.get(f"{API}/courses/{course_id}/chapters")).headers["ETag"]
    path, reversed_ids = f"{API}/courses/{course_id}/chapters/order", {"chapter_ids": [b, a]}
    assert (await owner.client.put(path, json=reversed_ids, headers={"If-Match": order})).status_code == 200
    assert (await owner.client.put(path, json=reversed_ids, headers={"If-Match": order})).status_code == 412


async def test_reads_carry_a_tag_that_holds_until_something_changes(person: MakePerson) -> None:
    author, student = await person("Educator"), await person()
    _, (chapter,) = await published(author, "A")
    path = f"{API}/chapters/{chapter}"
    first = await student.client.get(path)
    kept = {"If-None-Match": first.headers["ETag"]}
    assert (await student.client.get(path, headers=kept)).status_code == 304
    await author.client.put(path, json={"markdown": "New."})
    assert (await student.client.get(path, headers=kept)).status_code == 200


async def test_a_chapter_is_completed_once(person: MakePerson, resources: Resources) -> None:
    heard: list[ChapterCompleted] = []

    async def hear(_uow: UnitOfWork, event: ChapterCompleted) -> None:
        heard.append(event)

    others = resources.subscribers.get(ChapterCompleted, ())
    resources.subscribers = {**resources.subscribers, ChapterCompleted: [*others, hear]}
    author, student = await person("Educator"), await person(timezone="Asia/Tokyo")
    course_id, (first, second) = await published(author, "A", "B")
    assert (await student.client.post(f"{API}/courses/{course_id}/enroll")).status_code == 201
    done = (await student.client.post(f"{API}/chapters/{first}/complete")).json()["data"]["completion"]
    assert (done["is_new"], done["progress_percentage"], done["next_chapter_id"]) == (True, 50.0, second)
    again = (await student.client.post(f"{API}/lessons/{first}/complete")).json()["data"]["completion"]
    assert again == {**done, "is_new": False}
    old = f"{API}/progress/{student.id}/courses/{course_id}/chapters/{first}"
    assert (await student.client.post(old)).json()["data"]["completion"] == again
    assert (await author.client.post(old)).status_code == 403
    assert [(one.user_id, str(one.chapter_id)) for one in heard] == [(student.id, first)]
    seen = (await student.client.get(f"{API}/chapters/{first}")).json()["data"]["chapter"]
    assert (seen["is_completed"], seen["completed_at"]) == (True, done["completed_at"])
    listed = (await student.client.get(f"{API}/courses/{course_id}/chapters")).json()["data"]["chapters"]
    assert [one["is_completed"] for one in listed] == [True, False]
    statistics = (await student.client.get(f"{API}/courses/{course_id}")).json()["data"]["course"]["statistics"]
    assert (statistics["chapters_completed"], statistics["progress_percentage"]) == (1, 50.0)
    await author.client.delete(f"{API}/chapters/{first}")
    statistics = (await student.client.get(f"{API}/courses/{course_id}")).json()["data"]["course"]["statistics"]
    assert (statistics["chapters_count"], statistics["chapters_completed"]) == (1, 0)


async def test_chapters_on_a_topic(person: MakePerson, client: httpx2.AsyncClient) -> None:
    author, student = await person("Educator"), await person()
    course_id, (first, second) = await published(author, "A", "B")
    hidden = await add(author, await make_course(author), "Hidden")
    subject = (await author.client.post(f"{API}/subjects", json={"name": "Graphs"})).json()["data"]["subject"]["id"]
    made = await author.client.post(f"{API}/subjects/{subject}/topics", json={"name": "Trees"})
    topic = made.json()["data"]["topic"]["id"]
    for chapter in (second, hidden):
        tagged = await author.client.put(f"{API}/chapters/{chapter}/topics", json={"topic_ids": [topic, topic]})
        assert tagged.json()["data"] == {"chapter_id": chapter, "topic_ids": [topic]}
    found = (await client.get(f"{API}/topics/{topic}/chapters")).json()["data"]
    assert [(one["id"], one["topic_ids"]) for one in found["chapters"]] == [(second, [topic])]
    assert (await client.get(f"{API}/lessons/{topic}")).json()["data"] == found
    assert (await client.get(f"{API}/topics/{uuid4()}/chapters")).status_code == 404
    path = f"{API}/chapters/{first}/topics"
    assert (await author.client.put(path, json={"topic_ids": [str(uuid4())]})).json()["error_code"] == "TOPIC_NOT_FOUND"
    assert (await student.client.put(path, json={"topic_ids": []})).status_code == 403
    assert (await author.client.put(f"{API}/chapters/{second}/topics", json={"topic_ids": []})).status_code == 200
    assert (await client.get(f"{API}/topics/{topic}/chapters")).json()["data"]["chapters"] == []
    assert (await add(author, course_id, "C", topic_ids=[topic])) in {
        one["id"] for one in (await client.get(f"{API}/topics/{topic}/chapters")).json()["data"]["chapters"]
    }


async def test_images_come_from_our_own_store(person: MakePerson, client: httpx2.AsyncClient) -> None:
    author, student = await person("Educator"), await person()
    course_id, _ = await published(author)
    chapter = await add(author, course_id, "A", "![A tree](image:tree%20one.png) and ![none](missing.png)")
    before = (await client.get(f"{API}/chapters/{chapter}")).json()["data"]["chapter"]["content"]
    assert before == '<p><img alt="A tree"> and <img alt="none"></p>\n'
    path, files = f"{API}/courses/{course_id}/images", {"file": ("tree one.png", PNG, "image/png")}
    made = await author.client.post(path, files=files)
    assert made.status_code == 201, made.text
    image = made.json()["data"]["image"]
    assert (image["name"], image["markdown"]) == ("tree one.png", "![](image:tree%20one.png)")
    answer = await client.get(f"{API}/chapters/{chapter}")
    content = answer.json()["data"]["chapter"]["content"]
    address = content.split('src="')[1].split('"')[0]
    assert address == image["address"]
    shown = await client.get(address.removeprefix("https://studyhall.test"))
    assert (shown.status_code, shown.content, shown.headers["Content-Type"]) == (200, PNG, "image/png")
    again = await client.get(f"{API}/chapters/{chapter}", headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304
    assert (await author.client.post(path, files={"file": ("x.svg", b"<svg/>", "image/svg+xml")})).status_code in (
        415,
        422,
    )
    assert (await student.client.post(path, files=files)).status_code == 403
    other = PNG + b"other"
    assert await author.client.post(path, files={"file": ("x.png", other, "image/png")}, data={"name": "tree one.png"})
    assert (await client.get(f"{API}/chapters/{chapter}")).headers["ETag"] != answer.headers["ETag"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"title": "", "markdown": ""}, "title"),
        ({"title": "x" * 256, "markdown": ""}, "title"),
        ({"title": "x"}, "markdown"),
        ({"title": "x", "markdown": "x" * 300_001}, "markdown"),
        ({"title": "x", "markdown": "a\x00b"}, "markdown"),
        ({"title": "x", "markdown": "", "position": 0}, "position"),
        ({"title": "x", "markdown": "", "topic_ids": ["x"]}, "topic_ids.0"),
        ({"title": "x", "markdown": "", "html": "<b>"}, "html"),
    ],
)
async def test_bad_fields_are_named_and_nothing_is_made(person: MakePerson, body: dict[str, Any], field: str) -> None:
    owner = await person()
    course_id = await make_course(owner)
    answer = await owner.client.post(f"{API}/courses/{course_id}/chapters", json=body)
    assert (answer.status_code, list(answer.json()["errors"])) == (422, [field])
    assert await titles(owner.client, course_id) == []


async def test_a_chapter_of_five_megabytes_is_refused(person: MakePerson) -> None:
    owner = await person()
    course_id = await make_course(owner)
    body = {"title": "Long", "markdown": "word " * 1_000_000}
    answer = await owner.client.post(f"{API}/courses/{course_id}/chapters", json=body)
    assert (answer.status_code, answer.json()["error_code"]) == (413, "TOO_LARGE")
    body = {"title": "Grows", "markdown": "[a]: http://x/" + "y" * 1900 + "\n\n" + "[a] " * 10_000}
    answer = await owner.client.post(f"{API}/courses/{course_id}/chapters", json=body)
    assert (answer.status_code, answer.json()["error_code"]) == (422, "CHAPTER_TOO_COMPLEX")
    assert await titles(owner.client, course_id) == []


async def test_both_ways_to_a_chapter_agree(person: MakePerson, uow: UnitOfWork, resources: Resources) -> None:
    author, colleague, student = await person("Educator"), await person("Educator"), await person()
    course_id, ids = await published(author, 'Quo"tes \\ Ünï 🎓', "B", "C")
    await author.client.post(f"{API}/courses/{course_id}/images", files={"file": ("x.png", PNG, "image/png")})
    await author.client.put(f"{API}/chapters/{ids[1]}", json={"markdown": f"{TEXT}\n![x](x.png) 🎓 </p> \\n"})
    await student.client.post(f"{API}/courses/{course_id}/enroll")
    await student.client.post(f"{API}/chapters/{ids[1]}/complete")
    private = await add(student, await make_course(student), "Own")
    for viewer, is_editor in ((author, True), (colleague, True), (student, False), (None, False)):
        client = viewer.client if viewer else None
        for chapter in ids:
            row = await queries.chapter_seen_by(uow, viewer.id if viewer else None, UUID(chapter))
            assert row is not None
            ordinary = Envelope[ChapterAnswer](
                data=ChapterAnswer(chapter=await reading.detail(uow, row, may_edit=is_editor))
            )
            if client is not None:
                straight = await client.get(f"{API}/chapters/{chapter}")
                assert Envelope[ChapterAnswer].model_validate_json(straight.content) == ordinary
                assert statements(straight) <= 3
    assert (await student.client.get(f"{API}/chapters/{private}")).json()["data"]["chapter"]["markdown"] == TEXT
    assert await queries.chapter_seen_by(uow, author.id, UUID(private)) is None
    assert (await author.client.get(f"{API}/chapters/{private}")).status_code == 404


async def test_reads_cost_the_same_for_one_and_for_many(person: MakePerson) -> None:
    author = await person("Educator")
    course_id, (chapter,) = await published(author, "A")
    one = await author.client.get(f"{API}/courses/{course_id}/chapters")
    for number in range(20):
        await add(author, course_id, f"{number}")
    many = await author.client.get(f"{API}/courses/{course_id}/chapters", params={"per_page": 100})
    assert statements(one) == statements(many) <= 10
    ids = [one["id"] for one in many.json()["data"]["chapters"]][::-1]
    await author.client.post(f"{API}/chapters/{ids[0]}/complete")  # the first of all unlocks an achievement
    # Two are the savepoint of each request in tests.
    assert statements(await author.client.post(f"{API}/chapters/{chapter}/complete")) <= 10 + 2
    path = f"{API}/courses/{course_id}/chapters/order"
    assert statements(await author.client.put(path, json={"chapter_ids": ids})) <= 10
    assert statements(await author.client.put(f"{API}/chapters/{chapter}", json={"markdown": "New"})) <= 10
    assert statements(await author.client.delete(f"{API}/chapters/{chapter}")) <= 10


async def test_many_at_once_leave_one_right_order(committed: Committed) -> None:
    owner = await committed.person("Educator")
    course_id = await make_course(owner)
    ids = [await add(owner, course_id, title) for title in "ABCD"]
    path = f"{API}/courses/{course_id}/chapters/order"
    answers = await asyncio.gather(
        owner.client.put(path, json={"chapter_ids": ids[::-1]}),
        owner.client.put(path, json={"chapter_ids": ids[2:] + ids[:2]}),
        owner.client.post(f"{API}/courses/{course_id}/chapters", json={"title": "E", "markdown": "", "position": 1}),
        owner.client.post(f"{API}/courses/{course_id}/chapters", json={"title": "F", "markdown": "", "position": 1}),
        owner.client.delete(f"{API}/chapters/{ids[0]}"),
    )
    assert {answer.status_code for answer in answers} <= {200, 201, 422}
    assert sorted(await titles(owner.client, course_id)) == ["B", "C", "D", "E", "F"]
    seen = (await owner.client.get(f"{API}/courses/{course_id}")).json()["data"]["course"]
    assert seen["chapters_count"] == 5


async def test_completing_twice_at_once_counts_once(committed: Committed) -> None:
    heard: list[ChapterCompleted] = []

    async def hear(_uow: UnitOfWork, event: ChapterCompleted) -> None:
        heard.append(event)

    others = committed.resources.subscribers.get(ChapterCompleted, ())
    committed.resources.subscribers = {**committed.resources.subscribers, ChapterCompleted: [*others, hear]}
    owner = await committed.person()
    chapter = await add(owner, await make_course(owner), "A")
    answers = await asyncio.gather(*(owner.client.post(f"{API}/chapters/{chapter}/complete") for _ in range(6)))
    assert [answer.status_code for answer in answers] == [200] * 6
    assert sorted(answer.json()["data"]["completion"]["is_new"] for answer in answers) == [False] * 5 + [True]
    assert len(heard) == 1


async def test_one_of_two_edits_at_once_is_told(committed: Committed) -> None:
    owner = await committed.person()
    chapter = await add(owner, await make_course(owner), "A")
    tag = (await owner.client.get(f"{API}/chapters/{chapter}")).headers["ETag"]
    answers = await asyncio.gather(
        *(
            owner.client.put(f"{API}/chapters/{chapter}", json={"title": title}, headers={"If-Match": tag})
            for title in ("One", "Two")
        )
    )
    assert sorted(answer.status_code for answer in answers) == [200, 412]
