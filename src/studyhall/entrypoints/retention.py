"""How long rows are kept that only ever grow more: one table of periods, one job that keeps to them.

What ends by rules of its own (secrets, sessions, deleted files, the audit log, exports) is dropped by its domain's
`forget`; `docs/privacy.md` lists all of it for operators.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from studyhall.platform import clock
from studyhall.platform.database import Base
from studyhall.platform.jobs import JobRun, periodic
from studyhall.platform.privacy import drop_over


@dataclass(frozen=True, slots=True)
class Kept:
    """Rows of a table are dropped so long after the time in that column; a row without one stays."""

    table: str
    column: str
    period: timedelta


PERIODS: Sequence[Kept] = (
    Kept("notifications", "created_at", timedelta(days=90)),
    Kept("email_logs", "created_at", timedelta(days=180)),
    Kept("background_tasks", "finished_at", timedelta(days=30)),
    Kept("data_exports", "finished_at", timedelta(days=90)),
    Kept("user_devices", "last_login_at", timedelta(days=365)),
)


@periodic("retention.drop_over", "40 2 * * *", timeout=3600)
async def keep_periods(run: JobRun) -> None:
    """Drop every row whose period is over."""
    tables: dict[str, type[Base]] = {mapper.class_.__tablename__: mapper.class_ for mapper in Base.registry.mappers}
    for kept in PERIODS:
        table = tables[kept.table]
        await drop_over(run, table, table.__table__.c[kept.column] < clock.now() - kept.period)
