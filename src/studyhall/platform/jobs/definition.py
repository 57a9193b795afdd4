"""What a job is: a name, a function, what its arguments look like, and how stubbornly it is tried."""

import inspect
import random
import re
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, get_type_hints

from pydantic import BaseModel, ConfigDict, create_model

if TYPE_CHECKING:
    from studyhall.platform.resources import Resources
    from studyhall.platform.uow import UnitOfWork

_NAME = re.compile(r"^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+$")
_JITTER = 0.2

Handler = Callable[..., Awaitable[None]]


class RetryLater(Exception):
    """Raised by a job: not now. Counts as a try.

    Attributes:
        delay: when to try again; None leaves it to the job's own pause.
    """

    def __init__(self, reason: str, delay: timedelta | None = None) -> None:
        super().__init__(reason)
        self.delay = delay


class GiveUp(Exception):
    """Raised by a job: trying again cannot help. It is kept as failed at once."""


@dataclass(frozen=True, slots=True)
class JobRun:
    """One attempt at a job, as its function sees it.

    Attributes:
        attempt: 1 for the first.
        request_id: of the request that queued the job, if it was one.
    """

    id: int
    name: str
    attempt: int
    tries: int
    resources: "Resources"
    request_id: str | None = None

    @property
    def is_last(self) -> bool:
        """Whether the job is given up if this attempt fails."""
        return self.attempt >= self.tries

    def unit_of_work(self) -> "AbstractAsyncContextManager[UnitOfWork]":
        """Open a unit of work for this job; it commits when its block ends well."""
        from studyhall.platform.uow import Origin

        return self.resources.unit_of_work(Origin(request_id=self.request_id))


@dataclass(frozen=True, eq=False, slots=True)
class Job:
    """A function that can be queued.

    Attributes:
        tries: attempts in all, the first one included.
        first_delay: seconds before the second attempt; it doubles from there.
        longest_delay: the longest pause, in seconds.
        timeout: seconds that one attempt may take.
        overlaps: whether the same dedupe key may be queued again while the job runs, because a run that has
            begun may have missed what the new one is about.
    """

    name: str
    handler: Handler
    arguments: type[BaseModel]
    tries: int
    first_delay: float
    longest_delay: float
    timeout: float
    overlaps: bool = True

    def pack(self, arguments: Mapping[str, Any]) -> bytes:
        """The arguments as the JSON that is stored.

        Raises:
            pydantic.ValidationError: they are not what the function takes.
        """
        return self.arguments.model_validate(dict(arguments)).model_dump_json().encode()

    def unpack(self, payload: bytes | None) -> dict[str, Any]:
        """Stored arguments as the function takes them. Raises pydantic.ValidationError."""
        checked = self.arguments.model_validate_json(payload or b"{}")
        return {name: getattr(checked, name) for name in self.arguments.model_fields}

    def delay_after(self, attempt: int) -> timedelta:
        """The pause after that attempt failed: exponential, with a fifth of jitter either way, so that what failed
        together does not come back together."""
        pause = min(self.first_delay * 2.0 ** (attempt - 1), self.longest_delay)
        return timedelta(seconds=pause * random.uniform(1 - _JITTER, 1 + _JITTER))  # noqa: S311 - spreads load, guards nothing


@dataclass(frozen=True, eq=False, slots=True)
class Periodic:
    """A job that is queued by a clock. One run at a time; a tick that finds the last one still waiting is skipped.

    Attributes:
        cron: five fields, in UTC.
    """

    job: Job
    cron: str


def job(
    name: str,
    *,
    tries: int = 3,
    first_delay: float = 10,
    longest_delay: float = 3600,
    timeout: float = 600,
    overlaps: bool = True,
) -> Callable[[Handler], Job]:
    """Make a job of `async def handler(run: JobRun, *, …)`; its keyword-only parameters are the arguments.

    Args:
        name: unique and lasting, because waiting rows carry it: `domain.verb`.

    Raises:
        TypeError, ValueError: at import, when the name or the function is not of that form.
    """
    if not _NAME.match(name):
        raise ValueError(f"'{name}' is no job name, e.g. identity.send_code")
    if tries < 1:
        raise ValueError("a job is tried at least once")

    def make(handler: Handler) -> Job:
        return Job(name, handler, _arguments_of(name, handler), tries, first_delay, longest_delay, timeout, overlaps)

    return make


def periodic(name: str, cron: str, *, tries: int = 3, timeout: float = 600) -> Callable[[Handler], Periodic]:
    """Make a periodic job of `async def handler(run: JobRun)`; a failing run is tried again like any job."""
    make = job(name, tries=tries, first_delay=30, timeout=timeout, overlaps=False)

    def schedule(handler: Handler) -> Periodic:
        made = make(handler)
        if made.arguments.model_fields:
            raise TypeError(f"{name}: a periodic job has no arguments")
        return Periodic(made, cron)

    return schedule


def _arguments_of(name: str, handler: Handler) -> type[BaseModel]:
    if not inspect.iscoroutinefunction(handler):
        raise TypeError(f"{name}: a job is an async function")
    first, *rest = inspect.signature(handler).parameters.values()
    if first.kind is not inspect.Parameter.POSITIONAL_OR_KEYWORD:
        raise TypeError(f"{name}: the first parameter is the JobRun")
    hints = get_type_hints(handler)
    fields: dict[str, Any] = {}
    for parameter in rest:
        if parameter.kind is not inspect.Parameter.KEYWORD_ONLY or parameter.name not in hints:
            raise TypeError(f"{name}: '{parameter.name}' must be keyword-only and typed")
        default = ... if parameter.default is inspect.Parameter.empty else parameter.default
        fields[parameter.name] = (hints[parameter.name], default)
    return create_model(f"{name} arguments", __config__=ConfigDict(extra="forbid"), **fields)
