"""What time does to leaderboards."""

from datetime import timedelta

from studyhall.domains.leaderboards import queries
from studyhall.domains.leaderboards.models import LeaderboardSnapshot
from studyhall.domains.leaderboards.rules import spans_of
from studyhall.platform import clock
from studyhall.platform.jobs import JobRun, periodic
from studyhall.platform.privacy import drop_over

KEPT = timedelta(days=14)


@periodic("leaderboards.snapshot", "5 0 * * *", timeout=1800)
async def take_snapshot(run: JobRun) -> None:
    """Keep every rank of the global boards that run anywhere on earth, once a day; a second run adds nothing."""
    today = clock.now().date()
    for span in spans_of(today + timedelta(days=days) for days in (-1, 0, 1)):
        async with run.unit_of_work() as uow:
            await queries.take_snapshot(uow, span, today)


@periodic("leaderboards.forget", "50 2 * * *", timeout=1800)
async def forget(run: JobRun) -> None:
    """Drop snapshots whose period is over."""
    await drop_over(run, LeaderboardSnapshot, LeaderboardSnapshot.created_at < clock.now() - KEPT)
