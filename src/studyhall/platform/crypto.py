"""Keys made from the one secret of the settings, and the few things done with them.

Nobody uses the secret itself. Each purpose ("one-time code", "stored file", ...) has its own sub-key by HKDF
(RFC 5869), so that a value made for one purpose is worthless for every other. Keys can be rotated: new values are
made with the current secret, older ones are still read while their secret stands among the previous ones.
"""

import base64
import hmac
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from typing import Any, Self
from uuid import UUID

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.keywrap import InvalidUnwrap, aes_key_unwrap, aes_key_wrap

from studyhall.platform import clock
from studyhall.platform.settings import Settings

_SALT = b"studyhall/keys/1"
_VERSION = b"\x01"
_KEY_BYTES = 32
_KID_BYTES = 8
_WRAPPED_BYTES = 40
_NONCE_BYTES = 12
_CODE_DIGITS = 6

SEALED_KEY_BYTES = len(_VERSION) + _KID_BYTES + _WRAPPED_BYTES
"""Length of a sealed data key: version, key id, wrapped key."""


class CryptoError(ValueError):
    """A value that these keys did not make, or that was changed since."""


class SignatureInvalid(CryptoError):
    """A signed token that is malformed, forged, for another purpose, or of a forgotten key."""


class SignatureExpired(SignatureInvalid):
    """A genuine signed token whose time is over."""


class DecryptionFailed(CryptoError):
    """A ciphertext that is malformed, changed, bound to another purpose or context, or of a forgotten key."""


@dataclass(frozen=True, slots=True)
class SubKey:
    """A key for one purpose: `kid` names the secret it came from, `key` is 32 bytes."""

    kid: str
    key: bytes


