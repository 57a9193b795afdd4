"""Tables of subjects."""

from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, String, Text, UniqueConstraint, func
from sqlalchemy.orm import Mapped, mapped_column

from studyhall.platform.database import Base, Identified, Timestamped

LONGEST_NAME = 120


class Subject(Identified, Timestamped, Base):
    """A field of knowledge; its row is the lock of its whole graph."""

    __tablename__ = "subjects"

    name: Mapped[str] = mapped_column(String(LONGEST_NAME))
    description: Mapped[str | None] = mapped_column(Text)


class Topic(Identified, Timestamped, Base):
    """A node of a subject's map."""

    __tablename__ = "topics"

    subject_id: Mapped[UUID] = mapped_column(ForeignKey("subjects.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(LONGEST_NAME))
    description: Mapped[str | None] = mapped_column(Text)

    # The pair lets an edge prove that both its ends are of one subject.
    __table_args__ = (UniqueConstraint("subject_id", "id"),)


class TopicPrerequisite(Base):
    """An edge: `topic_id` needs `prerequisite_id`."""

    __tablename__ = "topic_prerequisites"

    topic_id: Mapped[UUID] = mapped_column(primary_key=True)
    prerequisite_id: Mapped[UUID] = mapped_column(primary_key=True)
    subject_id: Mapped[UUID]

    __table_args__ = (
        ForeignKeyConstraint(["subject_id", "topic_id"], ["topics.subject_id", "topics.id"], ondelete="CASCADE"),
        ForeignKeyConstraint(
            ["subject_id", "prerequisite_id"],
            ["topics.subject_id", "topics.id"],
            ondelete="CASCADE",
            name="fk_topic_prerequisites_prerequisite",
        ),
        CheckConstraint("topic_id <> prerequisite_id", name="needs_another"),
        Index("ix_topic_prerequisites_subject_id", "subject_id"),
    )


Index("uq_subjects_name", func.lower(Subject.name), unique=True)
Index("uq_topics_subject_id_name", Topic.subject_id, func.lower(Topic.name), unique=True)
