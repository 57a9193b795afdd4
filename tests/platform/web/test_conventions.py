"""One shape for every answer, whatever comes in."""

from typing import Any

import httpx2
import pytest

from studyhall.platform.resources import Resources

FAILURE_KEYS = {"success", "message", "detail", "errors", "error_code", "timestamp", "request_id"}
GOOD = {"name": "Ada Lovelace", "email": "ada@example.org", "password": "Correct-Horse-7"}
JSON = {"Content-Type": "application/json"}


def _is_failure(answer: httpx2.Response, status: int, code: str) -> dict[str, Any]:
    body: dict[str, Any] = answer.json()
    assert (answer.status_code, body["error_code"]) == (status, code), answer.text
    assert set(body) == FAILURE_KEYS
    assert body["success"] is False
    assert body["message"] == body["detail"]
    assert body["timestamp"].endswith("Z")
    assert body["request_id"] == answer.headers["X-Request-ID"]
    return body


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"{", 400, "BAD_REQUEST"),
        (b"", 422, "VALIDATION_ERROR"),
        (b'{"name": "\xff\xfe"}', 400, "BAD_REQUEST"),
        (b"[" * 100_000, 400, "BAD_REQUEST"),
        (b'{"a":' * 500 + b"1" + b"}" * 500, 422, "VALIDATION_ERROR"),
        (b'{"email": NaN}', 400, "BAD_REQUEST"),
        (b'"text"', 422, "VALIDATION_ERROR"),
        (b"[]", 422, "VALIDATION_ERROR"),
        (b'{"name": "a\\u0000b", "email": "a@example.org", "password": "Correct-Horse-7"}', 422, "VALIDATION_ERROR"),
        (b'{"name": "\\ud800", "email": "a@example.org", "password": "Correct-Horse-7"}', 400, "BAD_REQUEST"),
        (b'{"email": 7, "password": [], "name": {}}', 422, "VALIDATION_ERROR"),
    ],
    ids=lambda value: repr(value)[:30],
)
async def test_unreadable_bodies(
    client: httpx2.AsyncClient, resources: Resources, body: bytes, status: int, code: str
) -> None:
    answer = await client.post("/api/v1/auth/register", content=body, headers=JSON)
    _is_failure(answer, status, code)
    async with resources.unit_of_work() as uow:
        assert await (await uow.straight()).value("SELECT count(*) FROM users") == 0


async def test_unknown_and_missing_fields_are_named(client: httpx2.AsyncClient) -> None:
    answer = await client.post("/api/v1/auth/register", json={"name": "Ada", "pasword": "x", "email": "no"})
    errors = _is_failure(answer, 422, "VALIDATION_ERROR")["errors"]
    assert errors["pasword"] == ["This field is not known here."]
    assert errors["password"] == ["This field is required."]
    assert "email" in errors


async def test_nested_fields_are_dotted(client: httpx2.AsyncClient) -> None:
    answer = await client.post(
        "/api/v1/auth/login", json={"email": "a@b.c", "password": "x", "device_info": {"type": 5}}
    )
    assert "device_info.type" in _is_failure(answer, 422, "VALIDATION_ERROR")["errors"]


async def test_a_huge_body_is_refused_before_it_is_read_whole(client: httpx2.AsyncClient) -> None:
    answer = await client.post("/api/v1/auth/register", content=b'"' + b"x" * 2_000_000 + b'"', headers=JSON)
    _is_failure(answer, 413, "TOO_LARGE")


async def test_a_nul_in_a_form_or_an_address(client: httpx2.AsyncClient) -> None:
    form = {"username": "a\x00b@example.org", "password": "x", "grant_type": "password"}
    _is_failure(await client.post("/api/v1/auth/token", data=form), 422, "VALIDATION_ERROR")
    _is_failure(await client.get("/api/v1/auth/me?x=%00"), 400, "BAD_REQUEST")
    _is_failure(await client.get("/api/v1/auth/%00"), 400, "BAD_REQUEST")


async def test_unknown_addresses_and_methods(client: httpx2.AsyncClient) -> None:
    _is_failure(await client.get("/api/v1/nothing/here"), 404, "ROUTE_NOT_FOUND")
    _is_failure(await client.get("/nothing"), 404, "ROUTE_NOT_FOUND")
    refused = await client.delete("/api/v1/auth/login")
    _is_failure(refused, 405, "METHOD_NOT_ALLOWED")


async def test_an_accident_answers_500_without_its_reason(client: httpx2.AsyncClient, resources: Resources) -> None:
    async def broken(*_: Any) -> Any:
        raise RuntimeError("the secret reason")

    resources.authenticator = broken
    answer = await client.get("/api/v1/auth/me", headers={"Authorization": "Bearer x"})
    _is_failure(answer, 500, "INTERNAL_ERROR")
    assert "secret reason" not in answer.text


