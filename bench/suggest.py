"""How long a week's proposals take: `python -m bench.suggest`."""

import json
import os
import platform
import resource
import time
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from datetime import time as wall_time
from pathlib import Path
from uuid import UUID
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.table import Table

from studyhall.domains.guidance.rules import greedy
from studyhall.domains.guidance.rules.cp_sat import Solver
from studyhall.domains.guidance.rules.engine import place
from studyhall.domains.guidance.rules.free_time import Window, free_stretches
from studyhall.domains.guidance.rules.problem import HOUR, QUARTER, Need, Problem, points

RESULTS = Path(__file__).parent / "results" / "suggest.json"
BERLIN = ZoneInfo("Europe/Berlin")
MONDAY = date(2025, 3, 24)
# Minutes after midnight at which the classes of a weekday begin, each of 90 minutes.
CLASSES = {0: (600, 720, 840), 1: (480, 600), 2: (600, 720, 900), 3: (840,), 4: (480, 600, 720)}


def week(courses: int, assignments: int, earliest: int, latest: int, per_day: int, *, classes: bool = True) -> Problem:
    """Seven days that end with a clock change."""
    now = datetime(2025, 3, 24, 5, tzinfo=UTC)
    window = Window(MONDAY, MONDAY + timedelta(days=6), wall_time(earliest), wall_time(latest % 24), BERLIN, now)
    busy = []
    for day, starts in CLASSES.items() if classes else ():
        midnight = datetime.combine(MONDAY + timedelta(days=day), wall_time(), tzinfo=BERLIN).astimezone(UTC)
        for start in starts:
            begin = midnight + timedelta(minutes=start)
            busy.append((begin, begin + timedelta(minutes=90)))
    needs = [_assignment(window, number, courses) for number in range(assignments)]
    needs += [Need(UUID(int=number), "course", HOUR * (2 + number % 3)) for number in range(courses)]
    total = sum(need.quarters for need in needs)
    free = free_stretches(window, busy, timedelta(minutes=15))
    return Problem(window.origin, BERLIN, free, needs, total, dict.fromkeys(window.days, per_day * HOUR))


def _assignment(window: Window, number: int, courses: int) -> Need:
    days = 1 + number * 11 % 13
    due_date = datetime(2025, 3, 24, 16, tzinfo=UTC) + timedelta(days=days)
    due = (due_date - window.origin) // QUARTER if days < 7 else None
    return Need(UUID(int=number % courses), "assignment", HOUR * (1 + number % 3), due, days)


WEEKS: Mapping[str, Callable[[], Problem]] = {
    "typical": lambda: week(5, 4, 8, 22, 4),
    "hard": lambda: week(8, 12, 7, 23, 6),
    "hardest": lambda: week(50, 25, 0, 24, 16, classes=False),
}


def measure(problem: Problem) -> dict[str, object]:
    """Figures of one week; seconds of this machine, the loading of the solver's library not included."""
    begun = time.perf_counter()
    candidates = len(problem.candidates)
    prepared = time.perf_counter()
    quick = greedy.place(problem)
    placed_quickly = time.perf_counter()
    placed = place(problem, Solver())
    solved = time.perf_counter()
    return {
        "needs": len(problem.needs),
        "candidates": candidates,
        "prepare_seconds": round(prepared - begun, 3),
        "greedy_seconds": round(placed_quickly - prepared, 3),
        "seconds": round(solved - placed_quickly, 2),
        "engine": placed.engine,
        "is_optimal": placed.is_optimal,
        "blocks": len(placed.blocks),
        "points": points(problem, placed.blocks),
        "greedy_points": points(problem, quick),
    }


def _load() -> float:
    begun = time.perf_counter()
    from ortools.sat.python import cp_model  # noqa: F401 - its loading is what is measured

    return time.perf_counter() - begun


def report(figures: Mapping[str, dict[str, object]]) -> None:
    """Print a table."""
    table = Table("week", *next(iter(figures.values())))
    for name, row in figures.items():
        table.add_row(name, *(str(value) for value in row.values()))
    Console(width=160).print(table)


def main() -> None:
    """Measure, print, keep."""
    loading = round(_load(), 2)
    figures = {name: measure(make()) for name, make in WEEKS.items()}
    report(figures)
    kept = {
        "python": platform.python_version(),
        "cpus": os.cpu_count(),
        "library_seconds": loading,
        "peak_memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "weeks": figures,
    }
    RESULTS.write_text(json.dumps(kept, indent=2) + "\n")


if __name__ == "__main__":
    main()
