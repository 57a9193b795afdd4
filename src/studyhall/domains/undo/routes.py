"""POST /undo/{token}."""

from typing import Annotated

from fastapi import Path

from studyhall.domains.undo import service
from studyhall.domains.undo.errors import OfferExpired
from studyhall.platform.web import CurrentActor, Envelope, Router, Uow, ok

router = Router("identity")

Token = Annotated[str, Path(min_length=1, max_length=64)]


@router.post("/undo/{token}", access="user", summary="Take back my last deletion", errors=[OfferExpired])
async def undo_deletion(token: Token, uow: Uow, actor: CurrentActor) -> Envelope[None]:
    await service.take_back(uow, actor, token)
    return ok(None, "Taken back.")
