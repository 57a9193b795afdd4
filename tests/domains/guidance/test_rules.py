"""Properties of placing blocks, with an oracle of its own: what is allowed is checked in moments, not in quarters."""

from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, time, timedelta
from itertools import combinations, pairwise
from time import monotonic, sleep
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from studyhall.domains.guidance.rules import greedy
from studyhall.domains.guidance.rules.cp_sat import Solver
from studyhall.domains.guidance.rules.demand import Assignment, Course, WeakTopic, demand
from studyhall.domains.guidance.rules.engine import place
from studyhall.domains.guidance.rules.free_time import Span, Window, free_stretches
from studyhall.domains.guidance.rules.problem import (
    MOST_CANDIDATES,
    QUARTER,
    Candidate,
    Need,
    Problem,
    Stretch,
    points,
)
from studyhall.domains.guidance.rules.reasons import History, duration, moment_text
from studyhall.domains.planning.rules import span_of

# Each with a clock change in the days from 28 March to 7 April 2025, or with an unusual offset.
ZONES = [
    "Europe/Berlin", "Africa/Casablanca", "Australia/Lord_Howe", "Asia/Beirut", "America/Santiago", "Asia/Kathmandu",
    "Pacific/Chatham", "America/Havana", "America/New_York", "UTC",
]  # fmt: skip
FIRST_DAYS = [date(2025, 3, 8), date(2025, 3, 28), date(2025, 4, 3), date(2025, 10, 24), date(2025, 11, 1)]
COURSES = [UUID(int=number) for number in range(4)]
QUICKLY = settings(deadline=None, database=None, max_examples=60, suppress_health_check=list(HealthCheck))
SOLVED = settings(deadline=None, database=None, max_examples=15, suppress_health_check=list(HealthCheck))


def moment(day: date, at: time, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, at, tzinfo=zone).astimezone(UTC)


@st.composite
def windows(draw: Any) -> Window:
    zone = ZoneInfo(draw(st.sampled_from(ZONES)))
    first = draw(st.sampled_from(FIRST_DAYS))
    last = first + timedelta(days=draw(st.integers(0, 4)))
    earliest = time(draw(st.integers(0, 20)), draw(st.sampled_from([0, 15, 20, 59])))
    latest = draw(st.one_of(st.just(time()), st.builds(time, st.just(earliest.hour + 3), st.sampled_from([0, 30, 50]))))
    now = moment(first, time(5), zone) - timedelta(minutes=draw(st.integers(-1500, 1500)))
    days_off = draw(st.sets(st.sampled_from([first, last]), max_size=1))
    return Window(first, last, earliest, latest, zone, now, frozenset(days_off))


@st.composite
def busy_times(draw: Any, window: Window) -> list[Span]:
    starts = draw(st.lists(st.integers(0, 6 * 24 * 60), max_size=8))
    begin = window.origin
    return [
        (begin + timedelta(minutes=start), begin + timedelta(minutes=start + draw(st.integers(1, 300))))
        for start in starts
    ]


