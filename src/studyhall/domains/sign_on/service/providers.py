"""Whom the operator trusts, from the settings."""

from collections.abc import Sequence
from dataclasses import dataclass

from pydantic import SecretStr

from studyhall.platform.errors import NotConfigured, NotFound
from studyhall.platform.settings import OidcProvider, Settings

GOOGLE = "google"


@dataclass(frozen=True, slots=True)
class Provider:
    """One trusted provider.

    Attributes:
        issuer: how its identities are stored, and where its discovery document is found.
        spellings: what the `iss` of its tokens may read.
        bearer_audience: what the `aud` of its bearer tokens must name; None when they are not accepted.
        trusts_email: an address counts as checked when the provider says nothing about it.
        binds_party: an `azp` must name us. Google's names the phone app that fetched the token for us.
    """

    name: str
    label: str
    issuer: str
    spellings: frozenset[str]
    client_id: str
    client_secret: SecretStr | None = None
    scopes: str = "openid"
    bearer_audience: str | None = None
    trusts_email: bool = False
    binds_party: bool = True


def named(settings: Settings, name: str) -> Provider:
    """The provider of browser sign-on with that name. Raises NotFound."""
    for one in settings.oidc_providers:
        if one.name == name:
            return _from(one)
    raise NotFound("There is no sign-on provider of that name.")


def google(settings: Settings) -> Provider:
    """Google as issuer of ID tokens; it spells itself with and without `https://`. Raises NotConfigured."""
    if settings.google_client_id is None:
        raise NotConfigured("Sign-in with Google is not set up on this server (STUDYHALL_GOOGLE_CLIENT_ID).")
    issuer = settings.google_issuer
    return Provider(
        name=GOOGLE,
        label="Google",
        issuer=issuer,
        spellings=frozenset({issuer, issuer.partition("://")[2]}),
        client_id=settings.google_client_id,
        binds_party=False,
    )


def of_bearer(providers: Sequence[OidcProvider], issuer: str) -> Provider | None:
    """The provider whose bearer tokens say that issuer, if they are accepted."""
    for one in providers:
        if one.accept_bearer and one.issuer == issuer:
            return _from(one)
    return None


def _from(one: OidcProvider) -> Provider:
    return Provider(
        name=one.name,
        label=one.label or one.name,
        issuer=one.issuer,
        spellings=frozenset({one.issuer}),
        client_id=one.client_id,
        client_secret=one.client_secret,
        scopes=one.scopes,
        bearer_audience=(one.bearer_audience or one.client_id) if one.accept_bearer else None,
        trusts_email=one.trust_email,
    )
