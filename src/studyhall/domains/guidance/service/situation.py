"""Where a person stands in the days in question: everything that a proposal depends on, read at one time."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from studyhall.domains.academics import public as academics
from studyhall.domains.academics.public import ClassOccurrence
from studyhall.domains.assignments import public as assignments
from studyhall.domains.courses import public as courses
from studyhall.domains.courses.public import CourseBrief
from studyhall.domains.guidance.ports import WeakTopics
from studyhall.domains.guidance.rules.demand import Assignment, Basis, Course, Demand, Wanted, demand
from studyhall.domains.guidance.rules.free_time import Window, free_stretches
from studyhall.domains.guidance.rules.problem import MINUTES, QUARTER, Need, Priority, Problem
from studyhall.domains.guidance.rules.reasons import History
from studyhall.domains.guidance.schemas import Wish
from studyhall.domains.guidance.service.asking import DAYS
from studyhall.domains.identity import public as identity
from studyhall.domains.people import public as people
from studyhall.domains.planning import public as planning
from studyhall.domains.planning.public import PlanBrief
from studyhall.domains.study import public as study
from studyhall.platform import clock
from studyhall.platform.uow import UnitOfWork

OPEN_PLANS = frozenset({"pending", "in_progress"})
OPEN_ASSIGNMENTS = frozenset({"pending", "in_progress"})
PRIORITIES: Mapping[str, Priority] = {"high": "high", "medium": "medium", "low": "low"}
# What is due so long after the days in question is begun in them.
LOOK_AHEAD = timedelta(days=7)
HISTORY_WEEKS = 8
# With less study than this in those weeks nothing is known of somebody's best hours.
LEAST_HISTORY_MINUTES = 300
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Situation:
    """What a proposal is made from, and what is needed to tell it.

    Attributes:
        wanted: in the order of `problem.needs`.
        covered: minutes planned or studied in these days, of the courses in question.
    """

    window: Window
    time_zone: str
    problem: Problem
    demand: Demand
    courses: Mapping[UUID, CourseBrief]
    covered: int
    history: History | None

    @property
    def wanted(self) -> Sequence[Wanted]:
        return self.demand.wanted

    @property
    def has_something_to_place(self) -> bool:
        return self.problem.total > 0 and bool(self.problem.needs) and bool(self.problem.free)


@dataclass(frozen=True, slots=True)
class _Present:
    """What stands in the days already: open plans, and minutes studied by course and by day."""

    plans: Sequence[PlanBrief]
    by_course: Mapping[UUID | None, int]
    by_day: Mapping[date, int]

    def covered(self, course_id: UUID) -> int:
        planned = sum(plan.planned_duration for plan in self.plans if plan.course_id == course_id)
        return planned + self.by_course.get(course_id, 0)

    def minutes_of(self, day: date) -> int:
        return sum(plan.planned_duration for plan in self.plans if plan.date == day) + self.by_day.get(day, 0)


async def situation(uow: UnitOfWork, user_id: UUID, wish: Wish) -> Situation | None:
    """Read it. None: the account is gone."""
    person = await identity.recipient(uow, user_id)
    if person is None:
        return None
    first = wish.week_start or clock.today_in(person.time_zone)
    last, zone = first + timedelta(days=DAYS - 1), clock.zone(person.time_zone)
    classes = await academics.classes_between(uow, user_id, first, last, zone)
    days_off = set(wish.days_off)
    if not wish.study_on_holidays:
        days_off |= await academics.days_off(uow, user_id, first, last)
        days_off |= {day for one in classes if one.kind == "holiday" for day in _days_of(one, zone)}
    window = Window(first, last, wish.earliest, wish.latest, zone, clock.now(), frozenset(days_off))
    mine = [one for one in await courses.owned_or_enrolled(uow, user_id) if one.is_enrolled and one.is_active]
    if wish.courses is not None:
        mine = [one for one in mine if one.id in wish.courses]
    around = await planning.plans_of_people(
        uow, {user_id: (window.first - _DAY, window.last + _DAY)}, {user_id: person.time_zone}
    )
    open_plans = [plan for plan in around[user_id] if plan.status in OPEN_PLANS]
    present = await _present(uow, user_id, window, person.time_zone, open_plans)
    # A day off that the timetable lists as an entry takes no time.
    busy = [(one.starts_at, one.ends_at) for one in classes if one.kind != "holiday"]
    busy += [(one.starts_at, one.ends_at) for one in open_plans]
    asked = await _demand(uow, user_id, window, wish, mine, present)
    history = await _history(uow, user_id)
    problem = Problem(
        origin=window.origin,
        zone=window.zone,
        free=free_stretches(window, busy, timedelta(minutes=wish.break_minutes)),
        needs=[_need(window, one, person.time_zone) for one in asked.wanted],
        total=asked.total // MINUTES,
        room={day: max(0, wish.most_minutes_per_day - present.minutes_of(day)) // MINUTES for day in window.days},
        shortest=wish.shortest_block // MINUTES,
        longest=wish.longest_block // MINUTES,
        pause=-(-wish.break_minutes // MINUTES),
        liked=history.liked if history else None,
        present=Counter((plan.course_id, plan.date) for plan in open_plans),
    )
    covered = sum(present.covered(one.id) for one in mine)
    return Situation(window, person.time_zone, problem, asked, {one.id: one for one in mine}, covered, history)


def _days_of(one: ClassOccurrence, zone: ZoneInfo) -> list[date]:
    """The days it touches; one that ends at midnight ends on the day before."""
    last = (one.ends_at.astimezone(zone) - timedelta(microseconds=1)).date()
    return [one.date + n * _DAY for n in range((last - one.date).days + 1)]


async def _present(
    uow: UnitOfWork, user_id: UUID, window: Window, time_zone: str, open_plans: Collection[PlanBrief]
) -> _Present:
    plans = [plan for plan in open_plans if window.first <= plan.date <= window.last]
    last = min(window.last, clock.today_in(time_zone) + _DAY)  # a study day may be ahead of the calendar's
    if last < window.first:
        return _Present(plans, {}, {})
    by_course = await study.minutes_by_course(uow, user_id, window.first, last)
    return _Present(plans, by_course, await study.minutes_by_day(uow, user_id, window.first, last))


async def _demand(
    uow: UnitOfWork, user_id: UUID, window: Window, wish: Wish, mine: Sequence[CourseBrief], present: _Present
) -> Demand:
    ids = [one.id for one in mine]
    begin = max(clock.now(), window.end_of(window.first - _DAY))
    due = await assignments.due_between(uow, user_id, begin, window.end_of(window.last) + LOOK_AHEAD)
    to_do = [
        Assignment(one.id, one.course_id, one.title, one.due_date, PRIORITIES[one.priority])
        for one in due
        if one.status in OPEN_ASSIGNMENTS
    ]
    weak_topics: WeakTopics = uow.resources.port(WeakTopics)
    topics = await weak_topics(uow, user_id, ids) if ids else ()
    taken = [Course(one.id, one.name, one.credits, present.covered(one.id)) for one in mine]
    asked, basis = await _asked(uow, user_id, window, wish)
    return demand(taken, to_do, topics, asked, basis)


async def _asked(uow: UnitOfWork, user_id: UUID, window: Window, wish: Wish) -> tuple[int | None, Basis]:
    """Minutes that the person wishes. A daily goal is for all courses, so it says nothing of some."""
    if wish.hours is not None:
        return round(wish.hours * 60), "asked"
    goal = await people.daily_goal_minutes(uow, user_id) if wish.courses is None else None
    if goal is not None:
        return goal * len(window.days), "daily_goal"
    return None, "courses"


async def _history(uow: UnitOfWork, user_id: UUID) -> History | None:
    since = clock.now() - timedelta(weeks=HISTORY_WEEKS)
    minutes = (await study.minutes_by_hour(uow, [user_id], since))[user_id]
    return History(minutes, HISTORY_WEEKS) if sum(minutes) >= LEAST_HISTORY_MINUTES else None


def _need(window: Window, one: Wanted, time_zone: str) -> Need:
    if one.assignment is None:
        return Need(one.course.id, one.kind, one.left // MINUTES)
    due_date = one.assignment.due_date
    due = (due_date - window.origin) // QUARTER if due_date < window.end_of(window.last) else None
    days = (due_date.astimezone(window.zone).date() - clock.today_in(time_zone)).days
    return Need(one.course.id, one.kind, one.left // MINUTES, due, days, one.assignment.priority)
