"""Tables of the index."""

from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, LargeBinary, String, Text, text
from sqlalchemy.dialects.postgresql import ARRAY, TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from studyhall.domains.search.rules.documents import KINDS
from studyhall.platform.database import Base, Identified, Timestamped
from studyhall.platform.vectors import HalfVector

DIMENSIONS = 384

_PUBLIC = text("access @> '{public}'::text[]")


class SearchDocument(Identified, Timestamped, Base):
    """Something that can be found.

    Attributes:
        source_id: its id in the domain that owns it; unique among its kind.
        access: keys of those who may see it.
        content_hash: of title and body, so that putting the same again costs nothing. Empty while it has no chunks.
    """

    __tablename__ = "search_documents"

    kind: Mapped[str] = mapped_column(String(20))
    source_id: Mapped[UUID]
    title: Mapped[str] = mapped_column(String(500))
    access: Mapped[list[str]] = mapped_column(ARRAY(Text))
    course_id: Mapped[UUID | None]
    chapter_id: Mapped[UUID | None]
    content_hash: Mapped[bytes] = mapped_column(LargeBinary)

    __table_args__ = (
        CheckConstraint(f"kind IN ({', '.join(repr(kind) for kind in KINDS)})", name="kind_known"),
        Index("uq_search_documents_source", "kind", "source_id", unique=True),
        Index("ix_search_documents_access", "access", postgresql_using="gin"),
        Index("ix_search_documents_course_id", "course_id", postgresql_where=text("course_id IS NOT NULL")),
    )


class SearchChunk(Identified, Base):
    """A passage of a document.

    Kind and access are the document's, kept here too because they are conditions of every query.

    Attributes:
        start_char, end_char: where `passage` stands in the document's body.
        text_hash: of title and passage; an embedding belongs to a hash.
        terms: positions below `BODY_AT` are the title's. The kind is a term too, so that the index intersects it.
        embedding: null until a job has made it.
    """

    __tablename__ = "search_chunks"

    document_id: Mapped[UUID] = mapped_column(ForeignKey("search_documents.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(20))
    access: Mapped[list[str]] = mapped_column(ARRAY(Text))
    position: Mapped[int] = mapped_column(Integer)
    start_char: Mapped[int] = mapped_column(Integer)
    end_char: Mapped[int] = mapped_column(Integer)
    passage: Mapped[str] = mapped_column(Text)
    text_hash: Mapped[bytes] = mapped_column(LargeBinary)
    terms: Mapped[str] = mapped_column(TSVECTOR)
    embedding: Mapped[str | None] = mapped_column(HalfVector(DIMENSIONS))

    __table_args__ = (
        Index("ix_search_chunks_document_id", "document_id"),
        # Both in one index: what nobody may see is never fetched, however often the word stands in it.
        Index("ix_search_chunks_terms", "terms", "access", postgresql_using="gin"),
        Index("ix_search_chunks_pending", "id", postgresql_where=text("embedding IS NULL")),
        # A graph cannot be filtered by keys that few rows carry: what is not public is compared one by one.
        Index(
            "ix_search_chunks_embedding",
            "embedding",
            postgresql_using="hnsw",
            postgresql_with={"m": 16, "ef_construction": 64},
            postgresql_ops={"embedding": "halfvec_cosine_ops"},
            postgresql_where=_PUBLIC,
        ),
    )


class SearchWord(Base):
    """A word or stem that stands somewhere in the index. Nobody is ever shown one that he could not find himself.

    Attributes:
        chunks: roughly how many public passages hold it.
        deletes: numbers of its spellings with up to two letters left out, for finding it from a misspelled one; null
            for stems.
    """

    __tablename__ = "search_words"

    word: Mapped[str] = mapped_column(Text(collation="C"), primary_key=True)
    chunks: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    deletes: Mapped[list[int] | None] = mapped_column(ARRAY(Integer))

    __table_args__ = (Index("ix_search_words_deletes", "deletes", postgresql_using="gin"),)
