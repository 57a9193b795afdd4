"""Who may do what in a group, and how invite codes are written. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto
from random import Random

from studyhall.platform.web import Choice


class GroupType(Choice):
    """Who looks after what a group shares."""

    LEADER_CONTROLLED = "leader_controlled"
    COMMUNITY = "community"


class Visibility(Choice):
    """Found by everybody, or only by those who were let in."""

    PUBLIC = "public"
    PRIVATE = "private"


class Role(Choice):
    """What somebody is in a group, highest first."""

    LEADER = "leader"
    ADMIN = "admin"
    MEMBER = "member"


class Right(Enum):
    """What a role may do in its group."""

    SEE_INSIDE = auto()
    INVITE = auto()
    REMOVE_MEMBERS = auto()
    LEAD = auto()


RIGHTS: Mapping[Role, frozenset[Right]] = {
    Role.LEADER: frozenset(Right),
    Role.ADMIN: frozenset({Right.SEE_INSIDE, Right.INVITE, Right.REMOVE_MEMBERS}),
    Role.MEMBER: frozenset({Right.SEE_INSIDE}),
}


def has_right(role: Role | None, right: Right) -> bool:
    """Whether somebody of that role, or an outsider, may do it."""
    return role is not None and right in RIGHTS[role]


def may_remove(role: Role | None, of_other: Role) -> bool:
    """A leader removes anybody; an admin only plain members, who stand below him."""
    return has_right(role, Right.LEAD) or (has_right(role, Right.REMOVE_MEMBERS) and of_other is Role.MEMBER)


@dataclass(frozen=True, slots=True)
class ResourceRights:
    """What somebody may do with what a group shares; what he added to a community himself he may always change."""

    can_add: bool
    can_manage_all: bool


def resource_rights(role: Role | None, group_type: GroupType) -> ResourceRights:
    """In a leader-controlled group leaders do both; in a community every member adds and leaders manage."""
    is_leader = has_right(role, Right.LEAD)
    return ResourceRights(
        can_add=is_leader or (role is not None and group_type is GroupType.COMMUNITY), can_manage_all=is_leader
    )


# Crockford's base 32: no I, L, O or U, and what is misread is read as what was meant.
CODE_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
CODE_LETTERS = 10
LONGEST_TYPED_CODE = 40
_MISREAD = str.maketrans("OIL", "011", "- ")


def new_code(random: Random) -> str:
    """An invite code of 50 bits, written in two halves: `7K3QD-0XW9M`. `random` must be a secure one."""
    letters = "".join(random.choice(CODE_ALPHABET) for _ in range(CODE_LETTERS))
    return f"{letters[: CODE_LETTERS // 2]}-{letters[CODE_LETTERS // 2 :]}"


def plain_code(typed: str) -> str:
    """What somebody typed, as one compares it: no case, hyphens or spaces; O is 0, and I and L are 1."""
    return typed.upper().translate(_MISREAD)
