"""The provider's code for its tokens (RFC 6749, 4.1.3; RFC 7636, 4.5), and these for the person they name."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import quote_plus

import httpx2

from studyhall.domains.sign_on.errors import ProviderUnavailable, SignOnRefused
from studyhall.domains.sign_on.service import verification
from studyhall.domains.sign_on.service.claims import OutsidePerson, person_of, with_userinfo
from studyhall.domains.sign_on.service.issuers import Issuer
from studyhall.domains.sign_on.service.providers import Provider
from studyhall.platform.errors import Unauthorized


@dataclass(frozen=True, slots=True)
class Grant:
    """A code, with what proves that it was asked for by us and in this sign-on."""

    code: str
    verifier: str
    nonce: str
    redirect_uri: str


async def redeem(issuer: Issuer, provider: Provider, grant: Grant) -> OutsidePerson:
    """The person whom the provider names for a code.

    Raises:
        SignOnRefused: the code or the ID token is not good.
        ProviderUnavailable: it does not answer properly, or refuses us as its client.
    """
    tokens = await _tokens(issuer, provider, grant)
    try:
        claims = await verification.id_token(issuer, provider, str(tokens.get("id_token", "")), grant.nonce)
    except Unauthorized as error:
        raise SignOnRefused from error
    access_token = tokens.get("access_token")
    if "email" not in claims and isinstance(access_token, str):
        claims = await completed(issuer, claims, access_token)
    return person_of(provider, claims)


async def completed(issuer: Issuer, claims: dict[str, Any], access_token: str) -> dict[str, Any]:
    """Claims with what the userinfo endpoint adds; unchanged where there is none or it does not take the token."""
    endpoint = (await issuer.metadata()).userinfo_endpoint
    if endpoint is None:
        return claims
    status, told = await issuer.ask("GET", endpoint, headers={"Authorization": f"Bearer {access_token}"})
    return with_userinfo(claims, told) if status == 200 else claims


async def _tokens(issuer: Issuer, provider: Provider, grant: Grant) -> dict[str, Any]:
    metadata = await issuer.metadata()
    form = {
        "grant_type": "authorization_code",
        "code": grant.code,
        "redirect_uri": grant.redirect_uri,
        "code_verifier": grant.verifier,
        "client_id": provider.client_id,
    }
    options: dict[str, Any] = {"data": form}
    if provider.client_secret is not None:
        secret = provider.client_secret.get_secret_value()
        if metadata.secret_in_body:
            form["client_secret"] = secret
        else:  # both parts are form-encoded first (RFC 6749, 2.3.1)
            options["auth"] = httpx2.BasicAuth(quote_plus(provider.client_id), quote_plus(secret))
    status, answer = await issuer.ask("POST", metadata.token_endpoint, **options)
    if status == 200:
        return answer
    if answer.get("error") == "invalid_grant":
        raise SignOnRefused
    raise ProviderUnavailable(f"{provider.label} refuses this server as its client. Tell the administrator.")
