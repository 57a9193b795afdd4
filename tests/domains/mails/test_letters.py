"""Words and looks of mails, in every language."""

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest

from studyhall.domains.identity.public import Recipient
from studyhall.domains.mails.rules import Template
from studyhall.domains.mails.service import letters
from studyhall.domains.mails.service.secrets import Secret
from studyhall.platform.settings import Settings

SETTINGS = Settings(public_url="https://hall.example/", frontend_url=None, _env_file=None)
HAPPENED = datetime(2027, 3, 28, 1, 30, tzinfo=UTC)


def reader(language: str = "en", name: str = "Änna <b>&", zone: str = "Europe/Berlin") -> Recipient:
    return Recipient(uuid4(), "anna@example.org", name, zone, 0, language, True, True, True)


def shape(value: object) -> object:
    """The keys of nested tables, and how many paragraphs there are."""
    if isinstance(value, dict):
        return {key: shape(one) for key, one in value.items()}
    return len(value) if isinstance(value, list) else type(value)


def test_every_language_says_the_same_things() -> None:
    assert letters.languages() >= {"en", "de"}
    for language in letters.languages():
        assert shape(letters.words(language)) == shape(letters.words("en")), language


VALUES: dict[Template, dict[str, Any]] = {
    Template.MORNING_PLAN: {
        "day": "2027-03-28",
        "figures": [{"name": "planned_hours", "value": 2.5, "unit": "hours"}, {"name": "streak", "value": 4}],
        "sections": [
            {"title": "classes", "rows": [{"at": "09:00", "title": "Algebra <i>", "note": "Room 3"}]},
            {"title": "due_today", "rows": [{"at": "2027-03-28T15:00:00+00:00", "title": "Essay"}]},
        ],
    },
    Template.REMINDER: {"day": "2027-03-29"},
    Template.WEEKLY_REPORT: {"first": "2027-03-22", "last": "2027-03-28"},
    Template.DUE_SOON: {"title": "Essay", "day": "2027-03-29"},
    Template.OVERDUE: {"title": "Essay"},
    Template.EXPORT_READY: {"until": "2027-04-04T10:00:00+00:00"},
    Template.DELETION_SCHEDULED: {"day": "2027-04-27"},
    Template.NEW_DEVICE: {"device": "Firefox, Windows"},
}
SECRETS = {
    Template.VERIFICATION: Secret(code="048213"),
    Template.PASSWORD_RESET: Secret(link="https://hall.example/reset-password?token=a"),
}


@pytest.mark.parametrize("language", sorted(letters.languages()))
@pytest.mark.parametrize("kind", list(Template))
def test_every_letter_can_be_written(kind: Template, language: str) -> None:
    secret, values = SECRETS.get(kind), VALUES.get(kind, {})
    out = "https://hall.example/unsubscribe/x.y.z" if kind.is_optional else None
    letter = letters.write(
        SETTINGS, kind, reader(language), happened_at=HAPPENED, values=values, secret=secret, unsubscribe_url=out
    )
    subject = letters.subject(kind, reader(language), values)
    assert "Änna &lt;b&gt;&amp;" in letter.html
    assert "Änna <b>&" in letter.text
    for told in (secret.code, secret.link) if secret else ():
        assert told is None or (told in letter.html and told in letter.text and told not in subject)
    assert "{" not in letter.text + subject
    assert "https://hall.example" in letter.text
    assert f'lang="{language}"' in letter.html
    assert "max-width:520px" in letter.html
    assert "<script" not in letter.html
    assert "<img" not in letter.html
    assert ("/unsubscribe/" in letter.text) == ("/unsubscribe/" in letter.html) == kind.is_optional


def test_a_morning_reads_well() -> None:
    """To the letter, because nobody looks at text mails otherwise."""
    kind = Template.MORNING_PLAN
    letter = letters.write(SETTINGS, kind, reader("de"), happened_at=HAPPENED, values=VALUES[kind])
    assert letter.text.startswith(
        """Sonntag, 28. März

Hallo Änna <b>&,

Das bringt der Tag.

Stunden geplant: 2,5 h
Serie in Tagen: 4

Termine
- 09:00  Algebra <i> (Room 3)

Heute fällig
- So. 28. März, 17:00  Essay

"""
    ), letter.text
    assert "Algebra &lt;i&gt;" in letter.html


def test_times_are_the_readers_own() -> None:
    """Half past one in UTC is half past three in Berlin: its clocks went forward half an hour before."""
    at = letters.write(SETTINGS, Template.PASSWORD_CHANGED, reader("de"), happened_at=HAPPENED, values={})
    assert "28. März 2027" in at.text
    assert "03:30" in at.text
    there = letters.write(
        SETTINGS, Template.PASSWORD_CHANGED, reader("en", zone="America/New_York"), happened_at=HAPPENED, values={}
    )
    assert "March 27, 2027" in there.text


@pytest.mark.parametrize(("wanted", "got"), [("de", "de"), ("de-AT", "de"), ("DE_ch", "de"), ("xx", "en"), ("", "en")])
def test_unknown_languages_fall_back(wanted: str, got: str) -> None:
    assert letters.language_for(wanted) == got


def test_a_name_is_never_taken_for_a_pattern() -> None:
    letter = letters.write(
        SETTINGS,
        Template.NEW_DEVICE,
        reader(name="{time.__class__} {{ 7*7 }}"),
        happened_at=HAPPENED,
        values={"device": "{name}"},
    )
    assert "{time.__class__} {{ 7*7 }}" in letter.text and "before: {name}." in letter.text


def test_links_lead_to_the_web_client() -> None:
    settings = SETTINGS.model_copy(update={"frontend_url": "https://app.example/"})
    letter = letters.write(settings, Template.NEW_DEVICE, reader(), happened_at=HAPPENED, values={"device": "x"})
    assert "https://app.example/settings/security" in letter.text
