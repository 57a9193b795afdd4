"""Analytics: rules as properties, and over HTTP."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studyhall.domains.planning.public import PlannedDay as Planned
from studyhall.domains.reports.rules import analytics as rules
from studyhall.domains.study.public import CourseDay as Time
from tests.domains.reports.test_weekly import grade, log, plan
from tests.domains.study.student import Student, Students

WEDNESDAY = datetime(2026, 11, 18, 8, 0, tzinfo=UTC)
COURSES = [UUID(int=n) for n in range(1, 5)]

days = st.dates(date(2024, 1, 1), date(2026, 12, 31))
lengths = st.integers(1, rules.MOST_DAYS)
groups = st.sampled_from([rules.BY_DAY, rules.BY_WEEK, rules.BY_MONTH])
times = st.lists(
    st.builds(
        lambda offset, course, seconds, sessions: Time(
            date(2025, 1, 1) + timedelta(days=offset), course, seconds, sessions, sessions * seconds
        ),
        st.integers(0, 200), st.sampled_from([None, *COURSES]), st.integers(1, 86_400), st.integers(0, 9),
    ),
    max_size=60,
)  # fmt: skip


@given(days, lengths, groups)
def test_periods_follow_one_another_without_a_gap(first: date, length: int, by: str) -> None:
    last = first + timedelta(days=length - 1)
    found = rules.spans(first, last, by)
    assert (found[0][0], found[-1][1]) == (first, last)
    assert all(start <= end for start, end in found)
    assert all(early[1] + timedelta(days=1) == late[0] for early, late in pairwise(found))
    for start, end in found:
        assert rules.start_of(start, by) == rules.start_of(end, by)
    assert len({rules.start_of(start, by) for start, _ in found}) == len(found)


@given(times, groups, st.integers(0, 250), st.integers(0, 250))
def test_trends_hold_everything_of_their_days_once(found: list[Time], by: str, one: int, two: int) -> None:
    first, last = (date(2025, 1, 1) + timedelta(days=n) for n in sorted((one, two)))
    inside = [time for time in found if first <= time.day <= last]
    active = {time.day for time in found}
    periods = rules.trends(found, [], active, first, last, by)
    assert sum(period.seconds for period in periods) == sum(time.seconds for time in inside)
    assert sum(period.sessions for period in periods) == sum(time.sessions for time in inside)
    regular = rules.consistency(active, first, last)
    assert sum(period.days_studied for period in periods) == regular.days_studied == sum(regular.by_weekday)
    assert 0 <= regular.longest_run <= regular.days_studied <= regular.total_days


@given(times)
def test_shares_are_of_the_whole(found: list[Time]) -> None:
    shares = rules.distribution(found, COURSES[:2])
    assert sum(share.seconds for share in shares) == sum(time.seconds for time in found)
    if found:
        assert abs(sum(share.percentage for share in shares) - 100) <= Decimal("0.05") * len(shares)
        assert shares == sorted(shares, key=lambda share: -share.seconds)


def test_what_a_weak_course_needs() -> None:
    day, (low, much, fine, broken) = date(2025, 1, 1), COURSES
    studied = [Time(day, much, 90_000, 3, 90_000), Time(day, low, 3600, 1, 3600), Time(day, fine, 3600, 1, 3600)]
    planned = [Planned(day, broken, 5, 1, 4, 300), Planned(day, fine, 2, 0, 2, 60)]
    averages = {low: Decimal("72.5"), much: Decimal(50), fine: Decimal(90), broken: Decimal(80)}
    found = rules.weak_areas(COURSES, averages, studied, planned)
    assert [(one.course_id, one.recommendation) for one in found] == [
        (much, rules.OTHER_WAY), (low, rules.MORE_TIME), (broken, rules.KEEP_PLANS),
    ]  # fmt: skip


async def analytics(student: Student, query: str = "") -> dict[str, Any]:
    told: dict[str, Any] = (await student.get(f"/progress/analytics{query}"))["analytics"]
    return told


async def test_the_figures_of_the_specification(students: Students) -> None:
    mira = await students(WEDNESDAY, time_zone="Europe/Berlin")
    algorithms, networks = await mira.create_course("Algorithms", "CS201"), await mira.create_course("Networks", "CS3")
    await log(mira, WEDNESDAY - timedelta(hours=4), 180, algorithms)
    await log(mira, WEDNESDAY - timedelta(days=1), 60, networks)
    await plan(mira, algorithms, "2026-11-18", 300)
    await grade(mira, networks, "2026-11-16", 72.5)
    await grade(mira, algorithms, "2026-11-16", 91)
    told = await analytics(mira, "?from_date=2026-10-01&to_date=2026-11-18")
    assert told["study_consistency"] | {"days_by_weekday": None} == {
        "days_studied": 2, "total_days": 49, "consistency_rate": 4.1, "longest_run": 2, "days_by_weekday": None,
    }  # fmt: skip
    assert [(one["course_name"], one["hours"], one["percentage"]) for one in told["time_distribution"]] == [
        ("Algorithms", 3.0, 75.0), ("Networks", 1.0, 25.0),
    ]  # fmt: skip
    week = told["productivity_trends"][-1]
    assert (week["week"], week["average_session_duration"], week["completion_rate"]) == ("2026-11-16", 120, 80.0)
    weak = told["weak_areas"]
    assert [(one["course_id"], one["average_score"], one["recommendation"]) for one in weak] == [
        (networks, 72.5, "Increase study time")
    ]


@pytest.mark.parametrize(("by", "periods"), [("day", 49), ("week", 8), ("month", 2)])
async def test_grouped_by_day_week_and_month(students: Students, by: str, periods: int) -> None:
    mira = await students(WEDNESDAY)
    told = await analytics(mira, f"?from_date=2026-10-01&group_by={by}")
    assert len(told["productivity_trends"]) == periods
    assert (told["from_date"], told["to_date"], told["group_by"]) == ("2026-10-01", "2026-11-18", by)


async def test_without_a_stretch_it_is_sixty_days_or_since_i_came(students: Students) -> None:
    mira = await students(WEDNESDAY)
    assert (await analytics(mira))["from_date"] == "2026-11-18"
    await mira.wait(days=100)
    told = await analytics(mira)
    assert told["study_consistency"]["total_days"] == 60
    assert told["time_distribution"] == told["weak_areas"] == []


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("from_date=2026-11-18&to_date=2026-11-17", "to_date"),
        ("from_date=2026-11-19", "from_date"),
        ("from_date=2024-11-17", "from_date"),
        ("from_date=0001-01-01", "from_date"),
        ("to_date=9999-12-31", "to_date"),
        ("group_by=year", "group_by"),
        ("from_date=yesterday", "from_date"),
    ],
)
async def test_stretches_that_are_none(students: Students, query: str, field: str) -> None:
    mira = await students(WEDNESDAY)
    failure = await mira.refused("GET", f"/progress/analytics?{query}", status=422)
    assert field in failure["errors"]


async def test_days_ahead_are_left_out(students: Students) -> None:
    mira = await students(WEDNESDAY)
    told = await analytics(mira, "?from_date=2026-11-16&to_date=2026-12-24")
    assert (told["to_date"], told["study_consistency"]["total_days"]) == ("2026-11-18", 3)


async def test_the_statements_do_not_grow(students: Students) -> None:
    mira = await students(WEDNESDAY)
    for n in range(2):
        course = await mira.create_course(f"Course {n}", f"C{n}")
        await log(mira, WEDNESDAY - timedelta(hours=3 + n), 20, course)
        await grade(mira, course, "2026-11-17", 40 + n)
        if n == 0:
            await mira.statements("GET", "/progress/analytics")
            few = await mira.statements("GET", "/progress/analytics")
    for n in range(8):
        course = await mira.create_course(f"More {n}", f"M{n}")
        await log(mira, WEDNESDAY - timedelta(hours=6 + n), 20, course)
        await grade(mira, course, "2026-11-17", 40 + n)
    assert await mira.statements("GET", "/progress/analytics") == few <= 10


async def test_a_person_sees_only_his_own(students: Students) -> None:
    mira = await students(WEDNESDAY)
    course = await mira.create_course("Algorithms", "CS201")
    await log(mira, WEDNESDAY - timedelta(hours=4), 180, course)
    stranger = await students(WEDNESDAY)
    assert (await analytics(stranger))["time_distribution"] == []
