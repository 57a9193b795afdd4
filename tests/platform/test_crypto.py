"""Keys: what is made for one purpose, row and secret is good for nothing else."""

import hmac
from collections import Counter
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studyhall.platform import clock
from studyhall.platform.crypto import (
    SEALED_KEY_BYTES,
    DecryptionFailed,
    Keys,
    SignatureExpired,
    SignatureInvalid,
    same,
    token_hash,
)
from studyhall.platform.ids import new_id
from studyhall.platform.settings import Settings

KEYS = Keys("a secret of this test that is long enough")
OTHER = Keys("quite another secret that is long enough")
ROTATED = Keys("quite another secret that is long enough", ["a secret of this test that is long enough"])
purposes = st.text(min_size=1, max_size=20)
salts = st.one_of(st.binary(max_size=8), st.text(max_size=8), st.integers(min_value=0))


def test_subkeys_follow_the_hkdf_of_rfc_5869() -> None:
    """Extract and expand written out by hand, against the library that is used."""
    extracted = hmac.digest(b"studyhall/keys/1", b"secret", "sha256")
    expanded = hmac.digest(extracted, b"purpose:mail" + b"\x01", "sha256")
    assert Keys("secret").subkey("mail").key == expanded


@given(purposes, purposes)
def test_each_purpose_has_its_own_key(one: str, other: str) -> None:
    assert (KEYS.subkey(one).key == KEYS.subkey(other).key) == (one == other)
    assert len(KEYS.subkey(one).key) == 32
    assert KEYS.subkey(one).key != OTHER.subkey(one).key


def test_kid_names_the_secret_and_hides_it() -> None:
    assert KEYS.kid == Keys("a secret of this test that is long enough").kid
    assert KEYS.kid != OTHER.kid
    assert [sub.kid for sub in ROTATED.subkeys("x")] == [OTHER.kid, KEYS.kid]
    assert "secret" not in repr(KEYS)


def test_keys_come_from_settings() -> None:
    settings = Settings(
        secret_key="quite another secret that is long enough",
        previous_secret_keys=["a secret of this test that is long enough"],
        _env_file=None,
    )
    keys = Keys.from_settings(settings)
    assert keys.kid == OTHER.kid
    assert keys.digest_matches("code", "123456", KEYS.digest("code", "123456"))
    with pytest.raises(ValueError, match="empty"):
        Keys("")


@given(purposes, st.uuids(), salts)
def test_codes_are_six_digits_and_repeatable(purpose: str, row_id: UUID, salt: bytes | str | int) -> None:
    code = KEYS.derive_code(purpose, row_id, salt)
    assert len(code) == 6
    assert code.isascii()
    assert code.isdigit()
    assert code == KEYS.derive_code(purpose, row_id, salt)
    assert KEYS.code_matches(purpose, row_id, salt, code)
    assert ROTATED.code_matches(purpose, row_id, salt, code)
    assert not KEYS.code_matches(purpose, row_id, salt, code + "0")


def test_codes_differ_by_row_attempt_purpose_and_type_of_salt() -> None:
    row, other = new_id(), new_id()
    codes = {
        KEYS.derive_code("verify", row, 0) + KEYS.derive_code("verify", row, 1),
        KEYS.derive_code("verify", row, "0") + KEYS.derive_code("verify", row, "1"),
        KEYS.derive_code("reset", row, 0) + KEYS.derive_code("reset", row, 1),
        KEYS.derive_code("verify", other, 0) + KEYS.derive_code("verify", other, 1),
    }
    assert len(codes) == 4


def test_codes_are_spread_evenly() -> None:
    """Each digit of 20,000 codes, chi-square with 9 degrees of freedom, 99.99 % bound 33.7; keys are fixed."""
    codes = [KEYS.derive_code("spread", UUID(int=number)) for number in range(20_000)]
    for place in range(6):
        counts = Counter(code[place] for code in codes)
        assert sum((counts[str(digit)] - 2000) ** 2 / 2000 for digit in range(10)) < 33.7
    assert len(set(codes)) > 19_700


@given(purposes, st.uuids(), salts)
def test_tokens_are_url_safe_and_repeatable(purpose: str, row_id: UUID, salt: bytes | str | int) -> None:
    token = KEYS.derive_token(purpose, row_id, salt)
    assert len(token) == 43
    assert set(token) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
    assert ROTATED.token_matches(purpose, row_id, salt, token)
    assert not OTHER.token_matches(purpose, row_id, salt, token)


@given(purposes, st.text(), st.text())
def test_digests_match_their_text_only(purpose: str, text: str, other: str) -> None:
    try:
        stored = KEYS.digest(purpose, text)
    except UnicodeEncodeError:
        return
    assert len(stored) == 64
    assert KEYS.digest_matches(purpose, other, stored) == (text == other)
    assert ROTATED.digest_matches(purpose, text, stored)
    assert not OTHER.digest_matches(purpose, text, stored)
    assert stored != sha256(text.encode()).hexdigest()


