"""Roles, rights and codes, without a database."""

from random import Random

from hypothesis import given
from hypothesis import strategies as st

from studyhall.domains.groups import rules
from studyhall.domains.groups.rules import GroupType, Right, Role


@given(st.sampled_from([None, *Role]), st.sampled_from(list(Role)))
def test_nobody_removes_who_stands_beside_or_above_him_but_a_leader(role: Role | None, other: Role) -> None:
    order = list(Role)
    below = role is not None and order.index(role) < order.index(other)
    assert rules.may_remove(role, other) == (role is Role.LEADER or (role is Role.ADMIN and below))


def test_a_higher_role_has_every_right_of_a_lower_one() -> None:
    for higher, lower in zip(Role, list(Role)[1:], strict=False):
        assert rules.RIGHTS[higher] > rules.RIGHTS[lower]
    assert not any(rules.has_right(None, right) for right in Right)


@given(st.sampled_from([None, *Role]), st.sampled_from(list(GroupType)))
def test_who_manages_everything_may_add(role: Role | None, group_type: GroupType) -> None:
    rights = rules.resource_rights(role, group_type)
    assert rights.can_add >= rights.can_manage_all == (role is Role.LEADER)


@given(st.randoms(use_true_random=False), st.randoms(use_true_random=False))
def test_a_code_is_read_however_it_is_typed(random: Random, typist: Random) -> None:
    code = rules.new_code(random)
    assert len(rules.plain_code(code)) == rules.CODE_LETTERS
    assert set(rules.plain_code(code)) <= set(rules.CODE_ALPHABET)
    look_alikes = {"0": "0oO", "1": "1iIlL"}
    typed = "".join(typist.choice(look_alikes.get(one, one + one.lower())) for one in code)
    assert rules.plain_code(f" {typed} ") == rules.plain_code(code)


@given(st.text())
def test_any_text_may_be_typed_for_a_code(typed: str) -> None:
    once = rules.plain_code(typed)
    assert rules.plain_code(once) == once
