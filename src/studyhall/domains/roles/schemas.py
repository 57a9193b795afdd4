"""Roles, for those who may change them."""

from typing import Annotated, Self
from uuid import UUID

from pydantic import Field, StringConstraints

from studyhall.domains.roles.service import Shown
from studyhall.platform.web import Pagination, Schema


class RoleOut(Schema):
    """A role with what it grants."""

    id: UUID
    name: str
    description: str
    is_active: bool
    permissions: list[str]

    @classmethod
    def of(cls, shown: Shown) -> Self:
        role = shown.role
        return cls(
            id=role.id,
            name=role.name,
            description=role.description,
            is_active=role.is_active,
            permissions=shown.permissions,
        )


class RolesData(Schema):
    """`permissions` are all rights that there are, with what they are for."""

    roles: list[RoleOut]
    permissions: dict[str, str]
    pagination: Pagination


class RoleData(Schema):
    role: RoleOut


class RoleIn(Schema):
    """`permissions` is the whole list; what is left out of the rest stays as it is."""

    permissions: Annotated[list[Annotated[str, StringConstraints(max_length=100)]], Field(max_length=200)] = Field(
        examples=[["courses.author", "courses.publish"]]
    )
    description: Annotated[str, StringConstraints(strip_whitespace=True, max_length=1000)] | None = None
    is_active: bool | None = None
