"""One's own AI provider."""

from typing import Any

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from studyhall.domains.ai import privacy, rules, service
from studyhall.domains.ai.models import UserAiSettings
from studyhall.platform.crypto import DecryptionFailed
from studyhall.platform.errors import Invalid
from studyhall.platform.resources import Resources

PATH = "/api/v1/settings/ai"
KEY = "sk-1234567890abcdefWXYZ"
PUBLIC = "https://93.184.215.14/v1"


async def _put(client: httpx2.AsyncClient, **body: Any) -> httpx2.Response:
    return await client.put(PATH, json=body)


async def test_nothing_is_set_at_first(person: Any, client: httpx2.AsyncClient) -> None:
    ada = await person()
    data = (await ada.client.get(PATH)).json()["data"]["ai"]
    assert data == {"provider": None, "model": None, "endpoint": None, "api_key": None, "secondary_api_key": None,
                    "daily_limit": None, "is_active": False, "updated_at": None}  # fmt: skip
    assert (await client.get(PATH)).status_code == 401


async def test_keys_are_masked_encrypted_and_ones_own(person: Any, resources: Resources) -> None:
    ada, bob = await person(), await person()
    answer = await _put(ada.client, provider="openai-compatible", model="big", endpoint=PUBLIC, api_key=KEY,
                        secondary_api_key="short", daily_limit=50, is_active=True)  # fmt: skip
    assert answer.status_code == 200, answer.text
    shown = answer.json()["data"]["ai"]
    assert (shown["api_key"], shown["secondary_api_key"]) == ("••••••••WXYZ", "••••••••")
    assert (shown["provider"], shown["endpoint"], shown["daily_limit"]) == ("openai_compatible", PUBLIC, 50)
    assert (await ada.client.get(PATH)).json()["data"]["ai"] == shown
    assert (await bob.client.get(PATH)).json()["data"]["ai"]["provider"] is None
    async with resources.unit_of_work() as uow:
        row = await uow.session.get_one(UserAiSettings, ada.id)
        assert service.key_of(uow, row, "api_key") == KEY
        assert service.key_of(uow, row, "secondary_api_key") == "short"
        bound_elsewhere = UserAiSettings(user_id=bob.id, api_key=row.api_key)
        with pytest.raises(DecryptionFailed):
            service.key_of(uow, bound_elsewhere, "api_key")
        for table in ("user_ai_settings", "activity_logs"):
            rows = str((await uow.session.execute(text(f"SELECT t::text FROM {table} t"))).scalars().all())
            assert KEY not in rows
            assert KEY.encode().hex() not in rows
        exported = [dict(one) async for one in privacy.export(uow, ada.id)["ai_settings"]]
        assert exported[0]["model"] == "big"
        assert not [name for name in exported[0] if "key" in name]
        await privacy.erase(uow, ada.id)
    assert (await ada.client.get(PATH)).json()["data"]["ai"]["provider"] is None


async def test_only_the_fields_sent_change_and_null_empties(person: Any) -> None:
    ada = await person()
    await _put(ada.client, provider="openai", model="small", api_key=KEY, daily_limit=5)
    assert (await _put(ada.client, model="large")).json()["data"]["ai"]["api_key"] == "••••••••WXYZ"
    emptied = (await _put(ada.client, api_key=None, daily_limit=None)).json()["data"]["ai"]
    assert (emptied["api_key"], emptied["daily_limit"], emptied["model"]) == (None, None, "large")


async def test_active_settings_are_complete(person: Any) -> None:
    ada = await person()
    lacking = await _put(ada.client, is_active=True)
    assert (lacking.status_code, set(lacking.json()["errors"])) == (422, {"provider", "model"})
    lacking = await _put(ada.client, provider="openai", model="m", is_active=True)
    assert set(lacking.json()["errors"]) == {"api_key"}
    lacking = await _put(ada.client, provider="ollama", model="m", is_active=True)
    assert set(lacking.json()["errors"]) == {"endpoint"}
    assert (await ada.client.get(PATH)).json()["data"]["ai"]["provider"] is None, "a refusal keeps nothing"
    assert (await _put(ada.client, provider="openai", model="m", api_key=KEY, is_active=True)).status_code == 200
    assert (await _put(ada.client, api_key=None)).status_code == 422
    assert (await _put(ada.client, api_key=None, is_active=False)).status_code == 200


