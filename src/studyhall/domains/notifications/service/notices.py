"""What notifications about an account say, in the reader's language.

The words lie in `templates/texts/<language>.toml`; a new language is a new file with the same keys.
"""

import tomllib
from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files
from typing import Any

from studyhall.domains.mails.public import language_for

_PACKAGE = "studyhall.domains.notifications"


@lru_cache(maxsize=32)
def words(language: str) -> Mapping[str, Any]:
    """All words of one language."""
    return tomllib.loads((files(_PACKAGE) / "templates" / "texts" / f"{language}.toml").read_text("utf-8"))


def notice(name: str, language: str) -> tuple[str, str]:
    """Title and message of a notification in the app."""
    found = words(language_for(language))["notice"][name]
    return str(found["title"]), str(found["message"])
