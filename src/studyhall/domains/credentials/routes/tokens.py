"""Personal access tokens."""

from uuid import UUID

from studyhall.domains.credentials import errors
from studyhall.domains.credentials.schemas.tokens import NewTokenData, TokenIn, TokenOut, TokensData
from studyhall.domains.credentials.service import personal_tokens
from studyhall.platform.web import CurrentActor, Envelope, Listing, Router, Uow, created, ok

router = Router("identity")


@router.get("/auth/tokens", access="user", session_only=True, summary="My personal access tokens")
async def list_tokens(uow: Uow, actor: CurrentActor, listing: Listing) -> Envelope[TokensData]:
    """Those that still work, newest first; never the tokens themselves."""
    page = (await personal_tokens.list_live(uow, actor, listing)).map(TokenOut.of)
    return ok(TokensData(tokens=page.rows, pagination=page.pagination))


@router.post(
    "/auth/tokens",
    access="user",
    session_only=True,
    status=201,
    summary="Make a personal access token",
    errors=[errors.TooManyTokens],
)
async def create_token(body: TokenIn, uow: Uow, actor: CurrentActor) -> Envelope[NewTokenData]:
    """The token is shown this once. It may do what its abilities say, and never more than I may."""
    token, text = await personal_tokens.create(uow, actor, body.name, body.abilities, body.expires_at)
    return created(NewTokenData(token=TokenOut.of(token), plain_text_token=text), "Token made. Copy it now.")


@router.delete("/auth/tokens/{token_id}", access="user", session_only=True, summary="Revoke a personal access token")
async def revoke_token(token_id: UUID, uow: Uow, actor: CurrentActor) -> Envelope[None]:
    """It stops working at once."""
    await personal_tokens.revoke(uow, actor, token_id)
    return ok(None, "Token revoked")
