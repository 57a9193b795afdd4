"""Subjects with their topics, chapters with their images and completions; a first list of subjects."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from studyhall.platform.ids import new_id

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

SUBJECTS = (
    "Accounting",
    "Biology",
    "Chemistry",
    "Computer Science",
    "Economics",
    "Engineering",
    "Geography",
    "History",
    "Languages",
    "Law",
    "Linguistics",
    "Literature",
    "Mathematics",
    "Medicine",
    "Philosophy",
    "Physics",
    "Psychology",
    "Sociology",
    "Statistics",
)


def upgrade() -> None:
    op.create_table(
        "subjects",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subjects")),
    )
    op.create_index("uq_subjects_name", "subjects", [sa.literal_column("lower(name)")], unique=True)
    op.create_table(
        "topics",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["subject_id"], ["subjects.id"], name=op.f("fk_topics_subject_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_topics")),
        sa.UniqueConstraint("subject_id", "id", name=op.f("uq_topics_subject_id_id")),
    )
    op.create_index(
        "uq_topics_subject_id_name", "topics", ["subject_id", sa.literal_column("lower(name)")], unique=True
    )
    op.create_table(
        "chapters",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("course_id", sa.Uuid(), nullable=False),
        sa.Column("external_id", sa.String(length=500), nullable=True),
        sa.Column("title", sa.String(length=255), nullable=False),
        sa.Column("markdown", sa.Text(), nullable=False),
        sa.Column("html", sa.Text(), nullable=False),
        sa.Column("plain_text", sa.Text(), nullable=False),
        sa.Column(
            "headings", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'[]'::jsonb"), nullable=False
        ),
        sa.Column(
            "image_names",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'[]'::jsonb"),
            nullable=False,
        ),
        sa.Column("word_count", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("position", sa.Integer(), nullable=True),
        sa.Column("former_position", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(deleted_at IS NULL) = (position IS NOT NULL)", name=op.f("ck_chapters_living_has_position")
        ),
        sa.CheckConstraint("position > 0", name=op.f("ck_chapters_position_positive")),
        sa.ForeignKeyConstraint(["course_id"], ["courses.id"], name=op.f("fk_chapters_course_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_chapters")),
        sa.UniqueConstraint(
            "course_id", "position", deferrable=True, initially="DEFERRED", name=op.f("uq_chapters_course_id_position")
        ),
    )
    op.create_index(
        "uq_chapters_course_id_external_id",
        "chapters",
        ["course_id", "external_id"],
        unique=True,
        postgresql_where=sa.text("deleted_at IS NULL"),
    )
    op.create_table(
        "course_images",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("course_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("file_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["course_id"], ["courses.id"], name=op.f("fk_course_images_course_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["file_id"], ["file_uploads.id"], name=op.f("fk_course_images_file_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_course_images")),
        sa.UniqueConstraint("course_id", "name", name=op.f("uq_course_images_course_id_name")),
    )
    op.create_index("ix_course_images_file_id", "course_images", ["file_id"], unique=False)
    op.create_table(
        "course_outlines",
        sa.Column("course_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.ForeignKeyConstraint(
            ["course_id"], ["courses.id"], name=op.f("fk_course_outlines_course_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("course_id", name=op.f("pk_course_outlines")),
    )
    op.create_table(
        "topic_prerequisites",
        sa.Column("topic_id", sa.Uuid(), nullable=False),
        sa.Column("prerequisite_id", sa.Uuid(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("topic_id <> prerequisite_id", name=op.f("ck_topic_prerequisites_needs_another")),
        sa.ForeignKeyConstraint(
            ["subject_id", "prerequisite_id"],
            ["topics.subject_id", "topics.id"],
            name="fk_topic_prerequisites_prerequisite",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["subject_id", "topic_id"],
            ["topics.subject_id", "topics.id"],
            name=op.f("fk_topic_prerequisites_subject_id_topic_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("topic_id", "prerequisite_id", name=op.f("pk_topic_prerequisites")),
    )
    op.create_index("ix_topic_prerequisites_subject_id", "topic_prerequisites", ["subject_id"], unique=False)
    op.create_table(
        "chapter_completions",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("chapter_id", sa.Uuid(), nullable=False),
        sa.Column("course_id", sa.Uuid(), nullable=False),
        sa.Column("completed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("study_day", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["chapter_id"], ["chapters.id"], name=op.f("fk_chapter_completions_chapter_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["course_id"], ["courses.id"], name=op.f("fk_chapter_completions_course_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_chapter_completions_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("user_id", "chapter_id", name=op.f("pk_chapter_completions")),
    )
    op.create_index("ix_chapter_completions_chapter_id", "chapter_completions", ["chapter_id"], unique=False)
    op.create_index("ix_chapter_completions_course_id", "chapter_completions", ["course_id"], unique=False)
    op.create_index(
        "ix_chapter_completions_user_id_course_id", "chapter_completions", ["user_id", "course_id"], unique=False
    )
    op.create_table(
        "chapter_topics",
        sa.Column("chapter_id", sa.Uuid(), nullable=False),
        sa.Column("topic_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["chapter_id"], ["chapters.id"], name=op.f("fk_chapter_topics_chapter_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["topic_id"], ["topics.id"], name=op.f("fk_chapter_topics_topic_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("chapter_id", "topic_id", name=op.f("pk_chapter_topics")),
    )
    op.create_index("ix_chapter_topics_topic_id", "chapter_topics", ["topic_id"], unique=False)
    op.add_column("courses", sa.Column("subject_id", sa.Uuid(), nullable=True))
    op.add_column("courses", sa.Column("external_id", sa.String(length=255), nullable=True))
    op.add_column("courses", sa.Column("chapters_count", sa.Integer(), server_default=sa.text("0"), nullable=False))
    op.create_index("ix_courses_subject_id", "courses", ["subject_id"], unique=False)
    op.create_index(
        "uq_courses_owner_id_external_id",
        "courses",
        ["owner_id", "external_id"],
        unique=True,
        postgresql_where=sa.text("deleted_at IS NULL"),
    )
    op.create_foreign_key(
        op.f("fk_courses_subject_id"), "courses", "subjects", ["subject_id"], ["id"], ondelete="SET NULL"
    )
    op.create_check_constraint(op.f("ck_courses_chapters_count_not_negative"), "courses", "chapters_count >= 0")
    subjects = sa.table("subjects", sa.column("id", sa.Uuid()), sa.column("name", sa.String()))
    op.bulk_insert(subjects, [{"id": new_id(), "name": name} for name in SUBJECTS])


def downgrade() -> None:
    op.drop_constraint(op.f("ck_courses_chapters_count_not_negative"), "courses", type_="check")
    op.drop_constraint(op.f("fk_courses_subject_id"), "courses", type_="foreignkey")
    op.drop_index(
        "uq_courses_owner_id_external_id", table_name="courses", postgresql_where=sa.text("deleted_at IS NULL")
    )
    op.drop_index("ix_courses_subject_id", table_name="courses")
    op.drop_column("courses", "chapters_count")
    op.drop_column("courses", "external_id")
    op.drop_column("courses", "subject_id")
    op.drop_index("ix_chapter_topics_topic_id", table_name="chapter_topics")
    op.drop_table("chapter_topics")
    op.drop_index("ix_chapter_completions_user_id_course_id", table_name="chapter_completions")
    op.drop_index("ix_chapter_completions_course_id", table_name="chapter_completions")
    op.drop_index("ix_chapter_completions_chapter_id", table_name="chapter_completions")
    op.drop_table("chapter_completions")
    op.drop_index("ix_topic_prerequisites_subject_id", table_name="topic_prerequisites")
    op.drop_table("topic_prerequisites")
    op.drop_table("course_outlines")
    op.drop_index("ix_course_images_file_id", table_name="course_images")
    op.drop_table("course_images")
    op.drop_index(
        "uq_chapters_course_id_external_id", table_name="chapters", postgresql_where=sa.text("deleted_at IS NULL")
    )
    op.drop_table("chapters")
    op.drop_index("uq_topics_subject_id_name", table_name="topics")
    op.drop_table("topics")
    op.drop_index("uq_subjects_name", table_name="subjects")
    op.drop_table("subjects")
