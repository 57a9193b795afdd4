"""What came of reading or writing a file: what was carried, and by name what was not."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from enum import StrEnum

from studyhall.domains.questions.public import Draft, faults

LONGEST_NAME = 80
MOST_BYTES = 20_000_000
MOST_QUESTIONS = 20_000


class Kind(StrEnum):
    """How much was lost."""

    FILE = "file"  # about the file as a whole
    QUESTION = "question"  # a whole question
    PART = "part"  # something of a question, which itself was carried
    CHANGED = "changed"  # carried, but not as it was


@dataclass(frozen=True, slots=True)
class Loss:
    """One thing that was not carried.

    Attributes:
        name: what it was: the title or the beginning of a question, the name of a file.
        where: the line or the identifier in the source.
        why: a sentence.
    """

    kind: Kind
    name: str
    why: str
    where: str = ""


@dataclass(frozen=True, slots=True)
class Paper:
    """A test that the file holds: its questions by their external ids, in order."""

    title: str
    external_id: str
    questions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a reader made of a file.

    Attributes:
        problem: why the file could not be read at all; then there is no draft.
    """

    drafts: tuple[Draft, ...] = ()
    losses: tuple[Loss, ...] = ()
    papers: tuple[Paper, ...] = ()
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class Written:
    """A file that a writer made, and what did not fit into its format."""

    content: bytes
    losses: tuple[Loss, ...] = ()


class TooMany(ValueError):
    """The file has more in it than anybody reads; the text says so."""

    def __init__(self) -> None:
        super().__init__(f"More than {MOST_QUESTIONS:,} questions or losses stand in this file. Split it.")


@dataclass(slots=True)
class Report:
    """Collects what a reader finds."""

    drafts: list[Draft] = field(default_factory=list)
    losses: list[Loss] = field(default_factory=list)

    def lose(self, kind: Kind, name: str, why: str, where: str = "") -> None:
        if len(self.losses) == MOST_QUESTIONS:
            raise TooMany
        self.losses.append(Loss(kind, shortened(name), why, where))

    def keep(self, draft: Draft, where: str) -> bool:
        """Take the draft if it is a whole question; else say what it lacks."""
        draft = replace(draft, text=draft.text.strip(), title=" ".join(draft.title.split())[:255])
        found = faults(draft)
        for _, why in dict.fromkeys(found):
            self.lose(Kind.QUESTION, named(draft), why, where)
        if len(self.drafts) == MOST_QUESTIONS:
            raise TooMany
        if not found:
            self.drafts.append(draft)
        return not found

    def outcome(self, papers: Iterable[Paper] = ()) -> Outcome:
        return Outcome(tuple(self.drafts), tuple(self.losses), tuple(papers))


def named(draft: Draft) -> str:
    """How people know a question: by its title, else by how it begins."""
    return shortened(draft.title or draft.text)


def shortened(text: str) -> str:
    """The beginning of a text, without tags and escapes."""
    said = re.sub(r"\\([^\w\s])", r"\1", re.sub(r"<[^<>]{0,200}>", " ", text[:1_000]))
    plain = " ".join(said.split())
    return plain if len(plain) <= LONGEST_NAME else plain[: LONGEST_NAME - 1] + "…"


def too_large(content: bytes) -> Outcome | None:
    """The refusal of a file that is too large to be looked at."""
    if len(content) > MOST_BYTES:
        return Outcome(problem=f"The file has more than {MOST_BYTES // 1_000_000} MB.")
    return None
