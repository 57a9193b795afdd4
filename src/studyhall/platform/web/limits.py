"""Named rate limits. A named limit on a route replaces the default; every number can be changed by setting."""

from dataclasses import dataclass
from typing import Literal

from studyhall.platform.ratelimit import Limit
from studyhall.platform.settings import Settings

By = Literal["user", "address"]


@dataclass(frozen=True, slots=True)
class NamedLimit:
    """How often, and counted by whom: the user (an address where nobody is signed in) or the address."""

    rate: str
    by: By


UNLIMITED = "unlimited"
"""Named by routes that must answer whatever happens: a health check that touches Redis would say nothing of us."""

LIMITS: dict[str, NamedLimit] = {
    "read": NamedLimit("300/minute", "user"),
    "write": NamedLimit("60/minute", "user"),
    "anonymous": NamedLimit("100/minute", "address"),
    "catalogue": NamedLimit("100/minute", "address"),
    "search": NamedLimit("50/minute", "address"),
    "register": NamedLimit("20/hour", "address"),
    "sign_on": NamedLimit("60/minute", "address"),
    "codes": NamedLimit("20/minute", "address"),
    "completions": NamedLimit("100/day", "user"),
    "progress": NamedLimit("100/minute", "user"),
    "course_progress": NamedLimit("200/minute", "user"),
    "quiz": NamedLimit("50/minute", "user"),
    "quiz_submit": NamedLimit("10/hour", "user"),
    "quiz_attempts": NamedLimit("20/minute", "user"),
    "suggest": NamedLimit("30/hour", "user"),
    "report": NamedLimit("20/minute", "user"),
    # An invite code has 50 bits; nobody types twenty a minute.
    "invite_code": NamedLimit("20/minute", "user"),
    "friend_request": NamedLimit("60/hour", "user"),
    # Calendar services fetch the feeds of many people from few addresses.
    "checkout": NamedLimit("20/hour", "user"),
    # A gateway calls for many people from few addresses; a made-up signature costs no statement.
    "gateway_events": NamedLimit("600/minute", "address"),
    "exports": NamedLimit("10/hour", "user"),
    "course_import": NamedLimit("30/hour", "user"),
    "timetable_upload": NamedLimit("20/hour", "user"),
    "calendar_feed": NamedLimit("300/minute", "address"),
    # Mail services unsubscribe many people from few addresses; a made-up token costs no statement.
    "unsubscribe": NamedLimit("600/minute", "address"),
}


def limit_for(settings: Settings, name: str) -> Limit:
    """The limit of that name, as set by the operator or else ours. Raises KeyError for an unknown name."""
    return Limit.parse(settings.rate_limits.get(name, LIMITS[name].rate))