def test_plain_hash_and_comparison() -> None:
    assert token_hash("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert same("ä", "ä")
    assert not same("ä", "a")


@given(purposes, st.binary(max_size=200), st.binary(max_size=20))
def test_decrypt_gives_back_what_was_encrypted(purpose: str, plain: bytes, aad: bytes) -> None:
    sealed = KEYS.encrypt(purpose, plain, aad)
    assert len(sealed) == SEALED_KEY_BYTES + 12 + len(plain) + 16
    assert KEYS.decrypt(purpose, sealed, aad) == plain
    assert ROTATED.decrypt(purpose, sealed, aad) == plain
    assert KEYS.is_current(sealed)
    assert not ROTATED.is_current(sealed)
    assert KEYS.encrypt(purpose, plain, aad) != sealed


@given(st.binary(max_size=50), st.data())
def test_a_changed_ciphertext_never_opens(plain: bytes, data: st.DataObject) -> None:
    sealed = bytearray(KEYS.encrypt("p", plain, b"row"))
    place = data.draw(st.integers(0, len(sealed) - 1))
    sealed[place] ^= data.draw(st.integers(1, 255))
    with pytest.raises(DecryptionFailed):
        KEYS.decrypt("p", bytes(sealed), b"row")


@given(st.binary(max_size=130))
def test_nonsense_never_opens(nonsense: bytes) -> None:
    with pytest.raises(DecryptionFailed):
        KEYS.decrypt("p", nonsense)


def test_ciphertext_is_bound_to_purpose_context_and_secret() -> None:
    sealed = KEYS.encrypt("p", b"x", b"row 1")
    for keys, purpose, aad in [(KEYS, "q", b"row 1"), (KEYS, "p", b"row 2"), (OTHER, "p", b"row 1")]:
        with pytest.raises(DecryptionFailed):
            keys.decrypt(purpose, sealed, aad)
    with pytest.raises(DecryptionFailed, match="short"):
        KEYS.decrypt("p", sealed[: SEALED_KEY_BYTES + 5], b"row 1")


payloads = st.dictionaries(st.text(max_size=5), st.one_of(st.text(max_size=9), st.integers(0, 2**53), st.none()))


@given(purposes, payloads)
def test_verify_gives_back_what_was_signed(purpose: str, payload: dict[str, object]) -> None:
    token = KEYS.sign(purpose, payload, timedelta(minutes=5))
    assert KEYS.verify(purpose, token) == payload
    assert ROTATED.verify(purpose, token) == payload
    for keys, other in [(OTHER, purpose), (KEYS, purpose + "!")]:
        with pytest.raises(SignatureInvalid):
            keys.verify(other, token)


def test_signed_tokens_expire() -> None:
    start = datetime(2027, 3, 1, tzinfo=UTC)
    with clock.frozen_at(start):
        token, lasting = KEYS.sign("p", {"a": 1}, timedelta(seconds=60)), KEYS.sign("p", {"a": 1})
    with clock.frozen_at(start + timedelta(seconds=59)):
        assert KEYS.verify("p", token) == {"a": 1}
    with clock.frozen_at(start + timedelta(seconds=60)):
        with pytest.raises(SignatureExpired):
            KEYS.verify("p", token)
        assert KEYS.verify("p", lasting) == {"a": 1}


@given(st.data())
def test_a_changed_signed_token_is_refused(data: st.DataObject) -> None:
    token = KEYS.sign("p", {"file": "a"}, timedelta(minutes=5))
    place = data.draw(st.integers(0, len(token) - 1))
    letter = data.draw(st.characters(codec="ascii").filter(lambda one: one != token[place]))
    with pytest.raises(SignatureInvalid):
        KEYS.verify("p", token[:place] + letter + token[place + 1 :])


@given(st.text())
def test_nonsense_is_no_signed_token(nonsense: str) -> None:
    for token in (nonsense, f"{KEYS.kid}.{nonsense}", f"{KEYS.kid}.e30.{nonsense}"):
        with pytest.raises(SignatureInvalid):
            KEYS.verify("p", token)


def test_words_that_would_favour_low_codes_are_drawn_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """2^32 is no multiple of a million: the words above the last multiple are left out, else low codes come oftener."""
    drawn = iter([b"\xff" * 32, (4_294_967_000).to_bytes(4, "big") * 7 + (4_293_000_007).to_bytes(4, "big")])
    monkeypatch.setattr("studyhall.platform.crypto._mac", lambda *_: next(drawn))
    assert KEYS.derive_code("p", new_id()) == "000007"
