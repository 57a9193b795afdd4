"""Placing blocks one after the other, each time the one that adds most. Quick, and good rather than best.

It serves where the solver found nothing in its time, and it gives the solver something to start from.
"""

from collections import Counter
from datetime import date
from uuid import UUID

from studyhall.domains.guidance.rules.problem import SAME_DAY, UNEVEN, Candidate, Problem


def place(problem: Problem) -> list[Candidate]:
    """An allowed choice, in order of time; among equals the earlier and then the more urgent wins."""
    chosen: list[Candidate] = []
    left = [need.quarters for need in problem.needs]
    blocks: Counter[tuple[UUID, date]] = Counter(problem.present)
    by_day: Counter[date] = Counter()
    open_candidates = sorted(problem.candidates, key=lambda one: (one.start, one.need, -one.length))
    total = problem.total

    def gain(one: Candidate) -> int:
        further = blocks[problem.needs[one.need].course_id, one.day] > 0
        over = max(0, by_day[one.day] + one.length - problem.even_share) - max(0, by_day[one.day] - problem.even_share)
        return one.points + (SAME_DAY if further else 0) + UNEVEN * over

    while open_candidates:
        best = max(open_candidates, key=gain)
        if gain(best) <= 0:
            break
        chosen.append(best)
        left[best.need] -= best.length
        total -= best.length
        blocks[problem.needs[best.need].course_id, best.day] += 1
        by_day[best.day] += best.length
        open_candidates = [
            one
            for one in open_candidates
            if one.length <= min(left[one.need], total, problem.room[one.day] - by_day[one.day])
            and (one.end + problem.pause <= best.start or best.end + problem.pause <= one.start)
        ]
    return sorted(chosen, key=lambda one: one.start)