class Keys:
    """The keys of one installation.

    `current` makes every new value; `previous` secrets, newest first, only read old ones.
    """

    def __init__(self, current: str, previous: Sequence[str] = ()) -> None:
        if not current:
            raise ValueError("the secret key is empty")
        secrets = dict.fromkeys([current, *previous])
        self._secrets = {_expand(secret, "key id", _KID_BYTES).hex(): secret for secret in secrets if secret}
        self._subkeys: dict[tuple[str, str], bytes] = {}
        self.kid = next(iter(self._secrets))

    @classmethod
    def from_settings(cls, settings: Settings) -> Self:
        """The keys of `secret_key` and `previous_secret_keys`."""
        return cls(settings.require_secret_key(), [key.get_secret_value() for key in settings.previous_secret_keys])

    def __repr__(self) -> str:
        return f"<Keys {self.kid}>"

    # Sub-keys

    def subkey(self, purpose: str) -> SubKey:
        """The current key of that purpose (HKDF-SHA256, RFC 5869, the purpose as `info`)."""
        return SubKey(self.kid, self._subkey(self.kid, purpose))

    def subkeys(self, purpose: str) -> Iterator[SubKey]:
        """The key of that purpose from every known secret, the current one first."""
        return (SubKey(kid, self._subkey(kid, purpose)) for kid in self._secrets)

    def _subkey(self, kid: str, purpose: str) -> bytes:
        found = self._subkeys.get((kid, purpose))
        if found is None:
            found = self._subkeys[kid, purpose] = _expand(self._secrets[kid], f"purpose:{purpose}", _KEY_BYTES)
        return found

    # Secrets that are mailed: made again from their row when needed, stored only as a digest

    def derive_code(self, purpose: str, row_id: UUID, salt: bytes | str | int = 0) -> str:
        """Six digits, always the same for one purpose, row and salt (an attempt number or a nonce).

        HMAC-SHA256 as in RFC 4226, but 32-bit words of the MAC are drawn until one falls below the largest multiple of
        a million, instead of its truncation and remainder: so every code is equally likely.
        """
        return _code(self.subkey(purpose).key, row_id, salt)

    def code_matches(self, purpose: str, row_id: UUID, salt: bytes | str | int, candidate: str) -> bool:
        """Whether `candidate` is the derived code under the current or a previous secret; constant time."""
        return _any_equal(candidate, [_code(sub.key, row_id, salt) for sub in self.subkeys(purpose)])

    def derive_token(self, purpose: str, row_id: UUID, salt: bytes | str | int = 0) -> str:
        """A url-safe token of 43 characters (256 bits), always the same for one purpose, row and salt."""
        return _b64(_mac(self.subkey(purpose).key, b"token", row_id.bytes, _salt_bytes(salt)))

    def token_matches(self, purpose: str, row_id: UUID, salt: bytes | str | int, candidate: str) -> bool:
        """Whether `candidate` is the derived token under the current or a previous secret; constant time."""
        made = [_b64(_mac(sub.key, b"token", row_id.bytes, _salt_bytes(salt))) for sub in self.subkeys(purpose)]
        return _any_equal(candidate, made)

    def digest(self, purpose: str, text: str) -> str:
        """Keyed hash, 64 hex digits, for storing a guessable one-time secret such as a six-digit code."""
        return _mac(self.subkey(purpose).key, b"digest", text.encode()).hex()

    def digests(self, purpose: str, text: str) -> list[str]:
        """The digest under every known secret, the current one first: what to look for a stored digest by."""
        return [_mac(sub.key, b"digest", text.encode()).hex() for sub in self.subkeys(purpose)]

    def digest_matches(self, purpose: str, text: str, stored: str) -> bool:
        """Whether `stored` is the digest of `text` under the current or a previous secret; constant time."""
        return _any_equal(stored, self.digests(purpose, text))

    # Envelope encryption

    def new_data_key(self, purpose: str) -> tuple[bytes, bytes]:
        """A fresh 256-bit data key, and the same sealed for storing beside the ciphertext.

        Sealed by AES key wrap (RFC 3394, NIST SP 800-38F) under the purpose's key; it needs no nonce, so the number of
        data keys under one secret is not limited.
        """
        data_key = os.urandom(_KEY_BYTES)
        sub = self.subkey(f"wrap:{purpose}")
        return data_key, _VERSION + bytes.fromhex(sub.kid) + aes_key_wrap(sub.key, data_key)

    def open_data_key(self, purpose: str, sealed: bytes) -> bytes:
        """The data key in a sealed one.

        Raises:
            DecryptionFailed: malformed, changed, for another purpose, or of a forgotten secret.
        """
        if len(sealed) != SEALED_KEY_BYTES or sealed[:1] != _VERSION:
            raise DecryptionFailed("This is not a sealed data key of a known version.")
        kid = sealed[1 : 1 + _KID_BYTES].hex()
        if kid not in self._secrets:
            raise DecryptionFailed(f"The secret key {kid} is not known; add it to the previous secret keys.")
        try:
            return aes_key_unwrap(self._subkey(kid, f"wrap:{purpose}"), sealed[1 + _KID_BYTES :])
        except InvalidUnwrap as error:
            raise DecryptionFailed("The sealed data key was changed or is for another purpose.") from error

    def encrypt(self, purpose: str, plain: bytes, aad: bytes = b"") -> bytes:
        """Encrypt under a data key of its own with AES-256-GCM (NIST SP 800-38D).

        `aad` is bound and not stored: pass what the value belongs to, such as its row's id, and the same to `decrypt`.
        The answer is: sealed data key (49 bytes), nonce (12), ciphertext and tag (16 more than `plain`).
        """
        data_key, sealed = self.new_data_key(purpose)
        nonce = os.urandom(_NONCE_BYTES)
        return sealed + nonce + AESGCM(data_key).encrypt(nonce, plain, sealed + aad)

    def decrypt(self, purpose: str, sealed: bytes, aad: bytes = b"") -> bytes:
        """The plain bytes of an `encrypt` with the same purpose and `aad`.

        Raises:
            DecryptionFailed: malformed, changed, for another purpose or `aad`, or of a forgotten secret.
        """
        header, rest = sealed[:SEALED_KEY_BYTES], sealed[SEALED_KEY_BYTES:]
        data_key = self.open_data_key(purpose, header)
        if len(rest) < _NONCE_BYTES + 16:
            raise DecryptionFailed("The ciphertext is too short.")
        try:
            return AESGCM(data_key).decrypt(rest[:_NONCE_BYTES], rest[_NONCE_BYTES:], header + aad)
        except InvalidTag as error:
            raise DecryptionFailed("The ciphertext was changed or belongs elsewhere.") from error

    def is_current(self, sealed: bytes) -> bool:
        """Whether an encrypted value or sealed data key was made with the current secret; if not, encrypt it anew."""
        return sealed[1 : 1 + _KID_BYTES].hex() == self.kid

    # Signed tokens: what they say is readable by anybody, but only we can have said it

    def sign(self, purpose: str, payload: Mapping[str, Any], expires_in: timedelta | None = None) -> str:
        """A compact url-safe token `kid.body.mac` of `payload` (JSON values), valid for `expires_in` or for ever."""
        expires = None if expires_in is None else int((clock.now() + expires_in).timestamp())
        body = _b64(orjson.dumps({"d": dict(payload), "e": expires}))
        sub = self.subkey(f"sign:{purpose}")
        return f"{sub.kid}.{body}.{_b64(_mac(sub.key, body.encode()))}"

    def verify(self, purpose: str, token: str) -> dict[str, Any]:
        """The payload of a token that `sign` made for the same purpose.

        Raises:
            SignatureExpired: it is genuine and over.
            SignatureInvalid: it is anything else than ours.
        """
        kid, _, rest = token.partition(".")
        body, _, mac = rest.partition(".")
        if kid not in self._secrets or not body.isascii():
            raise SignatureInvalid("The signature is not valid.")
        expected = _b64(_mac(self._subkey(kid, f"sign:{purpose}"), body.encode()))
        if not _equal(mac, expected):
            raise SignatureInvalid("The signature is not valid.")
        content = orjson.loads(_unb64(body))
        if content["e"] is not None and clock.now().timestamp() >= content["e"]:
            raise SignatureExpired("The signature has expired.")
        payload: dict[str, Any] = content["d"]
        return payload


