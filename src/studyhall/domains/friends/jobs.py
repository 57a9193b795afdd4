"""Telling the receiver of a request, and forgetting what is over."""

from uuid import UUID

from studyhall.domains.friends import queries
from studyhall.domains.friends.models import FriendRequest
from studyhall.domains.identity import public as identity
from studyhall.domains.notifications import public as notifications
from studyhall.platform import clock
from studyhall.platform.jobs import JobRun, job, periodic
from studyhall.platform.privacy import drop_over


@job("friends.tell_of_request")
async def tell_of_request(run: JobRun, *, request_id: UUID) -> None:
    """Notify the receiver, where there is one and he can see the request; of each sender once."""
    async with run.unit_of_work() as uow:
        row = await uow.session.get(FriendRequest, request_id)
        if row is None or row.to_user_id is None:
            return
        if await queries.received_request(uow, row.to_user_id, request_id) is None:
            return
        sender = await identity.person(uow, row.user_id)
        await notifications.notify(
            uow,
            [row.to_user_id],
            notifications.NotificationType.BUDDY,
            f"{sender.name} wants to be your friend",
            "Accept or decline the request under Friends.",
            action_url="/friends",
            metadata={"request_id": str(row.id), "person_id": str(row.user_id)},
            dedupe_key=f"friend-request:{row.user_id}:{row.created_at:%Y-%m-%d}",
        )


@periodic("friends.forget", "41 3 * * *", timeout=1800)
async def forget(run: JobRun) -> None:
    """Delete requests that have run out."""
    await drop_over(run, FriendRequest, FriendRequest.expires_at <= clock.now())
