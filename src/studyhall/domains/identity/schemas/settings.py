"""Preferences, consents, the own audit trail, the password."""

from datetime import datetime, time
from ipaddress import IPv4Address, IPv6Address
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import AfterValidator, Field, StringConstraints, field_validator, model_validator

from studyhall.domains.identity.models import ActivityLog
from studyhall.domains.identity.schemas.accounts import Password
from studyhall.domains.identity.schemas.people import FreeForm
from studyhall.domains.identity.service.consents import Standing
from studyhall.platform import clock
from studyhall.platform.web import Choice, ClockTime, Pagination, Schema


class Weekday(Choice):
    MONDAY = "monday"
    TUESDAY = "tuesday"
    WEDNESDAY = "wednesday"
    THURSDAY = "thursday"
    FRIDAY = "friday"
    SATURDAY = "saturday"
    SUNDAY = "sunday"


class Visibility(Choice):
    """Whether other signed-in people may read the profile."""

    PUBLIC = "public"
    PRIVATE = "private"


def _whole_and_local(value: time) -> time:
    if value.tzinfo is not None:
        raise ValueError("This is a time of your own day, without a zone.")
    return value.replace(microsecond=0)


def _known_zone(value: str) -> str:
    clock.zone(value)
    return value


OwnTime = Annotated[ClockTime, AfterValidator(_whole_and_local)]
ZoneName = Annotated[str, Field(max_length=64, examples=["Europe/Berlin"]), AfterValidator(_known_zone)]
LanguageTag = Annotated[
    str, StringConstraints(pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$", max_length=16), Field(examples=["en"])
]
DayStart = Annotated[int, Field(ge=0, le=23, description="The hour at which my study day begins.")]


class PreferencesOut(Schema):
    """Times are of my own day."""

    morning_email_time: time
    reminder_time: time
    email_notifications: bool
    push_notifications: bool
    weekly_report_enabled: bool
    weekly_report_day: Weekday
    weekly_report_time: time
    timezone: str
    day_start_hour: int
    language: str
    profile_visibility: Visibility
    extra: dict[str, Any] = Field(description="Free-form settings of clients.")


class PreferencesData(Schema):
    preferences: PreferencesOut


class PreferencesIn(Schema):
    """Only the fields sent are changed."""

    morning_email_time: OwnTime | None = None
    reminder_time: OwnTime | None = None
    email_notifications: bool | None = None
    push_notifications: bool | None = None
    weekly_report_enabled: bool | None = None
    weekly_report_day: Weekday | None = None
    weekly_report_time: OwnTime | None = None
    timezone: ZoneName | None = None
    day_start_hour: DayStart | None = None
    language: LanguageTag | None = None
    profile_visibility: Visibility | None = None
    extra: FreeForm | None = None

    @field_validator("*")
    @classmethod
    def _not_null(cls, value: Any) -> Any:
        if value is None:
            raise ValueError("This may not be null.")
        return value


class ConsentOut(Schema):
    """Where I stand on one question. Nothing is given until I give it."""

    kind: str
    is_given: bool
    decided_at: datetime | None = Field(description="When I gave it or took it back; null when I never said.")
    decided_on_wording: str | None = Field(description="The version of the words that I decided on.")
    wording_version: str = Field(description="The version of the words below.")
    wording: str

    @classmethod
    def of(cls, standing: Standing) -> Self:
        return cls.model_validate(standing)


class ConsentsData(Schema):
    consents: list[ConsentOut]


class ConsentsIn(Schema):
    """Give (true) or take back (false); what is not named stays as it is."""

    marketing_email: bool | None = None
    marketing_sms: bool | None = None
    marketing_whatsapp: bool | None = None
    ai_transcripts: bool | None = None
    recording: bool | None = None
    wording_version: Annotated[str, StringConstraints(max_length=50)] | None = Field(
        None, description="The version that was shown; when the words have changed since, the answer is 409."
    )

    def decisions(self) -> dict[str, bool]:
        """What was decided, by kind."""
        return self.model_dump(exclude_none=True, exclude={"wording_version"})


class ActOut(Schema):
    """One line of my audit trail."""

    id: UUID
    event: str = Field(examples=["auth.login"])
    description: str
    subject_type: str | None
    subject_id: UUID | None
    address: IPv4Address | IPv6Address | None
    user_agent: str | None
    is_own: bool = Field(description="Whether I did it myself.")
    created_at: datetime

    @classmethod
    def of(cls, row: ActivityLog) -> Self:
        return cls(
            id=row.id,
            event=row.event,
            description=row.description,
            subject_type=row.subject_type,
            subject_id=row.subject_id,
            address=row.address,
            user_agent=row.user_agent,
            is_own=row.causer_id == row.user_id,
            created_at=row.created_at,
        )


class ActivityData(Schema):
    activity: list[ActOut]
    pagination: Pagination


class ChangePasswordIn(Schema):
    current_password: Password
    new_password: Password
    new_password_confirmation: Password | None = None

    @model_validator(mode="after")
    def _same(self) -> Self:
        confirmation = self.new_password_confirmation
        if confirmation is not None and confirmation.get_secret_value() != self.new_password.get_secret_value():
            raise ValueError("The password and its confirmation differ.")
        return self
