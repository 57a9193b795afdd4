"""What time does to invitations."""

from datetime import timedelta

from studyhall.domains.groups.models import GroupInvitation
from studyhall.domains.groups.service.invitations import write_down_expired
from studyhall.platform import clock
from studyhall.platform.jobs import JobRun, periodic
from studyhall.platform.privacy import drop_over

ANSWERS_KEPT = timedelta(days=90)


@periodic("groups.expire_invitations", "23 * * * *", timeout=1800)
async def expire_invitations(run: JobRun) -> None:
    """Write down which invitations ran out, and forget the answered ones after three months."""
    async with run.unit_of_work() as uow:
        await write_down_expired(uow)
    settled = GroupInvitation.status != "pending"
    await drop_over(run, GroupInvitation, settled & (GroupInvitation.expires_at < clock.now() - ANSWERS_KEPT))
