"""Every rule of grades as a property, against a second way of computing it."""

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import combinations
from statistics import mean
from typing import Any
from uuid import UUID

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from studyhall.domains.grades.rules import gpa, what_if
from studyhall.domains.grades.rules.averages import (
    Scored,
    WeightLedger,
    average,
    counted,
    direction,
    rounded,
    rounded_down,
    rounded_up,
    shares,
)
from studyhall.domains.grades.rules.gpa import Gpa, Taking
from studyhall.domains.grades.rules.results import faults_of
from studyhall.domains.grades.rules.what_if import OUT_OF_REACH, REACHABLE, SAFE, Ahead
from studyhall.domains.scales.public import GERMAN, PERCENTAGE, SCALES, UK, US_4

KINDS = st.sampled_from(["quiz", "final"])
PERCENTAGES = st.fractions(0, 100, max_denominator=40)
WEIGHTS = st.fractions(0, 40, max_denominator=4)
SCALE = st.sampled_from(list(SCALES.values()))
POLICIES = st.dictionaries(KINDS, st.integers(0, 3))


@st.composite
def results(draw: Any, most: int = 7, weights: Any = None) -> list[Scored]:
    weight = weights if weights is not None else st.none() | WEIGHTS
    return draw(  # type: ignore[no-any-return]
        st.lists(st.builds(Scored, KINDS, PERCENTAGES, weight, st.booleans()), max_size=most)
    )


def test_a_table_of_averages() -> None:
    def at(*pairs: tuple[int, int | None]) -> Fraction | None:
        return average([Scored("quiz", Fraction(p), None if w is None else Fraction(w)) for p, w in pairs], {})

    assert at() is None
    assert at((80, None), (90, None)) == 85
    assert at((80, 30), (90, 60)) == Fraction(260, 3)  # weights of 90 in all
    assert at((85, 30), (70, 50), (90, None)) == Fraction("78.5")  # the third takes the 20 that are left
    assert at((80, 30), (60, None)) == 70  # but never more than the average weighted one
    assert at((80, 60), (90, 40), (10, None)) == 84  # nothing is left for it
    assert at((80, 0), (90, 0)) is None
    assert at((80, 0), (90, 10)) == 90


@given(results(), POLICIES)
def test_an_average_lies_between_what_counts(found: list[Scored], policy: dict[str, int]) -> None:
    value = average(found, policy)
    counting = counted(found, policy)
    if value is None:
        assert all(not one.weight for one in counting)
        return
    assert min(one.percentage for one in counting) <= value <= max(one.percentage for one in counting)


@given(results(weights=WEIGHTS.filter(bool)))
def test_with_all_weights_it_is_the_weighted_mean(found: list[Scored]) -> None:
    counting = [one for one in found if not one.is_dropped]
    assume(counting)
    copies = [one.percentage for one in counting for _ in range(int((one.weight or 0) * 12))]
    assert average(found, {}) == sum(copies) / len(copies)


@given(results(weights=st.none()))
def test_without_weights_it_is_the_plain_mean(found: list[Scored]) -> None:
    counting = [one.percentage for one in found if not one.is_dropped]
    assert average(found, {}) == (mean(counting) if counting else None)


@given(st.lists(st.none() | WEIGHTS, max_size=8))
def test_shares_keep_what_is_given_and_never_overflow(weights: list[Fraction | None]) -> None:
    found = shares(weights)
    given_ones = [weight for weight in weights if weight is not None]
    assert [share for share, weight in zip(found, weights, strict=True) if weight is not None] == given_ones
    if given_ones and sum(given_ones) <= 100:
        assert sum(found) <= 100
    unknown = {share for share, weight in zip(found, weights, strict=True) if weight is None}
    assert len(unknown) <= 1
    if given_ones and unknown:
        assert 0 <= unknown.pop() <= mean(given_ones)


@given(results(), POLICIES)
def test_the_lowest_are_dropped_and_never_all(found: list[Scored], policy: dict[str, int]) -> None:
    counting = counted(found, policy)
    for kind in ("quiz", "final"):
        before = sorted(one.percentage for one in found if one.kind == kind and not one.is_dropped)
        after = sorted(one.percentage for one in counting if one.kind == kind)
        drop = min(policy.get(kind, 0), max(0, len(before) - 1))
        assert after == before[drop:]
    assert [one for one in found if one in counting] == [one for one in found if one in counting and not one.is_dropped]


