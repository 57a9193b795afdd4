"""Mailed codes and reset links."""

import re
from datetime import timedelta
from typing import Any

import httpx2
import pytest

from studyhall.platform import clock
from studyhall.platform.resources import Resources

PASSWORD = "Correct-Horse-7"
ADA = {"name": "Ada Lovelace", "email": "ada@example.org", "password": PASSWORD}


async def _register(client: httpx2.AsyncClient, **changed: Any) -> dict[str, Any]:
    answer = await client.post("/api/v1/auth/register", json={**ADA, **changed})
    assert answer.status_code == 201, answer.text
    data: dict[str, Any] = answer.json()["data"]
    return data


def _bearer(data: dict[str, Any]) -> dict[str, str]:
    return {"Authorization": f"Bearer {data['tokens']['access_token']}"}


async def _log_in(client: httpx2.AsyncClient, password: str = PASSWORD, **more: Any) -> httpx2.Response:
    return await client.post("/api/v1/auth/login", json={"email": ADA["email"], "password": password, **more})


def _mailed(resources: Resources, pattern: str) -> str:
    found = [match[1] for mail in resources.mail.sent if (match := re.search(pattern, mail.text))]  # type: ignore[attr-defined]
    return found[-1]


async def test_the_address_is_confirmed_with_the_mailed_code(
    client: httpx2.AsyncClient, resources: Resources, run_jobs: Any
) -> None:
    await _register(client)
    await run_jobs()
    code = _mailed(resources, r"\b(\d{6})\b")
    wrong = "000000" if code != "000000" else "111111"
    refused = await client.post("/api/v1/auth/verify-email", json={"email": ADA["email"], "code": wrong})
    assert (refused.status_code, refused.json()["error_code"]) == (422, "CODE_WRONG")
    fine = await client.post("/api/v1/auth/verify-email", json={"email": ADA["email"], "code": code})
    assert fine.status_code == 200, fine.text
    again = await client.post("/api/v1/auth/verify-email", json={"email": ADA["email"], "code": code})
    assert again.status_code == 422


async def test_three_wrong_codes_use_the_code_up(
    client: httpx2.AsyncClient, resources: Resources, run_jobs: Any
) -> None:
    await _register(client)
    await run_jobs()
    code = _mailed(resources, r"\b(\d{6})\b")
    wrong = "000000" if code != "000000" else "111111"
    for _ in range(3):
        await client.post("/api/v1/auth/verify-email", json={"email": ADA["email"], "code": wrong})
    used_up = await client.post("/api/v1/auth/verify-email", json={"email": ADA["email"], "code": code})
    assert (used_up.status_code, used_up.json()["error_code"]) == (429, "CODE_USED_UP")


async def test_a_code_is_resent_three_times(client: httpx2.AsyncClient, resources: Resources, run_jobs: Any) -> None:
    await _register(client)
    answers = [await client.post("/api/v1/auth/resend-verification", json={"email": ADA["email"]}) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    unknown = await client.post("/api/v1/auth/resend-verification", json={"email": "nobody@example.org"})
    assert unknown.status_code == 200
    await run_jobs()
    code = _mailed(resources, r"\b(\d{6})\b")
    with clock.frozen_at(clock.now() + timedelta(minutes=11)):
        late = await client.post("/api/v1/auth/verify-email", json={"email": ADA["email"], "code": code})
        assert late.status_code == 422
        assert (await client.post("/api/v1/auth/resend-verification", json={"email": ADA["email"]})).status_code == 200


async def test_a_forgotten_password_is_reset_by_mail(
    client: httpx2.AsyncClient, resources: Resources, run_jobs: Any
) -> None:
    data = await _register(client)
    for email in (ADA["email"], "nobody@example.org"):
        answer = await client.post("/api/v1/auth/forgot-password", json={"email": email})
        assert answer.status_code == 200
    await run_jobs()
    token = _mailed(resources, r"token=([\w-]+)")
    same = await client.post("/api/v1/auth/reset-password", json={"token": token, "password": PASSWORD})
    assert same.status_code == 422, "the present password is no new one"
    new = {"token": token, "email": ADA["email"], "password": "Another-Horse-8"}
    assert (await client.post("/api/v1/auth/reset-password", json=new)).status_code == 200
    assert (await client.post("/api/v1/auth/reset-password", json=new)).json()["error_code"] == "RESET_INVALID"
    assert (await client.get("/api/v1/auth/me", headers=_bearer(data))).status_code == 401, "sessions have ended"
    assert (await _log_in(client)).status_code == 401
    assert (await _log_in(client, "Another-Horse-8")).status_code == 200


@pytest.mark.parametrize("token", ["x" * 40, "0" * 32 + "x" * 43, "zz" * 30])
async def test_a_made_up_reset_token_is_refused(client: httpx2.AsyncClient, token: str) -> None:
    answer = await client.post("/api/v1/auth/reset-password", json={"token": token, "password": PASSWORD})
    assert answer.json()["error_code"] == "RESET_INVALID"


async def test_no_secret_of_a_code_stands_in_jobs_or_logs(
    client: httpx2.AsyncClient, resources: Resources, run_jobs: Any
) -> None:
    await _register(client)
    await client.post("/api/v1/auth/forgot-password", json={"email": ADA["email"]})
    async with resources.unit_of_work() as uow:
        waiting = await (await uow.straight()).rows("SELECT convert_from(payload, 'UTF8') AS payload FROM pgqueuer")
    await run_jobs()
    code, token = _mailed(resources, r"\b(\d{6})\b"), _mailed(resources, r"token=([\w-]+)")
    async with resources.unit_of_work() as uow:
        kept = await (await uow.straight()).rows(
            "SELECT activity_logs::text AS line FROM activity_logs UNION ALL SELECT email_logs::text FROM email_logs"
        )
    text = " ".join([row["payload"] for row in waiting] + [row["line"] for row in kept])
    assert waiting and kept
    assert not re.search(rf"\b{code}\b", text)
    assert token not in text
    assert "ada@example.org" not in " ".join(row["payload"] for row in waiting)
