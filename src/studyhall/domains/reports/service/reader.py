"""For whom figures are computed: whose days, in which language."""

from dataclasses import dataclass
from uuid import UUID

from studyhall.domains.identity import public as identity
from studyhall.domains.study.public import StudyCalendar
from studyhall.platform.auth import Actor
from studyhall.platform.uow import UnitOfWork


@dataclass(frozen=True, slots=True)
class Reader:
    """A person with his study days and his language."""

    user_id: UUID
    name: str
    calendar: StudyCalendar
    language: str


async def reader_of(uow: UnitOfWork, user_id: UUID) -> Reader | None:
    """Anybody; None when the account is gone. One statement."""
    to = await identity.recipient(uow, user_id)
    if to is None:
        return None
    return Reader(user_id, to.name, StudyCalendar(to.time_zone, to.day_start_hour), to.language)


async def reading(uow: UnitOfWork, actor: Actor) -> Reader:
    """Who is signed in. His preferences are kept in the cache."""
    language = (await identity.preferences(uow, actor.user_id))["language"]
    return Reader(actor.user_id, "", StudyCalendar(actor.time_zone, actor.day_start_hour), language)
