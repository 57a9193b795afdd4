"""The bank on the real database, through its door."""

import asyncio
from dataclasses import replace
from decimal import Decimal
from uuid import UUID

import pytest
from sqlalchemy import func, select

from studyhall.domains.courses import public as courses
from studyhall.domains.questions import privacy
from studyhall.domains.questions import public as bank
from studyhall.domains.questions.models import Question
from studyhall.domains.questions.public import Choice, Choices, Draft, Place, QuestionType, Ready, TrueFalse, Wanted
from studyhall.platform.database import start_counting
from studyhall.platform.ids import new_id
from studyhall.platform.uow import UnitOfWork
from tests.conftest import Committed, MakePerson


def made(text: str = "Is it?", **fields: object) -> Ready:
    whole = bank.ready(replace(Draft(QuestionType.TRUE_FALSE, text, TrueFalse(True, "yes", "no")), **fields))  # type: ignore[arg-type]
    assert isinstance(whole, Ready)
    return whole


def several(number: int, place: Place | None = None) -> list[tuple[Ready, Place]]:
    return [(made(f"Question {at}", external_id=f"q{at}"), place or Place()) for at in range(number)]


async def _course(uow: UnitOfWork, owner_id: UUID) -> UUID:
    return (await courses.create_for(uow, owner_id, name="Logic", code="L1")).id


async def test_a_question_comes_back_as_it_was_written(uow: UnitOfWork, person: MakePerson) -> None:
    mira = await person()
    chapter, topic = new_id(), new_id()
    draft = Draft(
        QuestionType.SINGLE_CHOICE,
        "What is **2 + 2**?",
        Choices((Choice("4", Decimal(100), "Yes"), Choice("5", Decimal("12.5")))),
        title="Sum",
        points=Decimal("2.5"),
        tags=("sums",),
        category="a/b",
    )
    whole = bank.ready(draft)
    assert isinstance(whole, Ready)
    place = Place(await _course(uow, mira.id), chapter, (topic,))
    [id_] = await bank.create(uow, mira.id, [(whole, place)])
    question = (await bank.questions(uow, [id_]))[id_]
    assert bank.draft_of(question) == draft
    assert (question.course_id, question.chapter_id, question.topic_ids) == (place.course_id, chapter, (topic,))
    asked = bank.ask(question, "seed")
    assert asked.html == "<p>What is <strong>2 + 2</strong>?</p>"
    assert {one.text for one in asked.choices} == {"4", "5"}
    assert not any(hasattr(one, "credit") or hasattr(one, "feedback") for one in (asked, *asked.choices))
    assert bank.grade(question, bank.solution(question)).is_right


async def test_a_second_import_updates(uow: UnitOfWork, person: MakePerson) -> None:
    mira = await person()
    first = await bank.upsert(uow, mira.id, several(3), source="gift")
    assert (first.created, first.updated, first.unchanged) == (3, 0, 0)
    await bank.archive(uow, first.ids[:1])
    again = [*several(2), (made("Other words", external_id="q2"), Place()), (made("New", external_id="q3"), Place())]
    second = await bank.upsert(uow, mira.id, again, source="gift")
    assert second.ids[:3] == first.ids
    assert (second.created, second.updated, second.unchanged) == (1, 2, 1)
    found = await bank.questions(uow, second.ids)
    assert found[first.ids[2]].text == "Other words" and not found[first.ids[0]].is_archived
    elsewhere = await bank.upsert(uow, mira.id, several(1), source="moodle_xml")
    assert elsewhere.created == 1


async def test_names_that_come_twice_in_one_import_stay_two(uow: UnitOfWork, person: MakePerson) -> None:
    mira = await person()
    twice = [(made("One", external_id="same"), Place()), (made("Two", external_id="same"), Place())]
    first = await bank.upsert(uow, mira.id, twice, source="gift")
    assert first.created == 2
    assert (await bank.upsert(uow, mira.id, twice, source="gift")).unchanged == 2


async def test_many_cost_few_statements(uow: UnitOfWork, person: MakePerson) -> None:
    mira = await person()
    await bank.upsert(uow, mira.id, several(1), source="first")
    counter = start_counting()
    await bank.upsert(uow, mira.id, several(1), source="one")
    for_one = counter[0]
    counter = start_counting()
    await bank.upsert(uow, mira.id, several(500), source="many")
    assert counter[0] == for_one == 2


