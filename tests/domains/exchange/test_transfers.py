"""Import and export through HTTP and the job's own code, on the real database."""

import asyncio
import io
import json
from typing import Any
from uuid import UUID
from zipfile import ZipFile

import pytest
from sqlalchemy import text

from studyhall.domains.chapters import public as chapters
from studyhall.domains.courses import public as courses
from studyhall.domains.exchange import jobs as exchange_jobs
from studyhall.domains.exchange.service import importing
from studyhall.domains.questions import public as questions
from studyhall.entrypoints import wiring
from studyhall.platform import clock
from studyhall.platform.jobs import drain
from studyhall.platform.resources import Resources
from tests.conftest import Committed, MakePerson, RunJobs
from tests.domains.course_packages.packages import CARTRIDGE, COURSE, PNG, real, zipped

API = "/api/v1"


async def send(person: Any, content: bytes, name: str = "course.zip", **form: str) -> str:
    answer = await person.client.post(f"{API}/courses/import", files={"file": (name, content)}, data=form)
    assert answer.status_code == 202, answer.text
    return str(answer.json()["data"]["task_id"])


async def task_of(person: Any, task_id: str) -> dict[str, Any]:
    return dict((await person.client.get(f"{API}/tasks/{task_id}")).json()["data"]["task"])


async def import_of(
    person: Any, run_jobs: RunJobs, content: bytes, name: str = "course.zip", **form: str
) -> dict[str, Any]:
    task_id = await send(person, content, name, **form)
    await run_jobs()
    return await task_of(person, task_id)


async def chapters_of(person: Any, course_id: str) -> list[dict[str, Any]]:
    answer = await person.client.get(f"{API}/courses/{course_id}/chapters?per_page=100")
    return [
        (await person.client.get(f"{API}/chapters/{one['id']}")).json()["data"]["chapter"]
        for one in answer.json()["data"]["chapters"]
    ]


async def contents(resources: Resources, course_id: str) -> tuple[Any, ...]:
    """All that a course is, in a form that can be compared from one course to another."""
    id_ = UUID(course_id)
    async with resources.unit_of_work() as uow:
        course = (await courses.facts(uow, [id_]))[id_]
        written = await chapters.sources(uow, id_)
        names = {str(one.facts.id): one.facts.external_id or str(one.facts.id) for one in written}
        asked = await questions.listed(uow, questions.Wanted(course_ids=[id_]), limit=10_000)
        files = await chapters.images(uow, id_)
        texts = []
        for one in written:
            markdown = one.markdown
            for key, name in names.items():
                markdown = markdown.replace(f"chapter:{key}", f"chapter:{name}")
            texts.append((one.facts.title, markdown, one.images))
        placed = sorted(
            (
                repr(
                    {
                        **{
                            k: getattr(questions.draft_of(one), k)
                            for k in ("type", "title", "text", "body", "points", "tags")
                        }
                    }
                ),
                one.category,
                names.get(str(one.chapter_id)),
            )
            for one in asked
        )
    told = (course.name, course.code, course.credits, course.instructor, course.description, course.prerequisites)
    return told, texts, placed, sorted(files)


def named(task: dict[str, Any], kind: str) -> list[str]:
    return [one["name"] for one in task["loss_report"]["losses"] if one["kind"] == kind]


async def test_a_markdown_course_comes_in_whole(person: MakePerson, run_jobs: RunJobs) -> None:
    mira = await person()
    task = await import_of(mira, run_jobs, zipped(COURSE), "bees.zip")
    assert task["state"] == "succeeded", task
    result = task["result"]
    assert result["is_new"] and result["format"] == "markdown" and result["images"] == 1
    course = (await mira.client.get(f"{API}/courses/{result['course_id']}")).json()["data"]["course"]
    assert (course["name"], course["description"]) == ("Keeping bees", "All about bees and honey.")
    found = await chapters_of(mira, result["course_id"])
    titles = [one["title"] for one in found]
    assert titles == ["Keeping bees", "First steps", "A note", "Look at a hive", "The hive", "The end"]
    start, hive, end = found[1], found[4], found[5]
    assert (
        f'href="chapter:{hive["id"]}#s-in-winter"' in start["content"] and f'chapter:{end["id"]}"' in start["content"]
    )
    assert (
        "[not a link](../2-hive/README.md)" in start["markdown"] and "`[nor](../2-hive/README.md)`" in start["markdown"]
    )
    assert f'href="chapter:{start["id"]}"' in hive["content"]
    picture = found[0]["content"].partition('src="')[2].partition('"')[0]
    assert (await mira.client.get(picture.replace("https://studyhall.test", ""))).content == PNG


