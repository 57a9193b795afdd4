"""What `bench` measures of relevance, small: by words alone, and whether the questions are honest."""

import pytest

from bench.search.course import pages
from bench.search.questions import pairs
from bench.search.relevance import fill, measure
from studyhall.domains.search.rules.words import words
from studyhall.platform.resources import Resources

PAGES = list(pages())
needs_course = pytest.mark.skipif(not PAGES, reason="the real course is not beside this checkout")


def _threes(text: str) -> set[tuple[str, ...]]:
    forms = [word.form for word in words(text)]
    return {tuple(forms[at : at + 3]) for at in range(len(forms) - 2)}


@needs_course
def test_no_question_repeats_its_lesson() -> None:
    lessons: dict[str, set[tuple[str, ...]]] = {}
    for page in PAGES:
        lessons.setdefault(page.lesson, set()).update(_threes(page.body) | _threes(page.title))
    asked = pairs()
    assert len(asked) >= 60 and len({question for question, _ in asked}) == len(asked)
    assert {lesson for _, lesson in asked} == set(lessons)
    assert [(question, shared) for question, lesson in asked if (shared := _threes(question) & lessons[lesson])] == []


@needs_course
async def test_words_alone_find_most_lessons(resources: Resources) -> None:
    assert await fill(resources) == len(PAGES)
    figures = await measure(resources, "text")
    assert figures.recall > 0.8 and figures.mrr > 0.6, figures.missed
