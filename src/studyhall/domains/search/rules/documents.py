"""What is put into the index, made fit for it, and the keys of those who may see it."""

import hashlib
import re
from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from studyhall.domains.search.rules.chunks import LONGEST_BODY, Span, passages
from studyhall.domains.search.rules.words import Word, words

KINDS = ("course", "chapter", "question", "content", "resource", "material")
PUBLIC = "public"
LONGEST_TITLE = 500
TITLE_AT, BODY_AT = 1, 600
"""Term positions of the first word of title and body; far enough apart that no phrase reaches across."""
LAST_POSITION = 16_383  # PostgreSQL counts no further

_KEY = re.compile(r"(public|(user|group|course):[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})\Z")
# Neither can be stored: PostgreSQL has no NUL, UTF-8 no half of a pair.
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def user_key(user_id: UUID) -> str:
    """The key of what one person alone may see."""
    return f"user:{user_id}"


def group_key(group_id: UUID) -> str:
    """The key of what the members of a group may see."""
    return f"group:{group_id}"


def course_key(course_id: UUID) -> str:
    """The key of what those who take or own a course may see."""
    return f"course:{course_id}"


def require_keys(access: Collection[str]) -> None:
    """Raises ValueError unless all of them are of one of the four forms."""
    wrong = sorted(key for key in access if not _KEY.match(key))
    if wrong:
        raise ValueError(f"no access keys: {', '.join(wrong)}")


@dataclass(frozen=True, slots=True)
class Document:
    """Something to be found.

    Attributes:
        kind: course, chapter, question, content, resource or material.
        source_id: its id where it lives; with the kind it names the document.
        title: at most `LONGEST_TITLE` characters are indexed.
        body: plain text; of a longer one `LONGEST_BODY` characters are indexed. Passages name places in it.
        access: who may see it; with none, nobody finds it.
        course_id, chapter_id: where it belongs, for the answer and for narrowing a search.
    """

    kind: str
    source_id: UUID
    title: str
    body: str
    access: frozenset[str]
    course_id: UUID | None = None
    chapter_id: UUID | None = None

    def __post_init__(self) -> None:
        require_keys(self.access)


@dataclass(frozen=True, slots=True)
class Chunk:
    """One passage, ready to be written.

    Attributes:
        words, positions: forms and the term positions at which they stand, of the title and of the passage.
    """

    span: Span
    text: str
    text_hash: bytes
    words: list[str]
    positions: list[int]


def storable(text: str) -> str:
    """The text with what cannot be stored made spaces, so that places in it stay right."""
    return _UNSTORABLE.sub(" ", text)


def title_of(document: Document) -> str:
    return storable(document.title.strip()[:LONGEST_TITLE])


def content_hash(document: Document) -> bytes:
    """Of all that chunks are made of."""
    return _digest(f"{document.course_id} {title_of(document)}", storable(document.body[:LONGEST_BODY]))


def chunks(document: Document) -> list[Chunk]:
    """The passages of a document, each with the title's words before its own."""
    title, body = title_of(document), storable(document.body[:LONGEST_BODY])
    title_forms, title_positions = _numbered(words(title), TITLE_AT, BODY_AT - 2)
    made = []
    for span in passages(body):
        text = body[span.start : span.end]
        forms, positions = _numbered(words(text), BODY_AT, LAST_POSITION)
        made.append(Chunk(span, text, _digest(title, text), title_forms + forms, title_positions + positions))
    return made


def _numbered(found: list[Word], first: int, last: int) -> tuple[list[str], list[int]]:
    forms: list[str] = []
    positions: list[int] = []
    for index, word in enumerate(found):
        for form in word.forms:
            forms.append(form)
            positions.append(min(first + index, last))
    return forms, positions


def _digest(title: str, text: str) -> bytes:
    # The length keeps title and text apart.
    return hashlib.sha256(f"{len(title)}:{title}{text}".encode()).digest()[:16]
