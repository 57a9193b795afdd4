"""Bounced addresses, one switch for each kind of mail, and when everybody is told what."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

KINDS = "('morning_plan', 'reminder', 'weekly_report', 'due_soon', 'overdue')"
SWITCHES = ("morning_email_enabled", "reminder_email_enabled", "due_email_enabled")


def upgrade() -> None:
    op.create_table(
        "mail_bounces",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("email", sa.String(length=255), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("bounced_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_mail_bounces_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_mail_bounces")),
    )
    for name in SWITCHES:
        op.add_column("user_preferences", sa.Column(name, sa.Boolean(), server_default=sa.text("true"), nullable=False))
    # Mails that wait find their job under its new name, and their words.
    op.execute("UPDATE pgqueuer SET entrypoint = 'mails.send_mail' WHERE entrypoint = 'notifications.send_mail'")
    op.execute(
        'UPDATE email_logs SET metadata = metadata || \'{"variant": "unnamed"}\' '
        "WHERE email_type = 'new_device' AND status = 'pending'"
    )
    _create_reminders()


def _create_reminders() -> None:
    op.create_table(
        "reminder_deliveries",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("period", sa.Date(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("note", sa.String(length=200), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "(status = 'queued') = (settled_at IS NULL)", name=op.f("ck_reminder_deliveries_settled_has_time")
        ),
        sa.CheckConstraint(f"kind IN {KINDS}", name=op.f("ck_reminder_deliveries_kind_known")),
        sa.CheckConstraint(
            "status IN ('queued', 'sent', 'nothing', 'skipped')", name=op.f("ck_reminder_deliveries_status_known")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_reminder_deliveries_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reminder_deliveries")),
        sa.UniqueConstraint("user_id", "kind", "period", name=op.f("uq_reminder_deliveries_user_id_kind_period")),
    )
    op.create_index("ix_reminder_deliveries_created_at", "reminder_deliveries", ["created_at"], unique=False)
    op.create_table(
        "reminder_schedules",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("period", sa.Date(), nullable=True),
        sa.Column("next_due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("is_stale", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(f"kind IN {KINDS}", name=op.f("ck_reminder_schedules_kind_known")),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_reminder_schedules_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("user_id", "kind", name=op.f("pk_reminder_schedules")),
    )
    op.create_index(
        "ix_reminder_schedules_next_due_at",
        "reminder_schedules",
        ["next_due_at"],
        unique=False,
        postgresql_where=sa.text("next_due_at IS NOT NULL"),
    )
    # The first sweep works out when everybody is told what.
    op.execute(
        "INSERT INTO reminder_schedules (user_id, kind, next_due_at, is_stale) "
        "SELECT users.id, kind, CASE WHEN kind <> 'overdue' THEN now() END, kind <> 'overdue' FROM users, "
        "unnest(ARRAY['morning_plan', 'reminder', 'weekly_report', 'due_soon', 'overdue']) AS kind"
    )


def downgrade() -> None:
    op.drop_table("reminder_schedules")
    op.drop_table("reminder_deliveries")
    op.execute("UPDATE pgqueuer SET entrypoint = 'notifications.send_mail' WHERE entrypoint = 'mails.send_mail'")
    for name in reversed(SWITCHES):
        op.drop_column("user_preferences", name)
    op.drop_table("mail_bounces")
