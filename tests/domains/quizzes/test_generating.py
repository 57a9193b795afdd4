"""Questions out of a text."""

from hypothesis import given
from hypothesis import strategies as st

from studyhall.domains.quizzes.rules import cloze
from tests.conftest import MakePerson
from tests.domains.quizzes.papers import API, QUESTIONS, make_course, make_quiz, published_course, start, statements

TEXT = """# Trees

A tree is a connected graph without any cycle at all. Every vertex of degree one in such a graph is called a leaf.

The degree of a vertex counts how many edges meet there at the end. Breadth first search visits the vertices in rings
around the start. Dijkstra lets the nearest waiting vertex leave the queue before the others do.
"""
WORDS = st.sampled_from(
    ["graph", "vertex", "vertices", "degree", "cycle", "queue", "the", "a", "is", "of", "$n$", "tree"]
)
SENTENCES = st.lists(st.lists(WORDS, min_size=3, max_size=20).map(lambda one: " ".join(one) + "."), max_size=12)


@given(SENTENCES.map(" ".join) | st.text(max_size=300), st.integers(1, 10), st.text(max_size=5))
def test_a_gap_comes_from_a_sentence_and_hides_its_term(text: str, number: int, seed: str) -> None:
    found = cloze.gaps(text, number, seed)
    assert len(found) <= number
    assert found == cloze.gaps(text, number, seed)
    assert len({one.start for one in found}) == len({one.term for one in found}) == len(found)
    for one in found:
        assert text[one.start :].startswith(one.sentence)
        assert cloze.GAP in one.text
        assert one.term not in one.text.lower().replace(cloze.GAP, " ").split()
        assert one.choices.count(one.term) == 1
        assert len(one.choices) in (1, cloze.OFFERED) and len(set(one.choices)) == len(one.choices)


def test_a_definition_asks_for_what_is_defined() -> None:
    found = cloze.gaps(TEXT, 5, "1")
    assert (found[0].term, found[0].is_definition) == ("tree", True)
    assert found[0].text == f"A {cloze.GAP} is a connected graph without any cycle at all."


async def test_a_quiz_is_made_from_a_chapter_for_me_alone(person: MakePerson) -> None:
    author, taker, other = await person("Educator"), await person(), await person()
    course_id = await published_course(author)
    made = await author.client.post(f"{API}/courses/{course_id}/chapters", json={"title": "Trees", "markdown": TEXT})
    chapter = made.json()["data"]["chapter"]["id"]
    shown, exam = [{**QUESTIONS[2], "text": text, "chapter_id": chapter} for text in ("Shown?", "Exam?")]
    await make_quiz(author, course_id, questions=[{"question": shown}], is_published=True)
    await make_quiz(author, course_id, questions=[{"question": exam}], is_published=True, time_limit_seconds=60)
    for _ in range(2):
        answer = await taker.client.post(f"{API}/quizzes/generate", json={"chapter_id": chapter, "number": 5})
        assert answer.status_code == 201, answer.text
    assert statements(answer) <= 10
    quiz = answer.json()["data"]["quiz"]
    assert (quiz["source"], quiz["questions_count"]) == ("generated", 5)
    attempt = await start(taker, quiz["id"])
    texts = [one["text"] for one in attempt["questions"]]
    assert "Shown?" in texts and "Exam?" not in texts
    done = await taker.client.post(f"{API}/quizzes/attempts/{attempt['id']}/submit")
    told = " ".join(text for one in done.json()["data"]["attempt"]["questions"] for text in one["feedback"])
    assert "A tree is a connected graph without any cycle at all." in told
    for stranger in (other, author):
        assert (await stranger.client.get(f"{API}/quizzes/{quiz['id']}")).status_code == 404


async def test_nothing_comes_from_nothing(person: MakePerson) -> None:
    ada, eve = await person(), await person()
    course_id = await make_course(ada)
    made = await ada.client.post(f"{API}/courses/{course_id}/chapters", json={"title": "Empty", "markdown": "Soon."})
    body = {"chapter_id": made.json()["data"]["chapter"]["id"]}
    refused = await ada.client.post(f"{API}/quizzes/generate", json=body)
    assert (refused.status_code, refused.json()["error_code"]) == (422, "NOTHING_TO_ASK")
    assert (await eve.client.post(f"{API}/quizzes/generate", json=body)).status_code == 404
    assert (await ada.client.post(f"{API}/quizzes/generate", json={})).status_code == 422
