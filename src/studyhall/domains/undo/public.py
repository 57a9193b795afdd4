"""The door of undo: a service that deletes asks for an offer, and restores when `UndoAsked` names its kind."""

from collections.abc import Iterable
from typing import Annotated
from uuid import UUID

from pydantic import Field

from studyhall.domains.undo import service
from studyhall.platform.auth import Actor
from studyhall.platform.uow import UnitOfWork
from studyhall.platform.web import Schema

__all__ = ["Deleted", "offer"]


class Deleted(Schema):
    """What a deletion answers when it can be taken back."""

    undo_token: Annotated[str, Field(description="Send it to POST /undo/{token} within ten minutes to take it back.")]


async def offer(uow: UnitOfWork, actor: Actor, kind: str, ids: Iterable[UUID]) -> str:
    """Let the actor take back a deletion, once and within ten minutes; answers the token for the answer."""
    return await service.offer(uow, actor.user_id, kind, ids)
