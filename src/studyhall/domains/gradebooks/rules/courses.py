"""Which of a person's courses a file means."""

import re
from collections.abc import Sequence
from typing import Protocol
from uuid import UUID

from studyhall.domains.gradebooks.rules.draft import plain


class Named(Protocol):
    """A course as the rules see it."""

    @property
    def id(self) -> UUID: ...
    @property
    def name(self) -> str: ...
    @property
    def code(self) -> str: ...
    @property
    def semester(self) -> str | None: ...


def called(text: str, semester: str | None, courses: Sequence[Named]) -> list[UUID]:
    """The courses of exactly that code, else of exactly that name; of several those of the semester, if it tells."""
    wanted = plain(text)
    tight = wanted.replace(" ", "")
    found = [one for one in courses if plain(one.code).replace(" ", "") == tight]
    found = found or [one for one in courses if plain(one.name) == wanted]
    if len(found) > 1 and semester is not None:
        found = [one for one in found if plain(one.semester or "") == plain(semester)] or found
    return [one.id for one in found]


def mentioned(text: str, courses: Sequence[Named]) -> list[UUID]:
    """The courses whose code, else whose name, stands somewhere in a text such as a section or a file name."""
    wanted = plain(re.sub(r"[_.]", " ", text))
    found = [one for one in courses if _stands_in(plain(one.code), wanted)]
    found = found or [one for one in courses if _stands_in(plain(one.name), wanted)]
    return [one.id for one in found]


def _stands_in(words: str, text: str) -> bool:
    return bool(words) and re.search(rf"(?<![^\W_]){re.escape(words)}(?![^\W_])", text) is not None
