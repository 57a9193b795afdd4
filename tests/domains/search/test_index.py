"""Writing the index and asking it, by the door that other domains use."""

from uuid import UUID

import pytest

from studyhall.domains.search import public as search
from studyhall.domains.search.public import PUBLIC, Document, course_key, group_key, user_key
from studyhall.platform.ids import new_id
from studyhall.platform.uow import UnitOfWork

PLANT = "A soil moisture sensor tells when a plant needs water.\n\nCapacitive sensors do not corrode."
TRUCK = "A lorry reports where it is by satellite positioning.\n\nThe driver sees the route on a map."


def chapter(title: str, body: str, *access: str, id_: UUID | None = None) -> Document:
    return Document("chapter", id_ or new_id(), title, body, frozenset(access or {PUBLIC}))


async def titles(uow: UnitOfWork, query: str, *keys: str, **options: object) -> list[str]:
    found = await search.find(uow, keys or {PUBLIC}, query, **options)  # type: ignore[arg-type]
    assert found.total >= len(found.hits)
    return [hit.title for hit in found.hits]


async def test_what_was_put_is_found_at_once(uow: UnitOfWork) -> None:
    await search.put(uow, [chapter("Watering", PLANT), chapter("Where is my lorry?", TRUCK)])
    assert await titles(uow, "moisture") == ["Watering"]
    assert await titles(uow, "sensors") == ["Watering"]
    assert await titles(uow, "LORRY") == ["Where is my lorry?"]
    assert set(await titles(uow, "the driver of a plant")) == {"Where is my lorry?", "Watering"}
    assert await titles(uow, "unheard") == []
    assert await titles(uow, " ") == []


async def test_a_hit_names_its_passage_and_its_place(uow: UnitOfWork) -> None:
    body = "\n\n".join(f"Paragraph {number} speaks of nothing much, at some length. " * 8 for number in range(30))
    body += "\n\nOnly here stands a word like zirconium."
    course, source = new_id(), new_id()
    await search.put(uow, [Document("chapter", source, "Metals", body, frozenset({PUBLIC}), course_id=course)])
    (hit,) = (await search.find(uow, {PUBLIC}, "zirconium")).hits
    assert (hit.kind, hit.source_id, hit.course_id) == ("chapter", source, course)
    assert "zirconium" in hit.text
    assert body[hit.start : hit.end] == hit.text


async def test_putting_again_replaces_and_dropping_takes_away(uow: UnitOfWork) -> None:
    first = chapter("Watering", PLANT)
    await search.put(uow, [first, first])
    assert await titles(uow, "water") == ["Watering"]
    await search.put(uow, [chapter("Driving", TRUCK, id_=first.source_id)])
    assert await titles(uow, "moisture") == []
    assert await titles(uow, "map") == ["Driving"]
    await search.drop(uow, "chapter", [first.source_id, new_id()])
    assert await titles(uow, "map") == []


async def test_a_key_in_common_opens(uow: UnitOfWork) -> None:
    me, other, course, group = new_id(), new_id(), new_id(), new_id()
    await search.put(
        uow,
        [
            chapter("Mine", PLANT, user_key(me)),
            chapter("Of the course", PLANT, course_key(course), user_key(other)),
            chapter("Of the group", PLANT, group_key(group)),
            Document("chapter", new_id(), "Nobody's", PLANT, frozenset()),
        ],
    )
    assert await titles(uow, "plant") == []
    assert await titles(uow, "plant", user_key(me)) == ["Mine"]
    assert set(await titles(uow, "plant", user_key(me), course_key(course))) == {"Mine", "Of the course"}
    assert await titles(uow, "plant", group_key(group), PUBLIC) == ["Of the group"]


async def test_granting_changes_who_finds_it(uow: UnitOfWork) -> None:
    one, me = chapter("Watering", PLANT), new_id()
    await search.put(uow, [one])
    await search.grant(uow, "chapter", [one.source_id], frozenset({user_key(me)}))
    assert await titles(uow, "plant") == []
    assert await titles(uow, "plant", user_key(me)) == ["Watering"]
    with pytest.raises(ValueError, match="everybody"):
        await search.grant(uow, "chapter", [one.source_id], frozenset({"everybody"}))
    with pytest.raises(ValueError, match="users"):
        chapter("A", "B", "users:1")


async def test_kinds_narrow_the_search(uow: UnitOfWork) -> None:
    await search.put(
        uow, [chapter("Chapter", PLANT), Document("course", new_id(), "Course", PLANT, frozenset({PUBLIC}))]
    )
    assert await titles(uow, "plant", kinds={"course"}) == ["Course"]
    assert set(await titles(uow, "plant")) == {"Chapter", "Course"}
    assert await titles(uow, "plant", kinds=set()) == []


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ("wifi", "Wi-Fi"),
        ("wi-fi", "Wi-Fi"),
        ("resume", "Résumé"),
        ("STRASSE", "Straße"),
        ("c++", "C++"),
        ("学习", "深度学习"),
        ("हिन्दी", "हिन्दी भाषा"),
        ('"red green"', "green red green blue"),
        ("electr", "Electricity"),
    ],
)
async def test_words_are_found_however_they_are_written(uow: UnitOfWork, query: str, wanted: str) -> None:
    others = ["Wi-Fi", "Résumé", "Straße", "C++", "深度学习", "हिन्दी भाषा", "green red green blue", "Electricity"]
    await search.put(uow, [chapter(title, "") for title in others])
    assert await titles(uow, query) == [wanted]


@pytest.mark.parametrize("title", ["a\x00b 'quoted' \\ back", "\ud800 half", "x" * 3000, "'; DROP TABLE", "&|!():*<->"])
async def test_hostile_text_is_only_text(uow: UnitOfWork, title: str) -> None:
    await search.put(uow, [chapter(title, title)])
    await search.find(uow, {PUBLIC}, title)


async def test_the_same_again_writes_no_chunk(uow: UnitOfWork) -> None:
    one = chapter("Watering", PLANT)
    await search.put(uow, [one])
    straight = await uow.straight()
    before = await straight.rows("SELECT id, ctid::text FROM search_chunks")
    await search.put(uow, [one])
    assert await straight.rows("SELECT id, ctid::text FROM search_chunks") == before
