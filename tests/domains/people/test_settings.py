"""Preferences, consents, what a client must know."""

from typing import Any

import httpx2
import pytest
from pydantic import SecretStr
from sqlalchemy import text

from studyhall.domains.identity.events import PreferencesChanged
from studyhall.platform.cache import PREFERENCES
from studyhall.platform.resources import Resources
from studyhall.platform.settings import OidcProvider

API = "/api/v1"


async def _preferences(client: httpx2.AsyncClient) -> dict[str, Any]:
    answer = await client.get(f"{API}/settings/preferences")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()["data"]["preferences"]
    return found


async def test_preferences_begin_with_the_defaults_and_change_in_part(person: Any) -> None:
    ada = await person(timezone="America/New_York")
    assert await _preferences(ada.client) == {
        "morning_email_time": "07:00:00", "reminder_time": "21:00:00", "email_notifications": True,
        "push_notifications": True, "morning_email_enabled": True,
        "reminder_email_enabled": True, "due_email_enabled": True,
        "weekly_report_enabled": True, "weekly_report_day": "sunday",
        "weekly_report_time": "20:00:00",
        "timezone": "America/New_York", "day_start_hour": 0, "language": "en",
        "profile_visibility": "public", "leaderboard_opt_in": False, "leaderboard_anonymous": False, "extra": {},
    }  # fmt: skip
    body = {
        "morning_email_time": "8:00",
        "reminder_time": "20:00:30",
        "email_notifications": False,
        "weekly_report_day": "Monday",
        "timezone": "Europe/Berlin",
        "day_start_hour": 4,
        "extra": {"theme": "dark"},
    }
    answer = await ada.client.put(f"{API}/settings/preferences", json=body)
    changed = answer.json()["data"]["preferences"]
    assert (changed["morning_email_time"], changed["reminder_time"]) == ("08:00:00", "20:00:30")
    assert (changed["weekly_report_day"], changed["timezone"], changed["push_notifications"]) == (
        "monday",
        "Europe/Berlin",
        True,
    )
    assert await _preferences(ada.client) == changed, "the kept answer was dropped"
    me = (await ada.client.get(f"{API}/auth/me")).json()["data"]["user"]["preferences"]
    assert (me["timezone"], me["day_start_hour"]) == ("Europe/Berlin", 4)


async def test_they_are_kept_for_an_hour_and_for_one_person_only(person: Any, resources: Resources) -> None:
    ada, bob = await person(), await person(timezone="Asia/Tokyo")
    before = await _preferences(ada.client)
    async with resources.unit_of_work() as uow:
        await uow.session.execute(
            text("UPDATE user_preferences SET language = 'de' WHERE user_id = :id"), {"id": ada.id}
        )
    assert await _preferences(ada.client) == before
    assert (await _preferences(bob.client))["timezone"] == "Asia/Tokyo"
    await resources.cache.drop(PREFERENCES.key(ada.id))
    assert (await _preferences(ada.client))["language"] == "de"


async def test_a_change_is_announced_once_and_no_change_is_not(person: Any, resources: Resources) -> None:
    ada = await person()
    seen: list[PreferencesChanged] = []

    async def note(_uow: Any, event: PreferencesChanged) -> None:
        seen.append(event)

    resources.subscribers = {**resources.subscribers, PreferencesChanged: [note]}
    for _ in range(2):
        await ada.client.put(f"{API}/settings/preferences", json={"timezone": "Europe/Paris"})
    await ada.client.put(f"{API}/settings/preferences", json={})
    assert seen == [PreferencesChanged(ada.id)]


@pytest.mark.parametrize(
    "body",
    [{"timezone": "Mars/Olympus"}, {"timezone": "../etc/passwd"}, {"timezone": None}, {"weekly_report_day": "someday"},
     {"morning_email_time": "25:00"}, {"morning_email_time": "07:00:00+02:00"}, {"day_start_hour": 24},
     {"language": "english please"}, {"profile_visibility": "friends"}, {"email_notifications": "perhaps"},
     {"user_id": "x"}, {"extra": {"": 1}}, {"extra": {f"k{i}": 1 for i in range(101)}}],
)  # fmt: skip
async def test_bad_preferences_are_refused_whole(person: Any, body: dict[str, Any]) -> None:
    ada = await person()
    before = await _preferences(ada.client)
    answer = await ada.client.put(f"{API}/settings/preferences", json={"reminder_time": "01:00", **body})
    assert (answer.status_code, answer.json()["error_code"]) == (422, "VALIDATION_ERROR")
    assert await _preferences(ada.client) == before