@st.composite
def problems(draw: Any, most_needs: int = 6) -> tuple[Problem, Window, list[Span]]:
    window = draw(windows())
    busy = draw(busy_times(window))
    pause = draw(st.sampled_from([0, 10, 15, 40]))
    needs = draw(
        st.lists(
            st.builds(
                Need,
                st.sampled_from(COURSES),
                st.sampled_from(["assignment", "weak_topic", "course"]),
                st.integers(1, 16),
                st.one_of(st.none(), st.integers(0, 600)),
                st.one_of(st.none(), st.integers(0, 9)),
                st.sampled_from(["high", "medium", "low"]),
            ),
            max_size=most_needs,
        )
    )
    shortest = draw(st.integers(1, 4))
    problem = Problem(
        origin=window.origin,
        zone=window.zone,
        free=free_stretches(window, busy, timedelta(minutes=pause)),
        needs=needs,
        total=draw(st.integers(0, 60)),
        room={day: draw(st.integers(0, 24)) for day in window.days},
        shortest=shortest,
        longest=shortest + draw(st.integers(0, 8)),
        pause=-(-pause // 15),
        liked=draw(st.one_of(st.none(), st.lists(st.integers(0, 100), min_size=24, max_size=24))),
        present=draw(
            st.dictionaries(st.tuples(st.sampled_from(COURSES), st.sampled_from(window.days or [window.first])),
                            st.integers(1, 3), max_size=4)
        ),
    )  # fmt: skip
    return problem, window, busy


def faults(problem: Problem, window: Window, busy: Sequence[Span], chosen: Sequence[Candidate]) -> Iterator[str]:
    """Everything that is wrong with a choice."""
    pause = problem.pause * QUARTER
    spans = [(problem.moment(one.start), problem.moment(one.end)) for one in chosen]
    for (_, end), (start, _) in pairwise(spans):
        if start < end + pause:
            yield f"{start} is too near to {end}"
    for one, (start, end) in zip(chosen, spans, strict=True):
        wall = start.astimezone(problem.zone)
        need = problem.needs[one.need]
        if any(start < stop and begin < end for begin, stop in busy):
            yield f"{start} collides"
        if not window.first <= wall.date() <= window.last or wall.date() in window.days_off or wall.date() != one.day:
            yield f"{start} is on another day"
        if start < window.not_before:
            yield f"{start} is in the past"
        if start < moment(one.day, window.earliest, window.zone):
            yield f"{start} is too early"
        end_day = one.day + timedelta(days=1) if window.latest == time() else one.day
        if end > moment(end_day, window.latest, window.zone):
            yield f"{end} is too late"
        # A plan of that wall time and length is that very stretch.
        minutes = (end - start) // timedelta(minutes=1)
        planned = span_of(wall.date(), wall.time(), minutes, problem.zone)
        if (planned.starts_at, planned.ends_at) != (start, end):
            yield f"{wall} is no wall time of a plan"
        if need.due is not None and end > problem.moment(need.due):
            yield f"{end} is after it is due"
        if not 15 <= minutes <= 480 or one.length > problem.longest:
            yield f"{minutes} minutes are no block"
        if one.length < min(problem.shortest, need.quarters, problem.total):
            yield f"{minutes} minutes are too short"
    yield from too_much(problem, chosen)


def too_much(problem: Problem, chosen: Sequence[Candidate]) -> Iterator[str]:
    by_need, by_day = Counter[int](), Counter[date]()
    for one in chosen:
        by_need[one.need] += one.length
        by_day[one.day] += one.length
    if any(length > problem.needs[number].quarters for number, length in by_need.items()):
        yield "a need gets too much"
    if any(length > problem.room[day] for day, length in by_day.items()):
        yield "a day gets too much"
    if by_day.total() > problem.total:
        yield "too much in all"


@QUICKLY
@given(problems())
def test_greedy_placing_breaks_no_rule(drawn: tuple[Problem, Window, list[Span]]) -> None:
    problem, window, busy = drawn
    chosen = greedy.place(problem)
    assert list(faults(problem, window, busy, chosen)) == []
    assert points(problem, chosen) >= 0


@SOLVED
@given(problems())
def test_the_solver_breaks_no_rule_and_is_never_worth_less(drawn: tuple[Problem, Window, list[Span]]) -> None:
    problem, window, busy = drawn
    quick = greedy.place(problem)
    found = Solver(1.0).solve(problem, quick)
    if found is not None:
        assert list(faults(problem, window, busy, found.chosen)) == []
        assert not found.is_optimal or points(problem, found.chosen) >= points(problem, quick)
    placed = place(problem, Solver(1.0))
    assert points(problem, placed.blocks) >= points(problem, quick)
    assert (placed.engine == "cp_sat") == (
        found is not None and points(problem, found.chosen) >= points(problem, quick)
    )


@st.composite
def small_problems(draw: Any) -> Problem:
    """So few quarters that every choice can be tried."""
    days = [date(2025, 3, 24), date(2025, 3, 25)]
    needs = [
        Need(
            draw(st.sampled_from(COURSES[:2])), draw(st.sampled_from(["assignment", "course"])), draw(st.integers(1, 5))
        )
        for _ in range(2)
    ]
    return Problem(
        origin=datetime(2025, 3, 24, tzinfo=UTC),
        zone=ZoneInfo("UTC"),
        free=[Stretch(days[0], 40, 45), Stretch(days[1], 140, 143)],
        needs=needs,
        total=draw(st.integers(1, 8)),
        room={days[0]: draw(st.integers(1, 5)), days[1]: 3},
        shortest=draw(st.integers(1, 2)),
        longest=draw(st.integers(2, 4)),
        pause=draw(st.integers(0, 1)),
        present={(COURSES[0], days[1]): draw(st.integers(1, 2))},
    )


@SOLVED
@given(small_problems())
def test_the_solver_finds_what_trying_everything_finds(problem: Problem) -> None:
    best = 0
    for count in range(1, 5):
        for chosen in combinations(sorted(problem.candidates, key=lambda one: one.start), count):
            if all(late.start >= early.end + problem.pause for early, late in pairwise(chosen)) and not list(
                too_much(problem, chosen)
            ):
                best = max(best, points(problem, chosen))
    found = Solver(5.0).solve(problem)
    assert found is not None and found.is_optimal
    assert points(problem, found.chosen) == best


def _full_week(needs: int, courses: int = 4) -> Problem:
    days = [date(2025, 3, 24) + timedelta(days=n) for n in range(7)]
    window = Window(days[0], days[-1], time(), time(), ZoneInfo("UTC"), datetime(2025, 3, 24, tzinfo=UTC))
    return Problem(
        origin=window.origin,
        zone=window.zone,
        free=free_stretches(window, [], timedelta()),
        needs=[Need(UUID(int=number % courses), "course", 16) for number in range(needs)],
        total=200,
        room=dict.fromkeys(days, 20),
    )


def test_the_same_problem_has_the_same_answer() -> None:
    first, second = (place(_full_week(3), Solver(1.0)) for _ in range(2))
    assert first == second


@pytest.mark.parametrize("needs", [1, 5, 20, 60])
def test_there_are_never_too_many_candidates(needs: int) -> None:
    assert 0 < len(_full_week(needs).candidates) <= MOST_CANDIDATES


def test_a_stopped_solver_does_not_begin() -> None:
    solver = Solver()
    solver.stop()
    assert solver.solve(_full_week(1)) is None


def test_a_search_is_stopped_from_another_thread() -> None:
    problem = _full_week(60, courses=30)
    solver = Solver(most_deterministic_time=10_000.0)
    begun = monotonic()
    with ThreadPoolExecutor(1) as threads:
        solving = threads.submit(solver.solve, problem)
        while not solving.done() and monotonic() - begun < 50:
            sleep(0.2)
            if monotonic() - begun > 3:
                solver.stop()
    assert monotonic() - begun < 45, "it ran to the wall clock's limit"
    found = solving.result()
    assert found is None or not list(too_much(problem, found.chosen))


@QUICKLY
@given(st.data())
def test_free_time_is_all_that_is_free_and_nothing_else(data: st.DataObject) -> None:
    window = data.draw(windows())
    busy = data.draw(busy_times(window))
    pause = timedelta(minutes=data.draw(st.sampled_from([0, 10, 15])))
    free = {quarter for stretch in free_stretches(window, busy, pause) for quarter in range(stretch.start, stretch.end)}
    for quarter in range(8 * 96):
        start = window.origin + quarter * QUARTER
        end = start + QUARTER
        inside = any(
            start >= max(moment(day, window.earliest, window.zone), window.not_before)
            and end <= moment(day + timedelta(days=window.latest == time()), window.latest, window.zone)
            for day in window.days
        )
        taken = any(start < stop + pause and begin - pause < end for begin, stop in busy)
        assert (quarter in free) == (inside and not taken), start


def test_the_second_of_a_repeated_hour_is_no_beginning() -> None:
    zone = ZoneInfo("Europe/Berlin")
    day = date(2025, 10, 26)
    window = Window(day, day, time(2), time(4), zone, moment(day, time(), zone))
    free = free_stretches(window, [], timedelta())
    problem = Problem(window.origin, zone, free, [Need(COURSES[0], "course", 4)], 4, {day: 40}, longest=12)
    assert sum(stretch.end - stretch.start for stretch in free) == 12
    walls = [problem.wall(one.start) for one in problem.candidates]
    assert {wall.fold for wall in walls} == {0}
    assert {f"{wall:%H:%M}" for wall in walls} == {
        "02:00", "02:15", "02:30", "02:45", "03:00", "03:15", "03:30",
    }  # fmt: skip


@QUICKLY
@given(
    st.lists(st.tuples(st.integers(1, 6), st.integers(0, 600)), min_size=1, max_size=4),
    st.lists(st.tuples(st.integers(0, 3), st.sampled_from(["high", "medium", "low"]), st.integers(0, 9)), max_size=6),
    st.lists(st.tuples(st.integers(0, 3), st.floats(0, 1)), max_size=8),
    st.one_of(st.none(), st.integers(0, 3000)),
)
def test_what_the_days_ask_for_adds_up(
    credits_covered: list[tuple[int, int]], due: list[Any], weak: list[Any], asked: int | None
) -> None:
    courses = [Course(COURSES[n], f"Course {n}", *facts) for n, facts in enumerate(credits_covered)]
    moments = [datetime(2025, 3, 24 + days % 7, tzinfo=UTC) for _, _, days in due]
    assignments = [
        Assignment(UUID(int=100 + n), COURSES[course], "x", moments[n], priority)
        for n, (course, priority, _) in enumerate(due)
    ]
    topics = [WeakTopic(UUID(int=200 + n), COURSES[course], "y", mastery) for n, (course, mastery) in enumerate(weak)]
    found = demand(courses, assignments, topics, asked, "asked")
    covered = sum(course.covered for course in courses)
    assert all(0 < one.left <= one.asked and one.left % 15 == 0 for one in found.wanted)
    assert found.total <= sum(one.left for one in found.wanted)
    assert {one.course.id for one in found.wanted} <= {course.id for course in courses}
    if asked is not None:
        assert found.total <= max(0, asked - covered)
    enough = [Course(one.id, one.name, one.credits, 10_000) for one in courses]
    assert demand(enough, assignments, topics, asked, "asked").total == 0
    if not covered and not due and not weak and asked is not None:
        assert found.total == asked // 15 * 15


def test_cover_pays_for_what_is_due_first() -> None:
    course = Course(COURSES[0], "Chemistry", 2, covered=150)
    soon = Assignment(UUID(int=1), course.id, "Soon", datetime(2025, 3, 25, tzinfo=UTC), "medium")
    later = Assignment(UUID(int=2), course.id, "Later", datetime(2025, 3, 26, tzinfo=UTC), "low")
    found = demand([course], [later, soon], [], None, "courses")
    assert [(one.kind, one.asked, one.left) for one in found.wanted] == [("assignment", 60, 30), ("course", 120, 120)]


def test_hours_are_shared_by_credits_to_the_last_quarter() -> None:
    courses = [Course(COURSES[n], str(n), credits_) for n, credits_ in enumerate((3, 3, 1))]
    found = demand(courses, [], [], 100, "asked")
    assert [one.asked for one in found.wanted] == [45, 30, 15]


def test_words() -> None:
    assert [duration(minutes) for minutes in (0, 15, 60, 95)] == ["0 min", "15 min", "1 h", "1 h 35 min"]
    assert moment_text(datetime(2025, 3, 8, 9, 5)) == "Saturday, 8 March 2025 at 09:05"
    assert History([0] * 12 + [30, 60] + [0] * 10, 8).liked[11:15] == [0, 50, 100, 0]
