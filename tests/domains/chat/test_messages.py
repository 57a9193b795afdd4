"""What members of a group write to each other, over HTTP."""

import asyncio
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studyhall.domains.chat import rules
from studyhall.platform.realtime import Message, Realtime
from tests.conftest import Committed
from tests.domains.groups.group import API, ask, bring_in, make, refused


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, set[str]]]:
    """Every push on `/group`: its event, and the rooms that it went to."""
    pushed: list[tuple[str, set[str]]] = []

    async def push(_: Realtime, room: Any, message: Message[Any], payload: Any) -> None:
        if message.channel == "/group":
            assert isinstance(payload, message.payload)
            pushed.append((message.event, set(room)))

    monkeypatch.setattr(Realtime, "push", push)
    return pushed


async def _write(one: Any, group: dict[str, Any], content: str, **more: Any) -> dict[str, Any]:
    path = f"/groups/{group['id']}/messages"
    message: dict[str, Any] = (await ask(one, "POST", path, json={"content": content, **more}))["message"]
    return message


async def _read(one: Any, group: dict[str, Any], **query: Any) -> dict[str, Any]:
    return await ask(one, "GET", f"/groups/{group['id']}/messages", params=query)


async def test_a_conversation(person: Any) -> None:
    ada, ben = await person(), await person()
    group = await make(ada)
    await _write(ada, group, "Before you came")
    await bring_in(group, ada, ben)
    assert (await _read(ben, group))["unread_count"] == 0, "what was before him is not unread"
    first = await _write(ada, group, "  <script>alert(1)</script>  ")
    assert (first["content"], first["message_type"], first["user"]["id"]) == (
        "<script>alert(1)</script>", "text", str(ada.id)
    )  # fmt: skip
    answer = await _write(ben, group, "An answer", reply_to_id=first["id"])
    deeper = await _write(ada, group, "An answer to it", reply_to_id=answer["id"])
    assert answer["reply_to_id"] == deeper["reply_to_id"] == first["id"], "one thread"
    await _write(ada, group, "Something else")
    seen = await _read(ben, group)
    assert [one["content"] for one in seen["messages"]] == [
        "Something else", "An answer to it", "An answer", "<script>alert(1)</script>", "Before you came"
    ]  # fmt: skip
    assert [one["reply_count"] for one in seen["messages"]] == [0, 0, 0, 2, 0]
    assert seen["unread_count"] == 2, "since his own"
    thread = await _read(ben, group, thread=first["id"])
    assert [one["id"] for one in thread["messages"]] == [deeper["id"], answer["id"], first["id"]]


async def test_unread_counts_go_down_and_never_back(person: Any) -> None:
    ada, ben = await person(), await person()
    group = await make(ada)
    await bring_in(group, ada, ben)
    messages = [await _write(ada, group, f"Number {number}") for number in range(4)]
    path = f"/groups/{group['id']}/messages/read"
    assert (await _read(ben, group))["unread_count"] == 4
    assert (await ask(ben, "PUT", path, json={"message_id": messages[2]["id"]}))["unread_count"] == 1
    assert (await ask(ben, "PUT", path, json={"message_id": messages[0]["id"]}))["unread_count"] == 1
    await ask(ada, "DELETE", f"/groups/{group['id']}/messages/{messages[3]['id']}")
    assert (await _read(ben, group))["unread_count"] == 0
    await _write(ada, group, "One more")
    assert (await ask(ben, "PUT", path))["unread_count"] == 0
    assert await refused(ben, "PUT", path, "MESSAGE_NOT_FOUND", json={"message_id": str(uuid4())}) == 404


async def test_the_history_by_cursor_skips_nothing(person: Any) -> None:
    ada = await person()
    group = await make(ada)
    written = [(await _write(ada, group, f"Number {number}"))["id"] for number in range(7)]
    back: list[str] = []
    page = await _read(ada, group, limit=3)
    while True:
        back += [one["id"] for one in page["messages"]]
        if not page["has_more"]:
            break
        page = await _read(ada, group, limit=3, before=back[-1])
    assert back == written[::-1]
    since = await _read(ada, group, after=written[2], limit=2)
    assert ([one["id"] for one in since["messages"]], since["has_more"]) == ([written[4], written[3]], True)
    assert await refused(ada, "GET", f"/groups/{group['id']}/messages?limit=101", "VALIDATION_ERROR") == 422


async def test_editing_and_deleting(person: Any) -> None:
    ada, ben, boss = [await person() for _ in range(3)]
    group = await make(ada)
    await bring_in(group, ada, ben)
    await bring_in(group, ada, boss, role="admin")
    path = f"/groups/{group['id']}/messages"
    message = f"{path}/{(await _write(ben, group, 'A tpyo'))['id']}"
    edited = (await ask(ben, "PATCH", message, json={"content": "A typo"}))["message"]
    assert (edited["content"], edited["is_edited"]) == ("A typo", True)
    assert await refused(ada, "PATCH", message, "NOT_MESSAGE_AUTHOR", json={"content": "x"}) == 403
    assert await refused(boss, "DELETE", message, "NOT_MESSAGE_AUTHOR") == 403
    await ask(ada, "DELETE", message)
    gone = (await _read(boss, group))["messages"][0]
    assert (gone["content"], gone["is_deleted"], gone["user"]["id"]) == (None, True, str(ben.id))
    assert await refused(ben, "DELETE", message, "MESSAGE_DELETED") == 409
    assert await refused(ben, "PATCH", message, "MESSAGE_DELETED", json={"content": "x"}) == 409
    answer = {"content": "x", "reply_to_id": gone["id"]}
    assert await refused(ben, "POST", path, "MESSAGE_DELETED", json=answer) == 409
    own = f"{path}/{(await _write(ben, group, 'Mine'))['id']}"
    await ask(ben, "DELETE", own)


