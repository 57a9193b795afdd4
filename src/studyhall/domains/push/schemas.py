"""What a browser sends when it subscribes: a `PushSubscription` as JSON (W3C Push API)."""

import base64
import binascii
from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import AliasChoices, BeforeValidator, Field, StringConstraints

from studyhall.domains.push.models import LONGEST_ENDPOINT
from studyhall.platform.web import Schema


def _bytes(text: object) -> bytes:
    if not isinstance(text, str) or len(text) > 200:
        raise ValueError("This must be base64url text.")
    try:
        return base64.b64decode(text.rstrip("=") + "=" * (-len(text.rstrip("=")) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as error:
        raise ValueError("This must be base64url text.") from error


Base64Url = Annotated[bytes, BeforeValidator(_bytes, json_schema_input_type=str)]


class SubscriptionKeys(Schema):
    p256dh: Base64Url = Field(
        examples=["BP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A8"]
    )
    auth: Base64Url = Field(examples=["BTBZMqHH6r4Tts7J_aSIgg"])


class SubscriptionIn(Schema):
    """Just as the browser gives it."""

    endpoint: Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_ENDPOINT)] = Field(
        examples=["https://push.example.net/push/JzLQ3raZJfFBR0aqvOMsLrt54w4rJUsV"]
    )
    keys: SubscriptionKeys
    expiration_time: float | None = Field(
        None, validation_alias=AliasChoices("expiration_time", "expirationTime"), description="Not used."
    )


class SubscriptionOut(Schema):
    id: UUID
    service: str = Field(description="The host of the push service.")
    created_at: datetime


class SubscriptionData(Schema):
    subscription: SubscriptionOut
