"""All achievements there are. They are data: `achievements.toml` beside this file."""

import tomllib
from collections.abc import Sequence
from functools import lru_cache
from importlib.resources import files

from studyhall.domains.gamification.rules import Achievement

LANGUAGES = ("en", "de")


@lru_cache(maxsize=1)
def achievements() -> Sequence[Achievement]:
    """Every achievement, in the order in which they are shown."""
    text = (files("studyhall.domains.gamification.service") / "achievements.toml").read_text("utf-8")
    return tuple(
        Achievement(
            one["key"], one["icon"], one["figure"], one["threshold"],
            {language: (one[language][0], one[language][1]) for language in LANGUAGES},
            one.get("is_told", True),
        )
        for one in tomllib.loads(text)["achievement"]
    )  # fmt: skip


def words(achievement: Achievement, language: str) -> tuple[str, str]:
    """Name and description in the language of a tag like `de-AT`, else in English."""
    return achievement.words.get(language.split("-", maxsplit=1)[0].lower(), achievement.words[LANGUAGES[0]])
