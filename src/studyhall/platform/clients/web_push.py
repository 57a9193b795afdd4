"""Web Push: an encrypted message to a browser's push service (RFC 8030, 8188, 8291), signed by us (VAPID, RFC 8292)."""

import base64
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from email.utils import parsedate_to_datetime

import http_ece
import httpx2
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from joserfc import jwt
from joserfc.jwk import ECKey

from studyhall.platform import clock
from studyhall.platform.clients.http import Fetched, Fetcher
from studyhall.platform.crypto import Keys, SubKey

PURPOSE = "web push"
MOST_PAYLOAD_BYTES = 3_000
"""So that the whole message stays under the 4,096 bytes that every push service takes."""
TOKEN_LIFETIME = timedelta(hours=12)
LONGEST_WAIT = timedelta(hours=6)
_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551  # of P-256 (SEC 2, 2.4.2)
_GONE = frozenset({404, 410})


class BadSubscription(ValueError):
    """Keys that no browser makes."""


@dataclass(frozen=True, slots=True)
class Target:
    """A browser that wants to be told.

    Attributes:
        public_key: its P-256 point, 65 bytes.
        auth: the secret that it shared with us, 16 bytes.
        server_key: our public key at the time it subscribed; it takes messages from no other.
    """

    endpoint: str
    public_key: bytes = field(repr=False)
    auth: bytes = field(repr=False)
    server_key: str

    def __post_init__(self) -> None:
        try:
            ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), self.public_key)
        except ValueError as error:
            raise BadSubscription("p256dh is no point of the curve P-256.") from error
        if len(self.auth) != 16:
            raise BadSubscription("auth must be 16 bytes.")


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the push service said.

    Attributes:
        is_gone: the subscription exists no more.
        wait: set when it asks to come back later, or did not answer; at most six hours.
    """

    status: int
    is_gone: bool = False
    wait: timedelta | None = None

    @property
    def is_taken(self) -> bool:
        return 200 <= self.status < 300


def public_key(keys: Keys) -> str:
    """Ours, as a browser wants it when it subscribes (`applicationServerKey`): base64url without padding."""
    return _public(_private(keys.subkey(PURPOSE)))


def knows(keys: Keys, server_key: str) -> bool:
    """Whether we still hold the private half of a key that we gave out once."""
    return any(_public(one) == server_key for one in _privates(keys))


class WebPush:
    """Sends through the guard against addresses of our own network."""

    def __init__(self, fetcher: Fetcher, keys: Keys, contact: str) -> None:
        """`contact` is an address of the operator, https: or mailto:, which push services want to know."""
        self._fetcher = fetcher
        self._keys = keys
        self._contact = contact

    async def send(self, target: Target, payload: bytes, *, topic: str, lifetime: timedelta, urgent: bool) -> Receipt:
        """Hand a message over. An earlier one of the same topic that is not delivered yet is replaced by it.

        Raises:
            AddressRefused: the address leads into our own network.
            FetchError: the service cannot be reached, or answers nonsense.
            LookupError: we do not hold the key any more that the browser subscribed with.
        """
        ours = next((one for one in _privates(self._keys) if _public(one) == target.server_key), None)
        if ours is None:
            raise LookupError("the key that the browser subscribed with is forgotten")
        headers = {
            "Authorization": f"vapid t={self._token(ours, target.endpoint)}, k={target.server_key}",
            "Content-Encoding": "aes128gcm",
            "Content-Type": "application/octet-stream",
            "TTL": str(int(lifetime.total_seconds())),
            "Topic": topic,
            "Urgency": "high" if urgent else "normal",
        }
        return _receipt(await self._fetcher.post(target.endpoint, _sealed(target, payload), headers))

    def _token(self, ours: ec.EllipticCurvePrivateKey, endpoint: str) -> str:
        address = httpx2.URL(endpoint)
        claims = {
            "aud": f"{address.scheme}://{address.netloc.decode('ascii')}",
            "exp": int((clock.now() + TOKEN_LIFETIME).timestamp()),
            "sub": self._contact,
        }
        return jwt.encode({"typ": "JWT", "alg": "ES256"}, claims, ECKey.import_key(ours))


def _sealed(target: Target, payload: bytes) -> bytes:
    if len(payload) > MOST_PAYLOAD_BYTES:
        raise ValueError(f"a push message holds at most {MOST_PAYLOAD_BYTES} bytes")
    sealed: bytes = http_ece.encrypt(
        payload,
        salt=os.urandom(16),
        private_key=ec.generate_private_key(ec.SECP256R1()),
        dh=target.public_key,
        auth_secret=target.auth,
        version="aes128gcm",
    )
    return sealed


def _receipt(answer: Fetched) -> Receipt:
    if answer.status in _GONE:
        return Receipt(answer.status, is_gone=True)
    if answer.status == 429 or answer.status >= 500:
        return Receipt(answer.status, wait=_wait(answer.headers.get("retry-after")))
    return Receipt(answer.status)


def _wait(retry_after: str | None) -> timedelta:
    """What the header asks for, in seconds or as a date (RFC 9110, 10.2.3); a minute when it says nothing."""
    asked = timedelta(minutes=1)
    if retry_after is not None and retry_after.strip().isdigit():
        asked = timedelta(seconds=min(int(retry_after), int(LONGEST_WAIT.total_seconds())))
    elif retry_after is not None:
        try:
            asked = parsedate_to_datetime(retry_after) - clock.now()
        except (ValueError, TypeError):
            return asked
    return min(max(asked, timedelta(seconds=1)), LONGEST_WAIT)


def _privates(keys: Keys) -> Iterator[ec.EllipticCurvePrivateKey]:
    return (_private(one) for one in keys.subkeys(PURPOSE))


def _private(key: SubKey) -> ec.EllipticCurvePrivateKey:
    """A number below the order of the curve from the 32 bytes of the key; never zero."""
    return ec.derive_private_key(int.from_bytes(key.key) % (_ORDER - 1) + 1, ec.SECP256R1())


def _public(private: ec.EllipticCurvePrivateKey) -> str:
    point = private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return base64.urlsafe_b64encode(point).rstrip(b"=").decode()
