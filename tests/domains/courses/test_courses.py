"""Courses of one's own, the catalogue, taking and leaving."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from studyhall.domains.courses import public
from studyhall.domains.courses.ports import StudiedTime
from studyhall.domains.courses.queries import Filters, mine_as_json, page_of_courses
from studyhall.domains.courses.schemas import Color, CourseItem, CourseList, Scope
from studyhall.platform import clock, database
from studyhall.platform.errors import NotFound
from studyhall.platform.resources import Resources
from studyhall.platform.uow import UnitOfWork
from studyhall.platform.web import Envelope, ListQuery

ALGORITHMS = {
    "name": "Data Structures & Algorithms",
    "code": "CS201",
    "credits": 4,
    "instructor": "Dr. Sarah Johnson",
    "color": "orange",
    "semester": "Fall 2024",
    "description": "Advanced data structures course",
}
COURSES = "/api/v1/courses"


class Studied:
    """A stand-in for the study domain."""

    def __init__(self, seconds: int) -> None:
        self.seconds = seconds

    async def seconds_for_course(self, _uow: UnitOfWork, _user_id: UUID, _course_id: UUID) -> int:
        return self.seconds


@pytest.fixture(autouse=True)
def studied(resources: Resources) -> Studied:
    port = Studied(0)
    resources.ports = {**resources.ports, StudiedTime: port}
    return port


async def _create(owner: Any, **changed: Any) -> dict[str, Any]:
    answer = await owner.client.post(COURSES, json={**ALGORITHMS, **changed})
    assert answer.status_code == 201, answer.text
    course: dict[str, Any] = answer.json()["data"]["course"]
    return course


async def _publish(resources: Resources, course_id: str) -> None:
    async with resources.unit_of_work() as uow:
        straight = await uow.straight()
        await straight.value(
            "UPDATE courses SET visibility = 'published', published_at = now() WHERE id = $1", UUID(course_id)
        )


async def _published(owner: Any, resources: Resources, **changed: Any) -> dict[str, Any]:
    course = await _create(owner, **changed)
    await _publish(resources, course["id"])
    return course


async def _names(client: httpx2.AsyncClient, path: str = COURSES, **query: Any) -> list[str]:
    answer = await client.get(path, params=query)
    assert answer.status_code == 200, answer.text
    return [course["name"] for course in answer.json()["data"]["courses"]]


async def test_the_example_of_the_specification(person: Any) -> None:
    student = await person()
    answer = await student.client.post(COURSES, json=ALGORITHMS)
    assert answer.status_code == 201
    body = answer.json()
    assert (body["success"], body["message"]) == (True, "Course created successfully")
    course = body["data"]["course"]
    assert {key: course[key] for key in ALGORITHMS} == ALGORITHMS
    assert (course["is_active"], course["title"], course["visibility"]) == (True, ALGORITHMS["name"], "private")
    assert (course["is_owner"], course["is_enrolled"], course["version"]) == (True, True, 1)
    assert course["created_at"].endswith("Z")
    listed = (await student.client.get(COURSES)).json()
    assert listed["data"]["courses"] == [course]
    assert listed["data"]["pagination"] == {"total": 1, "per_page": 20, "current_page": 1, "last_page": 1}


async def test_title_is_accepted_for_name(person: Any) -> None:
    student = await person()
    answer = await student.client.post(COURSES, json={"title": " Physics ", "code": "P1", "semester": "Fall 2024"})
    course = answer.json()["data"]["course"]
    assert (course["name"], course["title"], course["credits"], course["color"]) == ("Physics", "Physics", 3, "blue")
    changed = await student.client.put(f"{COURSES}/{course['id']}", json={"title": "Physics II"})
    assert changed.json()["data"]["course"]["name"] == "Physics II"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "x" * 256}, "name"),
        ({"name": "   "}, "name"),
        ({"code": "x" * 51}, "code"),
        ({"credits": 0}, "credits"),
        ({"credits": 7}, "credits"),
        ({"credits": "many"}, "credits"),
        ({"semester": None}, "semester"),
        ({"color": "red; background: url(x)"}, "color"),
        ({"prerequisites": ["x"] * 51}, "prerequisites"),
        ({"owner_id": str(uuid4())}, "owner_id"),
    ],
)
async def test_bad_fields_are_named_and_nothing_is_made(person: Any, change: dict[str, Any], field: str) -> None:
    student = await person()
    answer = await student.client.post(COURSES, json={**ALGORITHMS, **change})
    assert answer.status_code == 422
    assert list(answer.json()["errors"]) == [field]
    assert await _names(student.client) == []


@pytest.mark.parametrize("missing", ["name", "code", "semester"])
async def test_required_fields(person: Any, missing: str) -> None:
    student = await person()
    body = {key: value for key, value in ALGORITHMS.items() if key != missing}
    answer = await student.client.post(COURSES, json=body)
    assert answer.status_code == 422
    assert missing in answer.json()["errors"]


@given(st.text(max_size=60))
def test_a_colour_cannot_leave_its_place_in_a_style(text: str) -> None:
    try:
        TypeAdapter(Color).validate_python(text)
    except ValidationError:
        return
    assert not set(text) & set(" ;:(){}\"'<>/\\\n")


async def test_filters_and_pages_of_mine(person: Any) -> None:
    student = await person()
    autumn = await _create(student, name="B", semester="Fall 2024")
    await _create(student, name="A", semester="Fall 2024")
    await _create(student, name="C", semester="Spring 2025")
    await student.client.put(f"{COURSES}/{autumn['id']}", json={"is_active": False})
    assert await _names(student.client) == ["A", "B", "C"]
    assert await _names(student.client, semester="Fall 2024") == ["A", "B"]
    assert await _names(student.client, active="false") == ["B"]
    assert await _names(student.client, semester="Fall 2024", active="true") == ["A"]
    assert await _names(student.client, per_page=2, page=2) == ["C"]
    assert await _names(student.client, limit=1, skip=1) == ["B"]
    beyond = (await student.client.get(COURSES, params={"page": 9, "per_page": 2})).json()["data"]
    assert beyond["courses"] == []
    assert beyond["pagination"] == {"total": 3, "per_page": 2, "current_page": 9, "last_page": 2}


async def test_what_the_list_is_of(person: Any, client: httpx2.AsyncClient, resources: Resources) -> None:
    author, student = await person(), await person()
    await _published(author, resources, name="Public")
    await _create(author, name="Secret")
    await _create(student, name="Own")
    assert await _names(client) == ["Public"]
    assert await _names(student.client) == ["Own"]
    assert await _names(student.client, scope="catalog") == ["Public"]
    assert await _names(author.client, scope="mine") == ["Public", "Secret"]
    assert (await client.get(COURSES, params={"scope": "mine"})).status_code == 401
    assert (await client.get(COURSES, params={"scope": "all"})).status_code == 422
    refused = await client.get(COURSES, headers={"Authorization": "Bearer nonsense"})
    assert refused.status_code == 401


async def test_the_catalogue_is_searched_and_sorted(
    person: Any, client: httpx2.AsyncClient, resources: Resources
) -> None:
    author = await person()
    await _published(author, resources, name="Algebra", code="M2")
    await _published(author, resources, name="Botany", code="B1")
    await _published(author, resources, name="100% Chemistry", code="C_1")
    path = "/api/v1/catalog/courses"
    assert await _names(client, path) == ["100% Chemistry", "Algebra", "Botany"]
    assert await _names(client, path, sort="-name") == ["Botany", "Algebra", "100% Chemistry"]
    assert await _names(client, path, q="alg") == ["Algebra"]
    assert await _names(client, path, q="%") == ["100% Chemistry"]
    assert await _names(client, path, q="_") == ["100% Chemistry"]
    assert await _names(client, path, q="b1") == ["Botany"]
    assert (await client.get(path, params={"sort": "owner_id"})).status_code == 422
    seen = (await client.get(path, params={"q": "alg"})).json()["data"]["courses"][0]
    assert (seen["is_enrolled"], seen["is_owner"], seen["color"], seen["is_active"]) == (False, False, None, None)


async def test_both_paths_to_my_courses_agree(person: Any, uow: UnitOfWork, resources: Resources) -> None:
    student, author = await person(), await person()
    taken = await _published(author, resources, name='Quo"tes, back\\slashes and Ünïcode 🎓', code="Z")
    await student.client.post(f"{COURSES}/{taken['id']}/enroll", json={"color": "#ff8800"})
    await author.client.delete(f"{COURSES}/{taken['id']}")
    for number in range(4):
        own = await _create(student, name=f"Same name {number // 2}", semester=f"Term {number % 2}", description=None)
        if number == 3:
            await student.client.put(f"{COURSES}/{own['id']}", json={"is_active": False, "prerequisites": ["a", "b"]})
        if number == 2:
            await student.client.delete(f"{COURSES}/{own['id']}/enroll")
    for filters in (Filters(), Filters("Term 1"), Filters(active=True), Filters("Term 1", False), Filters("None")):
        for listing in (ListQuery(0, 20), ListQuery(0, 2), ListQuery(3, 2), ListQuery(40, 20)):
            page = await page_of_courses(uow, student.id, Scope.MINE, filters, listing)
            items = [CourseItem.of(course, enrollment, student.id) for course, enrollment in page.rows]
            ordinary = Envelope[CourseList](data=CourseList(courses=items, pagination=page.pagination))
            straight = await mine_as_json(uow, student.id, filters, listing)
            assert Envelope[CourseList].model_validate_json(straight) == ordinary
    whole = await page_of_courses(uow, student.id, Scope.MINE, Filters(), ListQuery(0, 20))
    assert whole.total == 5


async def test_a_course_with_my_statistics(
    person: Any, client: httpx2.AsyncClient, resources: Resources, studied: Studied
) -> None:
    author, student = await person(), await person()
    course = await _published(author, resources)
    path = f"{COURSES}/{course['id']}"
    assert (await client.get(path)).json()["data"]["course"]["statistics"] is None
    assert (await student.client.get(path)).json()["data"]["course"]["statistics"] is None
    studied.seconds = 45 * 3600 + 1234
    own = (await author.client.get(path)).json()["data"]["course"]
    assert own["statistics"] == {
        "total_study_hours": 45.34, "average_grade": None, "results_count": 0,
        "chapters_count": 0, "chapters_completed": 0, "progress_percentage": 0.0,
    }  # fmt: skip
    assert {key: own[key] for key in ("name", "code", "credits", "semester")} == {
        key: ALGORITHMS[key] for key in ("name", "code", "credits", "semester")
    }


async def test_what_is_not_mine_does_not_exist(person: Any, client: httpx2.AsyncClient) -> None:
    owner, stranger = await person(), await person()
    course = await _create(owner)
    path = f"{COURSES}/{course['id']}"
    for caller in (client, stranger.client):
        answer = await caller.get(path)
        assert (answer.status_code, answer.json()["error_code"]) == (404, "COURSE_NOT_FOUND")
    assert (await stranger.client.put(path, json={"name": "Mine now"})).status_code == 404
    assert (await stranger.client.delete(path)).status_code == 404
    assert (await stranger.client.post(f"{path}/enroll")).status_code == 404
    assert (await stranger.client.delete(f"{path}/enroll")).status_code == 404
    assert (await client.put(path, json={"name": "x"})).status_code == 401
    assert (await client.get(f"{COURSES}/no-id")).status_code == 422
    assert (await owner.client.get(path)).json()["data"]["course"]["name"] == ALGORITHMS["name"]


async def test_only_the_fields_that_are_sent_change(person: Any) -> None:
    student = await person()
    course = await _create(student)
    path = f"{COURSES}/{course['id']}"
    answer = await student.client.put(path, json={"name": "Advanced Data Structures", "instructor": None})
    assert answer.json()["message"] == "Course updated successfully"
    changed = answer.json()["data"]["course"]
    assert changed["version"] == 2
    expected = {**course, "name": "Advanced Data Structures", "title": "Advanced Data Structures", "instructor": None}
    moved = ("version", "updated_at")
    assert {k: v for k, v in changed.items() if k not in moved} == {k: v for k, v in expected.items() if k not in moved}
    same = (await student.client.put(path, json={"name": "Advanced Data Structures", "color": "red"})).json()
    assert (same["data"]["course"]["version"], same["data"]["course"]["color"]) == (2, "red")
    for null in ("name", "code", "credits", "semester", "color", "is_active", "prerequisites"):
        refused = await student.client.put(path, json={null: None})
        assert refused.status_code == 422, null
        assert list(refused.json()["errors"]) == [null]


async def test_who_may_change_what(person: Any, resources: Resources) -> None:
    author, student, passer_by = await person(), await person(), await person()
    course = await _published(author, resources)
    path = f"{COURSES}/{course['id']}"
    taken = await student.client.post(f"{path}/enroll", json={"semester": "Spring 2025", "color": "green"})
    assert taken.status_code == 201
    seen = taken.json()["data"]["course"]
    assert (seen["semester"], seen["color"], seen["is_owner"]) == ("Spring 2025", "green", False)
    mine = await student.client.put(path, json={"color": "teal", "academic_year": "2024/25", "is_active": False})
    assert mine.json()["data"]["course"]["color"] == "teal"
    assert (await author.client.get(path)).json()["data"]["course"]["color"] == "orange"
    refused = await student.client.put(path, json={"color": "pink", "name": "Hacked"})
    assert (refused.status_code, refused.json()["error_code"]) == (403, "NOT_COURSE_OWNER")
    assert (await student.client.get(path)).json()["data"]["course"]["color"] == "teal"
    assert (await passer_by.client.put(path, json={"color": "pink"})).status_code == 403
    assert (await student.client.delete(path)).status_code == 403
    await author.client.delete(f"{path}/enroll")
    assert (await author.client.put(path, json={"color": "pink"})).status_code == 409
    assert (await author.client.put(path, json={"name": "Still mine"})).status_code == 200


async def test_an_edit_of_an_older_version_is_refused(person: Any) -> None:
    student = await person()
    course = await _create(student)
    path = f"{COURSES}/{course['id']}"
    tag = (await student.client.get(path)).headers["etag"]
    first = await student.client.put(path, json={"name": "First"}, headers={"If-Match": tag})
    assert first.status_code == 200
    second = await student.client.put(path, json={"name": "Second"}, headers={"If-Match": tag})
    assert (second.status_code, second.json()["error_code"]) == (412, "PRECONDITION_FAILED")
    fresh = await student.client.get(path)
    assert fresh.json()["data"]["course"]["name"] == "First"
    again = await student.client.put(path, json={"name": "Second"}, headers={"If-Match": fresh.headers["etag"]})
    assert again.status_code == 200


async def test_an_unchanged_list_costs_nothing(person: Any) -> None:
    student = await person()
    await _create(student)
    first = await student.client.get(COURSES)
    again = await student.client.get(COURSES, headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    await _create(student, name="Another")
    changed = await student.client.get(COURSES, headers={"If-None-Match": first.headers["etag"]})
    assert changed.status_code == 200


async def test_taking_and_leaving(person: Any, resources: Resources) -> None:
    author, student = await person(), await person()
    course = await _published(author, resources)
    path = f"{COURSES}/{course['id']}/enroll"
    assert (await student.client.post(path)).status_code == 201
    twice = await student.client.post(path, json={"semester": "Fall 2025"})
    assert (twice.status_code, twice.json()["error_code"]) == (409, "ALREADY_ENROLLED")
    left = await student.client.delete(path)
    assert left.status_code == 200
    assert await _names(student.client) == []
    assert (await student.client.delete(path)).json()["error_code"] == "NOT_ENROLLED"
    back = await student.client.post(path, json={"semester": "Fall 2025"})
    assert back.json()["data"]["course"]["semester"] == "Fall 2025"
    await student.client.delete(path)
    undone = await student.client.post(f"/api/v1/undo/{left.json()['data']['undo_token']}")
    assert undone.status_code == 200
    assert await _names(student.client) == [ALGORITHMS["name"]]


async def test_a_withdrawn_course_stays_with_those_who_take_it(
    person: Any, client: httpx2.AsyncClient, resources: Resources
) -> None:
    author, student, late = await person(), await person(), await person()
    course = await _published(author, resources)
    path = f"{COURSES}/{course['id']}"
    await student.client.post(f"{path}/enroll")
    answer = await author.client.delete(path)
    assert answer.json()["message"] == "Course deleted successfully"
    assert await _names(client) == []
    assert await _names(author.client) == []
    for caller in (client, author.client, late.client):
        assert (await caller.get(path)).status_code == 404
    assert (await late.client.post(f"{path}/enroll")).status_code == 404
    kept = (await student.client.get(path)).json()["data"]["course"]
    assert (kept["is_withdrawn"], kept["is_enrolled"]) == (True, True)
    assert (await student.client.put(path, json={"color": "red"})).status_code == 200
    await student.client.delete(f"{path}/enroll")
    assert (await student.client.get(path)).status_code == 404


async def test_a_deletion_is_taken_back(person: Any) -> None:
    student = await person()
    course = await _create(student)
    gone = await student.client.delete(f"{COURSES}/{course['id']}")
    assert await _names(student.client) == []
    token = gone.json()["data"]["undo_token"]
    assert (await student.client.post(f"/api/v1/undo/{token}")).status_code == 200
    assert (await student.client.get(COURSES)).json()["data"]["courses"][0]["semester"] == "Fall 2024"


async def test_taking_a_deletion_back_does_not_enrol_who_had_left_before(person: Any) -> None:
    student = await person()
    course = await _create(student)
    moment = clock.now()
    with clock.frozen_at(moment):
        await student.client.delete(f"{COURSES}/{course['id']}/enroll")
    with clock.frozen_at(moment + timedelta(seconds=1)):
        gone = await student.client.delete(f"{COURSES}/{course['id']}")
        await student.client.post(f"/api/v1/undo/{gone.json()['data']['undo_token']}")
    seen = (await student.client.get(COURSES)).json()["data"]["courses"][0]
    assert (seen["is_owner"], seen["is_enrolled"]) == (True, False)


async def test_a_repeated_post_makes_one_course(person: Any) -> None:
    student = await person()
    answers = [
        await student.client.post(COURSES, json=ALGORITHMS, headers={"Idempotency-Key": "one-course"}) for _ in range(2)
    ]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json() == answers[1].json()
    assert len(await _names(student.client)) == 1


async def test_two_enrolments_at_once_are_one(committed: Any) -> None:
    author, student = await committed.person(), await committed.person()
    course = await _published(author, committed.resources)
    path = f"{COURSES}/{course['id']}/enroll"
    answers = await asyncio.gather(*(student.client.post(path) for _ in range(4)))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]


async def test_two_edits_of_one_version_at_once_are_one(committed: Any) -> None:
    student = await committed.person()
    course = await _create(student)
    path = f"{COURSES}/{course['id']}"
    edits = (student.client.put(path, json={"name": f"N{n}"}, headers={"If-Match": '"1"'}) for n in range(4))
    answers = await asyncio.gather(*edits)
    assert sorted(answer.status_code for answer in answers) == [200, 412, 412, 412]


async def test_the_door_for_other_domains(person: Any, uow: UnitOfWork, resources: Resources) -> None:
    student, author = await person(), await person()
    own = await public.create_for(uow, student.id, name="Imported", code="IMP", semester="WS 26")
    assert (own.is_enrolled, own.is_owner, own.is_active, own.color, own.credits) == (True, True, True, "blue", 3)
    published = await _published(author, resources)
    private = await _create(author, name="Hidden")
    ids = [own.id, UUID(published["id"]), UUID(private["id"]), uuid4()]
    found = await public.briefs(uow, student.id, ids)
    assert set(found) == {own.id, UUID(published["id"])}
    assert (found[own.id], found[ids[1]].is_enrolled) == (own, False)
    assert await public.briefs(uow, student.id, []) == {}
    assert await public.owned_or_enrolled(uow, student.id) == [own]
    assert await public.require_enrolled(uow, student.id, own.id) == own
    for foreign in ids[1:]:
        with pytest.raises(NotFound):
            await public.require_enrolled(uow, student.id, foreign)


async def test_history_names_what_is_over(person: Any, uow: UnitOfWork) -> None:
    student = await person()
    course = await _create(student)
    await student.client.delete(f"{COURSES}/{course['id']}")
    found = await public.briefs(uow, student.id, [UUID(course["id"])])
    brief = found[UUID(course["id"])]
    assert (brief.name, brief.color, brief.is_enrolled, brief.is_active) == (ALGORITHMS["name"], "orange", False, False)
    assert await public.owned_or_enrolled(uow, student.id) == []


async def _statements(resources: Resources, read: Any) -> int:
    counter = database.start_counting()
    async with resources.unit_of_work() as uow:
        await read(uow)
    return counter[0]


async def test_a_list_costs_the_same_for_one_row_as_for_many(person: Any, resources: Resources) -> None:
    student = await person()

    async def mine(uow: UnitOfWork) -> None:
        await mine_as_json(uow, student.id, Filters(), ListQuery(0, 20))

    async def catalogue(uow: UnitOfWork) -> None:
        await page_of_courses(uow, student.id, Scope.CATALOG, Filters(), ListQuery(0, 20))

    await _published(student, resources)
    assert await _statements(resources, mine) == 1
    for_one = await _statements(resources, catalogue)
    for _ in range(9):
        await _published(student, resources)
    assert await _statements(resources, mine) == 1
    assert await _statements(resources, catalogue) == for_one


async def test_a_course_is_published(person: Any, client: httpx2.AsyncClient) -> None:
    author, other, student = await person("Educator"), await person("Educator"), await person()
    course = await _create(author)
    path = f"{COURSES}/{course['id']}/publish"
    assert (await client.post(path)).status_code == 401
    refused = await student.client.post(path)
    assert (refused.status_code, refused.json()["error_code"]) == (403, "FORBIDDEN")
    hidden = await other.client.post(path)
    assert (hidden.status_code, hidden.json()["error_code"]) == (404, "COURSE_NOT_FOUND")
    assert (await author.client.post(path, headers={"If-Match": '"7"'})).status_code == 412
    done = (await author.client.post(path)).json()["data"]["course"]
    assert (done["visibility"], done["version"]) == ("published", 2)
    assert done["published_at"] is not None
    again = (await author.client.post(path)).json()["data"]["course"]
    assert (again["published_at"], again["version"]) == (done["published_at"], 2)
    assert await _names(client, "/api/v1/catalog/courses") == [course["name"]]
    own = await _create(student)
    assert (await student.client.post(f"{COURSES}/{own['id']}/publish")).status_code == 403


async def test_an_author_cares_for_published_courses(person: Any, client: httpx2.AsyncClient) -> None:
    owner, colleague = await person("Educator"), await person("Educator")
    course, private = await _create(owner), await _create(owner)
    await owner.client.post(f"{COURSES}/{course['id']}/publish")
    path = f"{COURSES}/{course['id']}"
    assert (await colleague.client.put(path, json={"name": "Better"})).status_code == 200
    assert (await colleague.client.put(f"{COURSES}/{private['id']}", json={"name": "Better"})).status_code == 404
    gone = await colleague.client.delete(path)
    assert (await client.get(path)).status_code == 404
    assert (await colleague.client.post(f"/api/v1/undo/{gone.json()['data']['undo_token']}")).status_code == 200
    assert (await client.get(path)).json()["data"]["course"]["name"] == "Better"


async def test_courses_of_a_subject(person: Any, client: httpx2.AsyncClient) -> None:
    author = await person("Educator")
    subject = (await author.client.post("/api/v1/subjects", json={"name": "Optics"})).json()["data"]["subject"]["id"]
    course = await _create(author, name="Lenses", subject_id=subject)
    other = await _create(author, name="Mirrors")
    for one in (course, other):
        await author.client.post(f"{COURSES}/{one['id']}/publish")
    catalogue = "/api/v1/catalog/courses"
    assert await _names(client, catalogue, subject_id=subject) == ["Lenses"]
    await author.client.put(f"{COURSES}/{other['id']}", json={"subject_id": subject})
    assert await _names(client, catalogue, subject_id=subject) == ["Lenses", "Mirrors"]
    refused = await author.client.put(f"{COURSES}/{other['id']}", json={"subject_id": str(uuid4())})
    assert refused.json()["error_code"] == "SUBJECT_NOT_FOUND"
    await author.client.put(f"{COURSES}/{course['id']}", json={"subject_id": None})
    assert await _names(client, catalogue, subject_id=subject) == ["Mirrors"]
