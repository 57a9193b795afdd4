"""Believable people for trying things out: a student, an educator and a group of friends, with three weeks behind them.

Everything is done through the services, with the clock set back to when it would have happened. It is one unit of
work, so the people are there wholly or not at all; a second run finds them and adds nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any
from uuid import UUID

import typer

from studyhall.domains.academics.service import timetables
from studyhall.domains.courses import service as courses
from studyhall.domains.identity.queries.accounts import by_email
from studyhall.domains.identity.service import passwords, registration
from studyhall.domains.identity.service.registration import NewAccount
from studyhall.domains.people.service import onboarding
from studyhall.domains.people.service.onboarding import Answers
from studyhall.domains.planning import service as planning
from studyhall.domains.roles import service as roles
from studyhall.domains.streaks import service as streaks
from studyhall.domains.study import service as study
from studyhall.entrypoints import demo_catalogue, demo_company, demo_coursework
from studyhall.platform import clock
from studyhall.platform.auth import Actor
from studyhall.platform.embedded import SetupError
from studyhall.platform.resources import Resources
from studyhall.platform.settings import Environment
from studyhall.platform.uow import UnitOfWork

PASSWORD = "Study-Demo-2026"  # noqa: S105 - known to everybody, which is why production refuses
DAYS = 21
BEFORE_TERM, TERM = timedelta(weeks=5), timedelta(weeks=15)


@dataclass(frozen=True, slots=True)
class Lesson:
    """A weekly class of a course; 0 is Sunday."""

    day_of_week: int
    start: time
    end: time
    location: str
    class_type: str = "lecture"


@dataclass(frozen=True, slots=True)
class Subject:
    """A course with its classes and the topics that are studied in it."""

    name: str
    code: str
    instructor: str
    color: str
    topics: tuple[str, ...]
    lessons: tuple[Lesson, ...] = ()


@dataclass(frozen=True, slots=True)
class Somebody:
    """A demo person.

    Attributes:
        diligence: how likely he studies on a day, 0 to 1.
        seed: makes his three weeks the same on every machine.
    """

    first_name: str
    last_name: str
    email: str
    time_zone: str
    subjects: tuple[Subject, ...]
    diligence: float
    seed: int
    role: str | None = None
    goals: tuple[str, ...] = ("Pass all exams",)


ALGORITHMS = Subject(
    "Data Structures & Algorithms", "CS201", "Prof. Amara Okafor", "blue",
    ("Binary search trees", "Heaps and priority queues", "Graph traversal", "Dynamic programming", "Hash tables"),
    (Lesson(1, time(10), time(11, 30), "Room 301"), Lesson(4, time(14), time(15, 30), "Lab 2", "lab")),
)  # fmt: skip
LINEAR_ALGEBRA = Subject(
    "Linear Algebra", "MA110", "Dr. Henrik Vestergaard", "green",
    ("Eigenvalues", "Orthogonality", "Least squares", "Determinants"),
    (Lesson(2, time(8, 30), time(10), "Hall B"), Lesson(5, time(9), time(10, 30), "Room 112", "tutorial")),
)  # fmt: skip
STATISTICS = Subject(
    "Introduction to Statistics", "ST150", "Dr. Ines Carvalho", "orange",
    ("Confidence intervals", "Hypothesis tests", "Linear regression"),
    (Lesson(3, time(12), time(13, 30), "Hall A"),),
)  # fmt: skip
PHILOSOPHY = Subject(
    "Philosophy of Science", "PH240", "Prof. Naoko Ishii", "purple",
    ("Falsifiability", "Paradigms", "Explanation"),
    (Lesson(4, time(16), time(17, 30), "Seminar room 4", "seminar"),),
)  # fmt: skip
TEACHING = Subject(
    "Algorithms, taught", "CS201-T", "Prof. Amara Okafor", "red",
    ("Lecture notes on graphs", "Exam questions", "Reading theses"),
    (Lesson(1, time(10), time(11, 30), "Room 301"),),
)  # fmt: skip

STUDENT = Somebody(
    "Mira", "Lindqvist", "mira.demo@example.org", "Europe/Berlin",
    (ALGORITHMS, LINEAR_ALGEBRA, STATISTICS, PHILOSOPHY), 0.95, 11,
    goals=("Understand proofs", "Pass all exams", "Study a little every day"),
)  # fmt: skip
EDUCATOR = Somebody(
    "Amara", "Okafor", "amara.demo@example.org", "Europe/London", (TEACHING,), 0.5, 12,
    role="Educator", goals=("Prepare lectures early",),
)  # fmt: skip
FRIENDS = (
    Somebody("Jonas", "Adeyemi", "jonas.demo@example.org", "Europe/Berlin", (ALGORITHMS, STATISTICS), 0.7, 13),
    Somebody("Lin", "Zhao", "lin.demo@example.org", "Asia/Singapore", (ALGORITHMS, LINEAR_ALGEBRA), 0.85, 14),
    Somebody("Priya", "Raman", "priya.demo@example.org", "Asia/Kolkata", (LINEAR_ALGEBRA, PHILOSOPHY), 0.6, 15),
)
EVERYBODY = (STUDENT, EDUCATOR, *FRIENDS)


async def fill(resources: Resources) -> None:
    """Make the demo people, unless they are there, and print how to sign in.

    Raises:
        SetupError: this installation is no playground: the people's password is known to everybody.
    """
    if resources.settings.environment in (Environment.PRODUCTION, Environment.STAGING):
        raise SetupError(
            "The demo people have a password that everybody knows, so they are not for "
            f"{resources.settings.environment}. Run `studyhall demo` on an installation of its own."
        )
    password_hash = await passwords.hash_password(resources.settings, PASSWORD)
    async with resources.unit_of_work() as uow:
        is_there = await by_email(uow, STUDENT.email) is not None
        if not is_there:
            student, educator, first, second, third = [
                await _live(uow, somebody, password_hash) for somebody in EVERYBODY
            ]
            await demo_company.meet(uow, student, educator, (first, second, third))
            await demo_catalogue.publish(uow, educator, student)
    typer.echo("The demo people were there already." if is_there else "Made the demo people.")
    width = max(len(somebody.email) for somebody in EVERYBODY)
    for somebody in EVERYBODY:
        what = somebody.role or "Student"
        typer.echo(f"  {somebody.email:<{width}}  {PASSWORD}  {what}, {somebody.first_name} {somebody.last_name}")


async def _live(uow: UnitOfWork, somebody: Somebody, password_hash: str) -> UUID:
    now = clock.now()
    zone = clock.zone(somebody.time_zone)
    today = now.astimezone(zone).date()
    first = today - timedelta(days=DAYS)
    with clock.frozen_at(datetime.combine(first, time(7), tzinfo=zone)):
        user_id = await _register(uow, somebody, password_hash)
        actor = Actor(user_id, time_zone=somebody.time_zone)
        taken = await _take_courses(uow, actor, somebody, first)
        await uow.settle()
    days = _Days(uow, actor, taken, Random(somebody.seed), somebody.diligence, now)  # noqa: S311 - no secret
    for number in range(DAYS + 1):
        await days.live(first + timedelta(days=number))
    await days.plan_ahead(today)
    await demo_coursework.work(uow, actor, [one.course_id for one in taken], first, now)
    return user_id


async def _register(uow: UnitOfWork, somebody: Somebody, password_hash: str) -> UUID:
    account = NewAccount(
        somebody.email,
        somebody.first_name,
        somebody.last_name,
        university="University of Studyhall",
        time_zone=somebody.time_zone,
    )
    user_id = await registration.open_account(uow, account, password_hash=password_hash, is_verified=True)
    await uow.settle()
    if somebody.role is not None:
        await roles.grant_by_operator(uow, user_id, somebody.role)
    answers = Answers(
        profile={"semester": _semester(clock.now().date())},
        subjects=[subject.name for subject in somebody.subjects],
        goals=list(somebody.goals),
        study={"daily_goal_minutes": 90},
    )
    await onboarding.answer(uow, Actor(user_id, time_zone=somebody.time_zone), answers)
    return user_id


def _semester(day: date) -> str:
    return f"Fall {day.year}" if day.month >= 8 else f"Spring {day.year}"


@dataclass(frozen=True, slots=True)
class _Taken:
    subject: Subject
    course_id: UUID


async def _take_courses(uow: UnitOfWork, actor: Actor, somebody: Somebody, first: date) -> Sequence[_Taken]:
    semester, taken, classes = _semester(first), [], []
    for subject in somebody.subjects:
        fields = {
            "name": subject.name, "code": subject.code, "instructor": subject.instructor, "color": subject.color,
            "semester": semester,
        }  # fmt: skip
        course, _ = await courses.create(uow, actor.user_id, fields)
        taken.append(_Taken(subject, course.id))
        classes += [_class(subject, lesson, course.id, first) for lesson in subject.lessons]
    await timetables.save(uow, actor, semester, None, classes, is_active=True)
    return taken


def _class(subject: Subject, lesson: Lesson, course_id: UUID, first: date) -> Mapping[str, Any]:
    return {
        "course_id": course_id,
        "title": None,
        "day_of_week": lesson.day_of_week,
        "start_time": lesson.start,
        "end_time": lesson.end,
        "location": lesson.location,
        "class_type": lesson.class_type,
        "instructor": subject.instructor,
        "notes": None,
        "first_date": first - BEFORE_TERM,
        "last_date": first - BEFORE_TERM + TERM,
        "every_weeks": 1,
    }


@dataclass(frozen=True, slots=True)
class _Days:
    """One person's days, one after the other."""

    uow: UnitOfWork
    actor: Actor
    taken: Sequence[_Taken]
    random: Random
    diligence: float
    now: datetime

    async def live(self, day: date) -> None:
        """Plan in the morning, study in the evening, tick off what was planned."""
        one = self.random.choice(self.taken)
        topic = self.random.choice(one.subject.topics)
        is_diligent = self.random.random() < self.diligence
        lengths = [self.random.randrange(25, 80) for _ in range(self.random.choice((1, 1, 2)))]
        morning, moment = self._at(day, time(8)), self._at(day, time(18, 30))
        plan_id = await self._plan(one, topic, day, time(18, 30), morning) if morning < self.now else None
        for length in lengths if is_diligent else []:
            moment = await self._study(one, plan_id, topic, moment, timedelta(minutes=length))
        if plan_id is not None and is_diligent and moment < self.now:
            with clock.frozen_at(moment):
                await planning.complete(self.uow, self.actor, plan_id, sum(lengths), None)
                await self.uow.settle()

    async def plan_ahead(self, today: date) -> None:
        """What is coming in the next days."""
        for number in range(1, 5):
            one = self.taken[number % len(self.taken)]
            topic = one.subject.topics[number % len(one.subject.topics)]
            await self._plan(one, topic, today + timedelta(days=number), time(17), self.now)
        await streaks.plan_holidays(self.uow, self.actor, {today + timedelta(days=5), today + timedelta(days=6)})
        await self.uow.settle()

    async def _plan(self, one: _Taken, topic: str, day: date, start: time, moment: datetime) -> UUID:
        fields = {
            "course_id": one.course_id, "topic": topic, "description": None, "date": day, "start_time": start,
            "planned_duration": self.random.choice((45, 60, 90)), "priority": self.random.choice(("high", "medium")),
            "study_type": self.random.choice(("review", "new_material", "practice")),
        }  # fmt: skip
        with clock.frozen_at(moment):
            row, _, _ = await planning.create(self.uow, self.actor, fields)
            await self.uow.settle()
        return row.id

    async def _study(
        self, one: _Taken, plan_id: UUID | None, topic: str, begin: datetime, length: timedelta
    ) -> datetime:
        """One session by the timer, if it is over by now; answers when the next may begin."""
        if begin + length > self.now:
            return begin + length
        with clock.frozen_at(begin):
            await study.start(self.uow, self.actor, course_id=one.course_id, plan_id=plan_id, notes=topic)
        with clock.frozen_at(begin + length):
            await study.end(self.uow, self.actor, None, was_studying=True, notes=None)
            await self.uow.settle()
        return begin + length + timedelta(minutes=self.random.randrange(5, 20))

    def _at(self, day: date, wall: time) -> datetime:
        return datetime.combine(day, wall, tzinfo=clock.zone(self.actor.time_zone))
