"""The prerequisite graph: pure, on ids."""

from collections.abc import Collection, Hashable, Mapping
from typing import TypeVar

Node = TypeVar("Node", bound=Hashable)


def cycle_through(needs: Mapping[Node, Collection[Node]], start: Node) -> list[Node] | None:
    """A cycle of the graph through `start`, from it and back to it, or None.

    Depth first without recursion, so that a long chain costs no stack. If the graph without the edges out of `start`
    has no cycle, None means that the whole graph has none.

    Args:
        needs: node -> what it needs; a node that needs nothing may be missing.
    """
    came_from: dict[Node, Node] = {}
    waiting = [start]
    while waiting:
        node = waiting.pop()
        for needed in needs.get(node, ()):
            if needed == start:
                return [start, *_way_back(came_from, node, start), start]
            if needed not in came_from:
                came_from[needed] = node
                waiting.append(needed)
    return None


def _way_back(came_from: Mapping[Node, Node], node: Node, start: Node) -> list[Node]:
    way = []
    while node != start:
        way.append(node)
        node = came_from[node]
    return way[::-1]


def in_learning_order(needs: Mapping[Node, Collection[Node]], nodes: Collection[Node]) -> list[Node]:
    """The nodes so that each stands after all it needs; among equals in the order given (Kahn 1962, by levels).

    Args:
        needs: a graph without a cycle; what lies outside `nodes` is left out of account.
    """
    known = set(nodes)
    open_needs = {node: {one for one in needs.get(node, ()) if one in known} for node in nodes}
    needed_by: dict[Node, list[Node]] = {}
    for node, those in open_needs.items():
        for one in those:
            needed_by.setdefault(one, []).append(node)
    place = {node: number for number, node in enumerate(nodes)}
    level = [node for node in nodes if not open_needs[node]]
    ordered: list[Node] = []
    while level:
        ordered += level
        freed = []
        for node in level:
            for dependent in needed_by.get(node, ()):
                open_needs[dependent].discard(node)
                if not open_needs[dependent]:
                    freed.append(dependent)
        level = sorted(freed, key=place.__getitem__)
    return ordered