async def test_everything_that_is_not_carried_is_named(person: MakePerson, run_jobs: RunJobs) -> None:
    task = await import_of(await person(), run_jobs, zipped(COURSE), "bees.zip")
    assert set(named(task, "image")) == {"gone.png", "https://example.org/x.png", "images/spare.png"}
    assert set(named(task, "link")) == {"code/run.py", "../../../etc.md"}
    assert named(task, "html") == ["<iframe> https://video.example"]
    assert set(named(task, "file")) == {
        "1-start/README.fr.md",
        "translations/README.es.md",
        "LICENSE",
        "1-start/code/run.py",
    }
    assert named(task, "setting") == ["author"]
    assert named(task, "question") == ["None right?"]
    assert sum(task["loss_report"]["counts"].values()) == len(task["loss_report"]["losses"])


async def test_quiz_files_lie_at_their_chapters(person: MakePerson, run_jobs: RunJobs, resources: Resources) -> None:
    task = await import_of(await person(), run_jobs, zipped(COURSE), "bees.zip")
    assert task["result"]["questions"]["created"] == 5
    _, _, placed, _ = await contents(resources, task["result"]["course_id"])
    by_chapter = sorted((chapter, category) for _, category, chapter in placed)
    assert by_chapter == [
        ("1-start/README.md", "Before"),
        ("10-end/README.md", "Last quiz"),
        ("2-hive/README.md", ""),
        ("2-hive/README.md", ""),
        ("2-hive/README.md", ""),
    ]


async def test_a_second_import_updates(person: MakePerson, run_jobs: RunJobs, resources: Resources) -> None:
    mira = await person()
    first = await import_of(mira, run_jobs, zipped(COURSE), "bees.zip")
    again = await import_of(mira, run_jobs, zipped(COURSE), "bees.zip")
    assert again["result"]["course_id"] == first["result"]["course_id"] and not again["result"]["is_new"]
    assert again["result"]["chapters"] == {"added": 0, "changed": 0, "unchanged": 6, "removed": []}
    assert again["result"]["images"] == 0
    assert again["result"]["questions"] == {"created": 0, "updated": 0, "unchanged": 5, "archived": 0}
    changed = {path: content for path, content in COURSE.items() if "10-end" not in path}
    changed["bees-main/2-hive/README.md"] = "# The hive\n\nWarm.\n"
    third = await import_of(mira, run_jobs, zipped(changed), "bees.zip")
    assert third["result"]["chapters"]["removed"] == ["The end"]
    assert third["result"]["questions"]["archived"] == 1
    answer = await mira.client.get(f"{API}/courses")
    assert len(answer.json()["data"]["courses"]) == 1


async def test_a_cartridge_comes_in(person: MakePerson, run_jobs: RunJobs) -> None:
    mira = await person()
    task = await import_of(mira, run_jobs, zipped(CARTRIDGE), "rivers.imscc")
    assert task["state"] == "succeeded", task
    found = await chapters_of(mira, task["result"]["course_id"])
    assert [one["title"] for one in found] == ["Springs", "A map", "The mouth"]
    html = found[0]["content"]
    assert "<script" not in html and "onclick" not in html and "<b>comes</b>" in html
    assert f'href="chapter:{found[2]["id"]}"' in html and task["result"]["images"] == 1
    assert 'href="https://example.org/map"' in found[1]["content"]
    assert set(named(task, "chapter")) == {"Talk about it", "Lost page"}
    assert named(task, "changed") == ["Module one"]
    assert named(task, "link") == ["$CANVAS_OBJECT_REFERENCE$/quizzes/7"]
    assert named(task, "html") == ["<script>"]
    assert named(task, "file") == ["web_resources/a.pdf"]


@pytest.mark.parametrize(
    ("folder", "chapters_count", "images", "links"),
    [("1-getting-started", 8, 41, 19), ("2-farm", 12, 58, 27), ("3-transport", 8, 27, 23)],
)
async def test_the_real_courses(
    folder: str,
    chapters_count: int,
    images: int,
    links: int,
    person: MakePerson,
    run_jobs: RunJobs,
    resources: Resources,
) -> None:
    mira, other = await person(), await person()
    task = await import_of(mira, run_jobs, real(f"course-iot/{folder}"), f"{folder}.zip")
    assert task["result"]["chapters"]["added"] == chapters_count, task
    assert task["loss_report"]["counts"] == {"image": images, "link": links}
    package = await export_of(mira, run_jobs, task["result"]["course_id"])
    back = await import_of(other, run_jobs, package, "anything.zip")
    assert all(one["name"].startswith("https://") for one in back["loss_report"]["losses"]), "only images from outside"
    assert await contents(resources, back["result"]["course_id"]) == await contents(
        resources, task["result"]["course_id"]
    )


