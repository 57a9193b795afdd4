"""search index"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from studyhall.platform.vectors import HalfVector

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("CREATE EXTENSION IF NOT EXISTS vector")
    op.create_table(
        "search_documents",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("source_id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.String(length=500), nullable=False),
        sa.Column("access", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("course_id", sa.Uuid(), nullable=True),
        sa.Column("chapter_id", sa.Uuid(), nullable=True),
        sa.Column("content_hash", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "kind IN ('course', 'chapter', 'question', 'content', 'resource', 'material')",
            name=op.f("ck_search_documents_kind_known"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search_documents")),
    )
    op.create_index("ix_search_documents_access", "search_documents", ["access"], unique=False, postgresql_using="gin")
    op.create_index(
        "ix_search_documents_course_id",
        "search_documents",
        ["course_id"],
        unique=False,
        postgresql_where=sa.text("course_id IS NOT NULL"),
    )
    op.create_index("uq_search_documents_source", "search_documents", ["kind", "source_id"], unique=True)
    op.create_table(
        "search_words",
        sa.Column("word", sa.Text(collation="C"), nullable=False),
        sa.Column("chunks", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("deletes", postgresql.ARRAY(sa.Integer()), nullable=True),
        sa.PrimaryKeyConstraint("word", name=op.f("pk_search_words")),
    )
    op.create_index("ix_search_words_deletes", "search_words", ["deletes"], unique=False, postgresql_using="gin")
    op.create_table(
        "search_chunks",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("access", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("start_char", sa.Integer(), nullable=False),
        sa.Column("end_char", sa.Integer(), nullable=False),
        sa.Column("passage", sa.Text(), nullable=False),
        sa.Column("text_hash", sa.LargeBinary(), nullable=False),
        sa.Column("terms", postgresql.TSVECTOR(), nullable=False),
        sa.Column("embedding", HalfVector(dimensions=384), nullable=True),
        sa.ForeignKeyConstraint(
            ["document_id"], ["search_documents.id"], name=op.f("fk_search_chunks_document_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search_chunks")),
    )
    # Ranking reads these of thousands of rows; they stay beside them while passages and vectors go elsewhere.
    op.execute("ALTER TABLE search_chunks ALTER COLUMN terms SET STORAGE MAIN")
    op.create_index("ix_search_chunks_document_id", "search_chunks", ["document_id"], unique=False)
    op.create_index(
        "ix_search_chunks_embedding",
        "search_chunks",
        ["embedding"],
        unique=False,
        postgresql_using="hnsw",
        postgresql_with={"m": 16, "ef_construction": 64},
        postgresql_ops={"embedding": "halfvec_cosine_ops"},
        postgresql_where=sa.text("access @> '{public}'::text[]"),
    )
    op.create_index(
        "ix_search_chunks_pending", "search_chunks", ["id"], unique=False, postgresql_where=sa.text("embedding IS NULL")
    )
    op.create_index(
        "ix_search_chunks_terms", "search_chunks", ["terms", "access"], unique=False, postgresql_using="gin"
    )


def downgrade() -> None:
    op.drop_index("ix_search_chunks_terms", table_name="search_chunks", postgresql_using="gin")
    op.drop_index("ix_search_chunks_pending", table_name="search_chunks", postgresql_where=sa.text("embedding IS NULL"))
    op.drop_index(
        "ix_search_chunks_embedding",
        table_name="search_chunks",
        postgresql_using="hnsw",
        postgresql_with={"m": 16, "ef_construction": 64},
        postgresql_ops={"embedding": "halfvec_cosine_ops"},
        postgresql_where=sa.text("access @> '{public}'::text[]"),
    )
    op.drop_index("ix_search_chunks_document_id", table_name="search_chunks")
    op.drop_table("search_chunks")
    op.drop_index("ix_search_words_deletes", table_name="search_words", postgresql_using="gin")
    op.drop_table("search_words")
    op.drop_index("uq_search_documents_source", table_name="search_documents")
    op.drop_index(
        "ix_search_documents_course_id",
        table_name="search_documents",
        postgresql_where=sa.text("course_id IS NOT NULL"),
    )
    op.drop_index("ix_search_documents_access", table_name="search_documents", postgresql_using="gin")
    op.drop_table("search_documents")
