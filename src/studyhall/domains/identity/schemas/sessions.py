"""Signed-in devices."""

from datetime import datetime
from ipaddress import IPv4Address, IPv6Address
from typing import Self
from uuid import UUID

from pydantic import Field

from studyhall.domains.identity.models import UserDevice, UserSession
from studyhall.platform.web import Pagination, Schema


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