async def test_the_real_cartridge(person: MakePerson, run_jobs: RunJobs) -> None:
    task = await import_of(await person(), run_jobs, real("qti/canvas_cartridge"), "canvas.imscc")
    assert task["result"]["questions"]["created"] == 18
    assert task["loss_report"]["counts"] == {"changed": 2, "question": 9, "setting": 5}


async def test_the_real_question_files_as_one_course(person: MakePerson, run_jobs: RunJobs) -> None:
    task = await import_of(await person(), run_jobs, real("gift"), "gift.zip")
    assert task["result"]["format"] == "questions" and task["result"]["questions"]["created"] > 30
    assert "essay" in str(task["loss_report"]).lower()


async def export_of(person: Any, run_jobs: RunJobs, course_id: str) -> bytes:
    answer = await person.client.get(f"{API}/courses/{course_id}/export")
    assert answer.status_code == 202, answer.text
    await run_jobs()
    task = await task_of(person, answer.json()["data"]["task_id"])
    assert task["state"] == "succeeded", task
    fetched = await person.client.get(task["result"]["address"].replace("https://studyhall.test", ""))
    assert len(fetched.content) == task["result"]["size"]
    return bytes(fetched.content)


async def test_export_and_import_give_the_same_course(
    person: MakePerson, run_jobs: RunJobs, resources: Resources
) -> None:
    mira, other = await person(), await person()
    first = await import_of(mira, run_jobs, zipped(COURSE), "bees.zip")
    course_id = first["result"]["course_id"]
    package = await export_of(mira, run_jobs, course_id)
    assert package == await export_of(mira, run_jobs, course_id), "the same course is the same bytes"
    with ZipFile(io.BytesIO(package)) as made:
        assert "(05-the-hive.md#in-winter)" in made.read("chapters/02-first-steps.md").decode()
        assert "(../images/images-hive.png)" in made.read("chapters/01-keeping-bees.md").decode()
    back = await import_of(other, run_jobs, package, "x.zip")
    assert [one["name"] for one in back["loss_report"]["losses"]] == ["https://example.org/x.png"]
    assert back["result"]["format"] == "studyhall"
    assert await contents(resources, back["result"]["course_id"]) == await contents(resources, course_id)
    own = await import_of(mira, run_jobs, package, "x.zip")
    assert own["result"]["course_id"] == course_id and own["result"]["chapters"]["unchanged"] == 6
    assert own["result"]["questions"] == {"created": 0, "updated": 0, "unchanged": 5, "archived": 0}


async def test_a_course_written_by_hand_goes_out_and_in(
    person: MakePerson, run_jobs: RunJobs, resources: Resources
) -> None:
    mira = await person()
    body = {"name": "Ö / 1", "code": "O1", "semester": "S", "instructor": "Dr. Z", "prerequisites": ["maths", "tea"]}
    made = await mira.client.post(f"{API}/courses", json=body)
    course_id = made.json()["data"]["course"]["id"]
    await mira.client.post(f"{API}/courses/{course_id}/images", files={"file": ("a b.png", PNG, "image/png")})
    odd = "x ![a](image:a%20b.png) ![b](<a b.png>) `![c](image:a%20b.png)`\n\n\tcode\n\n[r]: image:none.png\n\r\nlast"
    for title in ("Same", "Same", "…"):
        await mira.client.post(f"{API}/courses/{course_id}/chapters", json={"title": title, "markdown": odd})
    back = await import_of(mira, run_jobs, await export_of(mira, run_jobs, course_id), "x.zip")
    assert back["state"] == "succeeded", back
    assert back["result"]["course_id"] != course_id
    before, after = await contents(resources, course_id), await contents(resources, back["result"]["course_id"])
    assert [(title, text.replace("\r\n", "\n"), images) for title, text, images in before[1]] == after[1]
    assert before[0] == after[0] and before[3] == after[3]


