"""Granting and changing roles."""

from collections.abc import Mapping, Set
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from studyhall.domains.identity import public as identity
from studyhall.domains.roles import queries
from studyhall.domains.roles.errors import LastAdministrator, RoleNotFound, RoleNotGrantable
from studyhall.domains.roles.models import Role, RolePermission, UserRole
from studyhall.platform import clock
from studyhall.platform.auth import Actor
from studyhall.platform.errors import Invalid, NotFound
from studyhall.platform.uow import UnitOfWork
from studyhall.platform.web.lists import ListQuery, Page, page_of

FIRST_ROLE = "Student"


async def give_first_role(uow: UnitOfWork, user_id: UUID) -> None:
    """What everybody has from the first moment."""
    role_id = (await uow.session.scalars(select(Role.id).where(Role.name == FIRST_ROLE))).one()
    uow.session.add(UserRole(user_id=user_id, role_id=role_id))
    await uow.session.flush()


async def grant(uow: UnitOfWork, actor: Actor, user_id: UUID, role: str, expires_at: datetime | None) -> None:
    """Give somebody a role, or change until when he has it.

    Raises:
        RoleNotGrantable: the role grants a right that the actor lacks, or that his token does not cover.
        NotFound: there is no such account or role.
        Invalid: the moment is over.
    """
    found = await _named(uow, role)
    missing = sorted(key for key in await _permissions(uow, found.id) if not actor.may(key))
    if missing:
        uow.audit("roles.grant_refused", f"Refused to grant the role {found.name}.", user_id=actor.user_id,
                  subject=("user", user_id), missing=missing)  # fmt: skip
        raise RoleNotGrantable
    user = await identity.account(uow, user_id)
    await _give(uow, user.id, found, actor.user_id, expires_at)


async def grant_by_operator(uow: UnitOfWork, user_id: UUID, role: str) -> str:
    """The same from the command line, for good; whoever owns the machine may grant everything. Answers the role's name.

    Raises:
        NotFound: there is no such account or role.
    """
    found = await _named(uow, role)
    user = await identity.account(uow, user_id)
    await _give(uow, user.id, found, None, None)
    return found.name


@dataclass(frozen=True, slots=True)
class Shown:
    """A role with what it grants."""

    role: Role
    permissions: list[str]


async def page(uow: UnitOfWork, listing: ListQuery) -> Page[Shown]:
    """All roles in their order."""
    order = (Role.display_sequence.asc(), Role.name.asc())
    found = await page_of(uow, queries.all_roles(), listing, order=order, tie=Role.id)
    granted = await queries.permissions_of(uow, [role.id for role in found.rows])
    return found.map(lambda role: Shown(role, granted[role.id]))


async def change(uow: UnitOfWork, actor: Actor, role_id: UUID, wanted: Mapping[str, Any], keys: Set[str]) -> Shown:
    """Let a role grant exactly these rights, and change what it says of itself.

    Raises:
        RoleNotFound: there is none.
        Invalid: a right that nobody knows.
        RoleNotGrantable: a right is added that the actor lacks.
        LastAdministrator: nobody would be left who may change roles.
    """
    await queries.hold_administrators(uow)
    role = await uow.session.get(Role, role_id, with_for_update=True)
    if role is None:
        raise RoleNotFound
    unknown = sorted(keys - (await queries.known_permissions(uow)).keys())
    if unknown:
        raise Invalid.field("permissions", f"There is no right '{unknown[0]}'.")
    before = set(await _permissions(uow, role.id))
    missing = sorted(key for key in keys - before if not actor.may(key))
    if missing:
        uow.audit("roles.grant_refused", f"Refused to let the role {role.name} grant more.", user_id=actor.user_id,
                  subject=("role", role.id), missing=missing)  # fmt: skip
        raise RoleNotGrantable
    for name, value in wanted.items():
        setattr(role, name, value)
    await _write(uow, role.id, keys - before, before - keys)
    if not await queries.hold_administrators(uow):
        raise LastAdministrator
    uow.audit("roles.changed", f"Changed the role {role.name}.", user_id=actor.user_id, subject=("role", role.id),
              added=sorted(keys - before), removed=sorted(before - keys), changed=dict(wanted))  # fmt: skip
    return Shown(role, sorted(keys))


async def _write(uow: UnitOfWork, role_id: UUID, added: Set[str], removed: Set[str]) -> None:
    await uow.session.flush()
    if removed:
        gone = delete(RolePermission).where(RolePermission.role_id == role_id)
        await uow.session.execute(gone.where(RolePermission.permission_key.in_(removed)))
    if added:
        rows = [{"role_id": role_id, "permission_key": key} for key in sorted(added)]
        await uow.session.execute(insert(RolePermission).values(rows))


async def require_other_administrator(uow: UnitOfWork, user_id: UUID) -> None:
    """Before somebody leaves: let it not be the last one who may give rights. Raises LastAdministrator."""
    able = await queries.hold_administrators(uow)
    if set(able) == {user_id}:
        raise LastAdministrator


async def _named(uow: UnitOfWork, name: str) -> Role:
    wanted = name.strip().lower().replace("_", " ")
    known = list(
        await uow.session.scalars(select(Role).where(Role.is_active).order_by(Role.display_sequence, Role.name))
    )
    for role in known:
        if role.name.lower() == wanted:
            return role
    raise NotFound(f"There is no role '{name}'; choose one of: {', '.join(role.name for role in known)}.")


async def _permissions(uow: UnitOfWork, role_id: UUID) -> list[str]:
    rows = await uow.session.scalars(select(RolePermission.permission_key).where(RolePermission.role_id == role_id))
    return list(rows)


async def _give(
    uow: UnitOfWork, user_id: UUID, role: Role, granter_id: UUID | None, expires_at: datetime | None
) -> None:
    now = clock.now()
    if expires_at is not None and expires_at <= now:
        raise Invalid.field("expires_at", "This moment is over.")
    fresh = insert(UserRole).values(
        user_id=user_id, role_id=role.id, assigned_by=granter_id, expires_at=expires_at, created_at=now, updated_at=now
    )
    await uow.session.execute(
        fresh.on_conflict_do_update(
            index_elements=["user_id", "role_id"],
            set_={"assigned_by": granter_id, "expires_at": expires_at, "updated_at": now},
        )
    )
    uow.audit("roles.granted", f"Was given the role {role.name}.", user_id=user_id, causer_id=granter_id,
              subject=("role", role.id), role=role.name)  # fmt: skip
