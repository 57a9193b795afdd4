"""What a device is called, read from its user agent where the client does not say."""

from functools import lru_cache

from ua_parser import user_agent_parser

from studyhall.domains.identity.service.sessions import Device

UNKNOWN = "unknown"
_PHONES = frozenset({"iPhone", "iPod"})
_TABLETS = frozenset({"iPad", "Kindle"})


@lru_cache(maxsize=2048)
def device_of(user_agent: str | None) -> Device:
    """Type (desktop, mobile, tablet), operating system and browser, or `unknown`."""
    if not user_agent:
        return Device(UNKNOWN, UNKNOWN, UNKNOWN)
    parsed = user_agent_parser.Parse(user_agent)  # type: ignore[no-untyped-call]  # the library tells no types
    family = parsed["device"]["family"]
    system = parsed["os"]["family"]
    return Device(_type(family, system, user_agent), _short(system, 50), _short(parsed["user_agent"]["family"], 100))


def _type(family: str, system: str, user_agent: str) -> str:
    if family in _TABLETS or "Tablet" in user_agent:
        return "tablet"
    if family in _PHONES or "Mobile" in user_agent:
        return "mobile"
    return "desktop" if system in ("Windows", "Mac OS X", "Linux", "Ubuntu", "Chrome OS", "Fedora") else UNKNOWN


def _short(text: str, length: int) -> str:
    return UNKNOWN if text == "Other" else text[:length]


def named(user_agent: str | None, device_type: str | None, system: str | None, browser: str | None) -> Device:
    """What the client said, completed from its user agent."""
    read = device_of(user_agent)
    return Device(device_type or read.device_type, system or read.os, browser or read.browser)
