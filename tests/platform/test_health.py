"""Probes and metrics over HTTP, with parts that answer and parts that do not."""

from typing import Any

import httpx2
import pytest
from pydantic import SecretStr
from redis.asyncio import Redis

from studyhall.platform import health
from studyhall.platform.clients.storage import StorageError
from studyhall.platform.resources import Resources

OPS = {"Authorization": "Bearer operator"}


@pytest.mark.parametrize("base", ["", "/api/v1"])
@pytest.mark.parametrize("path", ["/health", "/health/database", "/health/cache", "/health/storage"])
async def test_a_part_that_answers_is_ok(client: httpx2.AsyncClient, base: str, path: str) -> None:
    answer = await client.get(base + path)
    assert answer.status_code == 200
    body = answer.json()
    assert (body["success"], body["data"]) == (True, {"status": "ok"})


@pytest.mark.parametrize("base", ["", "/api/v1"])
async def test_ready_names_what_it_asked(client: httpx2.AsyncClient, base: str) -> None:
    answer = await client.get(base + "/ready")
    assert answer.json()["data"] == {"status": "ready", "checks": {"database": "ok", "cache": "ok"}}


class Broken:
    def __getattr__(self, name: str) -> Any:
        raise ConnectionError("10.0.0.1:5432 refused")


@pytest.mark.parametrize(("part", "attribute"), [("database", "database"), ("cache", "redis")])
async def test_a_part_that_does_not_answer_makes_it_unready(
    client: httpx2.AsyncClient, resources: Resources, monkeypatch: pytest.MonkeyPatch, part: str, attribute: str
) -> None:
    monkeypatch.setattr(resources, attribute, Broken())
    for path in ("/ready", f"/health/{part}"):
        answer = await client.get(path)
        assert answer.status_code == 503
        body = answer.json()
        assert (body["success"], body["error_code"]) == (False, "NOT_READY")
        assert body["errors"] == {part: ["It does not answer."]}
        assert part in body["message"]
        assert "10.0.0.1" not in answer.text
    assert (await client.get("/health")).status_code == 200


async def test_a_storage_that_fails_is_named_but_does_not_make_it_unready(
    client: httpx2.AsyncClient, resources: Resources, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail() -> None:
        raise StorageError("gone")

    monkeypatch.setattr(resources.storage, "check", fail)
    assert (await client.get("/health/storage")).json()["errors"] == {"storage": ["It does not answer."]}
    assert (await client.get("/ready")).status_code == 200


async def test_a_part_that_takes_too_long_counts_as_not_answering(
    client: httpx2.AsyncClient, resources: Resources, monkeypatch: pytest.MonkeyPatch
) -> None:
    import asyncio

    async def hang(_: Resources) -> None:
        await asyncio.sleep(30)

    monkeypatch.setattr(health, "PATIENCE_SECONDS", 0.05)
    monkeypatch.setattr(health, "CHECKS", {**health.CHECKS, "cache": hang})
    assert (await client.get("/ready")).json()["errors"].keys() == {"cache"}


async def test_metrics_are_for_the_operator_only(
    client: httpx2.AsyncClient, resources: Resources, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert (await client.get("/metrics", headers=OPS)).status_code == 404  # none is set
    monkeypatch.setattr(resources.settings, "ops_token", SecretStr("operator"))
    assert (await client.get("/metrics")).status_code == 401
    assert (await client.get("/metrics", headers={"Authorization": "Bearer other"})).status_code == 403
    answer = await client.get("/metrics", headers=OPS)
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain")


async def test_metrics_count_requests_by_route_template(
    client: httpx2.AsyncClient, resources: Resources, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(resources.settings, "ops_token", SecretStr("operator"))
    for path in ("/api/v1/nowhere/ann@example.org", "/health"):
        await client.get(path)
    text = (await client.get("/metrics", headers=OPS)).text
    assert 'studyhall_http_requests_total{method="GET",route="/health",status="200"}' in text
    assert 'studyhall_http_sql_statements_bucket{le="0.0",method="GET",route="/health"}' in text
    assert 'route="unmatched"' in text
    assert "ann@example.org" not in text
    for name in ("jobs_oldest_due_seconds", "job_runs", "rate_limit_refusals", "sockets_open", "redis_outages"):
        assert f"studyhall_{name}" in text


async def test_metrics_are_there_when_the_database_is_not(
    client: httpx2.AsyncClient, resources: Resources, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(resources.settings, "ops_token", SecretStr("operator"))
    monkeypatch.setattr(resources, "database", Broken())
    assert (await client.get("/metrics", headers=OPS)).status_code == 200


async def test_requests_go_on_without_redis(
    client: httpx2.AsyncClient, resources: Resources, monkeypatch: pytest.MonkeyPatch
) -> None:
    from studyhall.platform.ratelimit import RateLimiter

    gone = Redis.from_url("redis://127.0.0.1:1", socket_connect_timeout=0.5)
    monkeypatch.setattr(resources, "limiter", RateLimiter(gone))
    monkeypatch.setattr(resources.settings, "rate_limits_enabled", True)
    assert (await client.get("/health/database")).status_code == 200
