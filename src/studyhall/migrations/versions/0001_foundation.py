"""Foundation."""

import uuid

import sqlalchemy as sa
from alembic import op

from studyhall.domains.audit.models import APPEND_ONLY
from studyhall.domains.identity.models import watch
from studyhall.domains.identity.seeds import PERMISSIONS, ROLES
from studyhall.domains.reference import seeds as reference_seeds
from studyhall.entrypoints.wiring import METADATA
from studyhall.platform.jobs import create_statements, drop_statements

revision = "0001"
down_revision = None


def upgrade() -> None:
    METADATA.create_all(op.get_bind())
    for statement in (*APPEND_ONLY, *watch.statements(), *create_statements()):
        op.execute(sa.text(statement.replace(":", r"\:")))
    permissions = sa.table("permissions", sa.column("key"), sa.column("description"))
    op.bulk_insert(permissions, [{"key": key, "description": text} for key, text in PERMISSIONS.items()])
    roles = sa.table(
        "roles", sa.column("id", sa.Uuid), sa.column("name"), sa.column("description"), sa.column("display_sequence")
    )
    grants = sa.table("role_permissions", sa.column("role_id", sa.Uuid), sa.column("permission_key"))
    for place, (name, (text, keys)) in enumerate(ROLES.items()):
        role_id = uuid.uuid5(uuid.NAMESPACE_URL, f"studyhall:role:{name}")
        op.bulk_insert(roles, [{"id": role_id, "name": name, "description": text, "display_sequence": place}])
        op.bulk_insert(grants, [{"role_id": role_id, "permission_key": key} for key in keys])
    reference_seeds.load(op.get_bind())


def downgrade() -> None:
    for statement in drop_statements():
        op.execute(sa.text(statement.replace(":", r"\:")))
    METADATA.drop_all(op.get_bind())
    for statement in ("DROP FUNCTION refuse_rewriting_the_log", *watch.drop_statements()):
        op.execute(statement)
