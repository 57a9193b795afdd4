"""Whole courses at once, and how they are found."""

import time
from uuid import UUID

import pytest

from studyhall.domains.chapters import public as chapters
from studyhall.domains.chapters.public import ChapterDraft, CourseDraft, ImageDraft
from studyhall.domains.courses import public as courses
from studyhall.domains.files import public as files
from studyhall.domains.search import public as search
from studyhall.platform.resources import Resources
from studyhall.platform.uow import UnitOfWork
from tests.conftest import Committed, MakePerson, RunJobs
from tests.domains.chapters.test_chapters import API, PNG, add, make_course, published, titles


def _draft(*names: str, text: str = "Text.", title: str = "Botany") -> CourseDraft:
    return CourseDraft("botany.zip", title, [ChapterDraft(f"{one}.md", one, f"# {one}\n\n{text}") for one in names])


async def _import(resources: Resources, owner_id: UUID, draft: CourseDraft) -> chapters.ImportedCourse:
    prepared = await chapters.prepare(draft)
    async with resources.unit_of_work() as uow:
        return await chapters.import_course(uow, owner_id, prepared)


async def test_a_second_import_updates(person: MakePerson, resources: Resources) -> None:
    owner = await person()
    first = await _import(resources, owner.id, _draft("Roots", "Leaves", "Seeds"))
    course = str(first.course_id)
    assert (first.is_new, first.added, first.changed, first.removed) == (True, 3, 0, ())
    assert await titles(owner.client, course) == ["Roots", "Leaves", "Seeds"]
    done = await owner.client.post(f"{API}/chapters/{first.chapter_ids['Roots.md']}/complete")
    assert done.status_code == 200
    await add(owner, course, "By hand", position=1)
    same = await _import(resources, owner.id, _draft("Roots", "Leaves", "Seeds"))
    assert (same.course_id, same.is_new, same.unchanged, same.added) == (first.course_id, False, 3, 0)
    assert same.chapter_ids == first.chapter_ids
    second = await _import(resources, owner.id, _draft("Seeds", "Roots", "Fruit", text="New.", title="Botany II"))
    assert (second.added, second.changed, second.unchanged, second.removed) == (1, 2, 0, ("Leaves",))
    assert await titles(owner.client, course) == ["Seeds", "Roots", "Fruit", "By hand"]
    roots = (await owner.client.get(f"{API}/chapters/{first.chapter_ids['Roots.md']}")).json()["data"]["chapter"]
    assert (roots["is_completed"], roots["version"], "New." in roots["content"]) == (True, 2, True)
    seen = (await owner.client.get(f"{API}/courses/{course}")).json()["data"]["course"]
    assert (seen["name"], seen["chapters_count"], seen["code"], seen["visibility"]) == (
        "Botany II",
        4,
        "Botany",
        "private",
    )


async def test_what_goes_in_comes_out(person: MakePerson, resources: Resources, uow: UnitOfWork) -> None:
    owner = await person()
    received = await files.receive(resources, chapters.IMAGE_FILE, PNG, "leaf.png")
    draft = CourseDraft(
        "b", "Botany", [ChapterDraft("1", "One", "![l](leaf.png) ![x](https://x.example/y.png)")],
        [ImageDraft("leaf.png", received)], {"description": "Plants", "code": "B1", "prerequisites": ["Light"]},
    )  # fmt: skip
    done = await _import(resources, owner.id, draft)
    assert done.refused_images == {"One": ("https://x.example/y.png",)}
    (source,) = await chapters.sources(uow, done.course_id)
    assert (source.markdown, source.images, source.facts.external_id) == (
        draft.chapters[0].markdown,
        ("leaf.png",),
        "1",
    )
    assert await chapters.images(uow, done.course_id) == {"leaf.png": received.id}
    facts = (await courses.facts(uow, [done.course_id]))[done.course_id]
    assert (facts.description, facts.code, facts.prerequisites, facts.external_id) == ("Plants", "B1", ("Light",), "b")
    again = await files.receive(resources, chapters.IMAGE_FILE, PNG, "leaf.png")
    await _import(resources, owner.id, CourseDraft("b", "Botany", draft.chapters, [ImageDraft("leaf.png", again)]))
    assert await chapters.images(uow, done.course_id) == {"leaf.png": received.id}


@pytest.mark.parametrize(
    ("draft", "told"),
    [
        (CourseDraft("x", " ", []), "no title"),
        (CourseDraft("", "X", []), "id in its package"),
        (CourseDraft("x", "X", [ChapterDraft("a", "A", ""), ChapterDraft("a", "B", "")]), "Two chapters"),
        (CourseDraft("x", "X", [ChapterDraft("", "A", "")]), "'A'"),
        (CourseDraft("x", "X", [ChapterDraft("a", "A", "x" * 5_000_000)]), "5,000,000 characters"),
        (CourseDraft("x", "X", [ChapterDraft("a", "A", "<div>" * 1000)]), "'A'"),
        (CourseDraft("x", "X", [ChapterDraft("a", "A", "\x00")]), "NUL"),
        (CourseDraft("x", "X", [ChapterDraft(str(one), "A", "") for one in range(2001)]), "2,001"),
    ],
)
async def test_what_cannot_be_taken_in_is_named(draft: CourseDraft, told: str) -> None:
    with pytest.raises(chapters.DraftRefused, match=told):
        await chapters.prepare(draft)


