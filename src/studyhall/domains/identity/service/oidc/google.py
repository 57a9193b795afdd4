"""A client brings the ID token that Google gave it."""

from studyhall.domains.identity.service import login
from studyhall.domains.identity.service.login import Challenge
from studyhall.domains.identity.service.oidc import linking, providers, verification
from studyhall.domains.identity.service.oidc.claims import person_of
from studyhall.domains.identity.service.oidc.issuers import issuer_at
from studyhall.domains.identity.service.sessions import Device, SignedIn
from studyhall.platform.resources import Resources
from studyhall.platform.uow import UnitOfWork


async def sign_in(
    resources: Resources, uow: UnitOfWork, token: str, device: Device, *, remember: bool
) -> SignedIn | Challenge:
    """Check the token before the transaction begins, then sign its person in.

    Raises:
        NotConfigured: no Google client id is set.
        TokenInvalid, TokenExpired: not an ID token that Google made for this server.
        OutsideEmailMissing, OutsideEmailUnverified, AccountDisabled: see `linking`.
        ProviderUnavailable: Google's keys cannot be had.
    """
    provider = providers.google(resources.settings)
    claims = await verification.id_token(issuer_at(resources.http, provider.issuer), provider, token)
    user = await linking.account_of(uow, person_of(provider, claims))
    return await login.admit(uow, user, device, remember=remember, method=providers.GOOGLE)
