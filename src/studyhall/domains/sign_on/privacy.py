"""What sign-on holds of a person: taken out without the secrets, and forgotten."""

from collections.abc import Sequence
from uuid import UUID

from studyhall.domains.sign_on.models import OutsideIdentity, SignOn
from studyhall.platform.privacy import Personal, Rows, streams
from studyhall.platform.uow import UnitOfWork

_ALL: Sequence[Personal] = (
    Personal("outside_identities", OutsideIdentity),
    Personal("sign_ons", SignOn, secrets=frozenset({"secrets", "state_hash", "code_hash"})),
)


def export(uow: UnitOfWork, user_id: UUID) -> dict[str, Rows]:
    """Identities that others vouch for, and sign-ons with them."""
    return streams(uow, user_id, _ALL)


async def erase(uow: UnitOfWork, user_id: UUID) -> None:
    """Delete both."""
    for table in _ALL:
        await table.erase(uow, user_id)
