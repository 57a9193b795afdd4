"""The first steps, and what a client must know before anybody signs in."""

from studyhall.domains.people import errors
from studyhall.domains.people.schemas.client_config import ClientConfigData, client_config
from studyhall.domains.people.schemas.onboarding import OnboardingData, OnboardingIn, OnboardingOut
from studyhall.domains.people.service import onboarding
from studyhall.platform.clients.web_push import public_key
from studyhall.platform.web import CurrentActor, Envelope, Router, Uow, ok

router = Router("identity")


@router.get("/onboarding", access="user", summary="How far my onboarding is")
async def get_onboarding(uow: Uow, actor: CurrentActor) -> Envelope[OnboardingData]:
    """State, next step, and the answers so far."""
    return ok(OnboardingData(onboarding=OnboardingOut.of(await onboarding.state(uow, actor))))


@router.post("/onboarding", access="user", summary="Answer one step of the onboarding, or several",
             errors=[errors.TooManyTags])  # fmt: skip
async def answer_onboarding(body: OnboardingIn, uow: Uow, actor: CurrentActor) -> Envelope[OnboardingData]:
    """Each step may be sent again; its last answer counts. Subjects become tags as well."""
    state = await onboarding.answer(uow, actor, body.answers())
    return ok(OnboardingData(onboarding=OnboardingOut.of(state)), "Saved")


@router.get("/client-config", access="public", summary="What a client must know before signing in")
async def get_client_config(uow: Uow) -> Envelope[ClientConfigData]:
    """Sign-on providers, limits, features of this server."""
    return ok(client_config(uow.resources.settings, public_key(uow.resources.keys)))
