"""Refusals that commit leave the mark that they commit for; without the commit it would be lost."""

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import httpx2
import pyotp
import pytest
from sqlalchemy import text

from studyhall.domains.roles import service as roles
from studyhall.entrypoints import wiring
from studyhall.platform import clock
from studyhall.platform.errors import AppError
from studyhall.platform.resources import Resources
from tests.conftest import MakePerson, Person
from tests.house.owner import Owner

API = "/api/v1"
assert wiring.ROUTERS, "every error of the house is loaded by now"


def kept_refusals() -> list[type[AppError]]:
    """Every error of the house that commits."""
    return [error for error in _below(AppError) if error.commits and error.__module__.startswith("studyhall.")]


def _below(error: type[AppError]) -> Iterator[type[AppError]]:
    for lower in error.__subclasses__():
        yield lower
        yield from _below(lower)


@dataclass
class Scene:
    """Somebody signed in, and somebody who is not."""

    one: Person
    nobody: httpx2.AsyncClient
    resources: Resources

    async def ask(self, client: httpx2.AsyncClient, path: str, **body: Any) -> dict[str, Any]:
        answer = await client.post(f"{API}{path}", json=body)
        assert answer.status_code < 300, answer.text
        data: dict[str, Any] = answer.json()["data"]
        return data

    async def run(self, sql: str, **values: Any) -> None:
        async with self.resources.unit_of_work() as uow:
            await uow.session.execute(text(sql), values)

    async def value(self, sql: str, **values: Any) -> Any:
        async with self.resources.unit_of_work() as uow:
            return await uow.session.scalar(text(sql), values)


@dataclass
class Trial:
    """What is refused, answering its code, and the statement that reads the mark."""

    refused: Callable[[], Awaitable[str]]
    mark: str
    values: dict[str, Any] = field(default_factory=dict)


def _post(client: httpx2.AsyncClient, path: str, headers: dict[str, str] | None = None, **body: Any) -> Any:
    async def refused() -> str:
        code: str = (await client.post(f"{API}{path}", json=body, headers=headers)).json()["error_code"]
        return code

    return refused


def _audited(name: str) -> str:
    return f"SELECT count(*) FROM activity_logs WHERE event = '{name}'"


async def _wrong_password_at_login(scene: Scene) -> Trial:
    wrong = _post(scene.nobody, "/auth/login", email=scene.one.email, password="Wrong-Horse-1")
    return Trial(wrong, "SELECT count(*) FROM login_failures")


async def _switched_off(scene: Scene) -> Trial:
    await scene.run("UPDATE users SET is_active = false WHERE id = :id", id=scene.one.id)
    right = _post(scene.nobody, "/auth/login", email=scene.one.email, password=scene.one.password)
    return Trial(right, _audited("auth.login_refused"))


async def _closing(scene: Scene) -> Trial:
    closed = {"password": scene.one.password, "confirmation": "DELETE"}
    answer = await scene.one.client.request("DELETE", f"{API}/settings/account", json=closed)
    assert answer.status_code == 200, answer.text
    right = _post(scene.nobody, "/auth/login", email=scene.one.email, password=scene.one.password)
    return Trial(right, _audited("auth.login_refused"))


async def _old_refresh_token(scene: Scene) -> Trial:
    old = scene.one.tokens["refresh_token"]
    second = await scene.ask(scene.nobody, "/auth/refresh", refresh_token=old)
    await scene.ask(scene.nobody, "/auth/refresh", refresh_token=second["tokens"]["refresh_token"])
    again = _post(scene.nobody, "/auth/refresh", refresh_token=old)
    return Trial(again, "SELECT end_reason FROM user_sessions WHERE user_id = :id", {"id": scene.one.id})


async def _wrong_mailed_code(scene: Scene) -> Trial:
    wrong = _post(scene.nobody, "/auth/verify-email", email=scene.one.email, code="abcdef")
    return Trial(wrong, "SELECT tries_left FROM one_time_codes WHERE user_id = :id", {"id": scene.one.id})


async def _wrong_authenticator_code(scene: Scene) -> Trial:
    await scene.ask(scene.one.client, "/auth/two-factor/setup")
    return Trial(_post(scene.one.client, "/auth/two-factor/enable", code="000000"), _audited("auth.code_wrong"))


