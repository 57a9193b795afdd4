"""What follows from reading: the streak, and when a course was last opened."""

from datetime import UTC, datetime

from studyhall.domains.chapters.schemas import CourseProgressItem
from studyhall.entrypoints import rebuild
from studyhall.platform import clock
from studyhall.platform.resources import Resources
from tests.conftest import MakePerson
from tests.domains.chapters.test_chapters import API, published


async def test_a_completed_chapter_counts_for_the_streak_of_its_day(person: MakePerson, resources: Resources) -> None:
    author, student = await person("Educator"), await person(timezone="Asia/Tokyo")
    _, (first, second) = await published(author, "A", "B")
    for at, chapter in (
        (datetime(2026, 3, 2, 14, 30, tzinfo=UTC), first),
        (datetime(2026, 3, 2, 15, 30, tzinfo=UTC), second),
    ):
        with clock.frozen_at(at):
            done = await student.client.post(f"{API}/chapters/{chapter}/complete")
            assert done.status_code == 200, done.text
    with clock.frozen_at(datetime(2026, 3, 2, 15, 40, tzinfo=UTC)):
        streak = (await student.client.get(f"{API}/streaks/me")).json()["data"]["streak"]
        assert streak["current_streak"] == 2, "before and after midnight in Tokyo"

        async def mended() -> list[str]:
            async with resources.unit_of_work() as uow:
                return list(await rebuild.of_person(uow, student.id))

        assert await mended() == []
        async with resources.unit_of_work() as uow:
            straight = await uow.straight()
            await straight.value("DELETE FROM study_day_marks WHERE user_id = $1", student.id)
        told = await mended()
        assert [one for one in told if first in one] == [
            f"Chapter {first} is completed and did not count for the streak of {student.id}."
        ]
        assert await mended() == []
        assert (await student.client.get(f"{API}/streaks/me")).json()["data"]["streak"] == streak


async def test_studying_for_a_course_is_having_been_there(person: MakePerson) -> None:
    author, student = await person("Educator"), await person()
    course_id, (chapter, _) = await published(author, "A", "B")
    assert (await student.client.post(f"{API}/courses/{course_id}/enroll")).status_code == 201

    async def last() -> datetime | None:
        one = (await student.client.get(f"{API}/progress/me/courses/{course_id}")).json()["data"]["progress"]
        (listed,) = (await student.client.get(f"{API}/progress/me/courses")).json()["data"]["courses"]
        assert listed["last_accessed"] == one["last_accessed"]
        wanted = {name: one[name] for name in CourseProgressItem.model_fields}
        return CourseProgressItem.model_validate(wanted).last_accessed

    assert await last() is None
    begun = datetime(2026, 3, 2, 9, tzinfo=UTC)
    with clock.frozen_at(begun):
        made = await student.client.post(f"{API}/study-sessions/start", json={"course_id": course_id})
        assert made.status_code == 201, made.text
        assert await last() == begun
    with clock.frozen_at(begun.replace(minute=2)):
        session_id = made.json()["data"]["session"]["id"]
        ended = await student.client.post(f"{API}/study-sessions/{session_id}/end", json={})
        assert ended.status_code == 200, ended.text
        assert await last() == begun.replace(minute=2)
    with clock.frozen_at(begun.replace(hour=11)):
        await student.client.get(f"{API}/chapters/{chapter}")
        assert await last() == begun.replace(minute=2), "a read writes nothing"
        await student.client.post(f"{API}/chapters/{chapter}/complete")
        assert await last() == begun.replace(hour=11)