@given(results(most=5, weights=st.none()), st.integers(0, 3))
def test_dropping_the_lowest_is_the_best_for_equal_weights(found: list[Scored], number: int) -> None:
    quizzes = [one for one in found if one.kind == "quiz" and not one.is_dropped]
    assume(quizzes)
    kept = len(quizzes) - min(number, len(quizzes) - 1)
    best = max(mean(one.percentage for one in chosen) for chosen in combinations(quizzes, kept))
    assert average(quizzes, {"quiz": number}) == best


@given(st.lists(st.tuples(KINDS, st.decimals(0, 40, places=2)), max_size=8), POLICIES)
def test_the_ledger_frees_the_largest_weights_of_what_is_dropped(
    weights: list[tuple[str, Decimal]], policy: dict[str, int]
) -> None:
    ledger = WeightLedger(policy, weights[:-1])
    expected = Decimal(0)
    for kind in ("quiz", "final"):
        sizes = sorted((weight for one, weight in weights if one == kind), reverse=True)
        expected += sum(sizes[min(policy.get(kind, 0), max(0, len(sizes) - 1)) :], Decimal(0))
    if weights:
        before = ledger.total
        assert ledger.with_added(*weights[-1]) == expected
        assert ledger.total == before
        ledger.add(*weights[-1])
    assert ledger.total == expected


@given(st.fractions(-1000, 1000))
def test_rounding(value: Fraction) -> None:
    nearest, up, down = (Fraction(make(value)) for make in (rounded, rounded_up, rounded_down))
    assert abs(nearest - value) <= Fraction(1, 200)
    assert down <= value <= up
    assert up - down in (0, Fraction(1, 100))
    assert nearest in (up, down)


def test_a_half_is_rounded_as_in_school() -> None:
    assert (rounded(Fraction("2.675")), rounded(Fraction("-0.005")), rounded(Fraction(5, 2), 0)) == (
        Decimal("2.68"), Decimal("-0.01"), Decimal(3),
    )  # fmt: skip


@given(st.lists(PERCENTAGES, max_size=9))
def test_the_direction_of_a_course_turns_with_time(percentages: list[Fraction]) -> None:
    opposite = {"improving": "declining", "declining": "improving", "stable": "stable"}
    assert direction(percentages[::-1]) == opposite[direction(percentages)]
    half = len(percentages) // 2
    change = mean(percentages[-half:]) - mean(percentages[:half]) if half else 0
    assert direction(percentages) == (
        "improving" if change >= Fraction("2.5") else "declining" if change <= Fraction("-2.5") else "stable"
    )


@given(SCALE, PERCENTAGES, PERCENTAGES)
def test_a_better_percentage_is_never_a_worse_grade(scale: Any, one: Fraction, other: Fraction) -> None:
    low, high = sorted([one, other])
    assert scale.improvement(scale.points_of(low), scale.points_of(high)) >= 0
    assert 0 <= scale.improvement(scale.worst, scale.points_of(high)) <= 1


@given(SCALE)
def test_scales_are_whole(scale: Any) -> None:
    lows = [band.lowest for band in scale.bands]
    assert lows == sorted(set(lows), reverse=True)
    assert (lows[-1], scale.named(scale.bands[0].grade.lower() + " ")) == (0, scale.bands[0])
    for band in scale.bands:
        assert scale.band_of(band.lowest) == band == scale.named(band.grade)
        assert scale.standing_of(band.grade)[1] == scale.points_of(band.lowest)


@pytest.mark.parametrize(
    ("scale", "percentage", "grade", "points"),
    [(US_4, "92.99", "A-", "3.7"), (US_4, "93", "A", "4"), (US_4, "85", "B", "3"), (US_4, "59.9", "F", "0"),
     (GERMAN, "87", "1.7", "1.7"), (GERMAN, "49.99", "5.0", "5"), (UK, "69.9", "2:1", "69.9"),
     (PERCENTAGE, "81.5", "B", "81.5")],
)  # fmt: skip
def test_grades_of_percentages(scale: Any, percentage: str, grade: str, points: str) -> None:
    assert scale.band_of(Fraction(percentage)).grade == grade
    assert scale.points_of(Fraction(percentage)) == Fraction(points)


