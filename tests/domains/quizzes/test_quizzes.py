"""Quizzes, through HTTP."""

from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import httpx2
import pytest
from sqlalchemy import select, text

from studyhall.domains.questions import public as questions
from studyhall.domains.quizzes import public, queries
from studyhall.domains.quizzes.events import AttemptGraded
from studyhall.domains.quizzes.models import Quiz
from studyhall.domains.quizzes.service import taking
from studyhall.platform import clock
from studyhall.platform.resources import Resources
from studyhall.platform.uow import UnitOfWork
from tests.conftest import MakePerson
from tests.domains.quizzes.papers import (
    API,
    FORBIDDEN,
    QUESTIONS,
    make_course,
    make_quiz,
    published_course,
    right_answers,
    start,
    statements,
)


async def test_every_type_is_asked_answered_and_graded(person: MakePerson, uow: UnitOfWork) -> None:
    ada = await person()
    course_id = await make_course(ada)
    quiz_id = await make_quiz(ada, course_id)
    attempt = await start(ada, quiz_id)
    assert sorted(one["type"] for one in attempt["questions"]) == sorted(one["type"] for one in QUESTIONS)
    done = await ada.client.post(
        f"{API}/quizzes/attempts/{attempt['id']}/submit", json={"answers": right_answers(attempt)}
    )
    assert done.status_code == 200, done.text
    graded = done.json()["data"]["attempt"]
    assert (graded["score"], graded["percentage"], graded["passed"], graded["status"]) == (1.0, 100.0, True, "graded")
    assert all(one["is_right"] for one in graded["questions"])
    assert any("SECRET seven" in part["feedback"] for one in graded["questions"] for part in one["parts"])
    numeric = next(one for one in graded["questions"] if one["type"] == "numeric")
    assert numeric["solution"] == "31337"
    progress = await ada.client.get(f"{API}/progress/me/courses/{course_id}")
    assert progress.json()["data"]["progress"]["quiz_scores"] == {quiz_id: 1.0}


async def test_half_of_the_points_is_half_of_the_score(person: MakePerson) -> None:
    ada = await person()
    items = [{"question": QUESTIONS[2], "points": 3}, {"question": QUESTIONS[4], "points": 1}]
    quiz_id = await make_quiz(ada, await make_course(ada), questions=items, passing_score=0.75)
    attempt = await start(ada, quiz_id)
    right = right_answers(attempt)
    answers = {one["id"]: right[one["id"]] for one in attempt["questions"] if one["type"] == "true_false"}
    done = await ada.client.post(f"{API}/quizzes/submit", json={"quiz_id": quiz_id, "answers": answers})
    graded = done.json()["data"]["attempt"]
    assert (graded["id"], graded["score"], graded["passed"]) == (attempt["id"], 0.75, True)


@pytest.mark.parametrize("limit", [None, 600])
async def test_no_answer_leaves_before_grading(person: MakePerson, client: httpx2.AsyncClient, limit: int) -> None:
    author, taker = await person("Educator"), await person()
    course_id = await published_course(author)
    quiz_id = await make_quiz(author, course_id, is_published=True, time_limit_seconds=limit)
    seen = [
        await client.get(f"{API}/quizzes/{quiz_id}"),
        await taker.client.get(f"{API}/quizzes/{quiz_id}"),
        await author.client.get(f"{API}/quizzes/{quiz_id}"),
        await author.client.put(f"{API}/quizzes/{quiz_id}", json={"title": "Other"}),
        await taker.client.get(f"{API}/courses/{course_id}/quizzes"),
        await taker.client.post(f"{API}/quizzes/{quiz_id}/attempts"),
        await taker.client.post(f"{API}/quizzes/{quiz_id}/attempts"),
    ]
    attempt = seen[-1].json()["data"]["attempt"]
    blank = {one["id"]: None for one in attempt["questions"]}
    seen += [
        await taker.client.put(f"{API}/quizzes/attempts/{attempt['id']}/answers", json={"answers": blank}),
        await taker.client.get(f"{API}/quizzes/attempts/{attempt['id']}"),
        await taker.client.get(f"{API}/quizzes/{quiz_id}"),
        await taker.client.get(f"{API}/quizzes/history"),
        await taker.client.get(f"{API}/quizzes/attempts/me/{quiz_id}"),
    ]
    for answer in seen:
        assert answer.status_code == 200, answer.text
        assert [word for word in FORBIDDEN if word in answer.text] == [], answer.request.url
    shown = seen[1].json()["data"]["quiz"]["questions"]
    assert (shown is None) == (limit is not None)
    assert shown is None or len(shown) == len(QUESTIONS)


