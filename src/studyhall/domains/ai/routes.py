"""One's own provider over HTTP."""

from studyhall.domains.ai import service
from studyhall.domains.ai.schemas import AiSettingsData, AiSettingsIn, AiSettingsOut
from studyhall.platform.web import CurrentActor, Envelope, Router, Uow, ok

router = Router("settings")


@router.get("/settings/ai", access="user", summary="My own AI provider")
async def get_ai_settings(uow: Uow, actor: CurrentActor) -> Envelope[AiSettingsData]:
    """Keys are masked."""
    return ok(AiSettingsData(ai=AiSettingsOut.of(await service.read(uow, actor))))


@router.put("/settings/ai", access="user", summary="Change my own AI provider")
async def change_ai_settings(body: AiSettingsIn, uow: Uow, actor: CurrentActor) -> Envelope[AiSettingsData]:
    """Provider, model, endpoint, keys (encrypted at rest), daily limit. An endpoint must lead to the public web."""
    row = await service.change(uow, actor, body.changes())
    return ok(AiSettingsData(ai=AiSettingsOut.of(row)), "Saved")
