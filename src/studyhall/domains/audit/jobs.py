"""Acts are kept for a year."""

from datetime import timedelta

from studyhall.domains.audit.models import ActivityLog
from studyhall.domains.audit.service import permit_forgetting
from studyhall.platform import clock
from studyhall.platform.jobs import JobRun, periodic
from studyhall.platform.privacy import drop_over

KEPT = timedelta(days=365)


@periodic("audit.forget", "30 2 * * *", timeout=3600)
async def forget(run: JobRun) -> None:
    """Delete rows older than a year."""
    await drop_over(run, ActivityLog, ActivityLog.created_at < clock.now() - KEPT, permit_forgetting)
