"""Short answers: what counts as the same text, and patterns with a star."""

import re
import unicodedata

_QUOTES = str.maketrans({"\u2018": "'", "\u2019": "'", "\u201b": "'", "\u201c": '"', "\u201d": '"', "\u201f": '"'})
_UNSEEN = re.compile("[\u00ad\u200b-\u200d\u2060\ufeff]")
_STAR = re.compile(r"\\\*|\*")


def normal(text: str, *, case_sensitive: bool = False) -> str:
    """The text as compared: Unicode NFC, typographic quotes straight, invisible signs gone, white space single.

    Letter case is folded unless it counts.
    """
    composed = unicodedata.normalize("NFC", _UNSEEN.sub("", text).translate(_QUOTES))
    single = " ".join(composed.split())
    # Folding can take a composed letter apart again.
    return single if case_sensitive else unicodedata.normalize("NFC", single.casefold())


def matches(pattern: str, text: str, *, case_sensitive: bool = False) -> bool:
    """Whether the text is what the pattern says; `*` stands for any run of signs, `\\*` for a star.

    Each literal part is looked for from the left, which is enough for stars alone and takes linear steps.
    """
    literals = _literals(pattern)
    parts = [normal(part, case_sensitive=case_sensitive) for part in literals]
    subject = normal(text, case_sensitive=case_sensitive)
    if len(parts) == 1:
        return subject == parts[0]
    first, *middle, last = parts
    if not subject.startswith(first) or len(subject) < len(first) + len(last) or not subject.endswith(last):
        return False
    at, end = len(first), len(subject) - len(last)
    for part in middle:
        found = subject.find(part, at, end)
        if found < 0:
            return False
        at = found + len(part)
    return True


def is_literal(pattern: str) -> bool:
    """Whether the pattern has no star that stands for something."""
    return len(_literals(pattern)) == 1


def example(pattern: str) -> str:
    """A text that the pattern matches: what a person is shown as the right answer."""
    return "".join(_literals(pattern)).strip()


def _literals(pattern: str) -> list[str]:
    """What stands between the stars."""
    parts, at = [""], 0
    for star in _STAR.finditer(pattern):
        parts[-1] += pattern[at : star.start()]
        if star.group() == "*":
            parts.append("")
        else:
            parts[-1] += "*"
        at = star.end()
    parts[-1] += pattern[at:]
    return parts
