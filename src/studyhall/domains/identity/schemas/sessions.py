"""Signed-in devices and personal access tokens."""

from datetime import datetime
from ipaddress import IPv4Address, IPv6Address
from typing import Annotated, Self
from uuid import UUID

from pydantic import Field, StringConstraints

from studyhall.domains.identity.models import PersonalAccessToken, UserDevice, UserSession
from studyhall.platform.web import Pagination, Schema

Ability = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]


class DeviceOut(Schema):
    """A kind of device."""

    type: str = Field(examples=["desktop"])
    os: str
    browser: str


class OpenSessionOut(Schema):
    """One signed-in device."""

    id: UUID
    device: DeviceOut | None
    address: IPv4Address | IPv6Address | None
    method: str = Field(description="How it was signed in: password, google, or a provider's name.")
    login_at: datetime
    last_used_at: datetime
    expires_at: datetime
    is_current: bool

    @classmethod
    def of(cls, session: UserSession, device: UserDevice | None, current: UUID | None) -> Self:
        return cls(
            id=session.id,
            device=None if device is None else _device(device),
            address=session.address,
            method=session.method,
            login_at=session.login_at,
            last_used_at=session.last_used_at,
            expires_at=session.expires_at,
            is_current=session.id == current,
        )


def _device(device: UserDevice) -> DeviceOut:
    return DeviceOut(type=device.device_type, os=device.os, browser=device.browser)


class SessionsData(Schema):
    sessions: list[OpenSessionOut]
    pagination: Pagination


class EndedData(Schema):
    ended: int = Field(description="How many sessions ended.")


class SeenDeviceOut(DeviceOut):
    id: UUID
    address: IPv4Address | IPv6Address | None = Field(description="Of the last login from it.")
    first_seen_at: datetime
    last_login_at: datetime

    @classmethod
    def of(cls, device: UserDevice) -> Self:
        return cls(
            **_device(device).model_dump(),
            id=device.id,
            address=device.address,
            first_seen_at=device.created_at,
            last_login_at=device.last_login_at,
        )


class DevicesData(Schema):
    devices: list[SeenDeviceOut]
    pagination: Pagination


class TokenIn(Schema):
    """A token for a script of one's own."""

    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=255)]
    abilities: Annotated[list[Ability], Field(min_length=1, max_length=50)] = Field(
        default=["read"],
        description="`read` for GET, `write` for the rest, `*` for all that I may, or one of my permission keys.",
    )
    expires_at: datetime | None = Field(None, description="Without one it works until it is revoked.")


class TokenOut(Schema):
    id: UUID
    name: str
    abilities: list[str]
    created_at: datetime
    last_used_at: datetime | None
    expires_at: datetime | None

    @classmethod
    def of(cls, token: PersonalAccessToken) -> Self:
        return cls.model_validate(token)


class TokensData(Schema):
    tokens: list[TokenOut]
    pagination: Pagination


class NewTokenData(Schema):
    token: TokenOut
    plain_text_token: str = Field(description="Shown this once.", examples=["shp_…"])