async def test_a_resumed_attempt_looks_the_same_and_keeps_what_was_saved(person: MakePerson) -> None:
    ada = await person()
    quiz_id = await make_quiz(ada, await make_course(ada))
    first = await start(ada, quiz_id)
    right = right_answers(first)
    one = next(iter(right))
    kept = await ada.client.put(f"{API}/quizzes/attempts/{first['id']}/answers", json={"answers": {one: right[one]}})
    assert kept.json()["data"]["answered"] == 1
    again = await start(ada, quiz_id)
    assert again["id"] == first["id"]
    assert [each["id"] for each in again["questions"]] == [each["id"] for each in first["questions"]]
    assert {each["id"]: each["answer"] for each in again["questions"] if each["answer"] is not None} == {
        one: right[one]
    }


async def test_after_the_time_is_up_only_what_was_saved_in_time_counts(person: MakePerson) -> None:
    ada = await person()
    quiz_id = await make_quiz(ada, await make_course(ada), time_limit_seconds=60)
    began = clock.now()
    with clock.frozen_at(began):
        attempt = await start(ada, quiz_id)
        right = right_answers(attempt)
        first = next(iter(right))
        path = f"{API}/quizzes/attempts/{attempt['id']}"
        assert (await ada.client.put(f"{path}/answers", json={"answers": {first: right[first]}})).status_code == 200
    with clock.frozen_at(began + timedelta(seconds=61)):
        late = await ada.client.put(f"{path}/answers", json={"answers": right})
        assert (late.status_code, late.json()["error_code"]) == (409, "TIME_IS_UP")
        assert (await ada.client.get(path)).json()["data"]["attempt"]["status"] == "time_up"
        done = await ada.client.post(f"{API}/quizzes/submit", json={"quiz_id": quiz_id, "answers": right})
        data = done.json()["data"]
        assert (data["is_late"], data["attempt"]["id"]) == (True, attempt["id"])
        assert data["attempt"]["score"] == pytest.approx(1 / len(QUESTIONS), abs=1e-6)


async def test_time_that_ran_out_is_graded_by_the_clock_and_a_new_attempt_begins(
    person: MakePerson, resources: Resources
) -> None:
    ada = await person()
    course_id = await make_course(ada)
    first, second = [await make_quiz(ada, course_id, time_limit_seconds=60) for _ in range(2)]
    began = clock.now()
    with clock.frozen_at(began):
        attempts = [await start(ada, first), await start(ada, second)]
    with clock.frozen_at(began + timedelta(seconds=61)):
        answer = await ada.client.post(f"{API}/quizzes/{first}/attempts")
        assert answer.json()["data"]["attempt"]["number"] == 2
        assert statements(answer) <= 10
        async with resources.unit_of_work() as uow:
            assert await taking.grade_overdue(uow, 10) == 1
        for attempt in attempts:
            shown = await ada.client.get(f"{API}/quizzes/attempts/{attempt['id']}")
            assert shown.json()["data"]["attempt"]["score"] == 0.0


async def test_answers_of_another_quiz_are_refused_whole(person: MakePerson) -> None:
    ada = await person()
    course_id = await make_course(ada)
    mine, other = [await start(ada, await make_quiz(ada, course_id)) for _ in range(2)]
    path = f"{API}/quizzes/attempts/{mine['id']}"
    strange = {**right_answers(mine), next(iter(right_answers(other))): True}
    for method, end in (("PUT", "answers"), ("POST", "submit")):
        refused = await ada.client.request(method, f"{path}/{end}", json={"answers": strange})
        assert (refused.status_code, refused.json()["error_code"]) == (422, "ANSWERS_NOT_OF_QUIZ")
    attempt = (await ada.client.get(path)).json()["data"]["attempt"]
    assert attempt["status"] == "open"
    assert all(one["answer"] is None for one in attempt["questions"])