async def test_only_who_may_edit_gets_the_package(person: MakePerson, run_jobs: RunJobs, resources: Resources) -> None:
    mira, stranger = await person(), await person()
    task = await import_of(mira, run_jobs, zipped(COURSE))
    path = f"{API}/courses/{task['result']['course_id']}/export"
    assert (await stranger.client.get(path)).status_code == 404
    async with resources.unit_of_work() as uow:
        await uow.session.execute(text("UPDATE courses SET visibility = 'published', published_at = now()"))
    assert (await stranger.client.get(path)).status_code == 403
    refused = await stranger.client.post(
        f"{API}/courses/import",
        files={"file": ("q.gift", b"::Q:: What? {=a ~b}")},
        data={"course_id": task["result"]["course_id"]},
    )
    assert refused.status_code == 403


async def test_a_file_of_questions_joins_a_course(person: MakePerson, run_jobs: RunJobs) -> None:
    mira = await person()
    course = (await import_of(mira, run_jobs, zipped(COURSE)))["result"]["course_id"]
    gift = "::Q:: Façade? {=a ~b}".encode("cp1252")
    for created in (1, 0):
        task = await import_of(mira, run_jobs, gift, "more.gift", course_id=course)
        assert task["state"] == "succeeded" and task["result"]["questions"]["created"] == created, task
        assert task["result"]["course_id"] == course
    other = await import_of(mira, run_jobs, b"::R:: Who? {=a ~b}", "others.gift", course_id=course)
    assert other["result"]["questions"] == {"created": 1, "updated": 0, "unchanged": 0, "archived": 0}
    whole = await import_of(mira, run_jobs, zipped(COURSE), course_id=course)
    assert whole["state"] == "failed" and "course of its own" in whole["error"]
    alone = await import_of(mira, run_jobs, gift, "more.gift")
    assert alone["result"]["is_new"] and alone["result"]["course_id"] != course


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"\x00\x01\x02 nothing", "neither a zip"),
        (zipped({"readme.txt": "x"}), "neither Markdown files nor questions"),
        (zipped({"../evil.md": "# x"}), "leads out"),
        (zipped({"a.md": "# x\n" + "".join(f"word {n} " for n in range(450_000))}), "300,000 is the most"),
        (zipped({"imsmanifest.xml": "<!DOCTYPE m [<!ENTITY a 'b'>]><manifest>&a;</manifest>"}), "declares entities"),
        (b'<!DOCTYPE quiz [<!ENTITY a SYSTEM "file:///etc/passwd">]><quiz>&a;</quiz>', "entities"),
    ],
)
async def test_a_bad_package_leaves_nothing(
    content: bytes, said: str, person: MakePerson, run_jobs: RunJobs, resources: Resources
) -> None:
    mira = await person()
    task = await import_of(mira, run_jobs, content)
    assert task["state"] == "failed" and said in task["error"], task
    assert (await mira.client.get(f"{API}/courses")).json()["data"]["courses"] == []
    async with resources.unit_of_work() as uow:
        row = (await uow.session.execute(text("SELECT status, failure, file_id FROM course_transfers"))).one()
    assert row.status == "failed" and said in row.failure and row.file_id is None


async def test_what_fails_at_the_end_leaves_nothing(
    person: MakePerson, run_jobs: RunJobs, resources: Resources, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: Any) -> None:
        raise RuntimeError("a fault in the middle of the landing")

    mira = await person()
    kept = [one.key async for one in resources.storage.list()]
    with monkeypatch.context() as patch:
        patch.setattr(importing, "_finish", broken)
        task_id = await send(mira, zipped(COURSE))
        await run_jobs()
        with clock.frozen_at(clock.now().replace(year=clock.now().year + 1)):
            await run_jobs()
    assert (await mira.client.get(f"{API}/courses")).json()["data"]["courses"] == []
    left = [one.key async for one in resources.storage.list()]
    assert len(left) - len(kept) <= 1, "only the package itself, until its job is given up"
    assert (await task_of(mira, task_id))["state"] in ("running", "failed")


async def test_a_worker_that_died_is_followed_by_another(
    person: MakePerson, run_jobs: RunJobs, monkeypatch: pytest.MonkeyPatch, resources: Resources
) -> None:
    mira = await person()
    task = await import_of(mira, run_jobs, zipped(COURSE))
    async with resources.unit_of_work() as uow:
        transfer_id = (await uow.session.execute(text("SELECT id FROM course_transfers"))).scalar_one()
        await uow.enqueue(exchange_jobs.import_course, transfer_id=transfer_id)
    await run_jobs()  # its death was noticed after it had committed
    assert await task_of(mira, task["id"]) == task
    assert len((await mira.client.get(f"{API}/courses")).json()["data"]["courses"]) == 1