async def _wrong_second_factor(scene: Scene) -> Trial:
    secret = (await scene.ask(scene.one.client, "/auth/two-factor/setup"))["secret"]
    code = pyotp.TOTP(secret).generate_otp(int(clock.now().timestamp()) // 30)
    await scene.ask(scene.one.client, "/auth/two-factor/enable", code=code)
    began = await scene.ask(scene.nobody, "/auth/login", email=scene.one.email, password=scene.one.password)
    wrong = _post(scene.nobody, "/auth/two-factor/verify", challenge_id=began["challenge"]["id"], code="not-this-one")
    return Trial(wrong, "SELECT tries_left FROM login_challenges WHERE user_id = :id", {"id": scene.one.id})


async def _wrong_current_password(scene: Scene) -> Trial:
    path, fresh = "/settings/change-password", "Another-Horse-8"
    wrong = _post(scene.one.client, path, current_password="Wrong-Horse-1", new_password=fresh)
    return Trial(wrong, _audited("auth.password_wrong"))


async def _token_that_may_only_read(scene: Scene) -> Trial:
    made = await scene.ask(scene.one.client, "/auth/tokens", name="reader", abilities=["read"])
    bearer = {"Authorization": f"Bearer {made['plain_text_token']}"}
    return Trial(_post(scene.nobody, "/users/me/tags", bearer, tag_name="Chess"), _audited("access.refused"))


async def _too_high_a_role(scene: Scene) -> Trial:
    """No route grants roles yet, so the service is asked."""
    actor = await scene.resources.authenticator(scene.resources, scene.one.tokens["access_token"])

    async def refused() -> str:
        try:
            async with scene.resources.unit_of_work() as uow:
                await roles.grant(uow, actor, actor.user_id, "Admin", None)
        except AppError as error:
            return error.code
        return "granted"

    return Trial(refused, _audited("roles.grant_refused"))


async def _outdated_difference(scene: Scene) -> Trial:
    owner = Owner(scene.one, scene.resources)
    await owner.settle_in()
    lesson = {"title": "Choir", "day_of_week": 5, "start_time": "18:00", "end_time": "19:00"}
    await scene.ask(scene.one.client, "/timetable/classes", **lesson)
    upload = owner.things["/timetable/uploads/"]
    read = "SELECT timetable_version FROM timetable_uploads WHERE id = CAST(:id AS uuid)"
    return Trial(_post(scene.one.client, f"/timetable/uploads/{upload}/confirm"), read, {"id": upload})


# By the code that the caller reads.
SCENARIOS: list[tuple[str, Callable[[Scene], Awaitable[Trial]]]] = [
    ("LOGIN_FAILED", _wrong_password_at_login),
    ("ACCOUNT_DISABLED", _switched_off),
    ("ACCOUNT_CLOSING", _closing),
    ("REFRESH_REUSED", _old_refresh_token),
    ("CODE_WRONG", _wrong_mailed_code),
    ("CODE_WRONG", _wrong_authenticator_code),
    ("SECOND_FACTOR_WRONG", _wrong_second_factor),
    ("PASSWORD_WRONG", _wrong_current_password),
    ("ROLE_NOT_GRANTABLE", _too_high_a_role),
    ("FORBIDDEN", _token_that_may_only_read),
    ("DIFFERENCE_OUTDATED", _outdated_difference),
]
everyone = pytest.mark.parametrize(("code", "scenario"), SCENARIOS, ids=[one.__name__ for _, one in SCENARIOS])


@pytest.fixture
async def scene(person: MakePerson, client: httpx2.AsyncClient, resources: Resources) -> Scene:
    return Scene(await person(timezone="UTC"), client, resources)


def test_every_refusal_that_commits_is_tried() -> None:
    codes = sorted(error.code for error in kept_refusals())
    assert codes == sorted({code for code, _ in SCENARIOS}), "say in SCENARIOS what it is kept for; codes are unique"


@everyone
async def test_the_mark_stays(scene: Scene, code: str, scenario: Any) -> None:
    trial = await scenario(scene)
    before = await scene.value(trial.mark, **trial.values)
    assert await trial.refused() == code
    assert await scene.value(trial.mark, **trial.values) != before


@everyone
async def test_without_the_commit_it_would_be_lost(
    scene: Scene, code: str, scenario: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else the mark would prove nothing."""
    trial = await scenario(scene)
    before = await scene.value(trial.mark, **trial.values)
    for error in kept_refusals():
        monkeypatch.setattr(error, "commits", False)
    assert await trial.refused() == code
    assert await scene.value(trial.mark, **trial.values) == before
