"""Which requests are measured: every GET of the API description that a student may send, and the main writes."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from bench.scale.people import Person, everybody, ident
from bench.scale.tables import PUBLISHED, feed_secret
from studyhall.entrypoints import http
from studyhall.platform.web import openapi

Fill = Callable[[Person], str]

LEFT_OUT = {
    "/metrics": "operators only",
    "/api/v1/auth/oidc/{provider}/authorize": "needs a provider",
    "/api/v1/auth/oidc/{provider}/callback": "needs a provider",
    "/api/v1/study-sessions/now": "needs a group that somebody studies in",
    "/files/{signed}": "sends stored bytes; needs an upload",
}

# What stands for a parameter of a path.
PATH: dict[str, Fill] = {
    "course_id": lambda one: str(one.row("course", 0)),
    "chapter_id": lambda one: str(one.row("chapter", 0)),
    "plan_id": lambda one: str(one.row("plan", 0)),
    "assignment_id": lambda one: str(one.row("assignment", 0)),
    "result_id": lambda one: str(one.row("result", 0)),
    "session_id": lambda one: str(one.row("study", 0)),
    "upload_id": lambda one: str(one.row("upload", 0)),
    "task_id": lambda one: str(one.row("task", 0)),
    "class_id": lambda one: str(one.row("class", 0)),
    "notification_id": lambda one: str(one.row("notification", 0)),
    "user_id": lambda one: str(another(one)),
    "user": lambda one: str(one.id),
    "secret": feed_secret,
}

# Queries that change what a read has to do, besides none at all.
QUERIES: dict[str, tuple[Fill, ...]] = {
    "/api/v1/study-sessions": (
        lambda one: "page=3&per_page=50",
        lambda one: f"start_date={one.today - timedelta(days=90)}&end_date={one.today}&per_page=100",
        lambda one: f"course_id={one.row('course', 0)}&sort=-duration_seconds",
    ),
    "/api/v1/study-sessions/analytics/monthly": (lambda one: f"month={one.today - timedelta(days=31):%Y-%m}",),
    "/api/v1/study-sessions/analytics/by-group": (lambda one: f"start_date={one.today - timedelta(days=90)}",),
    "/api/v1/streaks/calendar/{user}": (lambda one: f"month={one.today - timedelta(days=31):%Y-%m}",),
    "/api/v1/planning/plans": (
        lambda one: f"from_date={one.today - timedelta(days=30)}&to_date={one.today + timedelta(days=30)}",
        lambda one: "status=missed",
    ),
    "/api/v1/assignments": (lambda one: "upcoming=true", lambda one: "status=overdue"),
    "/api/v1/performance/results": (lambda one: f"course_id={one.row('course', 0)}&per_page=100",),
    "/api/v1/notifications": (lambda one: "unread=true",),
    "/api/v1/courses": (lambda one: "active=true&per_page=100",),
    "/api/v1/catalog/courses": (
        lambda one: f"q=Course 0 of {2 + one.number % PUBLISHED}",
        lambda one: "sort=-created_at",
    ),
    "/api/v1/reference/cities": (lambda one: "q=ber", lambda one: "country=DE"),
    "/api/v1/dashboard/upcoming-classes": (lambda one: "days=14&limit=50",),
}
REQUIRED = {"/api/v1/reference/states": "country=DE"}


_VARYING = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|\d{4}-\d\d-\d\d")  # ids and dates
_SOMEBODY = next(everybody(3, 3, 0, datetime(2026, 1, 1, tzinfo=UTC)))


@dataclass(frozen=True, slots=True)
class Measured:
    """One request as it is for each person. `prepare` answers method, path and body, or None where it does not fit."""

    name: str
    prepare: Callable[[Person], tuple[str, str, bytes] | None]
    is_write: bool = False


@dataclass
class Catalogue:
    """All requests to measure, and the reads that are not, with the reason."""

    measured: list[Measured] = field(default_factory=list)
    left_out: dict[str, str] = field(default_factory=dict)


def another(one: Person) -> Any:
    """The id of somebody else: of the person with the next number but one."""
    return ident("user", one.number + 2, 0, one.made_at + timedelta(seconds=2))


def reads() -> Catalogue:
    """Every GET of the description; a path with a parameter that nobody taught us is told as left out."""
    catalogue = Catalogue()
    described = openapi.describe(http.describe_routes(), "bench")
    for path, operations in sorted(described["paths"].items()):
        if "get" not in operations:
            continue
        unknown = sorted(set(_parameters(path)) - PATH.keys())
        if path in LEFT_OUT or unknown:
            catalogue.left_out[path] = LEFT_OUT.get(path) or f"bench.scale does not know {', '.join(unknown)}"
        elif "permission" in str(operations["get"].get("x-access", "")):
            catalogue.left_out[path] = "not for students"
        else:
            catalogue.measured += _variants(path)
    return catalogue


def _parameters(path: str) -> list[str]:
    return re.findall(r"{(\w+)}", path)


def _variants(path: str) -> Iterator[Measured]:
    first = REQUIRED.get(path, "")
    for place, query in enumerate(((lambda _: first), *QUERIES.get(path, ()))):
        shown = _VARYING.sub("…", query(_SOMEBODY)) if place or first else ""
        yield Measured(f"GET {path}{'?' + shown if shown else ''}", _read(path, query))


def _read(path: str, query: Fill) -> Callable[[Person], tuple[str, str, bytes]]:
    def prepare(one: Person) -> tuple[str, str, bytes]:
        asked = query(one).replace(" ", "%20")
        return "GET", fill_path(path, one) + (f"?{asked}" if asked else ""), b""

    return prepare


def fill_path(path: str, one: Person, instead: Mapping[str, str] | None = None) -> str:
    """The path with its parameters filled in for that person."""
    return re.sub(r"{(\w+)}", lambda found: (instead or {}).get(found[1]) or PATH[found[1]](one), path)


def write(method: str, path: str, body: Callable[[Person], dict[str, Any]] | None = None, **places: int) -> Measured:
    """A write; `places` says which row of a kind the path means, e.g. plan_id=3."""

    def prepare(one: Person) -> tuple[str, str, bytes] | None:
        held = {"plan": one.has.plans, "assignment": one.has.assignments, "result": one.has.results,
                "course": one.has.courses, "class": one.has.classes}  # fmt: skip
        instead = {}
        for name, place in places.items():
            kind = "study" if name == "session_id" else name.removesuffix("_id")
            if place >= held.get(kind, one.has.sessions + 1):
                return None
            instead[name] = str(one.row(kind, place))
        return method, fill_path(f"/api/v1{path}", one, instead), json.dumps(body(one)).encode() if body else b""

    return Measured(f"{method} /api/v1{path}", prepare, is_write=True)
