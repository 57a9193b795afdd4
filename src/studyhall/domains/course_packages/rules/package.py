"""What a reader makes of an archive, whatever its format."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from hashlib import blake2b
from typing import Any

from studyhall.domains.questions.public import Draft

MOST_LOSSES = 2_000
LONGEST_PLACE = 300
LONGEST_TITLE = 255
LONGEST_ID = 255


class Refused(Exception):
    """Nothing of the package is taken; the text is a sentence for the person."""


class Kind(StrEnum):
    """What a loss is about."""

    FILE = "file"
    CHAPTER = "chapter"
    IMAGE = "image"
    LINK = "link"
    HTML = "html"
    QUESTION = "question"
    SETTING = "setting"
    CHANGED = "changed"  # carried, but not as it was


@dataclass(frozen=True, slots=True)
class Loss:
    """One thing that is not carried: what it was called, where it stood, and why."""

    kind: Kind
    name: str
    why: str
    where: str = ""


@dataclass(frozen=True, slots=True)
class ChapterText:
    """A chapter; images stand in it as `image:<name>`, links to other chapters as `chapter:<link_key>`.

    Attributes:
        topics: subject and topic by name; None when the package says nothing of topics.
    """

    external_id: str
    title: str
    markdown: str
    topics: tuple[tuple[str, str], ...] | None = None


@dataclass(frozen=True, slots=True)
class PlacedDraft:
    """A question and the chapter that it belongs to, by the chapter's external id."""

    draft: Draft
    chapter: str | None = None
    topics: tuple[tuple[str, str], ...] = ()


class Losses:
    """Collects losses, each once; beyond `MOST_LOSSES` they are only counted."""

    def __init__(self) -> None:
        self._kept: dict[Loss, None] = {}
        self._more: dict[Kind, int] = {}

    def add(self, kind: Kind, name: str, why: str, where: str = "") -> None:
        """Note one."""
        loss = Loss(kind, shown(name), why, shown(where, LONGEST_PLACE))
        if loss in self._kept:
            return
        if len(self._kept) == MOST_LOSSES:
            self._more[kind] = self._more.get(kind, 0) + 1
        else:
            self._kept[loss] = None

    def report(self) -> dict[str, Any]:
        """Plain JSON: `losses` in the order they were found, `counts` by kind, `not_listed` beyond the limit."""
        counts = dict(self._more)
        for loss in self._kept:
            counts[loss.kind] = counts.get(loss.kind, 0) + 1
        return {
            "losses": [
                {"kind": str(one.kind), "name": one.name, "where": one.where, "why": one.why} for one in self._kept
            ],
            "counts": {str(kind): number for kind, number in sorted(counts.items())},
            "not_listed": sum(self._more.values()),
        }

    def __iter__(self) -> Any:
        return iter(self._kept)


@dataclass(slots=True)
class Package:
    """A course on its way in.

    Attributes:
        format: markdown, studyhall, common_cartridge, or questions for a file or a zip of nothing but questions.
        fields: further fields of the course; `subject` is a name.
        images: by the name that chapters call them, the path in the archive.
    """

    format: str
    external_id: str
    title: str
    fields: dict[str, Any] = field(default_factory=dict)
    chapters: list[ChapterText] = field(default_factory=list)
    images: dict[str, str] = field(default_factory=dict)
    questions: list[PlacedDraft] = field(default_factory=list)
    losses: Losses = field(default_factory=Losses)


def shown(text: str, longest: int = 200) -> str:
    """A stranger's text as it may stand in a report: one line, printable, cut."""
    plain = "".join(char if char.isprintable() else " " for char in text[: longest * 4])
    words = " ".join(plain.split())
    return words if len(words) <= longest else f"{words[: longest - 1]}…"


def link_key(external_id: str) -> str:
    """Stands for a chapter in links until its id is known."""
    return blake2b(external_id.encode(errors="replace"), digest_size=16, person=b"chapter link").hexdigest()


_LINK = re.compile(r"chapter:([0-9a-f]{32})(?![0-9a-f-])")


def with_ids(markdown: str, ids: Mapping[str, object]) -> str:
    """The Markdown with chapters' ids in its links; `ids` are by link key."""
    return _LINK.sub(lambda found: f"chapter:{ids[found[1]]}" if found[1] in ids else found[0], markdown)


def lasting_id(kind: str, *names: str) -> str:
    """What a package is called from one import to the next; long names end in a digest."""
    name = ":".join((kind, *(" ".join(one.casefold().split()) for one in names)))
    if len(name) <= LONGEST_ID:
        return name
    return f"{name[: LONGEST_ID - 33]}~{blake2b(name.encode(errors='replace'), digest_size=16).hexdigest()}"