async def test_a_thousand_chapters_at_once(committed: Committed) -> None:
    owner = await committed.person()
    names = [f"Chapter {number}" for number in range(1000)]
    prepared = await chapters.prepare(_draft(*names))
    for wanted in (names, names[::-1]):
        prepared = await chapters.prepare(_draft(*wanted))
        began = time.perf_counter()
        async with committed.resources.unit_of_work() as uow:
            done = await chapters.import_course(uow, owner.id, prepared)
        assert time.perf_counter() - began < 15
        async with committed.resources.unit_of_work() as uow:
            assert [one.title for one in await chapters.chapters_of(uow, done.course_id)] == wanted


async def _found(uow: UnitOfWork, user_id: UUID | None, word: str) -> set[tuple[str, str]]:
    keys = await courses.access_keys(uow, user_id)
    return {(hit.kind, hit.title) for hit in (await search.find(uow, keys, word)).hits}


async def test_chapters_are_found_by_those_who_may_see_them(
    person: MakePerson, run_jobs: RunJobs, uow: UnitOfWork
) -> None:
    author, student, stranger = await person("Educator"), await person(), await person()
    course_id = await make_course(author, name="Mycology")
    chapter = await add(author, course_id, "Spores", "A puffball scatters its spores.")
    await run_jobs()
    assert await _found(uow, author.id, "puffball") == {("chapter", "Spores")}
    assert await _found(uow, stranger.id, "puffball") == await _found(uow, None, "puffball") == set()
    assert (await author.client.post(f"{API}/courses/{course_id}/publish")).status_code == 200
    assert await _found(uow, None, "puffball") == {("chapter", "Spores")}
    assert ("course", "Mycology") in await _found(uow, None, "mycology")
    await student.client.post(f"{API}/courses/{course_id}/enroll")
    gone = await author.client.delete(f"{API}/courses/{course_id}")
    assert await _found(uow, stranger.id, "puffball") == await _found(uow, author.id, "puffball") == set()
    assert await _found(uow, student.id, "puffball") == {("chapter", "Spores")}
    await author.client.post(f"{API}/undo/{gone.json()['data']['undo_token']}")
    assert await _found(uow, None, "puffball") == {("chapter", "Spores")}
    await author.client.put(f"{API}/chapters/{chapter}", json={"markdown": "A stinkhorn smells."})
    await run_jobs()
    assert await _found(uow, None, "puffball") == set()
    assert await _found(uow, None, "stinkhorn") == {("chapter", "Spores")}
    await author.client.delete(f"{API}/chapters/{chapter}")
    assert await _found(uow, None, "stinkhorn") == set()


async def test_progress_in_courses(person: MakePerson) -> None:
    author, student, other = await person("Educator"), await person(), await person()
    course_id, (first, second, _) = await published(author, "A", "B", "C")
    await student.client.post(f"{API}/courses/{course_id}/enroll")
    own = await make_course(student, name="Empty")
    await student.client.post(f"{API}/chapters/{second}/complete")
    for name in ("me", str(student.id)):
        listed = (await student.client.get(f"{API}/progress/{name}/courses")).json()["data"]
        assert [(one["course_id"], one["progress_percentage"]) for one in listed["courses"]] == [
            (own, 0),
            (course_id, 33.3),
        ]
        assert listed["pagination"]["total"] == 2
        one = (await student.client.get(f"{API}/progress/{name}/courses/{course_id}")).json()["data"]["progress"]
        assert (one["completed_chapters"], one["next_chapter_id"], one["chapters_count"]) == ([second], first, 3)
        assert (one["user_id"], one["quiz_scores"]) == (str(student.id), {})
        assert one["last_accessed"] is not None
    seen = await author.client.get(f"{API}/progress/{student.id}/courses/{course_id}")
    assert seen.json()["data"]["progress"]["completed_chapters"] == [second]
    for who in (str(student.id), str(UUID(int=7))):
        for path in ("", f"/{course_id}"):
            refused = await other.client.get(f"{API}/progress/{who}/courses{path}")
            assert (refused.status_code, refused.json()["error_code"]) == (403, "FORBIDDEN")
    assert (await other.client.get(f"{API}/progress/me/courses/{own}")).json()["error_code"] == "COURSE_NOT_FOUND"
    await student.client.delete(f"{API}/courses/{course_id}/enroll")
    left = (await student.client.get(f"{API}/progress/me/courses")).json()["data"]["courses"]
    assert [(one["title"], one["is_enrolled"]) for one in left] == [("Empty", True), ("Graphs", False)]
