"""What every operation owes its callers, checked on the description and on the running application."""

import csv
import inspect
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from studyhall import __version__
from studyhall.entrypoints.aliases import ALIASES
from studyhall.entrypoints.http import describe_routes
from studyhall.platform.web import openapi
from studyhall.platform.web.routing import API, PipelineRoute, Router, install

ROOT = Path(__file__).resolve().parents[2]
SHARED = ROOT.parent / "shared"
BUILT = ["groups", "study", "identity", "settings", "reference", "ops"]
UUID_TEXT = "01936f3e-7b1a-7c3d-9e2f-5a4b6c7d8e9f"

app = describe_routes()
document = openapi.describe(app, __version__)


def operations() -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield method.upper(), path, operation


@pytest.mark.parametrize(
    ("method", "path", "operation"), list(operations()), ids=lambda value: value if isinstance(value, str) else ""
)
def test_every_operation_is_described_whole(method: str, path: str, operation: dict[str, Any]) -> None:
    assert operation["summary"] and operation["operationId"] and operation["x-access"]
    success = [answer for status, answer in operation["responses"].items() if status.startswith(("2", "3"))]
    assert success, "no success is described"
    for answer in success:
        for media in answer.get("content", {}).values():
            assert "example" in media or "examples" in media
    for media in operation.get("requestBody", {}).get("content", {}).values():
        assert "example" in media or "examples" in media
    assert {"429", "500"} <= set(operation["responses"])
    if operation["x-access"] not in ("public", "optional"):
        assert {"401", "403"} <= set(operation["responses"])
        assert operation["security"]


def test_operation_ids_are_unique() -> None:
    ids = [operation["operationId"] for _, _, operation in operations()]
    assert len(ids) == len(set(ids))


def test_nothing_is_served_past_the_pipeline() -> None:
    """Other routes are pages only: documentation and its files."""
    others = {getattr(route, "path", "") for route in app.routes if not isinstance(route, PipelineRoute)}
    assert others == {"/docs/assets", "/docs", "/redoc", "/docs/swagger.js", "/docs/redoc.js", "/openapi.json"}


def _dependencies(dependant: Any) -> Iterator[Any]:
    for one in dependant.dependencies:
        yield one.call
        yield from _dependencies(one)


def test_no_request_waits_for_a_thread() -> None:
    """The framework runs plain functions in a thread pool, which costs more than most of our reads."""
    plain = [
        f"{route.path}: {call.__name__}"
        for route in app.routes
        if isinstance(route, PipelineRoute)
        for call in (route.endpoint, *_dependencies(route.dependant))
        if not inspect.iscoroutinefunction(call)
    ]
    assert plain == []


def test_a_route_without_access_or_with_a_made_up_one_cannot_be_written() -> None:
    router = Router("test")
    with pytest.raises(TypeError):
        router.get("/x", summary="Nobody said who may")
    with pytest.raises(ValueError, match="is no access"):
        router.get("/x", access="everybody", summary="A made-up access")(lambda: None)


def test_two_routes_at_one_address_cannot_be_installed() -> None:
    router = Router("test")

    async def one() -> None: ...

    async def two() -> None: ...

    router.get("/x", access="public", summary="One")(one)
    router.get("/x", access="public", summary="Two")(two)
    with pytest.raises(ValueError, match="two routes share"):
        install(describe_routes(), [router])


def _design() -> Path:
    if not (SHARED / "design" / "check_api").exists():
        pytest.skip("the design pages are not beside this checkout")
    return SHARED / "design"


def test_built_sections_miss_only_what_is_named_as_later(tmp_path: Path) -> None:
    later: set[str] = set()
    lines = _check_api(tmp_path, BUILT)
    assert set(lines[:-1]) == later


def test_no_operation_has_another_access_than_designed(tmp_path: Path) -> None:
    assert [line for line in _check_api(tmp_path, []) if "has x-access" in line] == []


def _check_api(folder: Path, sections: list[str]) -> list[str]:
    (folder / "openapi.json").write_text(json.dumps(document))
    command = [sys.executable, str(_design() / "check_api"), str(folder / "openapi.json"), *sections]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout.splitlines()


def _shape(path: str) -> str:
    return re.sub(r"\{[^}]*\}", "{}", path)


SERVED = {(method, _shape(path)) for method, path, _ in operations()}


def test_the_alias_table_holds_every_row_whose_operation_exists() -> None:
    rows = [line for line in (_design() / "aliases.txt").read_text().splitlines() if line and not line.startswith("#")]
    due = []
    for row in rows:
        method, path = row.split(" -> ")[1].split()
        if (method, _shape(API + path).replace("/current", "/{}")) in SERVED or (method, _shape(API + path)) in SERVED:
            due.append(row)
    ours = {f"{alias.method} {alias.old} -> {alias.new_method} {alias.new}" for alias in ALIASES}
    assert set(due) == ours


async def test_every_alias_finds_its_operation(client: httpx2.AsyncClient) -> None:
    for alias in ALIASES:
        path = re.sub(r"\{\w+\}", UUID_TEXT, alias.old)
        for start in ("/api/v1", "/api"):
            answer = await client.request(
                alias.method, start + path, json={"firstName": "Ada"} if alias.method != "GET" else None
            )
            assert answer.json().get("error_code") != "ROUTE_NOT_FOUND", alias
            assert answer.status_code != 405, alias


async def test_clients_of_the_five_specifications_find_their_operations(client: httpx2.AsyncClient) -> None:
    """Every row of the ledger whose operation is designed and built answers something else than an unknown address."""
    ledger = SHARED / "sources" / "ledger" / "endpoints.csv"
    if not ledger.exists():
        pytest.skip("the ledger of the specifications is not beside this checkout")
    known = SERVED | {(alias.method, _shape(API + alias.old)) for alias in ALIASES}
    tried = 0
    with ledger.open() as stream:
        for row in csv.DictReader(stream):
            path = re.sub(r":(\w+)", r"{\1}", row["path"].strip())
            if not path.startswith("/"):
                continue
            inner = path.removeprefix("/api/v1").removeprefix("/api")
            at_root = inner.startswith(("/health", "/ready", "/metrics"))
            full = inner if at_root else API + inner
            if (row["method"], _shape(full)) not in known:
                continue
            asked = (path if path.startswith("/api") else full) if not at_root else inner
            answer = await client.request(row["method"], re.sub(r"\{\w+\}", UUID_TEXT, asked))
            assert answer.json().get("error_code") != "ROUTE_NOT_FOUND", row
            tried += 1
    assert tried >= 25, "the ledger should meet what is built"