async def test_a_kept_key_does_not_follow_to_another_server(person: Any) -> None:
    ada = await person()
    await _put(ada.client, provider="openai_compatible", model="m", endpoint=PUBLIC, api_key=KEY)
    moved = await _put(ada.client, endpoint="https://93.184.215.15/v1")
    assert (moved.status_code, list(moved.json()["errors"])) == (422, ["api_key"])
    assert (await _put(ada.client, endpoint="https://93.184.215.15/v1", api_key=KEY)).status_code == 200
    assert (await _put(ada.client, provider="anthropic", endpoint=None, api_key=None)).status_code == 200


@pytest.mark.parametrize(
    "endpoint",
    ["http://127.0.0.1:11434", "http://localhost:11434", "http://[::1]/", "http://169.254.169.254/latest", "http://10.0.0.7",
     "http://2130706433/", "http://0x7f.1/", "file:///etc/passwd", "https://user:pass@93.184.215.14/", "gopher://x",
     "https://93.184.215.14:22/", "not an address", "http://[::ffff:10.0.0.1]/"],
)  # fmt: skip
async def test_an_endpoint_that_leads_inside_is_refused(person: Any, endpoint: str) -> None:
    ada = await person()
    answer = await _put(ada.client, endpoint=endpoint)
    assert (answer.status_code, list(answer.json()["errors"])) == (422, ["endpoint"])
    assert (await ada.client.get(PATH)).json()["data"]["ai"]["endpoint"] is None


async def test_a_name_is_as_good_as_every_address_behind_it() -> None:
    async def inside(_host: str, _port: int) -> list[str]:
        return ["93.184.215.14", "192.168.0.1"]

    async def outside(_host: str, _port: int) -> list[str]:
        return ["93.184.215.14"]

    async def nowhere(_host: str, _port: int) -> list[str]:
        raise OSError

    for resolve in (inside, nowhere):
        with pytest.raises(Invalid):
            await service.check_endpoint("https://llm.example.org/v1", resolve, allow_private=False)
    await service.check_endpoint("https://llm.example.org/v1", outside, allow_private=False)


async def test_the_operator_may_allow_servers_beside_this_one(person: Any, resources: Resources) -> None:
    resources.settings = resources.settings.model_copy(update={"ai_private_endpoints": True})
    ada = await person()
    local = await _put(ada.client, provider="ollama", model="m", endpoint="http://127.0.0.1:11434", is_active=True)
    assert local.status_code == 200, local.text
    for bad in ("file:///etc/passwd", "http://user:pass@127.0.0.1/"):
        assert (await _put(ada.client, endpoint=bad)).status_code == 422


@pytest.mark.parametrize(
    "body",
    [{"provider": "magic"}, {"model": ""}, {"daily_limit": -1}, {"daily_limit": "many"}, {"is_active": None},
     {"api_key": ""}, {"api_key": "x" * 501}, {"owner": "me"}],
)  # fmt: skip
async def test_bad_input_is_refused(person: Any, body: dict[str, Any]) -> None:
    ada = await person()
    answer = await _put(ada.client, **body)
    assert (answer.status_code, answer.json()["error_code"]) == (422, "VALIDATION_ERROR")
    assert "x" * 400 not in answer.text, "a refused key is not told back"


@given(st.text(min_size=1, max_size=60))
def test_a_mask_never_tells_much(key: str) -> None:
    ending = rules.ending_of(key)
    assert key.endswith(ending)
    assert len(ending) * 4 <= len(key)


@given(st.dictionaries(st.sampled_from(["provider", "model", "endpoint", "api_key"]), st.text(min_size=1), max_size=4))
def test_what_is_missing_is_never_there(settings: dict[str, str]) -> None:
    assert not [name for name in rules.missing_fields(settings) if settings.get(name)]
