"""Which week a report is of, what its figures add up to, and what is said of them. Pure."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studyhall.domains.planning.public import PlannedDay as Planned
from studyhall.domains.reports.rules import figures as rules
from studyhall.domains.reports.rules import remarks
from studyhall.domains.reports.rules.figures import Figures
from studyhall.domains.reports.rules.weeks import Week, monday_of, week_to_report
from studyhall.domains.reports.service.storing import Content, dumped, loaded
from studyhall.domains.reports.service.wording import Words, languages, texts
from studyhall.domains.study.public import CourseDay, StudyCalendar
from studyhall.platform.clock import zone

MONDAY = date(2026, 11, 16)
BERLIN = zone("Europe/Berlin")
COURSES = [UUID(int=n) for n in range(1, 5)]
NAMES = {one: rules.CourseName(f"Course {one.int}", f"C{one.int}", "blue") for one in COURSES}
WEEKDAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
ZONES = ["Europe/Berlin", "America/New_York", "Pacific/Kiritimati", "Pacific/Pago_Pago", "Asia/Kolkata", "UTC"]

moments = st.datetimes(datetime(2024, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC))
days = st.dates(date(2024, 1, 1), date(2027, 12, 31))


def Studied(day: date, course: UUID | None, seconds: int, sessions: int) -> CourseDay:
    return CourseDay(day, course, seconds, sessions, seconds)


def week(through: date = MONDAY + timedelta(days=9)) -> Week:
    noon = datetime.combine(through, time(12), UTC)
    return Week.of(MONDAY, StudyCalendar(), noon)


def figures(
    studied: list[CourseDay], planned: list[Planned] | None = None, *, seen: Week | None = None, **more: object
) -> Figures:
    of, plans = seen or week(), planned or []
    active = {one.day for one in studied}
    told: dict[str, object] = {
        "assignments": rules.AssignmentFigures(), "grades": rules.GradeFigures(), "streak": rules.Streaks(), **more
    }  # fmt: skip
    return Figures(
        start=of.start,
        through=of.through,
        days_so_far=of.days_so_far,
        days=rules.days_of(of, studied, plans),
        courses=rules.courses_of(of, studied, plans, NAMES),
        plans=rules.plans_between(plans, of.start, of.end),
        days_studied=sum(1 for day in active if of.start <= day <= of.through),
        before=rules.week_before(of, studied, plans, active),
        trend=rules.trend_of(of, studied, plans),
        **told,  # type: ignore[arg-type]
    )


@given(moments, st.sampled_from(ZONES), st.sampled_from(WEEKDAYS))
def test_a_report_is_of_the_running_week_on_a_chosen_sunday_and_of_the_last_full_one_else(
    moment: datetime, name: str, weekly_day: str
) -> None:
    start = week_to_report(moment, zone(name), weekly_day)
    today = moment.astimezone(zone(name)).date()
    assert start.weekday() == 0
    if weekly_day == "sunday" and today.weekday() == 6:
        assert start <= today <= start + timedelta(days=6)
    else:
        assert start + timedelta(days=7) <= today < start + timedelta(days=14)


@pytest.mark.parametrize("hours_late", [0, 3, 5, 60])
def test_a_sunday_report_that_leaves_late_is_of_the_same_week(hours_late: int) -> None:
    sunday_evening = datetime(2026, 11, 22, 20, tzinfo=BERLIN)
    assert week_to_report(sunday_evening + timedelta(hours=hours_late), BERLIN, "Sunday") == MONDAY


@given(moments, st.sampled_from(ZONES), st.integers(0, 23), st.integers(-3, 3))
def test_a_week_runs_from_its_first_moment_to_its_last(moment: datetime, name: str, hour: int, weeks: int) -> None:
    calendar = StudyCalendar(name, hour)
    start = monday_of(calendar.day_of(moment)) + timedelta(weeks=weeks)
    one = Week.of(start, calendar, moment)
    assert one.is_over == (moment >= one.ends_at)
    assert one.is_ahead == (moment < one.starts_at)
    assert calendar.day_of(one.starts_at) == start and calendar.day_of(one.ends_at) == start + timedelta(days=7)
    assert one.days_so_far == (7 if weeks < 0 else 0 if weeks > 0 else calendar.day_of(moment).weekday() + 1)


@given(days.filter(lambda day: day.weekday() != 0))
def test_a_week_begins_on_a_monday(day: date) -> None:
    with pytest.raises(ValueError, match="no Monday"):
        Week.of(day, StudyCalendar(), datetime(2026, 1, 1, tzinfo=UTC))


near = st.integers(-60, 12).map(lambda n: MONDAY + timedelta(days=n))
some_studied = st.lists(
    st.builds(Studied, near, st.sampled_from([None, uuid4(), *COURSES]), st.integers(1, 86_400), st.integers(0, 20)),
    max_size=60,
)
some_planned = st.lists(
    st.builds(
        lambda day, course, done, missed, still, minutes: Planned(
            day, course, done + missed + still, done, missed, minutes
        ),
        near, st.sampled_from(COURSES), st.integers(0, 5), st.integers(0, 5), st.integers(0, 5), st.integers(15, 2400),
    ),
    max_size=40,
)  # fmt: skip


@given(some_studied, some_planned, st.integers(0, 9))
def test_nothing_is_lost_and_nothing_counts_twice(
    studied: list[CourseDay], planned: list[Planned], through: int
) -> None:
    told = figures(studied, planned, seen=week(MONDAY + timedelta(days=through)))
    inside = [one for one in studied if 0 <= (one.day - MONDAY).days < 7]
    assert told.seconds == sum(one.seconds for one in inside) == sum(one.seconds for one in told.courses)
    assert told.sessions == sum(one.sessions for one in inside) == sum(one.sessions for one in told.courses)
    assert told.planned_minutes == sum(one.planned_minutes for one in told.courses)
    assert [day.date for day in told.days] == [MONDAY + timedelta(days=n) for n in range(7)]
    assert told.plans.completed + told.plans.missed + told.plans.open == told.plans.total
    assert told.trend[-1].seconds == told.seconds and len(told.trend) == rules.TREND_WEEKS
    assert all(one.start.weekday() == 0 for one in told.trend)
    assert 0 <= told.days_studied <= 7
    for rate in (told.completion_rate, told.plans.completion_rate, *(day.completion_rate for day in told.days)):
        assert rate is None or 0 <= rate <= 100
    most, least = told.most_studied, told.least_studied
    assert most is None or all(most.seconds >= one.seconds for one in told.courses if one.course_id)
    assert least is None or all(least.seconds <= one.seconds for one in told.courses if one.course_id)
    assert told.performance_trend in ("improving", "stable", "declining")


@given(some_studied, some_planned)
def test_a_report_comes_back_from_the_database_as_it_went_in(studied: list[CourseDay], planned: list[Planned]) -> None:
    told = figures(studied, planned)
    content = Content(told, remarks.highlights(told), remarks.advice(told))
    assert loaded(dumped(content)) == content


@given(some_studied, some_planned, st.sampled_from(["en", "de", "de-AT", "pt_BR", "xx-nonsense"]))
def test_there_is_always_advice_and_every_remark_has_words(
    studied: list[CourseDay], planned: list[Planned], language: str
) -> None:
    told = figures(studied, planned)
    say = Words.of(language)
    advised = remarks.advice(told)
    assert 1 <= len(advised) <= remarks.MOST_ADVICE
    for remark in (*remarks.highlights(told), *advised):
        sentence = say.remark(remark)
        assert sentence and "{" not in sentence


def test_the_figures_of_the_specification() -> None:
    """24.5 of 28 hours are 87.5 percent, and 3.5 of 4 on one day."""
    day = Studied(MONDAY, COURSES[0], int(3.5 * 3600), 2)
    rest = Studied(MONDAY + timedelta(days=2), COURSES[1], 21 * 3600, 9)
    plans = [Planned(MONDAY, COURSES[0], 2, 2, 0, 240), Planned(MONDAY + timedelta(days=2), COURSES[1], 9, 7, 2, 1440)]
    told = figures([day, rest], plans)
    assert (rules.hours(told.seconds), told.completion_rate) == (Decimal("24.50"), Decimal("87.5"))
    assert told.days[0].completion_rate == Decimal("87.5")


def test_a_running_week_is_compared_with_the_same_days_of_the_week_before() -> None:
    tuesday = MONDAY + timedelta(days=1)
    before = [Studied(MONDAY - timedelta(days=n), None, 3600, 1) for n in range(1, 8)]
    told = figures([*before, Studied(MONDAY, None, 9000, 1)], seen=week(tuesday))
    assert (told.before.seconds, told.before.through) == (7200, tuesday - timedelta(days=7))
    assert told.time_change == Decimal("25.0")


def test_a_repeated_study_day_and_plans_that_are_still_open_do_not_spoil_the_rates() -> None:
    told = figures([], [Planned(MONDAY, COURSES[0], 4, 1, 0, 60)])
    assert (told.plans.open, told.plans.completion_rate) == (3, Decimal(100))


def test_every_language_has_the_same_keys_and_placeholders() -> None:
    assert languages() >= {"en", "de"}
    for language in languages():
        assert _shape(texts(language)) == _shape(texts("en")), language


def _shape(value: object) -> object:
    """Keys and placeholders; plural forms of one text count as one."""
    if not isinstance(value, dict):
        return sorted(part.split("}")[0] for part in str(value).split("{")[1:])
    if "other" in value:
        return _shape(value["other"])
    return {key: _shape(inner) for key, inner in value.items()}
