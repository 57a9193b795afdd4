"""Placing blocks with a constraint solver (OR-Tools CP-SAT).

The model: one Boolean per candidate; at most one candidate covers any quarter, its pause included, which is the
no-overlap of optional intervals on a grid and gives the solver a tight linear relaxation; at most so much per need,
per day and in all; the points of `problem.points` as objective.

The answer does not depend on the machine: one thread, a fixed seed, and a limit in the solver's own deterministic
time. Only where a machine is so slow that the wall clock's limit comes first, another answer is possible.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID

from studyhall.domains.guidance.rules.problem import SAME_DAY, UNEVEN, Candidate, Problem

if TYPE_CHECKING:
    from ortools.sat.python import cp_model

SEED = 1
# About this many seconds of one core of a current machine.
MOST_DETERMINISTIC_TIME = 8.0
MOST_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Solution:
    """What the solver found.

    Attributes:
        is_optimal: whether it proved that nothing is worth more.
    """

    chosen: Sequence[Candidate]
    is_optimal: bool


class Solver:
    """One search, which another thread may stop."""

    def __init__(self, most_deterministic_time: float = MOST_DETERMINISTIC_TIME) -> None:
        self._most_deterministic_time = most_deterministic_time
        self._solver: cp_model.CpSolver | None = None
        self._is_stopped = False

    def stop(self) -> None:
        """End the search soon; `solve` answers what it has found by then."""
        self._is_stopped = True
        if self._solver is not None:
            self._solver.stop_search()

    def solve(self, problem: Problem, start: Sequence[Candidate] = ()) -> Solution | None:
        """The best choice found in the time allowed; None when none was found.

        Args:
            start: an allowed choice from which to begin.
        """
        # The library costs a second and 80 MB, so it is loaded by the workers that need it and by nobody else.
        from ortools.sat.python import cp_model

        model, chosen = _model(cp_model, problem)
        begun = set(start)
        for one, is_chosen in zip(problem.candidates, chosen, strict=True):
            model.add_hint(is_chosen, one in begun)
        solver = self._solver = cp_model.CpSolver()
        self._limit(solver.parameters)
        if self._is_stopped:
            return None
        status = solver.solve(model)
        if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            return None
        both = zip(problem.candidates, chosen, strict=True)
        picked = [one for one, is_chosen in both if solver.boolean_value(is_chosen)]
        return Solution(sorted(picked, key=lambda one: one.start), status == cp_model.OPTIMAL)

    def _limit(self, parameters: Any) -> None:
        parameters.num_workers = 1
        parameters.random_seed = SEED
        parameters.max_deterministic_time = self._most_deterministic_time
        parameters.max_time_in_seconds = MOST_SECONDS
        # Measured on full weeks: looking for symmetries and probing cost more than they save.
        parameters.symmetry_level = 0
        parameters.cp_model_probing_level = 0


def _model(library: Any, problem: Problem) -> "tuple[cp_model.CpModel, list[cp_model.IntVar]]":
    model: cp_model.CpModel = library.CpModel()
    candidates = problem.candidates
    chosen = [model.new_bool_var("") for _ in candidates]
    covering: dict[int, list[Any]] = defaultdict(list)
    by_need: dict[int, list[int]] = defaultdict(list)
    by_day: dict[date, list[int]] = defaultdict(list)
    by_course_day: dict[tuple[UUID, date], list[int]] = defaultdict(list)
    for number, one in enumerate(candidates):
        for quarter in range(one.start, one.end + problem.pause):
            covering[quarter].append(chosen[number])
        by_need[one.need].append(number)
        by_day[one.day].append(number)
        by_course_day[problem.needs[one.need].course_id, one.day].append(number)

    def length(numbers: Sequence[int]) -> Any:
        weights = [candidates[number].length for number in numbers]
        return library.LinearExpr.weighted_sum([chosen[number] for number in numbers], weights)

    for together in covering.values():
        model.add_at_most_one(together)
    for need, numbers in by_need.items():
        model.add(length(numbers) <= problem.needs[need].quarters)
    model.add(length(range(len(candidates))) <= problem.total)
    worth = [library.LinearExpr.weighted_sum(chosen, [one.points for one in candidates])]
    for day, numbers in by_day.items():
        model.add(length(numbers) <= problem.room[day])
        uneven = model.new_int_var(0, max(0, problem.room[day] - problem.even_share), "")
        model.add(uneven >= length(numbers) - problem.even_share)
        worth.append(UNEVEN * uneven)
    for key, numbers in by_course_day.items():
        free = 0 if problem.present.get(key, 0) else 1
        further = model.new_int_var(0, len(numbers), "")
        model.add(further >= library.LinearExpr.sum([chosen[number] for number in numbers]) - free)
        worth.append(SAME_DAY * further)
    model.maximize(library.LinearExpr.sum(worth))
    return model, chosen
