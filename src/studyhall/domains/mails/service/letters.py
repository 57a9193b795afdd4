"""Letters: what a mail says, in the reader's language, as HTML and as text.

The words lie in `templates/texts/<language>.toml`, the looks in `templates/`. A new language is a new file with the
same keys.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from babel.dates import format_date, format_time, get_timezone_name
from babel.numbers import format_decimal
from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from studyhall.domains.identity.public import Recipient
from studyhall.domains.mails.models import LONGEST_SUBJECT
from studyhall.domains.mails.rules import Template
from studyhall.platform import clock
from studyhall.platform.settings import Settings

if TYPE_CHECKING:
    from studyhall.domains.mails.service.secrets import Secret

FALLBACK = "en"
_PACKAGE = "studyhall.domains.mails"
_DAYS = ("day", "first", "last")
_MOMENTS = ("until",)


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


def subject(template: Template, to: Recipient, values: Mapping[str, Any]) -> str:
    """The subject line; it never holds a code."""
    language = language_for(to.language)
    line = _own(template, language, values)["subject"].format_map(_shown(values, to, language))
    return " ".join(str(line).split())[:LONGEST_SUBJECT]


def web_address(settings: Settings) -> str:
    """Where the web client is, without a trailing slash."""
    return (settings.frontend_url or settings.base_url).rstrip("/")


@lru_cache(maxsize=1)
def templates() -> Environment:
    """What gives mails and pages their looks."""
    return Environment(
        loader=PackageLoader(_PACKAGE),
        autoescape=select_autoescape(enabled_extensions=("html.j2",), default=False),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def write(
    settings: Settings,
    template: Template,
    to: Recipient,
    *,
    happened_at: datetime,
    values: Mapping[str, Any],
    secret: "Secret | None" = None,
    unsubscribe_url: str | None = None,
) -> Letter:
    """Render a letter.

    Args:
        happened_at: told in the reader's own time zone.
        values: plain JSON for the words. These names mean something to every template:
            `variant` (other words of the template), `day`, `first`, `last` (ISO dates), `until` (an ISO moment),
            `page` (a path of the web client for the button),
            `sections`, each `{"title": …, "rows": [{"at": "09:00" or an ISO moment, "title": …, "note": …}]}`,
            `figures`, each `{"name": …, "value": number or text, "unit": "hours", "percent" or absent}`;
            titles and names of these are keys of the words, all else is shown as it is.
        secret: the code or link that the mail carries, made for this call.
    """
    language = language_for(to.language)
    said, own = words(language), _own(template, language, values)
    shown = _shown(values, to, language) | {"time": _moment(happened_at, to, language)}
    page = values.get("page") or own.get("page", "")
    context = {
        "language": language,
        "heading": own["heading"].format_map(shown),
        "greeting": said["common"]["greeting"].format_map(shown),
        "paragraphs": [paragraph.format_map(shown) for paragraph in own["paragraphs"]],
        "code": secret.code if secret else None,
        "figures": [_figure(one, language) for one in values.get("figures", ())],
        "sections": [_section(one, to, language) for one in values.get("sections", ())],
        "encouragement": _encouragement(template, values, language),
        "button": own.get("button"),
        "link": (secret.link if secret else None) or f"{web_address(settings)}{page}",
        "closing": [paragraph.format_map(shown) for paragraph in own.get("closing", [])],
        "footer": said["common"]["footer"].format(address=web_address(settings)),
        "unsubscribe": said["common"]["unsubscribe"] if unsubscribe_url else None,
        "unsubscribe_url": unsubscribe_url,
    }
    return Letter(
        text=templates().get_template("letter.txt.j2").render(context),
        html=templates().get_template("letter.html.j2").render(context),
    )


def _own(template: Template, language: str, values: Mapping[str, Any]) -> Mapping[str, Any]:
    variant = values.get("variant")
    found: Mapping[str, Any] = words(language)["mail"][f"{template}_{variant}" if variant else template.value]
    return found


def _shown(values: Mapping[str, Any], to: Recipient, language: str) -> dict[str, Any]:
    """The values as the words show them: days and moments spelled in the reader's language and zone."""
    shown: dict[str, Any] = {key: value for key, value in values.items() if isinstance(value, str | int | float)}
    for key in _DAYS:
        if key in values:
            pattern = words(language)["common"]["day"]
            shown[key] = format_date(date.fromisoformat(values[key]), pattern, locale=language)
    for key in _MOMENTS:
        if key in values:
            shown[key] = _moment(datetime.fromisoformat(values[key]), to, language)
    return shown | {"name": to.name}


def _moment(moment: datetime, to: Recipient, language: str) -> str:
    local = moment.astimezone(clock.zone(to.time_zone))
    day, at = format_date(local, "long", locale=language), format_time(local, "short", locale=language)
    return f"{day}, {at} ({get_timezone_name(local, 'long', locale=language)})"


def _figure(figure: Mapping[str, Any], language: str) -> tuple[str, str]:
    said = words(language)
    value = figure["value"]
    plain = format_decimal(value, "#,##0.#", locale=language) if isinstance(value, int | float) else str(value)
    unit = figure.get("unit")
    return said["figures"][figure["name"]], said["units"][unit].format(value=plain) if unit else plain


def _section(section: Mapping[str, Any], to: Recipient, language: str) -> dict[str, Any]:
    rows = [{**row, "at": _at(row.get("at", ""), to, language), "note": row.get("note", "")} for row in section["rows"]]
    return {"title": words(language)["sections"][section["title"]], "rows": rows}


def _at(at: str, to: Recipient, language: str) -> str:
    """A time of the reader's own day as `09:00`, or a moment as ISO 8601, in his way of writing."""
    if len(at) <= len("09:00"):
        return str(format_time(time.fromisoformat(at), "short", locale=language)) if at else ""
    local = datetime.fromisoformat(at).astimezone(clock.zone(to.time_zone))
    day = format_date(local, words(language)["common"]["short_day"], locale=language)
    return f"{day}, {format_time(local, 'short', locale=language)}"


def _encouragement(template: Template, values: Mapping[str, Any], language: str) -> str | None:
    """The morning's thought: another one each day, the same one however often it is rendered."""
    if template is not Template.MORNING_PLAN or "day" not in values:
        return None
    thoughts = words(language)["common"]["encouragements"]
    return str(thoughts[date.fromisoformat(values["day"]).toordinal() % len(thoughts)])
