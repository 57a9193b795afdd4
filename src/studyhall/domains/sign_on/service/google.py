"""A client brings the ID token that Google gave it."""

from studyhall.domains.identity import public as identity
from studyhall.domains.identity.public import Challenge, Device, SignedIn
from studyhall.domains.sign_on.service import linking, providers, verification
from studyhall.domains.sign_on.service.claims import person_of
from studyhall.domains.sign_on.service.issuers import issuer_at
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
    user_id = await linking.account_of(uow, person_of(provider, claims))
    return await identity.admit(uow, user_id, device, remember=remember, method=providers.GOOGLE)
