"""What a search takes and gives."""

from enum import StrEnum
from typing import Self
from uuid import UUID

from pydantic import Field

from studyhall.domains.search.rules.snippets import snippet
from studyhall.domains.search.service.asking import Hit
from studyhall.platform.web.lists import Pagination
from studyhall.platform.web.schemas import Schema


class Kind(StrEnum):
    """What can be found."""

    COURSE = "course"
    CHAPTER = "chapter"
    QUESTION = "question"
    CONTENT = "content"
    RESOURCE = "resource"
    MATERIAL = "material"


class Engine(StrEnum):
    """How a query was looked for: by its words alone, or by words and meaning."""

    TEXT = "text"
    HYBRID = "hybrid"


class Place(Schema):
    """Where a result belongs."""

    id: UUID
    title: str | None = Field(None, description="Null where you may not see it yourself.")


class MarkedPart(Schema):
    """A word of the query in a snippet's text: characters from `start` up to, not including, `end`."""

    start: int
    end: int


class SnippetOut(Schema):
    """The passage that answers best, shortened.

    `text` is plain text with the places to be marked beside it; `html` is the same, escaped, with `<mark>` around them.
    """

    text: str
    marks: list[MarkedPart]
    html: str


class ResultOut(Schema):
    """Something that was found."""

    kind: Kind
    id: UUID
    title: str
    course: Place | None = None
    chapter: Place | None = None
    snippet: SnippetOut
    score: float = Field(description="Only to compare results of one answer.")

    @classmethod
    def of(cls, hit: Hit) -> Self:
        shown = snippet(hit.text, hit.marks)
        return cls(
            kind=Kind(hit.kind),
            id=hit.source_id,
            title=hit.title,
            course=None if hit.course_id is None else Place(id=hit.course_id, title=hit.course_title),
            chapter=None if hit.chapter_id is None else Place(id=hit.chapter_id, title=hit.chapter_title),
            snippet=SnippetOut(
                text=shown.text,
                marks=[MarkedPart(start=start, end=end) for start, end in shown.marks],
                html=shown.as_html,
            ),
            score=round(hit.score, 6),
        )


class SearchAnswer(Schema):
    """What a query found, the best first."""

    results: list[ResultOut]
    query: str
    corrected_query: str | None = Field(None, description="What was looked for instead, if words were misspelled.")
    engine: Engine
    pagination: Pagination