def token_hash(token: str) -> str:
    """SHA-256, 64 hex digits, for storing a token of high entropy; a guessable secret needs `Keys.digest`."""
    return sha256(token.encode()).hexdigest()


def same(left: str, right: str) -> bool:
    """Compare two secrets in constant time."""
    return _equal(left, right)


def _expand(secret: str, info: str, length: int) -> bytes:
    return HKDF(algorithm=SHA256(), length=length, salt=_SALT, info=info.encode()).derive(secret.encode())


def _mac(key: bytes, *parts: bytes) -> bytes:
    """HMAC-SHA256 of the parts, each with its length, so that no two lists of parts look alike."""
    mac = hmac.new(key, digestmod=sha256)
    for part in parts:
        mac.update(len(part).to_bytes(8, "big"))
        mac.update(part)
    return mac.digest()


def _code(key: bytes, row_id: UUID, salt: bytes | str | int) -> str:
    span = 10**_CODE_DIGITS
    limit = 2**32 - 2**32 % span
    block = 0
    while True:
        drawn = _mac(key, b"code", row_id.bytes, _salt_bytes(salt), block.to_bytes(4, "big"))
        for start in range(0, len(drawn), 4):
            word = int.from_bytes(drawn[start : start + 4], "big")
            if word < limit:
                return f"{word % span:0{_CODE_DIGITS}d}"
        block += 1


def _salt_bytes(salt: bytes | str | int) -> bytes:
    if isinstance(salt, bytes):
        return b"b" + salt
    return b"i%d" % salt if isinstance(salt, int) else b"s" + salt.encode()


def _b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _unb64(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _equal(left: str, right: str) -> bool:
    return hmac.compare_digest(left.encode("utf-8", "surrogatepass"), right.encode("utf-8", "surrogatepass"))


def _any_equal(candidate: str, made: Sequence[str]) -> bool:
    """Compare with every one, so that the time does not tell which matched."""
    return sum(_equal(candidate, one) for one in made) > 0
