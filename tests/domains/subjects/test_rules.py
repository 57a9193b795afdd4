"""The prerequisite graph."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from studyhall.domains.subjects import rules

edges = st.dictionaries(st.integers(0, 9), st.sets(st.integers(0, 9), max_size=4), max_size=10)


def _reaches(needs: dict[int, set[int]], start: int) -> set[int]:
    seen: set[int] = set()
    for _ in range(11):
        for node in {start, *seen}:
            seen |= needs.get(node, set())
    return seen


@given(edges, st.integers(0, 9))
def test_a_cycle_is_found_exactly_when_a_topic_needs_itself_in_the_end(needs: dict[int, set[int]], start: int) -> None:
    found = rules.cycle_through(needs, start)
    assert (found is not None) == (start in _reaches(needs, start))
    if found is not None:
        assert found[0] == found[-1] == start
        assert all(after in needs[before] for before, after in pairwise(found))


def test_a_long_chain_costs_no_stack() -> None:
    chain = {number: [number + 1] for number in range(100_000)}
    assert rules.cycle_through(chain, 0) is None
    assert rules.cycle_through({**chain, 100_000: [0]}, 0) == [*range(100_001), 0]


@given(edges)
def test_everything_stands_after_what_it_needs(needs: dict[int, set[int]]) -> None:
    """Only edges to smaller numbers, so that there is no cycle."""
    down = {node: {one for one in those if one < node} for node, those in needs.items()}
    nodes = list(range(10))
    order = rules.in_learning_order(down, nodes)
    assert sorted(order) == nodes
    place = {node: number for number, node in enumerate(order)}
    assert all(place[one] < place[node] for node, those in down.items() for one in those)


def test_among_equals_the_given_order_stays() -> None:
    assert rules.in_learning_order({}, [3, 1, 2]) == [3, 1, 2]
    assert rules.in_learning_order({3: [9, 2]}, [3, 1, 2]) == [1, 2, 3]
