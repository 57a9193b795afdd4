"""Words that were meant by misspelled ones: candidates by symmetric deletion (Garbe 2012), chosen by the Damerau and
Levenshtein distance (optimal string alignment: insert, delete, replace, swap neighbours)."""

from collections.abc import Iterable, Mapping
from itertools import combinations
from zlib import crc32

SHORTEST, LONGEST = 4, 32
"""Letters of a word that is corrected, and of one that is offered."""
PREFIX = 7
"""Only so many letters of a word lose some: misspellings beyond them still share the beginning."""
MOST_EDITS = 2
MOST_CANDIDATES = 8
SHORT = 5  # a word up to here may be wrong in one place only, or everything would be like everything


def is_spellable(word: str) -> bool:
    """Whether it is a word of letters that may be corrected and offered."""
    return SHORTEST <= len(word) <= LONGEST and word.isalpha()


def deletes(word: str, edits: int = MOST_EDITS) -> list[int]:
    """Numbers (signed, 32 bits) of the word's beginning with up to so many letters left out, itself included."""
    start = word[:PREFIX]
    forms = {
        "".join(letter for index, letter in enumerate(start) if index not in left_out)
        for count in range(edits + 1)
        for left_out in combinations(range(len(start)), count)
    }
    return sorted(_signed(crc32(form.encode())) for form in forms)


def _signed(number: int) -> int:
    return number - 2**32 if number >= 2**31 else number


def edits_allowed(word: str) -> int:
    """How many mistakes a word of that length may hold."""
    return 1 if len(word) <= SHORT else MOST_EDITS


def distance(one: str, other: str, most: int = MOST_EDITS) -> int:
    """Edits from one word to the other; `most + 1` for more than `most`."""
    if abs(len(one) - len(other)) > most:
        return most + 1
    above: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        before, above, row = above, row, [i]
        for j, wanted in enumerate(other, 1):
            edits = min(above[j] + 1, row[j - 1] + 1, above[j - 1] + (letter != wanted))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == wanted:
                edits = min(edits, before[j - 2] + 1)
            row.append(edits)
        if min(row) > most and (i < 2 or min(above) > most):
            return most + 1
    return min(row[-1], most + 1)


def candidates(word: str, known: Mapping[str, int]) -> list[str]:
    """The likeliest of the known words, at most `MOST_CANDIDATES`.

    Args:
        known: words with how often they stand in the index.
    """
    most = edits_allowed(word)
    near = [(distance(word, other, most), other) for other in known if other != word]
    fitting = sorted((one for one in near if one[0] <= most), key=lambda one: likelihood(word, one[1], known[one[1]]))
    return [other for _, other in fitting[:MOST_CANDIDATES]]


def likelihood(word: str, other: str, frequency: int) -> tuple[int, int, int, str]:
    """Sorts the likeliest first: near, with the same first letter, frequent."""
    return (distance(word, other), other[:1] != word[:1], -frequency, other)


def replaced(text: str, corrections: Iterable[tuple[int, int, str]]) -> str:
    """The text with other words at these places."""
    for start, end, word in sorted(corrections, reverse=True):
        text = text[:start] + word + text[end:]
    return text
