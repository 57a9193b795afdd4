"""Analytics over a stretch of the person's days."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from studyhall.domains.courses import public as courses
from studyhall.domains.courses.public import CourseBrief
from studyhall.domains.grades import public as grades
from studyhall.domains.identity import public as identity
from studyhall.domains.planning import public as planning
from studyhall.domains.reports.errors import NoSuchStretch
from studyhall.domains.reports.ports import WeakTopics
from studyhall.domains.reports.rules import analytics as rules
from studyhall.domains.reports.rules.analytics import Consistency, Period, Share, Weakness
from studyhall.domains.reports.service.reader import Reader, reading
from studyhall.domains.streaks import public as streaks
from studyhall.domains.study import public as study
from studyhall.platform import clock
from studyhall.platform.auth import Actor
from studyhall.platform.uow import UnitOfWork


@dataclass(frozen=True, slots=True)
class Analytics:
    """What was asked for.

    Attributes:
        first, last: the days told of, both included; `last` is today at the latest.
        topics: names of weak topics by course, for the weak courses.
        language: of the recommendations.
    """

    first: date
    last: date
    by: str
    consistency: Consistency
    shares: Sequence[Share]
    periods: Sequence[Period]
    weak: Sequence[Weakness]
    topics: Mapping[UUID, Sequence[str]]
    courses: Mapping[UUID, CourseBrief]
    language: str


async def analytics(uow: UnitOfWork, actor: Actor, first: date | None, last: date | None, by: str) -> Analytics:
    """The actor's figures; seven statements at most, whatever there is.

    Raises:
        NoSuchStretch: it ends before it begins, has not begun, or is longer than two years.
    """
    reader = await reading(uow, actor)
    first, last = await _stretch(uow, reader, first, last)
    user_id = actor.user_id
    times = await study.time_by_day_and_course(uow, user_id, first, last)
    today = clock.today_in(reader.calendar.time_zone)
    planned = await planning.planned_by_day(uow, user_id, first, last, today)
    active = await streaks.active_days(uow, user_id, first, last)
    book = await grades.grade_book(uow, user_id)
    course_ids = {one.course_id for one in times if one.course_id is not None} | book.course_ids
    course_ids |= {one.course_id for one in planned}
    briefs = await courses.briefs(uow, user_id, course_ids) if course_ids else {}
    running = sorted(one.id for one in briefs.values() if one.is_active)
    weak = rules.weak_areas(running, book.averages(briefs, last), times, planned)
    weak_topics: WeakTopics = uow.resources.port(WeakTopics)
    return Analytics(
        first,
        last,
        by,
        rules.consistency(active, first, last),
        rules.distribution(times, briefs.keys()),
        rules.trends(times, planned, active, first, last, by),
        weak,
        await weak_topics(uow, user_id, [one.course_id for one in weak]) if weak else {},
        briefs,
        reader.language,
    )


async def _stretch(uow: UnitOfWork, reader: Reader, first: date | None, last: date | None) -> tuple[date, date]:
    """The days meant: up to today, and sixty of them, or since the person came, where nothing else was said."""
    today = reader.calendar.day_of(clock.now())
    end = today if last is None else min(last, today)
    if first is None:
        first = end - timedelta(days=rules.DEFAULT_DAYS - 1)
        if last is None:
            came = (await identity.account(uow, reader.user_id)).created_at
            first = max(first, min(end, reader.calendar.day_of(came)))
    if last is not None and first > last:
        raise NoSuchStretch.because("to_date", "The last day lies before the first one.")
    if first > today:
        raise NoSuchStretch.because("from_date", "These days have not begun yet.")
    if (end - first).days >= rules.MOST_DAYS:
        raise NoSuchStretch.because("from_date", f"At most {rules.MOST_DAYS} days can be told of at once.")
    return first, end
