"""Questions out of a text, without any model: gaps and definitions, each from one sentence of it. Pure.

A term is a word of the text that says much about it: long, frequent, and no word of the language's everyday stock. A
sentence with a term becomes a gap; "A tree is a connected graph …" asks for the term that is defined. Other terms of
the same text are offered beside the right one.
"""

import random
import re
from collections import Counter
from dataclasses import dataclass

GAP = "_____"
SHORTEST_TERM, FEWEST_WORDS, MOST_WORDS, OFFERED = 5, 7, 45, 4
_SENTENCE = re.compile(r"[^.!?\n]+[.!?](?=\s|$)")
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_ODD = re.compile(r"[$\\|`{}<>=_#*\[\]]")
_DEFINED = re.compile(
    r"^(?:an?|the)\s+([^\W\d_]+(?:-[^\W\d_]+)*)\s+(?:is|means|are)\s+(?:an?|the|any)\s", re.IGNORECASE
)
_EVERYDAY = frozenset(
    """
    about above after again against almost alone along already although always among another around because become
    been before began begin being below better between beyond both called cannot comes could does doing down
    during each either else enough even ever every everything exactly example first follow following follows found
    four from further gives given going have having hence here however idea into itself just keep kept know known
    large larger later least less like likely little long longer look made make makes making many means might more
    most much must near never next nothing often once only onto other others otherwise over part perhaps possible
    rather really right same second seen several shall should show shown shows since small smaller some something
    sometimes still such take taken takes than that their them then there therefore these they thing things think
    third this those three through thus time times together toward towards true under unless until upon used
    useful uses using usually very want wants well were what when where whether which while whole whose will with
    within without word words would write written your yours
    """.split()  # noqa: SIM905  # a list of so many words is read better as text
)


@dataclass(frozen=True, slots=True)
class Gap:
    """A question from one sentence.

    Attributes:
        sentence: as it stands in the text, and `start` where it does, in characters.
        text: the sentence with the term taken out, wherever it stood.
        choices: the term among others, in an order that follows from the seed; the term alone where there are too few
            others, and then it is to be written.
    """

    sentence: str
    start: int
    term: str
    text: str
    choices: tuple[str, ...]
    is_definition: bool


def gaps(text: str, number: int, seed: str) -> list[Gap]:
    """At most so many questions about the text, definitions first; each from another sentence, about another term."""
    weights = terms(text)
    dice = random.Random(seed)  # noqa: S311  # a choice, not a secret
    found: list[Gap] = []
    used: set[str] = set()
    candidates = [one for one in _SENTENCE.finditer(text) if _is_fit(one.group())]
    dice.shuffle(candidates)
    candidates.sort(key=lambda one: _defined(one.group().strip()) is None)
    for one in candidates:
        sentence = one.group().strip()
        term, is_definition = _asked(sentence, weights, used)
        if term is None or len(found) >= number:
            continue
        used.add(_stem(term))
        start = one.start() + len(one.group()) - len(one.group().lstrip())
        choices = _offered(term, sentence, weights, dice)
        found.append(Gap(sentence, start, term, _without(sentence, term), choices, is_definition))
    return found


def terms(text: str) -> dict[str, float]:
    """The words of a text that say much about it, in lower case, with their weight."""
    counted = Counter(word.lower() for word in _WORD.findall(text))
    return {
        word: times * len(word) ** 0.5
        for word, times in counted.items()
        if len(word) >= SHORTEST_TERM and word not in _EVERYDAY and not word.endswith("ly")
    }


def _is_fit(sentence: str) -> bool:
    return FEWEST_WORDS <= len(sentence.split()) <= MOST_WORDS and len(sentence) <= 600 and not _ODD.search(sentence)


def _defined(sentence: str) -> str | None:
    found = _DEFINED.match(sentence)
    return found.group(1).lower() if found and found.group(1).lower() not in _EVERYDAY else None


def _asked(sentence: str, weights: dict[str, float], used: set[str]) -> tuple[str | None, bool]:
    defined = _defined(sentence)
    if defined is not None and _stem(defined) not in used:
        return defined, True
    free = {word.lower() for word in _WORD.findall(sentence)} & weights.keys()
    best = sorted((word for word in free if _stem(word) not in used), key=lambda word: (-weights[word], word))
    return (best[0] if best else None), False


def _without(sentence: str, term: str) -> str:
    """Every form that shares the term's stem goes, so that the rest does not tell it."""
    return _WORD.sub(lambda one: GAP if _stem(one.group().lower()) == _stem(term) else one.group(), sentence)


def _offered(term: str, sentence: str, weights: dict[str, float], dice: random.Random) -> tuple[str, ...]:
    there = {_stem(word.lower()) for word in _WORD.findall(sentence)} | {_stem(term)}
    others: dict[str, str] = {}
    for word in sorted(weights, key=lambda word: (-weights[word], word)):
        if _stem(word) not in there:
            others.setdefault(_stem(word), word)
    if len(others) < OFFERED - 1:
        return (term,)
    chosen = [term, *dice.sample(list(others.values())[: 4 * OFFERED], OFFERED - 1)]
    dice.shuffle(chosen)
    return tuple(chosen)


def _stem(word: str) -> str:
    """Singular and plural are one."""
    return word[:-3] + "y" if word.endswith("ies") else word.removesuffix("s")
