"""Facts that any domain may announce. A domain's own facts live in its `events.py`."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Event:
    """Something that has happened, in the past tense. Its subscribers run in the same transaction."""


@dataclass(frozen=True, slots=True)
class Audited(Event):
    """An act that belongs into the audit log.

    Attributes:
        event: what happened, dotted and in the past tense, e.g. `auth.login_failed`.
        description: one sentence for people; never personal data of others, never a secret.
        user_id: whose log it belongs to; None when nobody is known.
        causer_id: who did it; None for the person himself or for nobody.
    """

    event: str
    description: str
    user_id: UUID | None = None
    causer_id: UUID | None = None
    subject_type: str | None = None
    subject_id: UUID | None = None
    properties: dict[str, Any] = field(default_factory=dict)
