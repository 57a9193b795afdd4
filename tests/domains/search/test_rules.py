"""Rules of the index, by property: words, passages, spelling, merging, snippets."""

import re
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from studyhall.domains.search.rules import spelling
from studyhall.domains.search.rules.chunks import LONGEST, passages
from studyhall.domains.search.rules.fusion import fuse
from studyhall.domains.search.rules.queries import MOST_TERMS, parse
from studyhall.domains.search.rules.snippets import WIDTH, snippet
from studyhall.domains.search.rules.words import LONGEST_WORD, fold, words

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=400)
PROSE = st.lists(st.sampled_from(["plant", "soil.", "Water!", "a", "\n\n", "\n", "x" * 1200, "naïve", "Wi-Fi"])).map(
    " ".join
)
WORD = st.text("abcdefghij", min_size=4, max_size=12)


@given(TEXT | PROSE)
def test_words_stand_where_they_say(text: str) -> None:
    end = 0
    for word in words(text):
        assert end <= word.start < word.end <= len(text)
        assert word.form == fold(text[word.start : word.end])
        assert all(0 < len(form) <= LONGEST_WORD and not re.search(r"[\s'\\:&|!()<>*]", form) for form in word.forms)
        end = word.end


@given(TEXT)
def test_folding_twice_changes_nothing(text: str) -> None:
    for word in words(text):
        assert fold(word.form) == word.form


@given(TEXT | PROSE)
def test_passages_hold_everything_but_space_once(body: str) -> None:
    spans = passages(body)
    kept = "".join(body[span.start : span.end] for span in spans)
    assert re.sub(r"\s", "", kept) == re.sub(r"\s", "", body)
    assert all(span.end - span.start <= LONGEST for span in spans)
    assert all(left.end <= right.start for left, right in pairwise(spans))
    if body.strip():
        assert all(body[span.start : span.end] == body[span.start : span.end].strip() != "" for span in spans)
    else:
        assert len(spans) == 1


@given(TEXT)
def test_anything_can_be_asked(text: str) -> None:
    query = parse(text)
    assert len(query.terms) <= MOST_TERMS
    for term in query.terms:
        assert term.words and 0 <= term.start < term.end <= len(text)


def _edited(word: str, at: int, letter: str, how: str) -> str:
    if how == "insert":
        return word[:at] + letter + word[at:]
    if how == "delete":
        return word[:at] + word[at + 1 :]
    if how == "replace":
        return word[:at] + letter + word[at + 1 :]
    return word[:at] + word[at + 1 : at + 2] + word[at] + word[at + 2 :]


@given(
    WORD, st.integers(0, 11), st.sampled_from("abcdefghij"), st.sampled_from(["insert", "delete", "replace", "swap"])
)
def test_one_mistake_is_found_and_undone(word: str, at: int, letter: str, how: str) -> None:
    typed = _edited(word, at % len(word), letter, how)
    assert spelling.distance(typed, word) <= 1
    assert spelling.distance(typed, word) == spelling.distance(word, typed)
    if typed != word and spelling.is_spellable(typed):
        assert set(spelling.deletes(typed)) & set(spelling.deletes(word)), "symmetric deletion must offer it"
        assert word in spelling.candidates(typed, {word: 1})


@given(WORD, WORD)
def test_distances_are_those_of_the_plain_definition(one: str, other: str) -> None:
    rows = [[0] * (len(other) + 1) for _ in range(len(one) + 1)]
    for i in range(len(one) + 1):
        for j in range(len(other) + 1):
            if not i or not j:
                rows[i][j] = i + j
                continue
            rows[i][j] = min(rows[i - 1][j] + 1, rows[i][j - 1] + 1, rows[i - 1][j - 1] + (one[i - 1] != other[j - 1]))
            if i > 1 and j > 1 and one[i - 1] == other[j - 2] and one[i - 2] == other[j - 1]:
                rows[i][j] = min(rows[i][j], rows[i - 2][j - 2] + 1)
    assert spelling.distance(one, other) == min(rows[-1][-1], spelling.MOST_EDITS + 1)


def test_the_likeliest_word_comes_first() -> None:
    known = {"sensor": 50, "sensors": 10, "censor": 500, "tensor": 1, "moisture": 5}
    assert spelling.candidates("sensro", known)[0] == "sensor"
    assert spelling.candidates("zzzzzz", known) == []
    assert spelling.edits_allowed("plan") == 1 and spelling.edits_allowed("planet") == 2


@given(st.lists(st.integers(0, 30), unique=True), st.lists(st.integers(0, 30), unique=True))
def test_merging_keeps_everything_once_and_prefers_what_both_have(one: list[int], other: list[int]) -> None:
    fused = fuse([(1.0, one), (1.0, other)])
    assert sorted(item for item, _ in fused) == sorted({*one, *other})
    assert [score for _, score in fused] == sorted((score for _, score in fused), reverse=True)
    if one and other and one[0] == other[0]:
        assert fused[0][0] == one[0]
    assert [item for item, _ in fuse([(1.0, one), (1.0, [])])] == one


@given(PROSE, st.data())
def test_a_snippet_marks_the_same_words(passage: str, data: st.DataObject) -> None:
    found = words(passage)
    chosen = data.draw(st.lists(st.sampled_from(found), unique=True)) if found else []
    marks = [(word.start, word.end) for word in chosen if word.end - word.start < WIDTH]
    shown = snippet(passage, marks)
    wanted = {passage[start:end] for start, end in marks}
    assert all(shown.text[start:end] in wanted for start, end in shown.marks)
    assert bool(shown.marks) == bool(marks)
    assert re.sub("</?mark>", "", shown.as_html).count("<") == 0
