"""A person's courses leave with him, those of others stay."""

from typing import Any
from uuid import UUID

from sqlalchemy import select

from studyhall.domains.courses import privacy
from studyhall.domains.courses.models import Course, Enrollment
from studyhall.platform.resources import Resources

COURSES = "/api/v1/courses"


async def _create(owner: Any, name: str) -> UUID:
    answer = await owner.client.post(COURSES, json={"name": name, "code": "X", "semester": "Fall 2024"})
    return UUID(answer.json()["data"]["course"]["id"])


async def _publish(resources: Resources, course_id: UUID) -> None:
    async with resources.unit_of_work() as uow:
        course = await uow.session.get_one(Course, course_id)
        course.visibility, course.published_at = "published", course.created_at


async def test_export_tells_what_is_owned_and_taken(person: Any, resources: Resources) -> None:
    owner, other = await person(), await person()
    foreign = await _create(other, "Foreign")
    await _publish(resources, foreign)
    await owner.client.post(f"{COURSES}/{foreign}/enroll", json={"color": "teal"})
    await _create(owner, "Own")
    async with resources.unit_of_work() as uow:
        streams = privacy.export(uow, owner.id)
        told = {name: [row async for row in rows] for name, rows in streams.items()}
    assert [row["name"] for row in told["courses"]] == ["Own"]
    assert [(row["name"], row["color"]) for row in told["enrollments"]] == [("Foreign", "teal"), ("Own", "blue")]


async def test_erasure_keeps_what_others_use(person: Any, resources: Resources) -> None:
    owner, student = await person(), await person()
    private = await _create(owner, "Private")
    published, withdrawn = await _create(owner, "Published"), await _create(owner, "Withdrawn")
    foreign = await _create(student, "Foreign")
    for course_id in (published, withdrawn):
        await _publish(resources, course_id)
    await student.client.post(f"{COURSES}/{withdrawn}/enroll")
    await owner.client.delete(f"{COURSES}/{withdrawn}")
    async with resources.unit_of_work() as uow:
        await privacy.erase(uow, owner.id)
    async with resources.unit_of_work() as uow:
        left = dict((await uow.session.execute(select(Course.id, Course.owner_id))).all())
        assert left == {published: None, withdrawn: None, foreign: student.id}
        assert private not in left
        takers = set(await uow.session.scalars(select(Enrollment.user_id)))
        assert takers == {student.id}
    names = [course["name"] for course in (await student.client.get(COURSES)).json()["data"]["courses"]]
    assert names == ["Foreign", "Withdrawn"]
