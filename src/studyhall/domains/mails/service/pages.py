"""The pages behind the address for unsubscribing, in the reader's language."""

from studyhall.domains.mails.service.letters import FALLBACK, language_for, templates, web_address, words
from studyhall.domains.mails.service.unsubscribing import Subscription
from studyhall.platform.settings import Settings

SETTINGS_PAGE = "/settings/notifications"


def question(found: Subscription) -> str:
    """Ask before anything is changed."""
    return _page(found, "question")


def done(found: Subscription, settings: Settings) -> str:
    """Say what was turned off and where it is turned on again."""
    return _page(found, "done", link=f"{web_address(settings)}{SETTINGS_PAGE}")


def unknown() -> str:
    """For an address that we never made."""
    return _page(None, "unknown")


def _page(found: Subscription | None, state: str, link: str | None = None) -> str:
    language = language_for(found.to.language) if found and found.to else FALLBACK
    said = words(language)["unsubscribe"]
    kind = said["kinds"][found.template.value] if found else ""
    context = {
        "language": language,
        "title": said["title"],
        "text": said[state].format(kind=kind),
        "button": said["button"] if state == "question" else None,
        "link": link,
        "settings": said["settings"],
    }
    return templates().get_template("unsubscribe.html.j2").render(context)