@pytest.mark.parametrize(
    "answer", ["\x00", "x" * 2_001, ["k"] * 501, {"a": {"b": "c"}}, [["k"]], {"a\x00": "b"}, [True]]
)
async def test_answers_that_are_none_are_refused(person: MakePerson, answer: Any) -> None:
    ada = await person()
    attempt = await start(ada, await make_quiz(ada, await make_course(ada)))
    body = {"answers": {attempt["questions"][0]["id"]: answer}}
    refused = await ada.client.put(f"{API}/quizzes/attempts/{attempt['id']}/answers", json=body)
    assert refused.status_code == 422, refused.text


async def test_attempts_are_counted_and_graded_once(person: MakePerson) -> None:
    ada = await person()
    quiz_id = await make_quiz(ada, await make_course(ada), attempts_allowed=1)
    attempt = await start(ada, quiz_id)
    path = f"{API}/quizzes/attempts/{attempt['id']}/submit"
    assert (await ada.client.post(path)).status_code == 200
    again = await ada.client.post(path, json={"answers": right_answers(attempt)})
    assert (again.status_code, again.json()["error_code"]) == (409, "ATTEMPT_GRADED")
    for refused in (
        await ada.client.post(f"{API}/quizzes/{quiz_id}/attempts"),
        await ada.client.post(f"{API}/quizzes/submit", json={"quiz_id": quiz_id, "answers": {}}),
    ):
        assert (refused.status_code, refused.json()["error_code"]) == (409, "NO_ATTEMPT_LEFT")


async def test_an_attempt_is_its_takers_alone(person: MakePerson) -> None:
    author, taker, other = await person("Educator"), await person(), await person()
    quiz_id = await make_quiz(author, await published_course(author), is_published=True)
    attempt = await start(taker, quiz_id)
    path = f"{API}/quizzes/attempts/{attempt['id']}"
    for refused in (
        await other.client.get(path),
        await other.client.put(f"{path}/answers", json={"answers": {}}),
        await other.client.post(f"{path}/submit"),
        await author.client.post(f"{path}/submit"),
    ):
        assert refused.status_code == 404
    of_taker = f"{API}/quizzes/attempts/{taker.id}/{quiz_id}"
    assert (await other.client.get(of_taker)).status_code == 403
    told = await author.client.get(of_taker)
    assert [one["id"] for one in told.json()["data"]["attempts"]] == [attempt["id"]]
    assert (await author.client.get(path)).status_code == 200


async def test_who_sees_and_edits_a_quiz(person: MakePerson, client: httpx2.AsyncClient) -> None:
    author, taker = await person("Educator"), await person()
    course_id = await published_course(author)
    hidden = await make_quiz(author, course_id, title="Hidden")
    shown = await make_quiz(author, course_id, title="Shown", is_published=True)
    listed = (await taker.client.get(f"{API}/courses/{course_id}/quizzes")).json()["data"]["quizzes"]
    assert [one["title"] for one in listed] == ["Shown"]
    assert (await taker.client.get(f"{API}/quizzes/{hidden}")).status_code == 404
    assert (await client.get(f"{API}/quizzes/{hidden}")).status_code == 404
    assert (await client.get(f"{API}/quizzes/{shown}")).status_code == 200
    for refused in (
        await taker.client.put(f"{API}/quizzes/{shown}", json={"title": "Mine"}),
        await taker.client.delete(f"{API}/quizzes/{shown}"),
    ):
        assert (refused.status_code, refused.json()["error_code"]) == (403, "NOT_QUIZ_OWNER")
    own = await make_course(taker)
    refused = await taker.client.post(
        f"{API}/quizzes", json={"course_id": own, "title": "X", "is_published": True, "questions": []}
    )
    assert (refused.status_code, refused.json()["error_code"]) == (403, "QUIZ_PUBLISHING_REFUSED")