async def test_the_bank_is_narrowed(uow: UnitOfWork, person: MakePerson) -> None:
    mira, tom = await person(), await person()
    course, chapter, topic, other = await _course(uow, mira.id), new_id(), new_id(), new_id()
    ids = await bank.create(
        uow,
        mira.id,
        [
            (made("a"), Place(course, chapter, (topic, other))),
            (made("b", tags=("hard",)), Place(course, None, (other,))),
            (made("c"), Place()),
        ],
    )
    await bank.create(uow, tom.id, [(made("d"), Place())])

    async def texts(wanted: Wanted) -> list[str]:
        return [question.text for question in await bank.listed(uow, wanted)]

    assert await texts(Wanted(owner_id=mira.id)) == ["a", "b", "c"]
    assert await texts(Wanted(course_ids=[course])) == ["a", "b"]
    assert await texts(Wanted(chapter_ids=[chapter])) == ["a"]
    assert await texts(Wanted(topic_ids=[other])) == ["a", "b"]
    assert await texts(Wanted(topic_ids=[])) == []
    assert await texts(Wanted(owner_id=mira.id, tags=["hard"])) == ["b"]
    assert await texts(Wanted(owner_id=mira.id, types=[QuestionType.NUMERIC])) == []
    assert await bank.counts_of_topics(uow, [topic, other]) == {topic: 1, other: 2}
    assert await bank.counts_of_courses(uow, [course]) == {course: 2}
    assert await bank.counts_of_chapters(uow, [chapter, new_id()]) == {chapter: 1}
    await bank.archive(uow, ids[:1])
    assert await texts(Wanted(owner_id=mira.id)) == ["b", "c"]
    assert await bank.counts_of_topics(uow, [topic, other]) == {other: 1}
    assert await texts(Wanted(owner_id=mira.id, archived=True)) == ["a", "b", "c"]
    await bank.restore(uow, ids[:1])
    assert [one.text for one in await bank.listed(uow, Wanted(owner_id=mira.id), limit=1, after=ids[0])] == ["b"]


async def test_a_lot_is_the_same_for_the_same_seed(uow: UnitOfWork, person: MakePerson) -> None:
    mira = await person()
    ids = await bank.create(uow, mira.id, [(made(str(at)), Place()) for at in range(30)])
    wanted = Wanted(owner_id=mira.id)
    first = await bank.drawn(uow, wanted, 10, seed="one")
    assert first == await bank.drawn(uow, wanted, 10, seed="one")
    assert first != await bank.drawn(uow, wanted, 10, seed="two")
    rest = await bank.drawn(uow, wanted, 100, seed="one", without=[question.id for question in first])
    assert sorted([*(one.id for one in first), *(one.id for one in rest)]) == sorted(ids)


async def test_only_the_owner_rewrites(uow: UnitOfWork, person: MakePerson) -> None:
    mira, tom = await person(), await person()
    [id_] = await bank.create(uow, mira.id, [(made("old"), Place())])
    with pytest.raises(bank.QuestionNotFound):
        await bank.rewrite(uow, tom.id, {id_: (made("his"), Place())})
    await bank.rewrite(uow, mira.id, {id_: (made("new"), Place(None, new_id()))})
    assert (await bank.questions(uow, [id_]))[id_].text == "new"


async def test_questions_of_a_course_outlive_their_author(uow: UnitOfWork, person: MakePerson) -> None:
    mira = await person()
    place = Place(await _course(uow, mira.id))
    own, shared = await bank.create(uow, mira.id, [(made("own"), Place()), (made("shared"), place)])
    await privacy.erase(uow, mira.id)
    left = await bank.questions(uow, [own, shared])
    assert own not in left and left[shared].owner_id is None


async def test_two_imports_at_once_make_one_bank(committed: Committed) -> None:
    mira = await committed.person()

    async def bring() -> None:
        async with committed.resources.unit_of_work() as uow:
            await bank.upsert(uow, mira.id, several(20), source="gift")

    await asyncio.gather(*(bring() for _ in range(4)))
    async with committed.resources.unit_of_work() as uow:
        assert await uow.session.scalar(select(func.count()).select_from(Question)) == 20
