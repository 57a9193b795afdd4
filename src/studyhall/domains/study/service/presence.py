"""Who studies in a group's name, and how much was."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from studyhall.domains.groups import public as groups
from studyhall.domains.groups.public import StudiedTogether
from studyhall.domains.identity import public as identity
from studyhall.domains.identity.public import Person
from studyhall.domains.study import queries
from studyhall.domains.study.models import StudySession
from studyhall.platform import clock
from studyhall.platform.auth import Actor
from studyhall.platform.uow import UnitOfWork

_WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Present:
    """Somebody who studies now, or is in a pause."""

    person: Person
    row: StudySession


async def present(uow: UnitOfWork, actor: Actor, group_id: UUID) -> Sequence[Present]:
    """The members who study in the group's name right now, the longest first.

    Raises:
        GroupNotFound: the actor may not see the group.
        NotInGroup: he is not in it, or no longer.
    """
    await groups.require_member(uow, group_id, actor.user_id)
    rows = await queries.studying_in(uow, group_id, await groups.members(uow, group_id))
    people = await identity.people(uow, [row.user_id for row in rows]) if rows else {}
    return [Present(people[row.user_id], row) for row in rows if row.user_id in people]


class StudyOfGroups:
    """What groups ask of study time (their port `GroupStudy`)."""

    async def figures(self, uow: UnitOfWork, group_id: UUID) -> StudiedTogether:
        """How much was studied in the group's name."""
        sums = await queries.group_sums(uow, group_id, clock.now() - _WEEK)
        return StudiedTogether(sums.total_seconds, sums.recent_seconds, sums.session_count)

    async def studying(self, uow: UnitOfWork, group_id: UUID) -> Mapping[UUID, datetime]:
        """Who studies right now and since when; whose heartbeats stopped, or who is in a pause, does not."""
        rows = await queries.studying_in(uow, group_id, await groups.members(uow, group_id))
        return {row.user_id: row.started_at for row in rows if row.paused_at is None}