async def test_free_form_keys_do_not_grow_without_bound(person: Any) -> None:
    ada = await person()
    for start in (0, 60):
        body = {"extra": {f"k{i}": i for i in range(start, start + 60)}}
        answer = await ada.client.put(f"{API}/settings/preferences", json=body)
    assert (answer.status_code, list(answer.json()["errors"])) == (422, ["extra"])


async def _consents(client: httpx2.AsyncClient) -> dict[str, dict[str, Any]]:
    answer = await client.get(f"{API}/settings/consents")
    return {one["kind"]: one for one in answer.json()["data"]["consents"]}


async def test_consents_are_off_until_given_and_each_decision_is_dated(person: Any, resources: Resources) -> None:
    ada, bob = await person(), await person()
    before = await _consents(ada.client)
    assert list(before) == ["marketing_email", "marketing_sms", "marketing_whatsapp", "ai_transcripts", "recording"]
    assert not any(one["is_given"] or one["decided_at"] for one in before.values())
    version = before["recording"]["wording_version"]
    for given in (True, True, False):
        body = {"recording": given, "wording_version": version}
        answer = await ada.client.put(f"{API}/settings/consents", json=body)
        assert answer.status_code == 200
        assert (await _consents(ada.client))["recording"]["is_given"] is given
    stands = await _consents(ada.client)
    assert stands["recording"]["decided_on_wording"] == version
    assert stands["recording"]["decided_at"].endswith("Z")
    assert stands["ai_transcripts"]["decided_at"] is None
    assert not any(one["is_given"] for one in (await _consents(bob.client)).values())
    async with resources.unit_of_work() as uow:
        rows = await uow.session.execute(
            text("SELECT is_given FROM user_consents WHERE user_id = :id ORDER BY id"), {"id": ada.id}
        )
        assert [given for (given,) in rows.all()] == [True, False], "appended, and only when something changed"


async def test_a_consent_on_other_words_does_not_count(person: Any) -> None:
    ada = await person()
    answer = await ada.client.put(f"{API}/settings/consents", json={"recording": True, "wording_version": "1999"})
    assert (answer.status_code, answer.json()["error_code"]) == (409, "WORDING_CHANGED")
    assert (await _consents(ada.client))["recording"]["is_given"] is False
    for body in ({"recording": "sure"}, {"everything": True}):
        assert (await ada.client.put(f"{API}/settings/consents", json=body)).status_code == 422


async def test_a_client_learns_what_it_must_and_no_secret(client: httpx2.AsyncClient, resources: Resources) -> None:
    plain = (await client.get(f"{API}/client-config")).json()["data"]
    assert (plain["google"], plain["sign_on_providers"], len(plain["vapid_public_key"])) == (None, [], 87)
    assert plain["features"] == {"web_push": True, "google_sign_on": False, "sign_on": False}
    assert plain["limits"]["max_upload_bytes"] == resources.settings.max_upload_bytes
    provider = OidcProvider(name="campus", label="My Campus", issuer="https://inner.example.org", client_id="us",
                            client_secret=SecretStr("very-secret"))  # fmt: skip
    resources.settings = resources.settings.model_copy(update={"oidc_providers": [provider], "google_client_id": "g-1"})
    answer = await client.get(f"{API}/client-config")
    data = answer.json()["data"]
    assert data["sign_on_providers"] == [
        {
            "name": "campus",
            "label": "My Campus",
            "authorize_url": "https://studyhall.test/api/v1/auth/oidc/campus/authorize",
        }
    ]
    assert data["google"] == {"client_id": "g-1"}
    assert "very-secret" not in answer.text
    assert "inner.example.org" not in answer.text
