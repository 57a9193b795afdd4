"""ETags (RFC 9110, 8.8): of the bytes on reads, with a version in front where people edit together.

A tag reads `"<version>.<digest>"` or `"<digest>"`. If-None-Match compares the whole tag; If-Match compares only the
version, because figures in the same answer may have changed without anybody editing.
"""

from hashlib import blake2b

from studyhall.platform.errors import PreconditionFailed

VERSION_HEADER = "x-version"


def tag_of(body: bytes, version: str | None = None) -> str:
    """The strong tag of a body."""
    digest = blake2b(body, digest_size=12).hexdigest()
    return f'"{version}.{digest}"' if version is not None else f'"{digest}"'


def matches(if_none_match: str, tag: str) -> bool:
    """Whether the client's copy is still good (weak comparison, as for GET)."""
    if if_none_match.strip() == "*":
        return True
    return any(_strong(candidate) == tag for candidate in if_none_match.split(","))


def require_match(if_match: str | None, version: int) -> None:
    """Refuse an edit that was made on an older version; without the header every edit is taken.

    Raises:
        PreconditionFailed: the row has another version now.
    """
    if if_match is None or if_match.strip() == "*":
        return
    versions = {_strong(candidate).strip('"').split(".")[0] for candidate in if_match.split(",")}
    if str(version) not in versions:
        raise PreconditionFailed("It was changed since you loaded it. Load it again and repeat your change.")


def _strong(tag: str) -> str:
    return tag.strip().removeprefix("W/")
