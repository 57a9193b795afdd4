"""Whom a provider's claims name (OpenID Connect Core 1.0, 5.1), made fit for our tables."""

from dataclasses import dataclass
from typing import Any

from email_validator import validate_email

from studyhall.domains.identity.public import split_name
from studyhall.domains.sign_on.service.providers import Provider
from studyhall.platform import clock

LONGEST_EMAIL = 254
LONGEST_NAME = 128


@dataclass(frozen=True, slots=True)
class OutsidePerson:
    """A person as the provider describes him.

    Attributes:
        email: None when there is none, or none that is an address.
        is_email_checked: the provider vouches that the address is his.
    """

    provider: str
    issuer: str
    subject: str
    email: str | None
    is_email_checked: bool
    first_name: str
    last_name: str
    time_zone: str


def person_of(provider: Provider, claims: dict[str, Any]) -> OutsidePerson:
    """The person of verified claims; whatever is missing or odd is left out rather than guessed."""
    email = _address(claims.get("email"))
    first, last = _names(claims, email)
    zone = claims.get("zoneinfo")
    return OutsidePerson(
        provider=provider.name,
        issuer=provider.issuer,
        subject=claims["sub"],
        email=email,
        is_email_checked=_is_checked(provider, claims),
        first_name=first,
        last_name=last,
        time_zone=zone if isinstance(zone, str) and zone in clock.known_zones() else "UTC",
    )


def with_userinfo(claims: dict[str, Any], told: dict[str, Any]) -> dict[str, Any]:
    """Claims completed from the userinfo endpoint. An address and whether it was checked come from one source."""
    if told.get("sub") != claims["sub"]:
        return claims
    own = {name: value for name, value in claims.items() if name != "email_verified"}
    return {**told, **own}


def _is_checked(provider: Provider, claims: dict[str, Any]) -> bool:
    said = claims.get("email_verified")
    return said is True or said == "true" or (said is None and provider.trusts_email)


def _address(value: Any) -> str | None:
    if not isinstance(value, str) or len(value) > LONGEST_EMAIL:
        return None
    try:
        return validate_email(value, check_deliverability=False, globally_deliverable=False).normalized
    except ValueError:
        return None


def _names(claims: dict[str, Any], email: str | None) -> tuple[str, str]:
    first, last = _text(claims.get("given_name")), _text(claims.get("family_name"))
    if not first:
        whole = _text(claims.get("name")) or _text(claims.get("preferred_username")) or (email or "").partition("@")[0]
        first, last = split_name(whole)
    return first[:LONGEST_NAME] or "Student", last[:LONGEST_NAME]


def _text(value: Any) -> str:
    return "".join(letter for letter in value if letter.isprintable()).strip() if isinstance(value, str) else ""
