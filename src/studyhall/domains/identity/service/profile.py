"""One's own profile, and what others see of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy.exc import IntegrityError

from studyhall.domains.identity import rules
from studyhall.domains.identity.errors import UsernameTaken
from studyhall.domains.identity.models import Role, User, UserPreferences, UserTag
from studyhall.domains.identity.ports import UserTotals
from studyhall.domains.identity.queries import people, profiles
from studyhall.domains.identity.service import preferences, two_factor
from studyhall.platform.auth import Actor
from studyhall.platform.errors import Invalid, NotFound
from studyhall.platform.uow import UnitOfWork


@dataclass(frozen=True, slots=True)
class OwnProfile:
    """The account as its owner sees it, with what hangs on it."""

    user: User
    roles: list[Role]
    tags: list[UserTag]
    free_preferences: dict[str, Any]
    has_two_factor: bool
    total_study_seconds: int


@dataclass(frozen=True, slots=True)
class PublicProfile:
    """The account as others may see it."""

    user: User
    tags: list[UserTag]
    total_study_seconds: int


async def own(uow: UnitOfWork, actor: Actor) -> OwnProfile:
    """The actor's profile with roles, tags and totals."""
    user = await people.by_id(uow, actor.user_id)
    return await _whole(uow, user, await people.preferences_of(uow, user.id))


async def _whole(uow: UnitOfWork, user: User, chosen: UserPreferences) -> OwnProfile:
    return OwnProfile(
        user=user,
        roles=await profiles.roles_of(uow, user.id),
        tags=await profiles.tags_of(uow, user.id),
        free_preferences=dict(chosen.extra),
        has_two_factor=await two_factor.is_enabled(uow, user.id),
        total_study_seconds=await _total(uow, user.id),
    )


async def public(uow: UnitOfWork, actor: Actor, user_id: UUID) -> PublicProfile:
    """Somebody's public profile. Raises NotFound for a private, blocked or unknown one."""
    user = await profiles.seen_by(uow, actor.user_id, user_id)
    if user is None:
        raise NotFound
    return PublicProfile(user, await profiles.tags_of(uow, user.id), await _total(uow, user.id))


async def change(uow: UnitOfWork, actor: Actor, changes: Mapping[str, Any]) -> OwnProfile:
    """Change the fields given, and answer the profile as it is then. `preferences` is merged into the free-form ones.

    Raises:
        Invalid: a username of another form, or a name that is too long.
        UsernameTaken: also when two ask for it at once; the database decides.
    """
    user = await people.by_id(uow, actor.user_id)
    wanted = dict(changes)
    free = wanted.pop("preferences", None)
    if "name" in wanted:
        wanted = {**_split(wanted.pop("name")), **wanted}
    username = wanted.get("username")
    if username is not None and not rules.USERNAME.match(username):
        raise Invalid.field("username", "A username has 3 to 256 letters, digits or . _ @ + -.")
    changed = sorted(name for name, value in wanted.items() if getattr(user, name) != value)
    for name, value in wanted.items():
        setattr(user, name, value)
    try:
        await uow.session.flush()
    except IntegrityError as error:
        if "uq_users_username_lower" not in str(error.orig):
            raise
        raise UsernameTaken(errors={"username": ["This username is taken."]}) from error
    if changed:
        uow.audit("users.profile_changed", "Changed the profile.", user_id=user.id, fields=changed)
    if free:
        return await _whole(uow, user, await preferences.change(uow, user.id, {"extra": free}))
    return await _whole(uow, user, await people.preferences_of(uow, user.id))


def _split(name: str) -> dict[str, str]:
    first, last = rules.split_name(name)
    if max(len(first), len(last)) > 128:
        raise Invalid.field("name", "First and last name have at most 128 characters each.")
    return {"first_name": first, "last_name": last}


async def _total(uow: UnitOfWork, user_id: UUID) -> int:
    totals = uow.resources.port(UserTotals)  # type: ignore[type-abstract]  # a Protocol is the key here
    return (await totals(uow, [user_id])).get(user_id, 0)
