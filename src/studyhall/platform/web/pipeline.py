"""What every request goes through, in this order, inside one unit of work:

identify -> rate limit -> authorise -> idempotency -> the endpoint -> ETag -> commit -> answer.

Hot reads take the same steps ahead of the framework (`hot`).

It lives in the route class rather than in dependencies, so that it is the same everywhere, costs little, and the
answer's bytes exist before the commit: an idempotency key can keep them in the same transaction, and nothing is sent
that was not committed (ADR 0002).
"""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Annotated

from fastapi import Depends
from starlette.requests import Request as StarletteRequest
from starlette.responses import Response
from starlette.types import Message, Receive, Scope

from studyhall.platform import metrics
from studyhall.platform.auth import ME, Actor, Entitlements, authenticate, bearer_of, check_ops_token
from studyhall.platform.errors import Forbidden, RightRefused, TooLarge, TooManyRequests, Unauthorized
from studyhall.platform.ratelimit import Decision
from studyhall.platform.resources import Resources
from studyhall.platform.uow import Origin, UnitOfWork
from studyhall.platform.web import etags
from studyhall.platform.web.idempotency import Idempotency
from studyhall.platform.web.limits import LIMITS, UNLIMITED, limit_for
from studyhall.platform.web.request import Request, header

if TYPE_CHECKING:
    from studyhall.platform.web.routing import Declared

Handler = Callable[[StarletteRequest], Awaitable[Response]]

READ, WRITE = "read", "write"


async def run(declared: "Declared", endpoint: Handler, received: StarletteRequest) -> Response:
    """One request. Raises AppError for every refusal; the handlers in `failures` shape it."""
    scope = received.scope
    resources: Resources = scope["app"].state.resources
    origin: Origin = scope["state"]["origin"]
    settings = resources.settings
    most = settings.max_upload_bytes if declared.upload else settings.max_body_bytes
    request = Request(scope, _bounded(received.receive, most))
    async with resources.unit_of_work(origin) as uow:
        request.state.uow = uow
        actor = await identify(declared, resources, scope, origin)
        request.state.actor = actor
        decision = await limit(declared, resources, actor, origin)
        _authorise(declared, uow, actor, getattr(request.state, "named_user", None))
        if actor is not None and declared.access.entitlement:
            await resources.port(Entitlements)(uow, actor.user_id, declared.access.entitlement)
        response = await _answer(declared, endpoint, request, uow, actor)
    return _finish(declared, request, response, decision)


async def identify(declared: "Declared", resources: Resources, scope: Scope, origin: Origin) -> Actor | None:
    """Who calls, as far as the route wants to know. Raises Unauthorized."""
    authorization = header(scope, b"authorization")
    access = declared.access
    try:
        if access.name == "ops token":
            check_ops_token(resources, authorization)
        if not access.reads_token:
            return None
        token = bearer_of(authorization)
        if token is None:
            if access.needs_actor:
                raise Unauthorized
            return None
        return await authenticate(resources, token)
    except Unauthorized:
        await limit(declared, resources, None, origin)
        raise


async def limit(declared: "Declared", resources: Resources, actor: Actor | None, origin: Origin) -> Decision | None:
    """Count the call, by the route's named limit or the default. Raises TooManyRequests."""
    settings = resources.settings
    if not settings.rate_limits_enabled or declared.limit == UNLIMITED:
        return None
    name = declared.limit or ("anonymous" if actor is None else READ if declared.method == "GET" else WRITE)
    by_user = LIMITS[name].by == "user" and actor is not None
    key = str(actor.user_id) if by_user and actor else str(origin.address)
    decision = await resources.limiter.check([(name, key, limit_for(settings, name))])
    if decision.allowed:
        return decision
    metrics.rate_limit_refusals.labels(name).inc()
    raise TooManyRequests(
        f"Too many requests. Try again in {decision.retry_after} seconds.",
        headers=decision.headers(),
    )


def _authorise(declared: "Declared", uow: UnitOfWork, actor: Actor | None, named_user: str | None) -> None:
    if actor is None:
        return
    if named_user not in (None, ME, str(actor.user_id)):
        uow.audit("access.refused", "Refused: the path named somebody else.", user_id=actor.user_id)
        raise RightRefused("You may only do this for yourself.")
    if declared.session_only and actor.session_id is None:
        raise Forbidden("Sign in with your password to do this; an access token may not.")
    if not actor.is_able(READ if declared.method == "GET" else WRITE):
        uow.audit("access.refused", f"Refused: the token may not {declared.method}.", user_id=actor.user_id)
        raise RightRefused("This token's abilities do not cover that.")
    if declared.access.permission:
        actor.require(uow, declared.access.permission)


async def _answer(
    declared: "Declared", endpoint: Handler, request: Request, uow: UnitOfWork, actor: Actor | None
) -> Response:
    if declared.method != "POST":
        return await endpoint(request)
    owner = str(actor.user_id) if actor else f"address:{uow.origin.address}"
    once = await Idempotency.of(uow, request, owner[:64], actor.user_id if actor else None)
    if once is None:
        return await endpoint(request)
    first = await once.first_answer()
    if first is not None:
        return first
    response = await endpoint(request)
    await once.remember(response)
    return response


def _finish(declared: "Declared", request: Request, response: Response, decision: Decision | None) -> Response:
    if decision is not None:
        for name, value in decision.headers().items():
            response.headers[name] = value
    if declared.method == "GET" and response.status_code == 200 and isinstance(getattr(response, "body", None), bytes):
        tag = etags.tag_of(bytes(response.body), response.headers.get(etags.VERSION_HEADER))
        seen = header(request.scope, b"if-none-match")
        if seen is not None and etags.matches(seen, tag):
            kept = {k: v for k, v in response.headers.items() if k not in ("content-length", "content-type")}
            response = Response(status_code=304, headers=kept)
        response.headers["ETag"] = tag
        response.headers.setdefault("Cache-Control", "private, no-cache" if declared.access.reads_token else "no-cache")
    elif declared.method != "GET":
        response.headers.setdefault("Cache-Control", "no-store")
    return response


def _bounded(receive: Receive, most: int) -> Receive:
    """Read at most that many bytes of body. Raises TooLarge."""
    read = 0

    async def bounded() -> Message:
        nonlocal read
        message = await receive()
        read += len(message.get("body", b""))
        if read > most:
            raise TooLarge(f"The request is larger than {most // 1024} KiB.")
        return message

    return bounded


# The dependencies are coroutines because FastAPI runs plain functions in a thread.
async def _give_uow(request: StarletteRequest) -> UnitOfWork:
    uow: UnitOfWork = request.state.uow
    return uow


async def _give_actor(request: StarletteRequest) -> Actor:
    actor: Actor = request.state.actor
    return actor


async def _give_maybe_actor(request: StarletteRequest) -> Actor | None:
    actor: Actor | None = request.state.actor
    return actor


Uow = Annotated[UnitOfWork, Depends(_give_uow)]
CurrentActor = Annotated[Actor, Depends(_give_actor)]
MaybeActor = Annotated[Actor | None, Depends(_give_maybe_actor)]