@pytest.mark.parametrize(
    ("scale", "written", "points"),
    [(US_4, "b+", "3.3"), (US_4, "A\N{MINUS SIGN}", "3.7"), (GERMAN, "1,7", "1.7"), (GERMAN, "2", "2"),
     (UK, "2:1", "60"), (UK, "67,5 %", "67.5"), (US_4, "85", None), (UK, "101", None), (US_4, "E", None)],
)  # fmt: skip
def test_grades_as_people_write_them(scale: Any, written: str, points: str | None) -> None:
    found = scale.standing_of(written)
    assert found is None if points is None else found[1] == Fraction(points)


@st.composite
def takings(draw: Any) -> list[Taking]:
    def one(number: int) -> Taking:
        percentage = draw(st.none() | PERCENTAGES)
        return Taking(
            course=UUID(int=draw(st.integers(1, 4))),
            course_id=UUID(int=number),
            semester=draw(st.sampled_from(["Fall 2023", "Spring 2024", "3rd Semester"])),
            last_on=date(2023, 9, 1) + timedelta(days=draw(st.integers(0, 600))),
            credits=draw(st.fractions(0, 8, max_denominator=2)),
            percentage=percentage,
            points=None if percentage is None else US_4.points_of(percentage),
            is_graded=draw(st.booleans()),
        )

    return [one(number) for number in range(draw(st.integers(0, 7)))]


def oracle(found: list[Taking]) -> Fraction | None:
    """The mean over one entry for every half credit."""
    entries = [
        one.points for one in found if one.is_graded and one.points is not None for _ in range(int(one.credits * 2))
    ]
    return sum(entries, Fraction(0)) / len(entries) if entries else None


@given(takings())
def test_the_gpa_against_an_oracle(found: list[Taking]) -> None:
    assert gpa.gpa_of(found).value == oracle(found)


@given(takings(), st.sampled_from(["latest", "best", "all"]))
def test_repeated_courses_count_once(found: list[Taking], repeats: str) -> None:
    counting = gpa.cumulative(found, repeats, US_4)
    if repeats == "all":
        assert counting == found
        return
    assert sorted(str(one.course) for one in counting) == sorted({str(one.course) for one in found})
    for chosen in counting:
        rivals = [one for one in found if one.course == chosen.course and one.points is not None]
        if not rivals:
            continue
        assert chosen.points is not None
        if repeats == "best":
            assert chosen.points == max(one.points for one in rivals if one.points is not None)
        else:
            assert chosen.last_on == max(one.last_on for one in rivals)


@given(takings(), st.sampled_from(["semester", "year"]))
def test_periods_hold_every_taking_once_in_order(found: list[Taking], by: str) -> None:
    trend = gpa.periods(found, by)
    assert sum(period.gpa.credits for period in trend) == gpa.gpa_of(found).credits
    assert len({period.name for period in trend}) == len(trend)
    for period in trend:
        ends = {one.semester: max(o.last_on for o in found if o.semester == one.semester) for one in found}
        names = [name for name in ends if (name if by == "semester" else gpa.year_of(name, ends[name])) == period.name]
        assert period.gpa.value == oracle([one for one in found if one.semester in names])


def test_semesters_tell_their_year_and_end() -> None:
    today = date(2026, 11, 21)
    assert gpa.year_of("WS 2024/25", today) == "2024"
    assert gpa.year_of("3rd Semester", today) == "2026"
    ends = [gpa.end_of(name, today) for name in ("Spring 2024", "SS 2024", "Fall 2024", "2024", "3rd Semester")]
    assert ends == [date(2024, 5, 31), date(2024, 8, 31), date(2024, 12, 31), date(2024, 6, 30), today]


