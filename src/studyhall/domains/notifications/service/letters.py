"""Letters: what a mail says, in the reader's language, as HTML and as text.

The words lie in `templates/texts/<language>.toml`, the looks in `templates/`. A new language is a new file with the
same keys.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from importlib.resources import files
from typing import Any

from babel.dates import format_datetime
from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from studyhall.domains.identity.public import Recipient
from studyhall.platform import clock
from studyhall.platform.settings import Settings

FALLBACK = "en"
_PACKAGE = "studyhall.domains.notifications"


class MailKind(StrEnum):
    """Kinds of mail; each has its words under this name."""

    VERIFICATION = "verification"
    PASSWORD_RESET = "password_reset"  # noqa: S105 - a kind of mail
    NEW_DEVICE = "new_device"
    ACCOUNT_LOCKED = "account_locked"
    PASSWORD_CHANGED = "password_changed"  # noqa: S105 - a kind of mail
    TWO_FACTOR_ON = "two_factor_on"
    TWO_FACTOR_OFF = "two_factor_off"

    @property
    def needs_secret(self) -> bool:
        """Whether the mail is nothing without its code or link."""
        return self in (MailKind.VERIFICATION, MailKind.PASSWORD_RESET)


@dataclass(frozen=True, slots=True)
class Letter:
    """A rendered mail."""

    text: str
    html: str


def languages() -> frozenset[str]:
    """Languages that there are words for."""
    folder = files(_PACKAGE) / "templates" / "texts"
    return frozenset(one.name.removesuffix(".toml") for one in folder.iterdir() if one.name.endswith(".toml"))


def language_for(wanted: str) -> str:
    """The best language we have for a tag like `de-AT`."""
    primary = wanted.replace("_", "-").split("-")[0].lower()
    return primary if primary in languages() else FALLBACK


@lru_cache(maxsize=32)
def words(language: str) -> Mapping[str, Any]:
    """All words of one language."""
    return tomllib.loads((files(_PACKAGE) / "templates" / "texts" / f"{language}.toml").read_text("utf-8"))


def subject(kind: MailKind, language: str) -> str:
    """The subject line; it never holds a code."""
    return str(words(language_for(language))["mail"][kind.value]["subject"])


def notice(name: str, language: str) -> tuple[str, str]:
    """Title and message of a notification in the app."""
    found = words(language_for(language))["notice"][name]
    return str(found["title"]), str(found["message"])


def web_address(settings: Settings) -> str:
    """Where the web client is, without a trailing slash."""
    return (settings.frontend_url or settings.base_url).rstrip("/")


@lru_cache(maxsize=1)
def _templates() -> Environment:
    return Environment(
        loader=PackageLoader(_PACKAGE),
        autoescape=select_autoescape(enabled_extensions=("html.j2",), default=False),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def write(
    settings: Settings,
    kind: MailKind,
    to: Recipient,
    *,
    happened_at: datetime,
    facts: Mapping[str, Any],
    code: str | None = None,
    link: str | None = None,
) -> Letter:
    """Render a letter.

    Args:
        happened_at: told in the reader's own time zone.
        facts: further values for the words, by name.
        code, link: the secret that the mail carries, made for this call.
    """
    language = language_for(to.language)
    said = words(language)
    own = said["mail"][kind.value]
    local = happened_at.astimezone(clock.zone(to.time_zone))
    values = {
        **facts,
        "name": to.name,
        "time": format_datetime(local, "long", locale=language),
        "link": link or f"{web_address(settings)}{own.get('page', '')}",
    }
    context = {
        "language": language,
        "heading": own["heading"],
        "greeting": said["common"]["greeting"].format_map(values),
        "paragraphs": [paragraph.format_map(values) for paragraph in own["paragraphs"]],
        "code": code,
        "button": own.get("button"),
        "link": values["link"],
        "closing": [paragraph.format_map(values) for paragraph in own.get("closing", [])],
        "footer": said["common"]["footer"].format(address=web_address(settings)),
    }
    templates = _templates()
    return Letter(
        text=templates.get_template("letter.txt.j2").render(context),
        html=templates.get_template("letter.html.j2").render(context),
    )
