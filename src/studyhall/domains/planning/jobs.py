"""What time does to plans."""

from collections import defaultdict
from collections.abc import Collection
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, select, update

from studyhall.domains.identity import public as identity
from studyhall.domains.planning.models import StudyPlan
from studyhall.domains.planning.rules import MISSED, OPEN
from studyhall.platform import clock
from studyhall.platform.jobs import JobRun, periodic
from studyhall.platform.uow import UnitOfWork

BATCH = 500
# Nowhere on Earth is it later than 14 hours after UTC.
_FURTHEST_AHEAD = timedelta(hours=14)


@periodic("planning.mark_missed", "7 * * * *", timeout=1800)
async def mark_missed(run: JobRun) -> None:
    """Write down which plans were missed by people whose day is over; reads have said so since that midnight.

    In batches of people, each in its own transaction. A run that dies is simply run again.
    """
    last: UUID | None = None
    while True:
        async with run.unit_of_work() as uow:
            people = await _people_after(uow, last)
            await _mark(uow, people)
        if len(people) < BATCH:
            return
        last = people[-1]


async def _people_after(uow: UnitOfWork, last: UUID | None) -> list[UUID]:
    """The next people, in order of their ids, with open plans of a day that may be over for them."""
    latest_today = (clock.now() + _FURTHEST_AHEAD).date()
    found = select(StudyPlan.user_id).where(_open(), StudyPlan.last_day < latest_today).distinct()
    if last is not None:
        found = found.where(StudyPlan.user_id > last)
    return list((await uow.session.scalars(found.order_by(StudyPlan.user_id).limit(BATCH))).all())


async def _mark(uow: UnitOfWork, people: Collection[UUID]) -> None:
    """One statement per calendar day that it is somewhere: at most three."""
    by_today: dict[date, list[UUID]] = defaultdict(list)
    for user_id, recipient in (await identity.recipients(uow, list(people))).items():
        by_today[clock.today_in(recipient.time_zone)].append(user_id)
    for today, theirs in by_today.items():
        await uow.session.execute(
            update(StudyPlan)
            .where(_open(), StudyPlan.user_id.in_(theirs), StudyPlan.last_day < today)
            # Nobody changed the plan, so it does not count as changed.
            .values(status=MISSED, updated_at=StudyPlan.updated_at)
            .execution_options(synchronize_session=False)
        )


def _open() -> ColumnElement[bool]:
    return StudyPlan.status.in_(OPEN) & StudyPlan.deleted_at.is_(None)