async def test_editing_changes_no_attempt_that_was_begun(person: MakePerson) -> None:
    ada = await person()
    quiz_id = await make_quiz(ada, await make_course(ada))
    attempt = await start(ada, quiz_id)
    kept = attempt["questions"][0]["id"]
    items = [{"question_id": kept, "points": 5}, {"question": QUESTIONS[2]}]
    changed = await ada.client.put(f"{API}/quizzes/{quiz_id}", json={"questions": items, "title": "New"})
    assert changed.json()["data"]["quiz"]["questions_count"] == 2, changed.text
    again = await start(ada, quiz_id)
    assert [one["id"] for one in again["questions"]] == [one["id"] for one in attempt["questions"]]
    done = await ada.client.post(
        f"{API}/quizzes/attempts/{attempt['id']}/submit", json={"answers": right_answers(attempt)}
    )
    assert done.json()["data"]["attempt"]["score"] == 1.0
    assert len((await start(ada, quiz_id))["questions"]) == 2


async def test_deleting_is_taken_back_and_history_stays(person: MakePerson) -> None:
    ada = await person()
    quiz_id = await make_quiz(ada, await make_course(ada))
    await ada.client.post(f"{API}/quizzes/submit", json={"quiz_id": quiz_id, "answers": {}})
    gone = await ada.client.delete(f"{API}/quizzes/{quiz_id}")
    assert (await ada.client.get(f"{API}/quizzes/{quiz_id}")).status_code == 404
    assert (await ada.client.post(f"{API}/quizzes/{quiz_id}/attempts")).status_code == 404
    history = (await ada.client.get(f"{API}/quizzes/history")).json()["data"]["attempts"]
    assert [one["quiz_id"] for one in history] == [quiz_id]
    assert (await ada.client.post(f"{API}/undo/{gone.json()['data']['undo_token']}")).status_code == 200
    assert (await ada.client.get(f"{API}/quizzes/{quiz_id}")).status_code == 200


async def test_questions_of_others_and_broken_ones_make_no_quiz(person: MakePerson, uow: UnitOfWork) -> None:
    ada, eve = await person(), await person()
    theirs = await start(eve, await make_quiz(eve, await make_course(eve)))
    course_id = await make_course(ada)
    body: dict[str, Any] = {"course_id": course_id, "title": "X"}
    whole = {"question": QUESTIONS[2]}
    for items, status in (
        ([whole, {"question_id": theirs["questions"][0]["id"]}], 404),
        ([whole, {"question": {"type": "true_false", "text": "No answer"}}], 422),
        ([whole, {"question": {**QUESTIONS[2], "chapter_id": str(uuid4())}}], 404),
        ([{"question_id": str(uuid4()), **whole}], 422),
        ([whole] * 201, 422),
    ):
        refused = await ada.client.post(f"{API}/quizzes", json={**body, "questions": items})
        assert refused.status_code == status, refused.text
    assert (await uow.session.scalars(select(Quiz).where(Quiz.course_id == UUID(course_id)))).all() == []
    empty = await make_quiz(ada, course_id, questions=[])
    refused = await ada.client.post(f"{API}/quizzes/{empty}/attempts")
    assert (refused.status_code, refused.json()["error_code"]) == (409, "QUIZ_EMPTY")


async def test_a_premium_quiz_needs_the_entitlement(person: MakePerson, client: httpx2.AsyncClient) -> None:
    author, taker, admin = await person("Educator"), await person(), await person("Admin")
    quiz_id = await make_quiz(author, await published_course(author), is_published=True, is_premium=True)
    path = f"{API}/quizzes/{quiz_id}"
    assert (await client.get(path)).status_code == 401
    for refused in (
        await taker.client.get(path),
        await taker.client.post(f"{path}/attempts"),
        await taker.client.post(f"{API}/quizzes/submit", json={"quiz_id": quiz_id, "answers": {}}),
    ):
        assert (refused.status_code, refused.json()["error_code"]) == (403, "ENTITLEMENT_REQUIRED")
    assert (await author.client.get(path)).status_code == 200
    granted = await admin.client.put(f"{API}/admin/users/{taker.id}/subscription", json={"plan": "premium"})
    assert granted.status_code == 200, granted.text
    assert (await taker.client.post(f"{path}/attempts")).status_code == 200