async def test_cancelled_before_and_while_it_runs(
    person: MakePerson, run_jobs: RunJobs, resources: Resources, monkeypatch: pytest.MonkeyPatch
) -> None:
    mira = await person()
    task_id = await send(mira, zipped(COURSE))
    assert (await mira.client.delete(f"{API}/tasks/{task_id}")).status_code == 200
    await run_jobs()
    assert (await task_of(mira, task_id))["state"] == "cancelled"
    second = await send(mira, zipped(COURSE))
    known = importing._know_names

    async def cancels(work: Any) -> None:
        await mira.client.delete(f"{API}/tasks/{second}")
        await known(work)

    monkeypatch.setattr(importing, "_know_names", cancels)
    await run_jobs()
    assert (await task_of(mira, second))["state"] == "cancelled"
    assert (await mira.client.get(f"{API}/courses")).json()["data"]["courses"] == []
    async with resources.unit_of_work() as uow:
        states = (await uow.session.execute(text("SELECT DISTINCT status FROM course_transfers"))).scalars().all()
    assert states == ["cancelled"]


async def test_two_imports_at_once_make_one_course(committed: Committed) -> None:
    mira = await committed.person()
    await asyncio.gather(*(send(mira, zipped(COURSE), "bees.zip") for _ in range(2)))
    await drain(committed.resources, wiring.JOBS, at_once=2)
    with clock.frozen_at(clock.now().replace(year=clock.now().year + 1)):
        await drain(committed.resources, wiring.JOBS)
    listed = (await mira.client.get(f"{API}/courses")).json()["data"]["courses"]
    assert len(listed) == 1
    found = await chapters_of(mira, listed[0]["id"])
    ids = {one["id"] for one in found}
    assert len(found) == 6 and all(
        piece[:36] in ids for one in found for piece in one["markdown"].split("chapter:")[1:]
    ), "links lead to chapters that are there"


async def test_packages_are_thrown_away_after_a_day(
    person: MakePerson, run_jobs: RunJobs, resources: Resources
) -> None:
    mira = await person()
    task = await import_of(mira, run_jobs, zipped(COURSE))
    await export_of(mira, run_jobs, task["result"]["course_id"])
    stuck = await send(mira, zipped(COURSE))
    from studyhall.domains.exchange.service import transfers
    from studyhall.platform.jobs import JobRun

    run = JobRun(1, "exchange.settle", 1, 1, resources)
    with clock.frozen_at(clock.now() + transfers.KEPT * 2):
        await transfers.settle(run)
    async with resources.unit_of_work() as uow:
        rows = (await uow.session.execute(text("SELECT status, file_id FROM course_transfers ORDER BY id"))).all()
    assert [tuple(row) for row in rows] == [("done", None), ("done", None), ("failed", None)]
    assert (await task_of(mira, stuck))["state"] == "failed"


async def test_statements_do_not_grow_with_the_course(person: MakePerson) -> None:
    mira = await person()
    answer = await mira.client.post(f"{API}/courses/import", files={"file": ("c.zip", zipped(COURSE))})
    assert int(answer.headers["Server-Timing"].partition('sql;desc="')[2].partition('"')[0]) <= 10


async def test_search_finds_what_was_imported(person: MakePerson, run_jobs: RunJobs) -> None:
    mira, stranger = await person(), await person()
    await import_of(mira, run_jobs, zipped(COURSE), "bees.zip")
    await run_jobs()
    hits = [
        (await one.client.get(f"{API}/search/chapters", params={"q": "winter cold"})).json()["data"]
        for one in (mira, stranger)
    ]
    assert "The hive" in str(hits[0]) and "The hive" not in str(hits[1])


async def test_a_manifest_of_strangers_does_no_harm(person: MakePerson, run_jobs: RunJobs) -> None:
    manifest = {
        "format": "studyhall-course/1", "id": "a\x00b", "title": "T\x00", "subject": "No\x00ne", "code": " \x00",
        "chapters": [{"path": "a.md", "id": "a", "title": "\x00", "topics": [["x\x00", "y"], [1, 2], "z"]}],
        "images": {"a.png": "x\x00.png", "b.png": "", "a.md": 7}, "credits": 99, "prerequisites": [1, "\x00", "p"],
    }  # fmt: skip
    task = await import_of(
        await person(), run_jobs, zipped({"course.json": json.dumps(manifest), "a.md": "x", "a.png": PNG})
    )
    assert task["state"] == "succeeded", task
    assert {one["name"] for one in task["loss_report"]["losses"]} == {"x / y", "No ne", "a.png", "b.png", "a.md"}
