"""Two at once."""

import asyncio
from collections import Counter

from sqlalchemy import func, select

from studyhall.domains.quizzes.models import QuizAnswer, QuizAttempt
from tests.conftest import Committed
from tests.domains.quizzes.papers import API, QUESTIONS, make_course, make_quiz, right_answers, start


async def test_starting_twice_at_once_is_one_attempt(committed: Committed) -> None:
    ada = await committed.person()
    quiz_id = await make_quiz(ada, await make_course(ada), attempts_allowed=1)
    answers = await asyncio.gather(*(ada.client.post(f"{API}/quizzes/{quiz_id}/attempts") for _ in range(6)))
    assert {one.status_code for one in answers} == {200}
    assert len({one.json()["data"]["attempt"]["id"] for one in answers}) == 1
    async with committed.resources.unit_of_work() as uow:
        assert await uow.session.scalar(select(func.count()).select_from(QuizAttempt)) == 1
        assert await uow.session.scalar(select(func.count()).select_from(QuizAnswer)) == len(QUESTIONS)


async def test_submitting_twice_at_once_grades_once(committed: Committed) -> None:
    ada = await committed.person()
    attempt = await start(ada, await make_quiz(ada, await make_course(ada)))
    path, body = f"{API}/quizzes/attempts/{attempt['id']}/submit", {"answers": right_answers(attempt)}
    answers = await asyncio.gather(*(ada.client.post(path, json=body) for _ in range(4)))
    assert Counter(one.status_code for one in answers) == {200: 1, 409: 3}
    history = (await ada.client.get(f"{API}/quizzes/history")).json()["data"]["attempts"]
    assert [one["score"] for one in history] == [1.0]


async def test_the_last_attempt_is_given_once(committed: Committed) -> None:
    ada = await committed.person()
    quiz_id = await make_quiz(ada, await make_course(ada), attempts_allowed=1)
    body = {"quiz_id": quiz_id, "answers": {}}
    answers = await asyncio.gather(*(ada.client.post(f"{API}/quizzes/submit", json=body) for _ in range(4)))
    assert Counter(one.status_code for one in answers) == {200: 1, 409: 3}
