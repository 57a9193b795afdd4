"""Preferences and consents."""

from datetime import datetime, time
from typing import Annotated, Any, Self

from pydantic import AfterValidator, Field, StringConstraints, field_validator

from studyhall.domains.people.schemas.profiles import FreeForm
from studyhall.domains.people.service.consents import Standing
from studyhall.platform import clock
from studyhall.platform.web import Choice, ClockTime, Schema


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
    morning_email_enabled: bool = Field(description="Whether the plan of the day is mailed.")
    reminder_email_enabled: bool = Field(description="Whether the evening's reminder to plan is mailed.")
    due_email_enabled: bool = Field(description="Whether assignments that are due or overdue are mailed.")
    weekly_report_enabled: bool
    weekly_report_day: Weekday
    weekly_report_time: time
    timezone: str
    day_start_hour: int
    language: str
    profile_visibility: Visibility
    leaderboard_opt_in: bool = Field(description="Whether I am on the global leaderboard.")
    leaderboard_anonymous: bool = Field(description="Whether every leaderboard hides my name from others.")
    extra: dict[str, Any] = Field(description="Free-form settings of clients.")


class PreferencesData(Schema):
    preferences: PreferencesOut


class PreferencesIn(Schema):
    """Only the fields sent are changed."""

    morning_email_time: OwnTime | None = None
    reminder_time: OwnTime | None = None
    email_notifications: bool | None = None
    push_notifications: bool | None = None
    morning_email_enabled: bool | None = None
    reminder_email_enabled: bool | None = None
    due_email_enabled: bool | None = None
    weekly_report_enabled: bool | None = None
    weekly_report_day: Weekday | None = None
    weekly_report_time: OwnTime | None = None
    timezone: ZoneName | None = None
    day_start_hour: DayStart | None = None
    language: LanguageTag | None = None
    profile_visibility: Visibility | None = None
    leaderboard_opt_in: bool | None = None
    leaderboard_anonymous: bool | None = None
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


class AvatarData(Schema):
    avatar_url: str
