"""The auth kernel: who is calling, and what a route demands of him.

How a token is checked belongs to the identity domain; it fills the `Authenticator` in `wiring`.
"""

import hmac
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol
from uuid import UUID

from studyhall.platform.errors import Forbidden, NotFound, RightRefused, Unauthorized

if TYPE_CHECKING:
    from studyhall.platform.resources import Resources
    from studyhall.platform.uow import UnitOfWork

ABILITY_ALL = "*"


@dataclass(frozen=True, slots=True)
class Actor:
    """The signed-in person, as the token and its session name him.

    Attributes:
        session_id: the session of an access token; None for a personal or an outside token.
        permissions: permission keys of all his active roles.
        abilities: what a personal access token is limited to; None means no limit.
        time_zone: IANA name; what "today" is for him.
        day_start_hour: the hour at which his study day begins, 0 to 23.
    """

    user_id: UUID
    session_id: UUID | None = None
    permissions: frozenset[str] = frozenset()
    abilities: frozenset[str] | None = None
    time_zone: str = "UTC"
    day_start_hour: int = 0

    def may(self, permission: str) -> bool:
        """Whether a role grants the permission and the token's abilities do not exclude it."""
        return permission in self.permissions and self.is_able(permission)

    def is_able(self, ability: str) -> bool:
        """Whether the token, if it is a limited one, covers the ability."""
        return self.abilities is None or ABILITY_ALL in self.abilities or ability in self.abilities

    def require(self, uow: "UnitOfWork", permission: str) -> None:
        """Refuse, and audit the refusal, unless the actor has the permission.

        Raises:
            RightRefused: the permission is missing.
        """
        if self.may(permission):
            return
        uow.audit(
            "access.refused",
            f"Refused: the right {permission} is missing.",
            user_id=self.user_id,
            permission=permission,
        )
        raise RightRefused(f"This needs the right '{permission}'.")


class Authenticator(Protocol):
    """Turns a bearer token into an actor."""

    async def __call__(self, resources: "Resources", token: str) -> Actor:
        """The actor behind the token.

        Raises:
            Unauthorized: the token is malformed, expired, forged, revoked or its session has ended.
        """
        ...


class Entitlements(Protocol):
    """What people's plans include; filled in `wiring` by the domain that knows plans."""

    async def __call__(self, uow: "UnitOfWork", user_id: UUID, entitlement: str) -> None:
        """Let the person pass when his plan includes the entitlement.

        Raises:
            Forbidden: it does not.
        """
        ...


async def authenticate(resources: "Resources", token: str) -> Actor:
    """The actor behind a bearer token; for HTTP and sockets alike. Raises Unauthorized."""
    known = resources.actors.get(token)
    if known is not None:
        return known
    generation = resources.actors.generation
    actor = await resources.authenticator(resources, token)
    resources.actors.keep(token, actor, generation)
    return actor


_KEY = re.compile(r"^[a-z_]+\.[a-z_]+$")
_WORDS = frozenset({"public", "optional", "user", "premium", "ops token"})


@dataclass(frozen=True, slots=True)
class Access:
    """What a route demands: public, optional, user, premium (an entitlement), ops token, or a permission key."""

    name: str
    permission: str | None = field(init=False)

    def __post_init__(self) -> None:
        is_key = bool(_KEY.match(self.name))
        if not is_key and self.name not in _WORDS:
            raise ValueError(
                f"'{self.name}' is no access: one of {sorted(_WORDS)} or a permission key like admin.users."
            )
        object.__setattr__(self, "permission", self.name if is_key else None)

    @property
    def reads_token(self) -> bool:
        return self.name not in ("public", "ops token")

    @property
    def entitlement(self) -> str | None:
        """What the actor's plan must include, or None."""
        return self.name if self.name == "premium" else None

    @property
    def needs_actor(self) -> bool:
        return self.reads_token and self.name != "optional"


def bearer_of(authorization: str | None) -> str | None:
    """The token of an `Authorization: Bearer …` header (RFC 6750), or None when there is no header.

    Raises:
        Unauthorized: the header has another form.
    """
    if authorization is None:
        return None
    scheme, _, token = authorization.partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise Unauthorized("The Authorization header must read 'Bearer <token>'.")
    return token.strip()


def check_ops_token(resources: "Resources", authorization: str | None) -> None:
    """Let only the operator's own tools in. Raises NotFound when none is set, so that it tells nothing."""
    expected = resources.settings.ops_token
    if expected is None:
        raise NotFound("Set STUDYHALL_OPS_TOKEN to open this address to your monitoring.")
    given = bearer_of(authorization)
    if given is None:
        raise Unauthorized("This needs the operator's token.")
    if not hmac.compare_digest(given.encode(), expected.get_secret_value().encode()):
        raise Forbidden("This is not the operator's token.")


ME = "me"


def user_named(uow: "UnitOfWork", actor: Actor, name: str | UUID, permission: str) -> UUID:
    """The user that a `{user}` in a path names: `me`, his own id, or with the permission anybody's.

    Raises:
        RightRefused: somebody else is named without the right, whoever it is, before any look-up.
    """
    if name in (ME, actor.user_id):
        return actor.user_id
    actor.require(uow, permission)
    return UUID(str(name))
