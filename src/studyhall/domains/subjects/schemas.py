"""What subjects and topics look like from outside."""

from typing import Annotated, Self
from uuid import UUID

from pydantic import Field, StringConstraints

from studyhall.domains.subjects.models import LONGEST_NAME, Subject
from studyhall.domains.subjects.queries import TopicRow
from studyhall.platform.web import Pagination, Schema

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST_NAME)]
Description = Annotated[str, StringConstraints(strip_whitespace=True, max_length=2_000)]
Prerequisites = Annotated[list[UUID], Field(max_length=50, description="Ids of topics of the same subject.")]


class NewSubject(Schema):
    """A field of knowledge."""

    name: Name = Field(examples=["Linear Algebra"])
    description: Description | None = Field(None, examples=["Vectors, matrices and what they do"])


class NewTopic(Schema):
    """A topic of a subject, and what should be known before it."""

    name: Name = Field(examples=["Eigenvalues"])
    description: Description | None = None
    prerequisites: Prerequisites = Field(default_factory=list, examples=[[]])


class TopicChanges(Schema):
    """Only the fields that are sent change; the list of prerequisites replaces the whole list."""

    name: Name = Field(default_factory=str, examples=["Eigenvalues and eigenvectors"])
    description: Description | None = None
    prerequisites: Prerequisites = Field(default_factory=list, examples=[[]])


class SubjectItem(Schema):
    """A subject."""

    id: UUID
    name: str
    description: str | None
    topics_count: int = Field(ge=0, examples=[12])

    @classmethod
    def of(cls, subject: Subject, topics: int) -> Self:
        """The subject with the number of its topics."""
        return cls(id=subject.id, name=subject.name, description=subject.description, topics_count=topics)


class TopicItem(Schema):
    """A topic with what should be known before it."""

    id: UUID
    subject_id: UUID
    name: str
    description: str | None
    prerequisites: list[UUID]

    @classmethod
    def of(cls, row: TopicRow) -> Self:
        """The topic with its prerequisites."""
        topic = row.topic
        return cls(
            id=topic.id,
            subject_id=topic.subject_id,
            name=topic.name,
            description=topic.description,
            prerequisites=list(row.prerequisites),
        )


class SubjectList(Schema):
    """A page of subjects."""

    subjects: list[SubjectItem]
    pagination: Pagination


class SubjectAnswer(Schema):
    """One subject."""

    subject: SubjectItem


class TopicList(Schema):
    """A page of a subject's topics."""

    subject: SubjectItem
    topics: list[TopicItem]
    pagination: Pagination


class TopicAnswer(Schema):
    """One topic."""

    topic: TopicItem