@pytest.mark.parametrize(
    ("scale", "values", "expected"),
    [(US_4, ["3.5", "3.6"], "improving"), (US_4, ["3.5", "3.59"], "stable"), (US_4, ["3.5", "3.4"], "declining"),
     (GERMAN, ["2.0", "1.8"], "improving"), (GERMAN, ["1.8", "2.0"], "declining"), (US_4, ["4"], "stable"),
     (US_4, [], "stable"), (US_4, ["1", "4", "3.5"], "declining"), (UK, ["60", "62.5"], "improving")],
)  # fmt: skip
def test_the_direction_of_a_gpa(scale: Any, values: list[str], expected: str) -> None:
    trend = [gpa.Period(str(at), Gpa(Fraction(value), Fraction(1))) for at, value in enumerate(values)]
    assert gpa.direction(trend, scale) == expected


@given(st.dictionaries(st.integers(0, 5), st.integers(0, 5), max_size=6))
def test_circles_are_found(edges: dict[int, int]) -> None:
    repeats = {UUID(int=a): UUID(int=b) for a, b in edges.items()}
    seen_again = False
    for start in edges:
        at = start
        for _ in range(7):
            at = edges.get(at, -1)
            seen_again |= at == start
    assert gpa.makes_circle(repeats) == seen_again
    if not seen_again:
        for course in repeats:
            assert gpa.root_of(course, repeats) not in repeats


AHEAD = st.lists(st.builds(Ahead, KINDS, st.none() | WEIGHTS), min_size=1, max_size=3)


@given(results(), AHEAD, POLICIES, PERCENTAGES)
def test_what_is_needed_is_exact(
    found: list[Scored], ahead: list[Ahead], policy: dict[str, int], target: Fraction
) -> None:
    def ends(percentage: Fraction) -> Fraction | None:
        return average([*found, *(Scored(one.kind, percentage, one.weight) for one in ahead)], policy)

    needed = what_if.for_average(found, ahead, policy, target)
    assert (needed.worst, needed.best) == (ends(Fraction(0)), ends(Fraction(100)))
    steps = [Fraction(step) for step in range(0, 101, 4)]
    if needed.status == SAFE:
        assert needed.worst is not None and needed.worst >= target
    elif needed.status == OUT_OF_REACH:
        assert all((value := ends(step)) is None or value < target for step in steps)
    else:
        assert needed.status == REACHABLE and needed.value is not None and 0 < needed.value <= 100
        reached = ends(needed.value)
        assert reached is not None and reached >= target
        for less in [step for step in steps if step < needed.value] + [needed.value - Fraction(1, 10**9)]:
            value = ends(less)
            assert value is None or value < target


@given(SCALE, PERCENTAGES, st.fractions(0, 60, max_denominator=2), st.fractions(1, 60, max_denominator=2), PERCENTAGES)
def test_what_a_gpa_needs_is_exact(
    scale: Any, share: Fraction, credits: Fraction, ahead: Fraction, aimed: Fraction
) -> None:
    def points(percent: Fraction) -> Fraction:
        return scale.worst + (scale.best - scale.worst) * percent / 100  # type: ignore[no-any-return]

    present = Gpa(points(share) if credits else None, credits)
    target = points(aimed)
    needed = what_if.for_gpa(present, ahead, scale, target)

    def ends(mean_points: Fraction) -> Fraction:
        return ((present.value or 0) * credits + mean_points * ahead) / (credits + ahead)

    assert (needed.worst, needed.best) == (ends(scale.worst), ends(scale.best))
    if needed.status == REACHABLE:
        assert needed.value is not None and ends(needed.value) == target
        assert scale.improvement(scale.worst, needed.value) > 0
        assert scale.improvement(needed.value, scale.best) >= 0
    elif needed.status == SAFE:
        assert scale.improvement(target, ends(scale.worst)) >= 0
    else:
        assert scale.improvement(target, ends(scale.best)) < 0


@given(st.decimals(allow_nan=False, allow_infinity=False), st.decimals(allow_nan=False, allow_infinity=False))
def test_a_result_without_faults_fits_the_table(score: Decimal, max_score: Decimal) -> None:
    values = {"score": score, "max_score": max_score, "weight": None, "date": date(2024, 10, 15)}
    faults = faults_of(values)
    fits = (
        0 <= score <= max_score
        and 0 < max_score < 1_000_000
        and all(number == round(number, 5) for number in (score, max_score))
    )
    assert (not faults) == fits
