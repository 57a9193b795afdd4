"""Roles, for those who may change them."""

from uuid import UUID

from studyhall.domains.roles import queries, service
from studyhall.domains.roles.errors import LastAdministrator, RoleNotFound, RoleNotGrantable
from studyhall.domains.roles.schemas import RoleData, RoleIn, RoleOut, RolesData
from studyhall.platform.web import CurrentActor, Envelope, Listing, Router, Uow, ok

router = Router("admin")


@router.get("/admin/roles", access="admin.roles", summary="Roles with what they grant")
async def list_roles(uow: Uow, listing: Listing) -> Envelope[RolesData]:
    """In their order, those that are switched off too, and every right that there is."""
    page = (await service.page(uow, listing)).map(RoleOut.of)
    known = await queries.known_permissions(uow)
    return ok(RolesData(roles=page.rows, permissions=known, pagination=page.pagination))


@router.put(
    "/admin/roles/{role_id}",
    access="admin.roles",
    summary="Change what a role grants",
    errors=[RoleNotFound, RoleNotGrantable, LastAdministrator],
)
async def change_role(role_id: UUID, body: RoleIn, uow: Uow, actor: CurrentActor) -> Envelope[RoleData]:
    """It holds at once for everybody who has the role. Nobody adds a right that he lacks, and somebody must be left who
    may change roles."""
    wanted = body.model_dump(exclude_unset=True, exclude_none=True, exclude={"permissions"})
    shown = await service.change(uow, actor, role_id, wanted, frozenset(body.permissions))
    return ok(RoleData(role=RoleOut.of(shown)), "Role changed")
