"""What the database itself tells of: changes of what an actor is made of (ADR 0007)."""

from studyhall.platform.actors import CHANNEL, EVERYBODY

# Table: when, whether an update matters, and whose actor it concerns; None concerns everybody.
WATCHED: dict[str, tuple[str, str, str | None]] = {
    "user_sessions": ("UPDATE OR DELETE", "OLD.ended_at IS DISTINCT FROM NEW.ended_at", "OLD.user_id"),
    "users": (
        "UPDATE OR DELETE",
        "(OLD.is_active, OLD.deleted_at) IS DISTINCT FROM (NEW.is_active, NEW.deleted_at)",
        "OLD.id",
    ),
    "user_preferences": (
        "UPDATE",
        "(OLD.timezone, OLD.day_start_hour) IS DISTINCT FROM (NEW.timezone, NEW.day_start_hour)",
        "OLD.user_id",
    ),
    "personal_access_tokens": ("UPDATE OR DELETE", "OLD.revoked_at IS DISTINCT FROM NEW.revoked_at", "OLD.user_id"),
    "user_roles": ("INSERT OR UPDATE OR DELETE", "true", "coalesce(NEW.user_id, OLD.user_id)"),
    "roles": ("UPDATE OR DELETE", "true", None),
    "role_permissions": ("INSERT OR UPDATE OR DELETE", "true", None),
}


def statements() -> list[str]:
    """The SQL that makes the triggers; for a migration."""
    return [
        statement
        for table, (events, condition, person) in WATCHED.items()
        for statement in _trigger(table, events, condition, f"{person}::text" if person else f"'{EVERYBODY}'")
    ]


def _trigger(table: str, events: str, condition: str, payload: str) -> list[str]:
    return [
        f"CREATE FUNCTION tell_{table}() RETURNS trigger LANGUAGE plpgsql AS $$\n"
        "BEGIN\n"
        f"  IF TG_OP <> 'UPDATE' OR {condition} THEN PERFORM pg_notify('{CHANNEL}', {payload}); END IF;\n"
        "  RETURN NULL;\n"
        "END $$",
        f"CREATE TRIGGER tell_of_actors AFTER {events} ON {table} FOR EACH ROW EXECUTE FUNCTION tell_{table}()",
    ]


def drop_statements() -> list[str]:
    """The SQL that takes the functions away, after their tables."""
    return [f"DROP FUNCTION tell_{table}" for table in WATCHED]
