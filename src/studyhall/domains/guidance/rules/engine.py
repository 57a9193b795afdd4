"""Which engine answers: the solver, or greedy placing where the solver found nothing better in its time."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from studyhall.domains.guidance.rules import greedy
from studyhall.domains.guidance.rules.problem import Candidate, Problem, points

if TYPE_CHECKING:
    from studyhall.domains.guidance.rules.cp_sat import Solver

Engine = Literal["cp_sat", "greedy"]


@dataclass(frozen=True, slots=True)
class Placed:
    """A choice of blocks in order of time.

    Attributes:
        is_optimal: whether it is proved that nothing is worth more.
    """

    blocks: Sequence[Candidate]
    engine: Engine
    is_optimal: bool


def place(problem: Problem, solver: "Solver") -> Placed:
    """The best blocks that can be found; greedy placing answers only when the solver's time ran out without better."""
    quick = greedy.place(problem)
    found = solver.solve(problem, quick)
    if found is None or points(problem, found.chosen) < points(problem, quick):
        return Placed(quick, "greedy", False)
    return Placed(found.chosen, "cp_sat", found.is_optimal)
