"""What was given up can be seen, tried again and forgotten."""

import pytest

from studyhall.entrypoints.cli import dead_jobs
from studyhall.platform.embedded import SetupError
from studyhall.platform.jobs import JobRun, drain, job
from studyhall.platform.resources import Resources

ran: list[int] = []


@job("test.fails_first", tries=1)
async def fails_first(run: JobRun) -> None:
    """Fails the first time it is run."""
    ran.append(run.id)
    if len(ran) == 1:
        raise ValueError("it rained")


async def _failed_id(resources: Resources) -> int:
    ran.clear()
    async with resources.unit_of_work() as uow:
        await uow.enqueue(fails_first)
    await drain(resources, [fails_first])
    return ran[0]


async def test_a_failed_job_is_shown_and_tried_again(resources: Resources, capsys: pytest.CaptureFixture[str]) -> None:
    job_id = await _failed_id(resources)
    await dead_jobs.show(resources)
    shown = capsys.readouterr().out
    assert str(job_id) in shown
    assert "test.fails_first" in shown
    await dead_jobs.act(resources, job_id, drop=False)
    await drain(resources, [fails_first])
    assert len(ran) == 2
    await dead_jobs.show(resources)
    assert "No job has failed" in capsys.readouterr().out


async def test_a_failed_job_is_forgotten_once(resources: Resources) -> None:
    job_id = await _failed_id(resources)
    await dead_jobs.act(resources, job_id, drop=True)
    with pytest.raises(SetupError, match="no failed job"):
        await dead_jobs.act(resources, job_id, drop=True)
