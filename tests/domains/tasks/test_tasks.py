"""The visible side of background work."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from studyhall.domains.tasks import privacy, public
from studyhall.platform.resources import Resources
from studyhall.platform.uow import UnitOfWork


async def _task(resources: Resources, user_id: UUID) -> UUID:
    async with resources.unit_of_work() as uow:
        return await public.create(uow, user_id, "tests.import")


async def _seen(owner: Any, task_id: UUID) -> dict[str, Any]:
    answer = await owner.client.get(f"/api/v1/tasks/{task_id}")
    assert answer.status_code == 200, answer.text
    task: dict[str, Any] = answer.json()["data"]["task"]
    return task


async def test_a_task_is_watched_to_its_end(person: Any, resources: Resources, uow: UnitOfWork) -> None:
    owner = await person()
    task_id = await _task(resources, owner.id)
    waiting = await _seen(owner, task_id)
    assert (waiting["kind"], waiting["state"], waiting["progress"]) == ("tests.import", "queued", 0)
    assert (waiting["started_at"], waiting["result"]) == (None, None)
    assert await public.start(uow, task_id)
    assert await public.progress(uow, task_id, 40, "Reading chapters")
    assert await public.progress(uow, task_id, 30)
    running = await _seen(owner, task_id)
    assert (running["state"], running["progress"], running["message"]) == ("running", 40, "Reading chapters")
    await public.finish(uow, task_id, {"course_id": "1"}, [{"file": "a.docx", "reason": "unknown format"}])
    done = await _seen(owner, task_id)
    assert (done["state"], done["progress"], done["result"]) == ("succeeded", 100, {"course_id": "1"})
    assert done["loss_report"] == [{"file": "a.docx", "reason": "unknown format"}]
    assert done["finished_at"] is not None


async def test_a_task_that_fails_says_why(person: Any, resources: Resources, uow: UnitOfWork) -> None:
    owner = await person()
    task_id = await _task(resources, owner.id)
    await public.start(uow, task_id)
    await public.progress(uow, task_id, 250)
    await public.fail(uow, task_id, "The archive is broken.")
    failed = await _seen(owner, task_id)
    assert (failed["state"], failed["progress"], failed["error"]) == ("failed", 100, "The archive is broken.")


async def test_what_has_ended_stays(person: Any, resources: Resources, uow: UnitOfWork) -> None:
    owner = await person()
    task_id = await _task(resources, owner.id)
    await public.start(uow, task_id)
    await public.finish(uow, task_id, 1)
    assert not await public.start(uow, task_id)
    assert not await public.progress(uow, task_id, 5)
    await public.fail(uow, task_id, "late")
    seen = await _seen(owner, task_id)
    assert (seen["state"], seen["result"], seen["error"]) == ("succeeded", 1, None)
    refused = await owner.client.delete(f"/api/v1/tasks/{task_id}")
    assert (refused.status_code, refused.json()["error_code"]) == (409, "TASK_FINISHED")


async def test_a_waiting_task_is_cancelled_at_once(person: Any, resources: Resources, uow: UnitOfWork) -> None:
    owner = await person()
    task_id = await _task(resources, owner.id)
    answer = await owner.client.delete(f"/api/v1/tasks/{task_id}")
    assert (answer.status_code, answer.json()["data"]["task"]["state"]) == (200, "cancelled")
    assert not await public.start(uow, task_id)


async def test_a_running_task_learns_that_it_should_end(person: Any, resources: Resources, uow: UnitOfWork) -> None:
    owner = await person()
    task_id = await _task(resources, owner.id)
    await public.start(uow, task_id)
    assert not await public.is_cancelled(uow, task_id)
    answer = await owner.client.delete(f"/api/v1/tasks/{task_id}")
    asked = answer.json()["data"]["task"]
    assert (asked["state"], asked["cancel_requested"]) == ("running", True)
    assert await public.is_cancelled(uow, task_id)
    assert not await public.progress(uow, task_id, 50)
    await public.cancelled(uow, task_id)
    assert (await _seen(owner, task_id))["state"] == "cancelled"


async def test_a_job_that_begins_again_goes_on(person: Any, resources: Resources, uow: UnitOfWork) -> None:
    owner = await person()
    task_id = await _task(resources, owner.id)
    await public.start(uow, task_id)
    begun = (await _seen(owner, task_id))["started_at"]
    assert await public.start(uow, task_id)
    assert (await _seen(owner, task_id))["started_at"] == begun


@pytest.mark.parametrize("method", ["GET", "DELETE"])
async def test_a_strangers_task_does_not_exist(person: Any, client: Any, resources: Resources, method: str) -> None:
    owner, stranger = await person(), await person()
    path = f"/api/v1/tasks/{await _task(resources, owner.id)}"
    answer = await stranger.client.request(method, path)
    assert (answer.status_code, answer.json()["error_code"]) == (404, "TASK_NOT_FOUND")
    assert (await client.request(method, path)).status_code == 401
    assert (await owner.client.request(method, f"/api/v1/tasks/{uuid4()}")).status_code == 404
    assert (await _seen(owner, UUID(path.rsplit("/", 1)[1])))["state"] == "queued"


async def test_a_task_that_is_gone_counts_as_cancelled(uow: UnitOfWork) -> None:
    assert await public.is_cancelled(uow, uuid4())


async def test_tasks_leave_with_their_owner(person: Any, resources: Resources, uow: UnitOfWork) -> None:
    owner, other = await person(), await person()
    mine, theirs = await _task(resources, owner.id), await _task(resources, other.id)
    assert [row["id"] async for row in privacy.export(uow, owner.id)["background_tasks"]] == [mine]
    await privacy.erase(uow, owner.id)
    assert (await owner.client.get(f"/api/v1/tasks/{mine}")).status_code == 404
    assert (await _seen(other, theirs))["id"] == str(theirs)
