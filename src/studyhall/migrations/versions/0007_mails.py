"""Bounced addresses, and one switch for each kind of mail."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

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


def downgrade() -> None:
    op.execute("UPDATE pgqueuer SET entrypoint = 'notifications.send_mail' WHERE entrypoint = 'mails.send_mail'")
    for name in reversed(SWITCHES):
        op.drop_column("user_preferences", name)
    op.drop_table("mail_bounces")
