"""accounts close and are exported"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


NAMES = (("uq_users_email_lower", "lower(email)"), ("uq_users_username_lower", "lower(username)"))


def upgrade() -> None:
    # A closing account keeps its address and name for the days in which it can come back.
    for name, column in NAMES:
        op.drop_index(name, table_name="users")
        op.create_index(name, "users", [sa.text(column)], unique=True)
    op.create_table(
        "data_exports",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("task_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(length=10), server_default=sa.text("'queued'"), nullable=False),
        sa.Column("file_id", sa.Uuid(), nullable=True),
        sa.Column("row_count", sa.Integer(), nullable=True),
        sa.Column("file_count", sa.Integer(), nullable=True),
        sa.Column("size", sa.BigInteger(), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "state IN ('queued', 'running', 'ready', 'failed', 'cancelled', 'expired')",
            name=op.f("ck_data_exports_state_known"),
        ),
        sa.ForeignKeyConstraint(
            ["file_id"], ["file_uploads.id"], name=op.f("fk_data_exports_file_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_data_exports_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_data_exports")),
    )
    op.create_index(
        "ix_data_exports_expires_at",
        "data_exports",
        ["expires_at"],
        unique=False,
        postgresql_where=sa.text("state = 'ready'"),
    )
    op.create_index(op.f("ix_data_exports_file_id"), "data_exports", ["file_id"], unique=False)
    op.create_index("ix_data_exports_user_id_created_at", "data_exports", ["user_id", "created_at"], unique=False)
    op.create_index(
        "uq_data_exports_unfinished",
        "data_exports",
        ["user_id"],
        unique=True,
        postgresql_where=sa.text("state IN ('queued', 'running')"),
    )
    op.create_index(
        "ix_users_deletion_due_at",
        "users",
        ["deletion_due_at"],
        unique=False,
        postgresql_where=sa.text("deletion_due_at IS NOT NULL"),
    )


def downgrade() -> None:
    for name, column in NAMES:
        op.drop_index(name, table_name="users")
        op.create_index(name, "users", [sa.text(column)], unique=True, postgresql_where=sa.text("deleted_at IS NULL"))
    op.drop_index(
        "ix_users_deletion_due_at", table_name="users", postgresql_where=sa.text("deletion_due_at IS NOT NULL")
    )
    op.drop_index(
        "uq_data_exports_unfinished",
        table_name="data_exports",
        postgresql_where=sa.text("state IN ('queued', 'running')"),
    )
    op.drop_index("ix_data_exports_user_id_created_at", table_name="data_exports")
    op.drop_index(op.f("ix_data_exports_file_id"), table_name="data_exports")
    op.drop_index("ix_data_exports_expires_at", table_name="data_exports", postgresql_where=sa.text("state = 'ready'"))
    op.drop_table("data_exports")
