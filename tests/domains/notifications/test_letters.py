"""Words and looks of mails, in every language."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest

from studyhall.domains.identity.public import Recipient
from studyhall.domains.notifications.service import letters
from studyhall.domains.notifications.service.letters import MailKind
from studyhall.platform.settings import Settings

SETTINGS = Settings(public_url="https://hall.example/", frontend_url=None, _env_file=None)
HAPPENED = datetime(2027, 3, 28, 1, 30, tzinfo=UTC)


def reader(language: str = "en", name: str = "Änna <b>&", zone: str = "Europe/Berlin") -> Recipient:
    return Recipient(uuid4(), "anna@example.org", name, zone, 0, language, True, True)


def shape(value: object) -> object:
    """The keys of nested tables, and how many paragraphs there are."""
    if isinstance(value, dict):
        return {key: shape(one) for key, one in value.items()}
    return len(value) if isinstance(value, list) else type(value)


def test_every_language_says_the_same_things() -> None:
    assert letters.languages() >= {"en", "de"}
    for language in letters.languages():
        assert shape(letters.words(language)) == shape(letters.words("en")), language


@pytest.mark.parametrize("language", sorted(letters.languages()))
@pytest.mark.parametrize("kind", list(MailKind))
def test_every_letter_can_be_written(kind: MailKind, language: str) -> None:
    code = "048213" if kind is MailKind.VERIFICATION else None
    link = "https://hall.example/reset-password?token=a" if kind is MailKind.PASSWORD_RESET else None
    letter = letters.write(
        SETTINGS, kind, reader(language), happened_at=HAPPENED, facts={"device_id": "x"}, code=code, link=link
    )
    assert "Änna &lt;b&gt;&amp;" in letter.html
    assert "Änna <b>&" in letter.text
    for secret in (code, link):
        assert secret is None or (secret in letter.html and secret in letter.text)
        assert secret is None or secret not in letters.subject(kind, language)
    assert "{" not in letter.text
    assert "https://hall.example" in letter.text
    assert f'lang="{language}"' in letter.html
    assert "max-width:520px" in letter.html
    assert "<script" not in letter.html
    assert "<img" not in letter.html


def test_times_are_the_readers_own() -> None:
    """Half past one in UTC is half past three in Berlin: its clocks went forward half an hour before."""
    at = letters.write(SETTINGS, MailKind.PASSWORD_CHANGED, reader("de"), happened_at=HAPPENED, facts={})
    assert "28. März 2027" in at.text
    assert "03:30" in at.text
    there = letters.write(
        SETTINGS, MailKind.PASSWORD_CHANGED, reader("en", zone="America/New_York"), happened_at=HAPPENED, facts={}
    )
    assert "March 27, 2027" in there.text


@pytest.mark.parametrize(("wanted", "got"), [("de", "de"), ("de-AT", "de"), ("DE_ch", "de"), ("xx", "en"), ("", "en")])
def test_unknown_languages_fall_back(wanted: str, got: str) -> None:
    assert letters.language_for(wanted) == got


def test_a_name_is_never_taken_for_a_pattern() -> None:
    letter = letters.write(
        SETTINGS, MailKind.NEW_DEVICE, reader(name="{time.__class__} {{ 7*7 }}"), happened_at=HAPPENED, facts={}
    )
    assert "{time.__class__} {{ 7*7 }}" in letter.text


def test_links_lead_to_the_web_client() -> None:
    settings = SETTINGS.model_copy(update={"frontend_url": "https://app.example/"})
    letter = letters.write(settings, MailKind.NEW_DEVICE, reader(), happened_at=HAPPENED, facts={})
    assert "https://app.example/settings/security" in letter.text
