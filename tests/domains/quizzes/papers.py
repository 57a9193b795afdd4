"""A quiz with every type of question; whatever only a right answer or feedback says has the word SECRET in it."""

from typing import Any

import httpx2

API = "/api/v1"
QUESTIONS: list[dict[str, Any]] = [
    {
        "type": "single_choice", "text": "Which is a prime?",
        "choices": [{"text": "7", "is_right": True, "feedback": "SECRET seven"}, {"text": "8"}],
    },
    {
        "type": "multiple_choice", "text": "Which are even?",
        "choices": [{"text": "2", "is_right": True}, {"text": "4", "is_right": True}, {"text": "5"}],
        "feedback": {"general": "SECRET general", "correct": "SECRET well done"},
    },
    {"type": "true_false", "text": "Is zero even?", "is_true": True, "feedback_true": "SECRET yes"},
    {"type": "short_answer", "text": "Name the author.", "answers": [{"text": "SECRET Gauss"}], "title": "SECRET"},
    {"type": "numeric", "text": "How many are there?", "numbers": [{"value": "31337", "tolerance": "0.5"}]},
    {
        "type": "matching", "text": "Who did what?",
        "pairs": [{"prompt": "Euler", "option": "graphs"}, {"prompt": "Cantor", "option": "sets"}],
    },
    {"type": "ordering", "text": "In order, please.", "items": ["one", "two", "three"], "tags": ["SECRET tag"]},
]  # fmt: skip
FORBIDDEN = ("SECRET", "31337", "solution", "is_right", "credit", "feedback", "is_true", "right")


async def make_course(owner: Any) -> str:
    body = {"name": "Numbers", "code": "N1", "credits": 3, "semester": "Fall 2026"}
    made = await owner.client.post(f"{API}/courses", json=body)
    assert made.status_code == 201, made.text
    return str(made.json()["data"]["course"]["id"])


async def published_course(author: Any) -> str:
    course_id = await make_course(author)
    assert (await author.client.post(f"{API}/courses/{course_id}/publish")).status_code == 200
    return course_id


async def make_quiz(author: Any, course_id: str, **fields: Any) -> str:
    body = {"course_id": course_id, "title": "Numbers", "questions": [{"question": one} for one in QUESTIONS]}
    made = await author.client.post(f"{API}/quizzes", json={**body, **fields})
    assert made.status_code == 201, made.text
    return str(made.json()["data"]["quiz"]["id"])


async def start(somebody: Any, quiz_id: str) -> dict[str, Any]:
    answer = await somebody.client.post(f"{API}/quizzes/{quiz_id}/attempts")
    assert answer.status_code == 200, answer.text
    return dict(answer.json()["data"]["attempt"])


def right_answers(attempt: dict[str, Any]) -> dict[str, Any]:
    """A wholly right answer to each question, found by what is shown alone."""
    found: dict[str, Any] = {}
    for one in attempt["questions"]:
        named = {each["text"]: each["key"] for kind in ("choices", "prompts", "options", "items") for each in one[kind]}
        match one["type"]:
            case "single_choice":
                found[one["id"]] = named["7"]
            case "multiple_choice":
                found[one["id"]] = [named["2"], named["4"]]
            case "true_false":
                found[one["id"]] = True
            case "short_answer":
                found[one["id"]] = "secret gauss"
            case "numeric":
                found[one["id"]] = 31337
            case "matching":
                found[one["id"]] = {named["Euler"]: named["graphs"], named["Cantor"]: named["sets"]}
            case "ordering":
                found[one["id"]] = [named["one"], named["two"], named["three"]]
    return found


def statements(answer: httpx2.Response) -> int:
    """Without the savepoint that stands for the transaction in tests."""
    return int(answer.headers["Server-Timing"].split('sql;desc="')[1].split('"')[0]) - 2
