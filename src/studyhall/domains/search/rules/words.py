"""The words of a text, with their places: one analysis for indexing, asking, highlighting and spelling.

Any script is read. A word's form is folded: compatibility forms, capitals and accents are taken away, so that `Éxito`
and `exito` are one. Scripts written without spaces (Chinese, Japanese) give one word per character; a query for
several is a query for their sequence.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

LONGEST_WORD = 64

_UNSPACED = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0002fa1f"
# Vowel signs and accents are no letters to `\w`, but they do not end a word.
_MARKS = "\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u05bf-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed"
_SOUTHERN = "\u0900-\u0963\u0966-\u109f"
_LETTER = rf"(?:[^\W_{_UNSPACED}]|[{_MARKS}{_SOUTHERN}])"
_WORD = re.compile(rf"[{_UNSPACED}]|(?![{_MARKS}]){_LETTER}+(?:\+\+(?!\w)|#(?!\w))?")
_JOINERS = frozenset("-'’‐‑_")
# Letters of their own that decompose into nothing simpler.
_PLAIN = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th", "ð": "d"})
_ACCENT = re.compile("[\u0300-\u036f]")


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a text.

    Attributes:
        start, end: its place in the text, in characters.
        form: folded.
        others: further forms under which it is found: `wifi` at the `Wi` of `Wi-Fi`, `c` at `C++`.
        is_joined: nothing but a hyphen, an apostrophe or no space at all stands between it and the word before.
    """

    start: int
    end: int
    form: str
    others: tuple[str, ...] = ()
    is_joined: bool = False

    @property
    def forms(self) -> tuple[str, ...]:
        return (self.form, *self.others)


def words(text: str) -> list[Word]:
    """The words of a text in order. Words longer than `LONGEST_WORD` characters are known by their beginning."""
    found = list(_single_words(text))
    return [_with_joined(found, index) for index in range(len(found))]


def _single_words(text: str) -> Iterator[Word]:
    end_before = -2
    for match in _WORD.finditer(text):
        start, end = match.span()
        form = fold(match.group())
        if form:
            gap = text[end_before:start] if end_before >= 0 else " "
            plain = form.rstrip("+#")
            yield Word(start, end, form, (plain,) if plain != form else (), gap == "" or gap in _JOINERS)
            end_before = end


def _with_joined(found: list[Word], index: int) -> Word:
    """The first word of `Wi-Fi` is found as `wifi`, too."""
    word = found[index]
    if word.is_joined or _is_unspaced(word.form):
        return word
    parts = [word.form]
    for other in found[index + 1 :]:
        if not other.is_joined or _is_unspaced(other.form):
            break
        parts.append(other.form)
    joined = "".join(parts)
    if len(parts) == 1 or len(joined) > LONGEST_WORD:
        return word
    return Word(word.start, word.end, word.form, (*word.others, joined), word.is_joined)


def _is_unspaced(form: str) -> bool:
    return re.match(f"[{_UNSPACED}]", form) is not None


@lru_cache(maxsize=20_000)
def fold(word: str) -> str:
    """A word without capitals, accents and compatibility forms; empty when nothing of it is left."""
    # Cut first: nobody is to make us decompose a megabyte.
    decomposed = unicodedata.normalize("NFKD", word[:LONGEST_WORD].casefold())
    plain = unicodedata.normalize("NFC", _ACCENT.sub("", decomposed).casefold()).translate(_PLAIN)
    return "".join(letter for letter in plain if letter.isalnum() or letter in "+#" or _is_mark(letter))[:LONGEST_WORD]


def _is_mark(letter: str) -> bool:
    return unicodedata.category(letter).startswith("M")