@pytest.mark.parametrize("content", ["", "   \n\t ", "\u200b\u200e\u00a0", "x" * 4001, "x" * 1_000_000, "a\x00b"])
async def test_what_no_message_can_be(person: Any, content: str) -> None:
    ada = await person()
    group = await make(ada)
    answer = await ada.client.post(f"{API}/groups/{group['id']}/messages", json={"content": content})
    assert answer.status_code in (413, 422), answer.text
    assert (await _read(ada, group))["messages"] == []


async def test_outsiders_of_all_kinds_neither_read_nor_write(person: Any) -> None:
    ada, ben = await person(), await person()
    group, other, public = await make(ada), await make(ada), await make(ada, visibility="public")
    await bring_in(other, ada, ben)
    message = await _write(ada, group, "Among us")
    path = f"/groups/{group['id']}/messages"
    body = {"json": {"content": "x"}}
    for method, rest, more in (("GET", "", {}), ("POST", "", body), ("PATCH", f"/{message['id']}", body),
                               ("DELETE", f"/{message['id']}", {}), ("PUT", "/read", {})):  # fmt: skip
        assert await refused(ben, method, path + rest, "GROUP_NOT_FOUND", **more) == 404
    assert await refused(ben, "GET", f"/groups/{public['id']}/messages", "NOT_IN_GROUP") == 403
    elsewhere = f"/groups/{other['id']}/messages/{message['id']}"
    assert await refused(ben, "DELETE", elsewhere, "MESSAGE_NOT_FOUND") == 404
    across = {"content": "x", "reply_to_id": message["id"]}
    assert await refused(ben, "POST", f"/groups/{other['id']}/messages", "MESSAGE_NOT_FOUND", json=across) == 404


async def test_mentions_reach_members_who_want_them(person: Any) -> None:
    ada, ben, foe = await person(username="ada.l"), await person(username="ben"), await person(username="foe")
    outsider = await person(username="outsider")
    group = await make(ada)
    await bring_in(group, ada, ben, foe)
    await ask(foe, "POST", "/blocks", json={"user_id": str(ada.id)})
    message = await _write(ada, group, "@BEN, @foe, @outsider and @ada.l: look. Not mail@ben, thanks @ben.")
    await ask(ada, "PATCH", f"/groups/{group['id']}/messages/{message['id']}", json={"content": "@ben again"})

    async def told(one: Any) -> int:
        listed = (await ask(one, "GET", "/notifications"))["notifications"]
        return len([note for note in listed if "mentioned" in note["title"]])

    assert [await told(one) for one in (ada, ben, foe, outsider)] == [0, 1, 0, 0]


async def test_members_hear_live_and_who_was_removed_hears_nothing(person: Any, heard: Any) -> None:
    ada, ben = await person(), await person()
    group = await make(ada)
    await bring_in(group, ada, ben)
    both, one = {f"user:{ada.id}", f"user:{ben.id}"}, {f"user:{ada.id}"}
    heard.clear()
    message = await _write(ada, group, "Hello")
    path = f"/groups/{group['id']}/messages/{message['id']}"
    await ask(ada, "PATCH", path, json={"content": "Hello!"})
    await ask(ada, "DELETE", f"/groups/{group['id']}/members/{ben.id}")
    await _write(ada, group, "Alone now")
    await ask(ada, "DELETE", path)
    assert heard == [
        ("message_made", both), ("message_edited", both), ("member_left", both), ("message_made", one),
        ("message_deleted", one),
    ]  # fmt: skip


async def test_messages_written_at_one_moment_are_all_there_in_one_order(committed: Committed) -> None:
    ada, ben = await committed.person(), await committed.person()
    group = await make(ada)
    await bring_in(group, ada, ben)
    path = f"{API}/groups/{group['id']}/messages"
    answers = await asyncio.gather(
        *(one.client.post(path, json={"content": f"Number {n}"}) for n in range(5) for one in (ada, ben))
    )
    assert {one.status_code for one in answers} == {201}
    ids = [UUID(one["id"]) for one in (await _read(ada, group))["messages"]]
    assert len(ids) == 10 and ids == sorted(ids, reverse=True)


async def test_one_message_or_many_the_statements_are_the_same(person: Any) -> None:
    ada, *others = [await person() for _ in range(4)]
    group = await make(ada)
    await bring_in(group, ada, *others)

    async def count() -> int:
        answer = await ada.client.get(f"{API}/groups/{group['id']}/messages")
        return int(answer.headers["server-timing"].split('desc="')[1].split('"')[0])

    await _write(ada, group, "One")
    before = await count()
    for one in others:
        await _write(one, group, "Another")
    assert await count() == before <= 10
    answer = await ada.client.post(f"{API}/groups/{group['id']}/messages", json={"content": f"@{others[0].email}"})
    assert int(answer.headers["server-timing"].split('desc="')[1].split('"')[0]) <= 16


@given(st.text())
def test_mentions_are_few_distinct_and_of_the_text(text: str) -> None:
    found = rules.mentioned(text)
    assert len(found) == len(set(found)) <= rules.MOST_MENTIONS
    assert all(f"@{name}" in text.lower() for name in found)


@given(st.text(alphabet=" \t\n\u00a0\u200b\u200e\ufeff\x01"))
def test_what_cannot_be_seen_is_blank(text: str) -> None:
    assert rules.is_blank(text)
    assert not rules.is_blank(text + "a")
