"""Mentions and blank texts. Pure."""

import re
import unicodedata

MOST_MENTIONS = 20
_MENTION = re.compile(r"(?<![\w.@+-])@([\w.@+-]{3,256})")


def mentioned(text: str) -> list[str]:
    """The usernames that a text mentions, in lower case, each once, at most `MOST_MENTIONS`.

    A full stop that ends a sentence is not the name's: `@ada.` mentions ada, and `@ada.l` mentions ada.l.
    """
    names = (found.lower().rstrip(".-+@") for found in _MENTION.findall(text))
    return list(dict.fromkeys(name for name in names if len(name) >= 3))[:MOST_MENTIONS]


def is_blank(text: str) -> bool:
    """Whether nothing in the text is to be seen: spaces, controls and zero-width characters only."""
    return all(unicodedata.category(one)[0] in "ZC" for one in text)
