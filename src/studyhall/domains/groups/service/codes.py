"""Invite codes: found by a keyed hash, kept encrypted, so that a copy of the database lets nobody in."""

from random import SystemRandom

from studyhall.domains.groups import rules
from studyhall.domains.groups.models import Group
from studyhall.platform.crypto import DecryptionFailed, Keys

_PURPOSE = "group invite code"


def renew(keys: Keys, group: Group) -> str:
    """Give the group another code; the one before holds no longer."""
    code = rules.new_code(SystemRandom())
    group.code_digest = keys.digest(_PURPOSE, rules.plain_code(code))
    group.code_sealed = keys.encrypt(_PURPOSE, code.encode(), aad=group.id.bytes)
    return code


def shown(keys: Keys, group: Group) -> str | None:
    """The code, for those who may pass it on; None without one, or when its secret key is gone."""
    if group.code_sealed is None:
        return None
    try:
        return keys.decrypt(_PURPOSE, group.code_sealed, aad=group.id.bytes).decode()
    except DecryptionFailed:
        return None


def matches(keys: Keys, group: Group, typed: str | None) -> bool:
    """Whether that is the group's code, as people type it; in constant time."""
    if typed is None or group.code_digest is None:
        return False
    return keys.digest_matches(_PURPOSE, rules.plain_code(typed), group.code_digest)


def digests(keys: Keys, typed: str) -> list[str]:
    """What a group with that code may be found by."""
    return keys.digests(_PURPOSE, rules.plain_code(typed))
