"""Signing on through others."""

from typing import Annotated

from pydantic import BaseModel, Field, StringConstraints

from studyhall.domains.identity.public import DeviceIn
from studyhall.platform.web import Schema


class GoogleIn(Schema):
    """The ID token ("credential") that Google gave to the client."""

    token: Annotated[str, StringConstraints(min_length=1, max_length=16_384)] = Field(
        examples=["eyJhbGciOiJSUzI1NiIsImtpZCI6IjEifQ.eyJpc3MiOiJhY2NvdW50cy5nb29nbGUuY29tIn0.c2lnbmF0dXJl"]
    )
    remember: bool = True
    device_info: DeviceIn | None = None


class CallbackIn(BaseModel):
    """What a provider adds to our address. Providers add more than the standard says, so the rest is left alone."""

    state: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    code: Annotated[str, StringConstraints(max_length=4096)] | None = None
    error: Annotated[str, StringConstraints(max_length=200)] | None = None
    iss: Annotated[str, StringConstraints(max_length=500)] | None = None


class ExchangeIn(Schema):
    """The `sign_on_code` of the address that the browser was sent back to."""

    code: Annotated[str, StringConstraints(min_length=20, max_length=200)] = Field(
        examples=["3q2-7wQk1mJv0uGx8tYp5rNs4bLd6hCf9aZeXiOoKkE"]
    )
    remember: bool = True
    device_info: DeviceIn | None = None
