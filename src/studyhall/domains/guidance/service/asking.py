"""Asking for proposals: what is wrong with a wish is said at once, the rest is done by the worker."""

from collections import defaultdict
from datetime import date, time, timedelta
from uuid import UUID

from studyhall.domains.courses import public as courses
from studyhall.domains.guidance.schemas import Wish
from studyhall.domains.tasks import public as tasks
from studyhall.platform import clock
from studyhall.platform.auth import Actor
from studyhall.platform.errors import Invalid
from studyhall.platform.uow import UnitOfWork

TASK_KIND = "guidance.suggest_week"
DAYS = 7
FURTHEST = timedelta(days=366)


async def ask(uow: UnitOfWork, actor: Actor, wish: Wish) -> UUID:
    """Queue the work; answers the id of its task.

    Raises:
        Invalid: the days are over or too far, times are in the wrong order, or a course is not one of the actor's.
    """
    from studyhall.domains.guidance.jobs import suggest_week

    today = clock.today_in(actor.time_zone)
    wish = wish.model_copy(update={"week_start": wish.week_start or today})
    errors = _errors(wish, today)
    if wish.courses is not None:
        mine = {course.id for course in await courses.owned_or_enrolled(uow, actor.user_id) if course.is_enrolled}
        errors["courses"] += [f"You take no course {one}." for one in wish.courses if one not in mine]
    told = {field: texts for field, texts in errors.items() if texts}
    if told:
        raise Invalid(next(iter(told.values()))[0], errors=told)
    task_id = await tasks.create(uow, actor.user_id, TASK_KIND)
    await uow.enqueue(suggest_week, task_id=task_id, user_id=actor.user_id, wish=wish)
    return task_id


def _errors(wish: Wish, today: date) -> dict[str, list[str]]:
    errors: dict[str, list[str]] = defaultdict(list)
    first = wish.week_start or today
    if first > today + FURTHEST:
        errors["week_start"].append("Proposals reach at most a year ahead.")
    elif first + timedelta(days=DAYS - 1) < today:
        errors["week_start"].append("These seven days are over.")
    if wish.latest != time() and wish.latest <= wish.earliest:
        errors["latest"].append("latest must be after earliest; 00:00 is the end of the day.")
    if wish.longest_block < wish.shortest_block:
        errors["longest_block"].append("longest_block must not be shorter than shortest_block.")
    if wish.shortest_block > wish.most_minutes_per_day:
        errors["shortest_block"].append("shortest_block must fit into most_minutes_per_day.")
    return errors
