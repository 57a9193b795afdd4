"""Which tokens of a provider are good (OpenID Connect Core 1.0, 3.1.3.7; RFC 8725; RFC 9068)."""

from typing import Any

import orjson
import structlog
from joserfc import jwt
from joserfc.errors import BadSignatureError, ExpiredTokenError, InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry
from joserfc.util import urlsafe_b64decode

from studyhall.domains.identity.public import TokenExpired, TokenInvalid
from studyhall.domains.sign_on.service.issuers import Issuer
from studyhall.domains.sign_on.service.providers import Provider
from studyhall.platform import clock
from studyhall.platform.crypto import same

log = structlog.get_logger(__name__)

# Signatures only: with `none` or HS* anybody who knows the public key could make tokens.
ALGORITHMS = (
    "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "Ed25519",
)  # fmt: skip
LEEWAY_SECONDS = 30
LONGEST_SUBJECT = 255
LONGEST_TOKEN = 16_384

_ID_TOKEN_TYPES = frozenset({"jwt", ""})
_BEARER_TYPES = frozenset({"jwt", "at+jwt", ""})
# Providers put words of their own into the header; what is marked critical must still be understood.
_REGISTRY = JWSRegistry(algorithms=ALGORITHMS, strict_check_header=False)

Claims = dict[str, Any]


async def id_token(issuer: Issuer, provider: Provider, token: str, nonce: str | None = None) -> Claims:
    """The claims of an ID token that the provider made for us, and, with a nonce, for this very sign-on.

    Raises:
        TokenInvalid, TokenExpired: it is not; why is only logged.
        ProviderUnavailable: its keys cannot be had.
    """
    claims = await _signed(issuer, token, _ID_TOKEN_TYPES)
    _check(issuer, provider, claims, provider.client_id, needs_iat=True)
    _check_party(issuer, provider, claims)
    if nonce is not None and not same(str(claims.get("nonce", "")), nonce):
        raise _refusal(issuer, "nonce")
    return claims


async def bearer_token(issuer: Issuer, provider: Provider, token: str) -> Claims:
    """The claims of an access or ID token that the provider made for the audience we stand for.

    Raises:
        TokenInvalid, TokenExpired, ProviderUnavailable: as with `id_token`.
    """
    claims = await _signed(issuer, token, _BEARER_TYPES)
    _check(issuer, provider, claims, str(provider.bearer_audience), needs_iat=False)
    return claims


def unverified(token: str, part: int) -> Claims:
    """Header (0) or payload (1) as anybody may have written it; empty when it is no such thing."""
    parts = token.split(".")
    if len(parts) != 3 or len(token) > LONGEST_TOKEN:
        return {}
    try:
        found = orjson.loads(urlsafe_b64decode(parts[part].encode()))
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


async def _signed(issuer: Issuer, token: str, types: frozenset[str]) -> Claims:
    header = unverified(token, 0)
    kind = str(header.get("typ", "")).lower().removeprefix("application/")
    if header.get("alg") not in ALGORITHMS or kind not in types:
        raise _refusal(issuer, "algorithm or type")
    keys = await issuer.keys()
    try:
        return _decoded(keys, token)
    except (InvalidKeyIdError, BadSignatureError) as error:
        newer = await issuer.newer_keys()
        if newer is keys:
            raise _refusal(issuer, "key") from error
    except (JoseError, ValueError, TypeError) as error:
        raise _refusal(issuer, "form") from error
    try:
        return _decoded(newer, token)
    except (JoseError, ValueError, TypeError) as error:
        raise _refusal(issuer, "signature") from error


def _decoded(keys: KeySet, token: str) -> Claims:
    return jwt.decode(token, keys, registry=_REGISTRY).claims


def _check(issuer: Issuer, provider: Provider, claims: Claims, audience: str, *, needs_iat: bool) -> None:
    registry = jwt.JWTClaimsRegistry(
        now=int(clock.now().timestamp()),
        leeway=LEEWAY_SECONDS,
        iss={"essential": True, "values": sorted(provider.spellings)},
        sub={"essential": True},
        aud={"essential": True, "value": audience},
        exp={"essential": True},
        iat={"essential": needs_iat, "allow_blank": True},
    )
    try:
        registry.validate(claims)
    except ExpiredTokenError as error:
        raise TokenExpired from error
    except (JoseError, TypeError, ValueError) as error:
        raise _refusal(issuer, "claims") from error
    subject = claims["sub"]
    if len(subject) > LONGEST_SUBJECT or not subject.isprintable():
        raise _refusal(issuer, "subject")


def _check_party(issuer: Issuer, provider: Provider, claims: Claims) -> None:
    """A token for several audiences says in `azp` for whom it was made."""
    party = claims.get("azp")
    is_shared = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
    if not provider.binds_party and not is_shared:
        return
    if (party is not None or is_shared) and party != provider.client_id:
        raise _refusal(issuer, "authorized party")


def _refusal(issuer: Issuer, reason: str) -> TokenInvalid:
    log.info("outside token refused", issuer=issuer.address, reason=reason)
    return TokenInvalid("The sign-on provider's token is not valid.")
