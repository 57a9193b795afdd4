"""One's own profile, and what others see of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from studyhall.domains.credentials import public as credentials
from studyhall.domains.identity import public as identity
from studyhall.domains.identity.public import Account
from studyhall.domains.people import queries
from studyhall.domains.people.models import UserTag
from studyhall.domains.people.ports import UserTotals
from studyhall.domains.roles import public as roles
from studyhall.domains.roles.public import GivenRole
from studyhall.platform.auth import Actor
from studyhall.platform.errors import Invalid, NotFound
from studyhall.platform.uow import UnitOfWork


@dataclass(frozen=True, slots=True)
class OwnProfile:
    """The account as its owner sees it, with what hangs on it."""

    account: Account
    roles: Sequence[GivenRole]
    tags: Sequence[UserTag]
    free_preferences: dict[str, Any]
    has_two_factor: bool
    total_study_seconds: int


@dataclass(frozen=True, slots=True)
class PublicProfile:
    """The account as others may see it."""

    account: Account
    tags: Sequence[UserTag]
    total_study_seconds: int


async def own(uow: UnitOfWork, actor: Actor) -> OwnProfile:
    """The actor's profile with roles, tags and totals."""
    account = await identity.account(uow, actor.user_id)
    return await _whole(uow, account, await identity.preferences_now(uow, account.id))


async def _whole(uow: UnitOfWork, account: Account, chosen: Mapping[str, Any]) -> OwnProfile:
    return OwnProfile(
        account=account,
        roles=await roles.roles_of(uow, account.id),
        tags=await queries.tags_of(uow, account.id),
        free_preferences=dict(chosen["extra"]),
        has_two_factor=await credentials.has_second_factor(uow, account.id),
        total_study_seconds=await _total(uow, account.id),
    )


async def public(uow: UnitOfWork, actor: Actor, user_id: UUID) -> PublicProfile:
    """Somebody's public profile, one's own always. Raises NotFound for a private, blocked or unknown one."""
    account = await identity.account(uow, user_id)
    if user_id != actor.user_id and not await _is_open(uow, actor, account):
        raise NotFound
    return PublicProfile(account, await queries.tags_of(uow, user_id), await _total(uow, user_id))


async def _is_open(uow: UnitOfWork, actor: Actor, account: Account) -> bool:
    chosen = await identity.preferences_now(uow, account.id)
    if not account.is_active or chosen["profile_visibility"] != "public":
        return False
    return not await queries.is_kept_apart(uow, actor.user_id, account.id)


async def change(uow: UnitOfWork, actor: Actor, changes: Mapping[str, Any]) -> OwnProfile:
    """Change the fields given, and answer the profile as it is then. `preferences` is merged into the free-form ones.

    Raises:
        Invalid: a username of another form, or a name that is too long.
        UsernameTaken: also when two ask for it at once; the database decides.
    """
    wanted = dict(changes)
    free = wanted.pop("preferences", None)
    if "name" in wanted:
        wanted = {**_split(wanted.pop("name")), **wanted}
    account, changed = await identity.change_account(uow, actor.user_id, wanted)
    if changed:
        uow.audit("users.profile_changed", "Changed the profile.", user_id=account.id, fields=changed)
    if free:
        return await _whole(uow, account, await identity.change_preferences(uow, account.id, {"extra": free}))
    return await _whole(uow, account, await identity.preferences_now(uow, account.id))


def _split(name: str) -> dict[str, str]:
    first, last = identity.split_name(name)
    if max(len(first), len(last)) > 128:
        raise Invalid.field("name", "First and last name have at most 128 characters each.")
    return {"first_name": first, "last_name": last}


async def _total(uow: UnitOfWork, user_id: UUID) -> int:
    totals = uow.resources.port(UserTotals)
    return (await totals(uow, [user_id])).get(user_id, 0)