async def test_grading_is_told_once_with_topics(
    person: MakePerson, uow: UnitOfWork, resources: Resources, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[AttemptGraded] = []

    async def hear(_: UnitOfWork, event: AttemptGraded) -> None:
        heard.append(event)

    monkeypatch.setitem(resources.subscribers, AttemptGraded, [hear])
    ada = await person()
    topic, subject = uuid4(), uuid4()
    await uow.session.execute(text("INSERT INTO subjects (id, name) VALUES (:id, 'S')"), {"id": subject})
    values = {"id": topic, "subject": subject}
    await uow.session.execute(text("INSERT INTO topics (id, subject_id, name) VALUES (:id, :subject, 'T')"), values)
    items = [{"question": {**QUESTIONS[2], "topic_ids": [str(topic)]}}, {"question": QUESTIONS[4]}]
    course_id = await make_course(ada)
    attempt = await start(ada, await make_quiz(ada, course_id, questions=items))
    answers = {one["id"]: True for one in attempt["questions"] if one["type"] == "true_false"}
    path = f"{API}/quizzes/attempts/{attempt['id']}/submit"
    done = await ada.client.post(path, json={"answers": answers})
    assert done.json()["data"]["attempt"]["topics"] == [{"topic_id": str(topic), "score": 1.0, "questions": 1}]
    assert (await ada.client.post(path)).status_code == 409
    (event,) = heard
    assert (event.user_id, event.course_id, event.score) == (ada.id, UUID(course_id), Decimal("0.5"))
    assert [(one.topic_id, one.score) for one in event.topics] == [(topic, 1)]


async def test_the_number_of_statements_does_not_grow(person: MakePerson) -> None:
    author, taker = await person("Educator"), await person()
    course_id = await published_course(author)
    costs = []
    for number in (1, 100):
        items = [{"question": {**QUESTIONS[2], "text": f"No. {at}"}} for at in range(number)]
        made = await author.client.post(
            f"{API}/quizzes", json={"course_id": course_id, "title": "Q", "is_published": True, "questions": items}
        )
        quiz_id = made.json()["data"]["quiz"]["id"]
        started = await taker.client.post(f"{API}/quizzes/{quiz_id}/attempts")
        attempt = started.json()["data"]["attempt"]
        path = f"{API}/quizzes/attempts/{attempt['id']}"
        answers = {"answers": {one["id"]: True for one in attempt["questions"]}}
        saved = await taker.client.put(f"{path}/answers", json=answers)
        shown = await taker.client.get(path)
        done = await taker.client.post(f"{path}/submit", json=answers)
        changed = await author.client.put(f"{API}/quizzes/{quiz_id}", json={"questions": items})
        looked = await author.client.get(f"{API}/quizzes/{quiz_id}")
        listed = await taker.client.get(f"{API}/courses/{course_id}/quizzes")
        costs.append([statements(one) for one in (made, started, saved, shown, done, changed, looked, listed)])
    assert costs[0] == costs[1]
    assert max(costs[0]) <= 10, costs


async def test_a_package_makes_and_updates_by_external_id(person: MakePerson, uow: UnitOfWork) -> None:
    ada = await person()
    course_id = UUID(await make_course(ada))
    ready = questions.NewQuestion.model_validate(QUESTIONS[2]).required()
    ids = await questions.create(uow, ada.id, [(ready, questions.Place(course_id))] * 2)
    draft = public.QuizDraft("q1", "Week 1", [(ids[0], Decimal(1)), (ids[1], Decimal(2))], time_limit_seconds=90)
    (first,) = await public.put_imported(uow, ada.id, course_id, [draft])
    other = public.QuizDraft("q1", "Week one", [(ids[1], Decimal(3))])
    assert await public.put_imported(uow, ada.id, course_id, [other]) == [first]
    assert [(one.question_id, one.points) for one in await queries.questions_of(uow, first)] == [(ids[1], 3)]
    shown = (await ada.client.get(f"{API}/quizzes/{first}")).json()["data"]["quiz"]
    assert (shown["title"], shown["source"], shown["time_limit_seconds"]) == ("Week one", "imported", None)
