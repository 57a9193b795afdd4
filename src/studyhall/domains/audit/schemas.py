"""The own audit trail."""

from datetime import datetime
from ipaddress import IPv4Address, IPv6Address
from typing import Any, Self
from uuid import UUID

from pydantic import Field

from studyhall.domains.audit.models import ActivityLog
from studyhall.platform.web import Pagination, Schema


class ActOut(Schema):
    """One line of my audit trail."""

    id: UUID
    event: str = Field(examples=["auth.login"])
    description: str
    subject_type: str | None
    subject_id: UUID | None
    address: IPv4Address | IPv6Address | None
    user_agent: str | None
    is_own: bool = Field(description="Whether I did it myself.")
    created_at: datetime

    @classmethod
    def of(cls, row: ActivityLog) -> Self:
        return cls(
            id=row.id,
            event=row.event,
            description=row.description,
            subject_type=row.subject_type,
            subject_id=row.subject_id,
            address=row.address,
            user_agent=row.user_agent,
            is_own=row.causer_id == row.user_id,
            created_at=row.created_at,
        )


class AuditOut(Schema):
    """One act, for administrators."""

    id: UUID
    user_id: UUID | None = Field(description="Whose account it was; null when that was erased, or there was none.")
    causer_id: UUID | None = Field(description="Who did it.")
    event: str = Field(examples=["auth.login"])
    description: str
    subject_type: str | None
    subject_id: UUID | None
    properties: dict[str, Any]
    address: IPv4Address | IPv6Address | None
    user_agent: str | None
    request_id: str | None
    created_at: datetime


class AuditData(Schema):
    audit: list[AuditOut]
    pagination: Pagination


class ActivityData(Schema):
    activity: list[ActOut]
    pagination: Pagination
