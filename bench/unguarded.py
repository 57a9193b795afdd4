"""The real application before token, session, rate limit and log: what framework, pipeline and envelope cost."""

import os
from uuid import UUID

from studyhall.entrypoints import http, wiring
from studyhall.platform.auth import Actor
from studyhall.platform.resources import Resources

_ACTOR = Actor(UUID(os.environ["BENCH_USER"]))


async def _anybody(_resources: Resources, _token: str) -> Actor:
    return _ACTOR


wiring.authenticate = _anybody
app = http.create_app()
