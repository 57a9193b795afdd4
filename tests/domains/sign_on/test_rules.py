"""Properties of what reads strangers' texts: nothing they write breaks it or leads it astray."""

import gc
import weakref
from typing import Any
from urllib.parse import urlsplit

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from studyhall.domains.sign_on.service import verification
from studyhall.domains.sign_on.service.claims import LONGEST_EMAIL, LONGEST_NAME, person_of, with_userinfo
from studyhall.domains.sign_on.service.flow import landing_of
from studyhall.domains.sign_on.service.issuers import _public_key, issuer_at
from studyhall.domains.sign_on.service.providers import Provider
from studyhall.platform.errors import Invalid
from studyhall.platform.settings import OidcProvider, Settings

SETTINGS = Settings(
    public_url="https://study.example",
    frontend_url="https://app.example",
    cors_origins=["https://two.example:8443", "*"],
)
OURS = {"https://study.example", "https://app.example", "https://two.example:8443"}
PROVIDER = Provider("campus", "Campus", "https://id.example", frozenset({"https://id.example"}), "us")
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
PIECES = st.lists(
    st.sampled_from(
        ["/", "//", "\\", "https:", "http:", "app.example", "evil.example", "@", "?", "#", ":", ".", "\t", "%2f", "*"]
    )
    | st.text(max_size=3),
    max_size=8,
).map("".join)


@given(PIECES)
def test_a_landing_is_always_ours(return_to: str) -> None:
    try:
        landing = urlsplit(landing_of(SETTINGS, return_to))
    except Invalid:
        return
    assert f"{landing.scheme}://{landing.netloc}".lower() in OURS


CLAIMS = ["email", "email_verified", "given_name", "family_name", "name", "preferred_username", "zoneinfo"]


@given(st.dictionaries(st.sampled_from(CLAIMS), JSON))
def test_every_claim_fits_the_tables(claims: dict[str, Any]) -> None:
    person = person_of(PROVIDER, {**claims, "sub": "x"})
    assert person.email is None or ("@" in person.email and len(person.email) <= LONGEST_EMAIL)
    assert 0 < len(person.first_name) <= LONGEST_NAME
    assert len(person.last_name) <= LONGEST_NAME
    assert (person.first_name + person.last_name).isprintable()
    assert isinstance(person.is_email_checked, bool)


@given(st.text() | st.tuples(st.text(), st.text(), st.text()).map(".".join))
def test_what_is_no_token_reads_as_nothing(text: str) -> None:
    assert isinstance(verification.unverified(text, 0), dict)
    assert isinstance(verification.unverified(text, 1), dict)


@given(
    JSON
    | st.dictionaries(
        st.sampled_from(["kty", "n", "e", "crv", "x", "y", "k", "use", "kid", "alg"]),
        JSON | st.sampled_from(["RSA", "EC", "OKP", "oct", "AQAB", "sig"]),
    )
)
def test_a_key_set_may_hold_anything(entry: Any) -> None:
    assert _public_key(entry) is None


def test_a_shared_secret_is_no_public_key() -> None:
    assert _public_key({"kty": "oct", "k": "c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0LXNlY3JldA"}) is None


def test_userinfo_does_not_overrule_what_was_signed() -> None:
    signed = {"sub": "a", "name": "Grace"}
    told = {"sub": "a", "name": "Mallory", "email": "g@example.org", "iss": "https://evil.example"}
    assert with_userinfo({**signed, "iss": "https://id.example"}, told) == {
        "sub": "a", "name": "Grace", "email": "g@example.org", "iss": "https://id.example",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("issuer", "is_fine"),
    [
        ("https://id.example", True),
        ("http://localhost:9000/realm", True),
        ("http://127.0.0.1:1", True),
        ("http://[::1]:9", True),
        ("http://id.example", False),
        ("http://localhost.evil.example", False),
        ("https://me@id.example", False),
        ("id.example", False),
        ("ftp://localhost", False),
        ("https://id.example#x", False),
        ("https://", False),
    ],
)
def test_a_provider_has_a_secure_address(issuer: str, is_fine: bool) -> None:
    try:
        OidcProvider(name="a", issuer=issuer, client_id="b")
    except ValidationError:
        assert not is_fine
    else:
        assert is_fine


def test_two_providers_cannot_have_one_name() -> None:
    twin = OidcProvider(name="a", issuer="https://id.example", client_id="b")
    with pytest.raises(ValidationError, match="same name"):
        Settings(oidc_providers=[twin, twin])


def test_a_provider_is_not_read_from_loose_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LABEL", "from the environment")
    assert OidcProvider(name="a", issuer="https://id.example", client_id="b").label == ""


async def test_what_is_known_of_an_issuer_goes_with_the_client_that_asked() -> None:
    async with httpx2.AsyncClient(verify=False) as http:
        known = weakref.ref(issuer_at(http, "https://id.example"))
        assert issuer_at(http, "https://id.example") is known()
    del http
    gc.collect()
    assert known() is None
