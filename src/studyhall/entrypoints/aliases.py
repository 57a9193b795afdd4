"""Paths of the five specifications that Studyhall serves under another name: one table, at the edge, nowhere else.

Every path under `/api/…` without `v1` is served as `/api/v1/…`; bodies sent there may be in camelCase, as ScholarPass
wrote them. Rows appear here as their operations do.
"""

import re
from dataclasses import dataclass

from starlette.types import ASGIApp, Receive, Scope, Send

API = "/api/v1"

TABLE = """
GET /leaderboard -> GET /leaderboards/global
GET /study-sessions/leaderboards/group/{group_id} -> GET /leaderboards/group/{group_id}
GET /study-sessions/leaderboards/global -> GET /leaderboards/global
GET /settings/profile -> GET /users/me
PUT /settings/profile -> PATCH /users/me
PUT /users/me -> PATCH /users/me
POST /auth/signup -> POST /auth/register
PUT /progress/{user}/streak/reset -> PUT /streaks/{user}/reset
GET /topics/{subject_id} -> GET /subjects/{subject_id}/topics
GET /lessons/{topic_id} -> GET /topics/{topic_id}/chapters
POST /lessons/{chapter_id}/complete -> POST /chapters/{chapter_id}/complete
POST /progress/{user}/courses/{course_id}/chapters/{chapter_id} -> POST /chapters/{chapter_id}/complete
POST /study/start -> POST /study-sessions/start
POST /study/end -> POST /study-sessions/current/end
GET /study/history -> GET /study-sessions
POST /quiz/generate -> POST /quizzes/generate
POST /quiz/submit -> POST /quizzes/submit
GET /quiz/history -> GET /quizzes/history
GET /quizzes/user/{user}/course/{course_id} -> GET /courses/{course_id}/quizzes
"""

DROPPED_USER = "user"


@dataclass(frozen=True, slots=True)
class Alias:
    """One row: an old method and path, and what serves it."""

    method: str
    old: str
    new_method: str
    new: str
    pattern: re.Pattern[str]

    @classmethod
    def parse(cls, row: str) -> "Alias":
        left, right = row.split(" -> ")
        method, old = left.split()
        new_method, new = right.split()
        pattern = re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>[^/]+)", re.escape(old))
        return cls(method, old, new_method, new, re.compile(f"^{pattern}$"))


ALIASES = [Alias.parse(row) for row in TABLE.strip().splitlines()]


class Aliases:
    """Rewrites method and path before the router sees them. Trailing slashes answer too, without a redirect."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._by_method: dict[str, list[Alias]] = {}
        for alias in ALIASES:
            self._by_method.setdefault(alias.method, []).append(alias)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"].startswith("/api/"):
            self._rewrite(scope)
        await self._app(scope, receive, send)

    def _rewrite(self, scope: Scope) -> None:
        path = scope["path"]
        state = scope.setdefault("state", {})
        if path.startswith(API + "/"):
            inner = path[len(API) :]
        else:
            inner = path[len("/api") :]
            state["camel_case"] = True
        if len(inner) > 1 and inner.endswith("/"):
            inner = inner.rstrip("/")
        for alias in self._by_method.get(scope["method"], ()):
            found = alias.pattern.match(inner)
            if found:
                inner = self._apply(alias, found.groupdict(), state)
                scope["method"] = alias.new_method
                break
        if inner != path[len(API) :] or not path.startswith(API + "/"):
            scope["path"] = API + inner
            scope["raw_path"] = scope["path"].encode()

    def _apply(self, alias: Alias, names: dict[str, str], state: dict[str, object]) -> str:
        if DROPPED_USER in names and "{user}" not in alias.new:
            state["named_user"] = names[DROPPED_USER]
        return alias.new.format(**names)
