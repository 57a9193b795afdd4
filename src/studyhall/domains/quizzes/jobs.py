"""What time does to attempts."""

from studyhall.domains.quizzes.service import taking
from studyhall.platform.jobs import JobRun, periodic

BATCH = 50


@periodic("quizzes.grade_overdue", "* * * * *", timeout=600)
async def grade_overdue(run: JobRun) -> None:
    """Grade attempts that were left open past their time, with what was saved in time. Run again, it goes on."""
    while True:
        async with run.unit_of_work() as uow:
            if await taking.grade_overdue(uow, BATCH) < BATCH:
                return
