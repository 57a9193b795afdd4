"""Asking for proposals."""

from studyhall.domains.guidance import service
from studyhall.domains.guidance.schemas import Queued, Wish
from studyhall.platform.web import CurrentActor, Envelope, Router, Uow, queued

router = Router("planning")


@router.post(
    "/planning/suggest",
    access="user",
    summary="Propose plans for seven days around classes, due dates and weak topics",
    status=202,
    limit="suggest",
)
async def suggest_plans(uow: Uow, actor: CurrentActor, body: Wish | None = None) -> Envelope[Queued]:
    """Poll `GET /tasks/{task_id}`. Its `result` holds `blocks`, each with its `reason` and a `plan` to post to
    `/planning/plans` as it is; `left_over`, what did not get all its time and why; `engine`, `cp_sat` (a constraint
    solver) or `greedy` (its time ran out, the choice is good rather than best); and `nothing`, why nothing is proposed.
    """
    return queued(Queued(task_id=await service.ask(uow, actor, body or Wish())), "We are looking for the best times.")