async def test_every_answer_carries_the_security_headers(client: httpx2.AsyncClient) -> None:
    for path in ("/api/v1/auth/me", "/docs", "/nothing"):
        headers = (await client.get(path)).headers
        assert headers["X-Frame-Options"] == "DENY"
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["X-XSS-Protection"] == "1; mode=block"
        assert headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"
        assert headers["Referrer-Policy"] and headers["Permissions-Policy"]
        scripts = headers["Content-Security-Policy"].split("script-src")[-1].split(";")[0]
        assert "unsafe-inline" not in scripts


async def test_a_request_id_is_taken_over_only_when_it_is_a_plain_one(client: httpx2.AsyncClient) -> None:
    taken = await client.get("/nothing", headers={"X-Request-ID": "abc-123-def"})
    assert taken.headers["X-Request-ID"] == "abc-123-def"
    made = await client.get("/nothing", headers={"X-Request-ID": 'x" y'})
    assert made.headers["X-Request-ID"] != 'x" y'


async def test_paths_without_version_and_with_a_slash_answer_too(client: httpx2.AsyncClient) -> None:
    for path in ("/api/auth/me", "/api/v1/auth/me/", "/api/auth/me/"):
        _is_failure(await client.get(path), 401, "UNAUTHENTICATED")


async def test_a_retry_with_the_same_key_answers_the_first_result(client: httpx2.AsyncClient) -> None:
    key = {"Idempotency-Key": "first-try"}
    first = await client.post("/api/v1/auth/register", json=GOOD, headers=key)
    again = await client.post("/api/v1/auth/register", json=GOOD, headers=key)
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.content == first.content
    assert again.headers["Idempotency-Replayed"] == "true"
    other = await client.post("/api/v1/auth/register", json={**GOOD, "name": "Other"}, headers=key)
    _is_failure(other, 409, "IDEMPOTENCY_KEY_REUSED")


async def test_a_refused_request_leaves_no_key(client: httpx2.AsyncClient) -> None:
    key = {"Idempotency-Key": "once"}
    refused = await client.post("/api/v1/auth/register", json={**GOOD, "password": "weak"}, headers=key)
    assert refused.status_code == 422
    fine = await client.post("/api/v1/auth/register", json=GOOD, headers=key)
    assert fine.status_code == 201


async def test_kept_answers_are_sealed(client: httpx2.AsyncClient, resources: Resources) -> None:
    answer = await client.post("/api/v1/auth/register", json=GOOD, headers={"Idempotency-Key": "sealed"})
    token = answer.json()["data"]["tokens"]["refresh_token"]
    async with resources.unit_of_work() as uow:
        body = await (await uow.straight()).value("SELECT body FROM idempotency_keys")
    assert token.encode() not in body


async def test_retries_at_once_make_one_account(committed: Any) -> None:
    import asyncio

    someone = await committed.person()
    key = {"Idempotency-Key": "storm"}
    posts = (someone.client.post("/api/v1/auth/register", json=GOOD, headers=key) for _ in range(6))
    answers = await asyncio.gather(*posts)
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1


async def test_an_unchanged_read_costs_nothing(person: Any) -> None:
    someone = await person()
    first = await someone.client.get("/api/v1/auth/me")
    tag = first.headers["ETag"]
    again = await someone.client.get("/api/v1/auth/me", headers={"If-None-Match": tag})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["ETag"] == tag
    other = await someone.client.get("/api/v1/auth/me", headers={"If-None-Match": '"other"'})
    assert other.status_code == 200


async def test_limits_are_told_and_refuse_with_a_time(client: httpx2.AsyncClient, resources: Resources) -> None:
    resources.settings.rate_limits_enabled = True
    resources.settings.rate_limits["anonymous"] = "3/minute"
    answers = [await client.get("/api/v1/auth/me") for _ in range(4)]
    assert [answer.status_code for answer in answers] == [401, 401, 401, 429]
    _is_failure(answers[-1], 429, "RATE_LIMITED")
    assert int(answers[-1].headers["Retry-After"]) >= 1
    assert answers[-1].headers["RateLimit-Limit"] == "3"


async def test_a_compressed_answer_is_the_same(client: httpx2.AsyncClient) -> None:
    plain = await client.get("/openapi.json", headers={"Accept-Encoding": "identity"})
    packed = await client.get("/openapi.json", headers={"Accept-Encoding": "gzip"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert packed.json() == plain.json()


async def test_the_docs_load_nothing_from_outside(client: httpx2.AsyncClient) -> None:
    for page in ("/docs", "/redoc"):
        html = (await client.get(page)).text
        assert "http://" not in html and "https://" not in html
        for address in __import__("re").findall(r'(?:src|href)="([^"]+)"', html):
            assert (await client.get(address)).status_code == 200, address
