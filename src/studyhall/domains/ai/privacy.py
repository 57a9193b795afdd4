"""What ai holds of a person."""

from collections.abc import AsyncIterator, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select

from studyhall.domains.ai.models import UserAiSettings
from studyhall.platform.uow import UnitOfWork

_SECRETS = frozenset({"api_key", "api_key_ending", "secondary_api_key", "secondary_api_key_ending"})


def export(uow: UnitOfWork, user_id: UUID) -> dict[str, AsyncIterator[Mapping[str, Any]]]:
    """The person's provider settings without the keys."""
    return {"ai_settings": _settings(uow, user_id)}


async def _settings(uow: UnitOfWork, user_id: UUID) -> AsyncIterator[Mapping[str, Any]]:
    shown = [column for column in UserAiSettings.__table__.c if column.name not in _SECRETS]
    found = await uow.session.stream(select(*shown).where(UserAiSettings.user_id == user_id))
    async for row in found.mappings():
        yield dict(row)


async def erase(uow: UnitOfWork, user_id: UUID) -> None:
    """Forget the provider and its keys."""
    await uow.session.execute(
        delete(UserAiSettings).where(UserAiSettings.user_id == user_id).execution_options(synchronize_session=False)
    )
