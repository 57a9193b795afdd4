"""The second factor."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx2
import pyotp
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from studyhall.domains.credentials import rules
from studyhall.platform import clock
from studyhall.platform.resources import Resources

PASSWORD = "Correct-Horse-7"
API = "/api/v1"


def _code(secret: str, by: int = 0) -> str:
    return pyotp.TOTP(secret).generate_otp(int(clock.now().timestamp()) // 30 + by)


async def _post(client: httpx2.AsyncClient, path: str, **body: Any) -> httpx2.Response:
    return await client.post(f"{API}{path}", json=body)


async def _switch_on(client: httpx2.AsyncClient) -> tuple[str, list[str]]:
    """The secret and the recovery codes. The code used is that of the step before, so that the present one is left."""
    answer = await _post(client, "/auth/two-factor/setup")
    assert answer.status_code == 200, answer.text
    secret: str = answer.json()["data"]["secret"]
    answer = await _post(client, "/auth/two-factor/enable", code=_code(secret, -1))
    assert answer.status_code == 200, answer.text
    return secret, answer.json()["data"]["recovery_codes"]


async def _challenge(client: httpx2.AsyncClient, email: str, **more: Any) -> str:
    answer = await _post(client, "/auth/login", email=email, password=PASSWORD, **more)
    data = answer.json()["data"]
    assert data["two_factor_required"] is True, answer.text
    challenge: str = data["challenge"]["id"]
    return challenge


async def _verify(client: httpx2.AsyncClient, challenge: str, code: str) -> httpx2.Response:
    return await _post(client, "/auth/two-factor/verify", challenge_id=challenge, code=code)


@pytest.fixture
def frozen() -> Any:
    """Stand still in the middle of a time step, so that no test sees it turn."""
    with clock.frozen_at(clock.now().replace(second=15, microsecond=0)):
        yield


@pytest.mark.usefixtures("frozen")
async def test_set_up_enable_and_sign_in(person: Any, client: httpx2.AsyncClient) -> None:
    ada = await person()
    answer = await _post(ada.client, "/auth/two-factor/setup")
    made = answer.json()["data"]
    assert made["otpauth_uri"].startswith("otpauth://totp/Studyhall:")
    assert f"secret={made['secret']}" in made["otpauth_uri"]
    assert made["qr_code"].startswith("data:image/svg+xml")
    assert (await ada.client.get(f"{API}/users/me")).json()["data"]["user"]["two_factor_enabled"] is False

    plain = await _post(client, "/auth/login", email=ada.email, password=PASSWORD)
    assert plain.json()["data"]["two_factor_required"] is False, "nothing counts before a code confirmed it"

    answer = await _post(ada.client, "/auth/two-factor/enable", code=_code(made["secret"], -1))
    codes = answer.json()["data"]["recovery_codes"]
    assert len(set(codes)) == 10
    assert (await ada.client.get(f"{API}/users/me")).json()["data"]["user"]["two_factor_enabled"] is True

    challenge = await _challenge(client, ada.email, remember=False, device_info={"type": "mobile", "os": "iOS"})
    answer = await _verify(client, challenge, _code(made["secret"]))
    data = answer.json()["data"]
    assert (answer.status_code, data["two_factor_required"], data["user"]["email"]) == (200, False, ada.email)
    bearer = {"Authorization": f"Bearer {data['tokens']['access_token']}"}
    listed = (await client.get(f"{API}/auth/sessions", headers=bearer)).json()["data"]["sessions"]
    current = next(one for one in listed if one["is_current"])
    assert (current["id"], current["device"]["type"], current["device"]["os"]) == (
        data["session"]["id"],
        "mobile",
        "iOS",
    )


@pytest.mark.usefixtures("frozen")
async def test_a_code_works_once_and_no_earlier_one_after_it(person: Any, client: httpx2.AsyncClient) -> None:
    ada = await person()
    secret, _ = await _switch_on(ada.client)
    replayed = await _verify(client, await _challenge(client, ada.email), _code(secret, -1))
    assert (replayed.status_code, replayed.json()["error_code"]) == (401, "SECOND_FACTOR_WRONG")
    assert (await _verify(client, await _challenge(client, ada.email), _code(secret, 1))).status_code == 200
    for by in (-1, 0, 1):
        assert (await _verify(client, await _challenge(client, ada.email), _code(secret, by))).status_code == 401
    with clock.frozen_at(clock.now() + timedelta(seconds=60)):
        assert (await _verify(client, await _challenge(client, ada.email), _code(secret))).status_code == 200


@pytest.mark.usefixtures("frozen")
async def test_codes_further_away_than_a_step_are_refused(person: Any, client: httpx2.AsyncClient) -> None:
    ada = await person()
    secret, _ = await _switch_on(ada.client)
    assert (await _verify(client, await _challenge(client, ada.email), _code(secret, 2))).status_code == 401
    assert (await _verify(client, await _challenge(client, ada.email), _code(secret, -2))).status_code == 401


@pytest.mark.usefixtures("frozen")
async def test_a_challenge_is_used_once_expires_and_has_few_tries(person: Any, client: httpx2.AsyncClient) -> None:
    ada = await person()
    secret, codes = await _switch_on(ada.client)
    used = await _challenge(client, ada.email)
    assert (await _verify(client, used, codes[0])).status_code == 200
    again = await _verify(client, used, codes[1])
    assert (again.status_code, again.json()["error_code"]) == (401, "CHALLENGE_INVALID")

    tried = await _challenge(client, ada.email)
    for left in (4, 3, 2, 1, 0):
        wrong = await _verify(client, tried, "no such code")
        assert wrong.json()["errors"]["code"] == [f"Not the code. Tries left: {left}."]
    assert (await _verify(client, tried, _code(secret))).json()["error_code"] == "CHALLENGE_INVALID"

    late = await _challenge(client, ada.email)
    with clock.frozen_at(clock.now() + timedelta(minutes=10)):
        assert (await _verify(client, late, _code(secret))).json()["error_code"] == "CHALLENGE_INVALID"
    unknown = await _verify(client, str(uuid4()), _code(secret))
    assert unknown.json()["error_code"] == "CHALLENGE_INVALID"


@pytest.mark.usefixtures("frozen")
async def test_many_challenges_give_no_more_guesses(person: Any, client: httpx2.AsyncClient) -> None:
    ada = await person()
    secret, _ = await _switch_on(ada.client)
    for _ in range(rules.GUESSES_TO_LOCK):
        assert (await _verify(client, await _challenge(client, ada.email), "000000x")).status_code == 401
    locked = await _verify(client, await _challenge(client, ada.email), _code(secret))
    assert (locked.status_code, locked.json()["error_code"]) == (429, "GUESSES_LOCKED")
    assert 0 < int(locked.headers["retry-after"]) <= 901
    with clock.frozen_at(clock.now() + timedelta(minutes=15, seconds=1)):
        assert (await _verify(client, await _challenge(client, ada.email), _code(secret))).status_code == 200


@pytest.mark.usefixtures("frozen")
async def test_a_recovery_code_works_once_however_it_is_typed(person: Any, client: httpx2.AsyncClient) -> None:
    ada = await person()
    _, codes = await _switch_on(ada.client)
    typed = f" {codes[3].upper().replace('-', ' ')} "
    assert (await _verify(client, await _challenge(client, ada.email), typed)).status_code == 200
    assert (await _verify(client, await _challenge(client, ada.email), codes[3])).status_code == 401
    assert (await _verify(client, await _challenge(client, ada.email), codes[4])).status_code == 200


async def test_of_two_uses_of_a_recovery_code_at_once_one_wins(committed: Any) -> None:
    from studyhall.entrypoints import http

    ada = await committed.person()
    _, codes = await _switch_on(ada.client)
    app = http.build(committed.resources.settings, committed.resources)
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app), base_url="http://studyhall.test") as client:
        challenges = [await _challenge(client, ada.email) for _ in range(4)]
        answers = await asyncio.gather(*(_verify(client, one, codes[0]) for one in challenges))
        assert sorted(answer.status_code for answer in answers) == [200, 401, 401, 401]
        again = await asyncio.gather(*(_verify(client, challenges[0], code) for code in codes[1:3]))
        assert {answer.status_code for answer in again} <= {200, 401}


async def test_one_challenge_answered_twice_at_once_signs_in_once(committed: Any) -> None:
    ada = await committed.person()
    _, codes = await _switch_on(ada.client)
    challenge = await _challenge(ada.client, ada.email)
    answers = await asyncio.gather(*(_verify(ada.client, challenge, code) for code in codes[:4]))
    assert sorted(answer.status_code for answer in answers) == [200, 401, 401, 401]


@pytest.mark.usefixtures("frozen")
async def test_switching_off_needs_password_and_code(person: Any, client: httpx2.AsyncClient) -> None:
    ada = await person()
    off = "/auth/two-factor/disable"
    assert (await _post(ada.client, off, password=PASSWORD, code="123456")).json()["error_code"] == "TWO_FACTOR_OFF"
    secret, codes = await _switch_on(ada.client)
    wrong = await _post(ada.client, off, password="Wrong-Horse-7", code=_code(secret))
    assert (wrong.status_code, wrong.json()["error_code"]) == (422, "PASSWORD_WRONG")
    wrong = await _post(ada.client, off, password=PASSWORD, code="not-this-one")
    assert (wrong.status_code, wrong.json()["error_code"]) == (422, "CODE_WRONG")
    open_challenge = await _challenge(client, ada.email)
    assert (await _post(ada.client, off, password=PASSWORD, code=codes[9])).status_code == 200
    assert (await _verify(client, open_challenge, codes[0])).json()["error_code"] == "CHALLENGE_INVALID"
    plain = await _post(client, "/auth/login", email=ada.email, password=PASSWORD)
    assert plain.json()["data"]["two_factor_required"] is False


@pytest.mark.usefixtures("frozen")
async def test_a_secret_that_counts_is_not_replaced(person: Any) -> None:
    ada = await person()
    nothing = await _post(ada.client, "/auth/two-factor/enable", code="123456")
    assert (nothing.status_code, nothing.json()["error_code"]) == (409, "TWO_FACTOR_NOT_SET_UP")
    first = (await _post(ada.client, "/auth/two-factor/setup")).json()["data"]["secret"]
    second = (await _post(ada.client, "/auth/two-factor/setup")).json()["data"]["secret"]
    assert first != second
    stale = await _post(ada.client, "/auth/two-factor/enable", code=_code(first))
    assert (stale.status_code, stale.json()["error_code"]) == (422, "CODE_WRONG")
    assert (await _post(ada.client, "/auth/two-factor/enable", code=_code(second))).status_code == 200
    assert (await _post(ada.client, "/auth/two-factor/setup")).json()["error_code"] == "TWO_FACTOR_ON"
    assert (await _post(ada.client, "/auth/two-factor/enable", code=_code(second, 1))).json()[
        "error_code"
    ] == "TWO_FACTOR_ON"


@pytest.mark.usefixtures("frozen")
async def test_an_account_switched_off_between_the_steps_stays_out(
    person: Any, client: httpx2.AsyncClient, resources: Resources
) -> None:
    ada = await person()
    secret, _ = await _switch_on(ada.client)
    challenge = await _challenge(client, ada.email)
    async with resources.unit_of_work() as uow:
        await uow.session.execute(text("UPDATE users SET is_active = false WHERE id = :id"), {"id": ada.id})
    assert (await _verify(client, challenge, _code(secret))).json()["error_code"] == "ACCOUNT_DISABLED"


@pytest.mark.usefixtures("frozen")
async def test_nothing_secret_is_kept_in_clear(person: Any, client: httpx2.AsyncClient, resources: Resources) -> None:
    ada = await person()
    secret, codes = await _switch_on(ada.client)
    await _verify(client, await _challenge(client, ada.email), codes[0])
    await _verify(client, await _challenge(client, ada.email), "wrongwrong")
    rows: list[str] = []
    async with resources.unit_of_work() as uow:
        for table in (
            "activity_logs",
            "two_factor",
            "recovery_codes",
            "login_challenges",
            "login_failures",
            "pgqueuer",
        ):
            rows += [str(row) for row in (await uow.session.execute(text(f"SELECT t::text FROM {table} t"))).scalars()]
    whole = "\n".join(rows)
    assert "two_factor_enabled" in whole
    assert "second_factor_failed" in whole
    assert "recovery_code_used" in whole
    for code in (secret, *codes, *(one.replace("-", "") for one in codes)):
        assert code not in whole
        assert code.encode().hex() not in whole


async def test_nobody_without_a_session_touches_it(person: Any, client: httpx2.AsyncClient) -> None:
    ada = await person()
    made = await _post(ada.client, "/auth/tokens", name="script", abilities=["*"])
    bearer = {"Authorization": f"Bearer {made.json()['data']['plain_text_token']}"}
    for path in ("setup", "enable", "disable"):
        body = {"code": "123456", "password": PASSWORD}
        assert (await client.post(f"{API}/auth/two-factor/{path}", json=body)).status_code == 401
        assert (await client.post(f"{API}/auth/two-factor/{path}", json=body, headers=bearer)).status_code == 403


@pytest.mark.parametrize(
    "body", [{}, {"challenge_id": "x", "code": "123456"}, {"challenge_id": str(uuid4()), "code": "1"}]
)
async def test_bad_input_is_told_by_field(client: httpx2.AsyncClient, body: dict[str, str]) -> None:
    answer = await _post(client, "/auth/two-factor/verify", **body)
    assert (answer.status_code, answer.json()["error_code"]) == (422, "VALIDATION_ERROR")


@given(st.lists(st.integers(0, 100), max_size=5), st.none() | st.integers(0, 100))
def test_a_step_is_never_used_twice(matching: list[int], last: int | None) -> None:
    step = rules.unused_step(matching, last)
    assert step is None or (step in matching and (last is None or step > last))
    if step is None:
        assert all(last is not None and one <= last for one in matching)
    else:
        assert rules.unused_step([step], step) is None


@given(st.datetimes(min_value=datetime(1971, 1, 1), timezones=st.just(UTC)))
def test_the_window_is_the_present_step_and_its_neighbours(moment: datetime) -> None:
    steps = rules.totp_steps(moment)
    assert sorted(steps) == [steps[0] - 1, steps[0], steps[0] + 1]
    assert steps[0] * 30 <= moment.timestamp() < (steps[0] + 1) * 30


@given(st.text(rules.RECOVERY_LETTERS, min_size=rules.RECOVERY_LENGTH, max_size=rules.RECOVERY_LENGTH))
def test_a_shown_recovery_code_is_read_back(code: str) -> None:
    assert rules.plain_code(f"  {rules.shown_recovery_code(code).upper()} ") == code
    assert not rules.is_totp_form(code)
