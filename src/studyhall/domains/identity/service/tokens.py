"""Access tokens (signed JWT, RFC 7519) and refresh tokens (derived, never stored)."""

import base64
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from uuid import UUID

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, OctKey

from studyhall.domains.identity.errors import RefreshRefused, TokenExpired, TokenInvalid
from studyhall.domains.identity.models import UserSession
from studyhall.platform import clock
from studyhall.platform.crypto import Keys
from studyhall.platform.ids import new_id

ALGORITHM = "HS256"
ISSUER = "studyhall"
PURPOSE = "access-token"
REFRESH_PURPOSE = "refresh-token"
LEEWAY = timedelta(seconds=5)
LAST_GENERATION = 2**31


@dataclass(frozen=True, slots=True)
class AccessClaims:
    """What a good access token says."""

    user_id: UUID
    session_id: UUID
    expires_at: float


@lru_cache(maxsize=8)
def _key_set(keys: Keys) -> tuple[OctKey, KeySet]:
    found = [
        OctKey.import_key(one.key, {"kid": one.kid, "alg": ALGORITHM, "use": "sig"}) for one in keys.subkeys(PURPOSE)
    ]
    return found[0], KeySet([*found])


def issue_access(keys: Keys, user_id: UUID, session_id: UUID, lifetime: timedelta) -> str:
    """A token for one session, signed with the current key, which its header names by `kid`."""
    now = clock.now()
    key, _ = _key_set(keys)
    claims = {
        "iss": ISSUER,
        "sub": str(user_id),
        "sid": str(session_id),
        "iat": int(now.timestamp()),
        "exp": int((now + lifetime).timestamp()),
        "jti": new_id().hex,
    }
    return jwt.encode({"alg": ALGORITHM, "typ": "JWT", "kid": key.kid}, claims, key)


# Signature checks cost more than everything else in a hot read; a token is checked once and then known by its text.
_KNOWN_AT_MOST = 20_000
_known: dict[tuple[int, str], AccessClaims] = {}


def read_access(keys: Keys, token: str) -> AccessClaims:
    """The claims of a token that we signed and that has not expired.

    Raises:
        TokenInvalid: malformed, forged, of an unknown key or another algorithm.
        TokenExpired: it was good once.
    """
    place = (id(keys), token)
    claims = _known.get(place)
    if claims is None:
        claims = _decode(keys, token)
        if len(_known) >= _KNOWN_AT_MOST:
            _known.clear()
        _known[place] = claims
    if clock.now().timestamp() > claims.expires_at + LEEWAY.total_seconds():
        raise TokenExpired
    return claims


def _decode(keys: Keys, token: str) -> AccessClaims:
    try:
        decoded = jwt.decode(token, _key_set(keys)[1], algorithms=[ALGORITHM])
        claims = decoded.claims
        if claims.get("iss") != ISSUER:
            raise TokenInvalid
        return AccessClaims(UUID(claims["sub"]), UUID(claims["sid"]), float(claims["exp"]))
    except (JoseError, ValueError, KeyError, TypeError) as error:
        raise TokenInvalid from error


@dataclass(frozen=True, slots=True)
class RefreshToken:
    """The parts of a refresh token; `mac` proves that we made it."""

    session_id: UUID
    generation: int
    mac: str

    @classmethod
    def parse(cls, text: str) -> "RefreshToken":
        """Raises RefreshRefused when the text has another form."""
        try:
            session, generation, mac = text.split(".")
            padded = base64.urlsafe_b64decode(session + "==")
            parsed = cls(UUID(bytes=padded), int(generation), mac)
        except (ValueError, TypeError) as error:
            raise RefreshRefused from error
        if not 0 <= parsed.generation < LAST_GENERATION:
            raise RefreshRefused
        return parsed


def refresh_token(keys: Keys, session: UserSession) -> str:
    """The session's current refresh token; the same text each time, until the session rotates."""
    mac = keys.derive_token(REFRESH_PURPOSE, session.id, _salt(session, session.generation))
    name = base64.urlsafe_b64encode(session.id.bytes).decode().rstrip("=")
    return f"{name}.{session.generation}.{mac}"


def is_genuine(keys: Keys, session: UserSession, token: RefreshToken) -> bool:
    """Whether we made that token for that session, in whatever generation."""
    return keys.token_matches(REFRESH_PURPOSE, session.id, _salt(session, token.generation), token.mac)


def _salt(session: UserSession, generation: int) -> bytes:
    return bytes(session.salt) + generation.to_bytes(8, "big", signed=True)
