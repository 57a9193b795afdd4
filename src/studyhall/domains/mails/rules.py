"""Which mails there are, and who may turn them off."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any


class Template(StrEnum):
    """Kinds of mail; each has its words under this name."""

    WELCOME = "welcome"
    VERIFICATION = "verification"
    PASSWORD_RESET = "password_reset"  # noqa: S105 - a kind of mail
    MORNING_PLAN = "morning_plan"
    REMINDER = "reminder"
    WEEKLY_REPORT = "weekly_report"
    OVERDUE = "overdue"
    DUE_SOON = "due_soon"
    EXPORT_READY = "export_ready"
    DELETION_SCHEDULED = "deletion_scheduled"
    NEW_DEVICE = "new_device"
    ACCOUNT_LOCKED = "account_locked"
    PASSWORD_CHANGED = "password_changed"  # noqa: S105 - a kind of mail
    TWO_FACTOR_ON = "two_factor_on"
    TWO_FACTOR_OFF = "two_factor_off"

    @property
    def needs_secret(self) -> bool:
        """Whether the mail is nothing without its code or link."""
        return self in (Template.VERIFICATION, Template.PASSWORD_RESET)

    @property
    def is_optional(self) -> bool:
        """Whether it is a digest or a reminder, which people may turn off."""
        return self in PREFERENCE

    @property
    def outlives_account(self) -> bool:
        """Whether it goes to somebody whose account is closed already."""
        return self is Template.DELETION_SCHEDULED


PREFERENCE: Mapping[Template, str] = {
    Template.MORNING_PLAN: "morning_email_enabled",
    Template.REMINDER: "reminder_email_enabled",
    Template.WEEKLY_REPORT: "weekly_report_enabled",
    Template.OVERDUE: "due_email_enabled",
    Template.DUE_SOON: "due_email_enabled",
}
"""The preference of each optional mail; unsubscribing turns off this one and no other."""


def wanted(template: Template, preferences: Mapping[str, Any]) -> bool:
    """Whether somebody with these preferences wants such mails; those that are not optional go out always."""
    if not template.is_optional:
        return True
    return bool(preferences["email_notifications"] and preferences[PREFERENCE[template]])
