"""Files in and out, through HTTP."""

from collections.abc import AsyncIterator
from datetime import timedelta
from hashlib import sha256

import httpx2
import pytest

from studyhall.domains.files import jobs, privacy, public, queries
from studyhall.domains.files.errors import FileEmpty, FileKindRefused, FileTooLarge
from studyhall.domains.files.public import StoredFile, UploadRule
from studyhall.platform import clock
from studyhall.platform.clients.storage import Storage
from studyhall.platform.jobs import drain
from studyhall.platform.resources import Resources
from tests.conftest import MakePerson, Person

PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 300
ANYTHING = UploadRule("material", public.RASTER | {public.PDF, public.TEXT}, 200_000)


async def upload(
    resources: Resources, owner: Person, content: bytes = PNG, name: str | None = "Bild ü.png"
) -> StoredFile:
    received = await public.receive(resources, ANYTHING, content, name)
    async with resources.unit_of_work() as uow:
        return await public.keep(uow, owner.id, received, {"width": 3})


def path_of(resources: Resources, file: StoredFile) -> str:
    address = public.address_of(resources, file.id)
    assert address.startswith("https://studyhall.test/files/")
    return address.removeprefix("https://studyhall.test")


@pytest.fixture(params=[False, True], ids=["plain", "sealed"])
def storage(request: pytest.FixtureRequest, resources: Resources) -> Storage:
    resources.storage = Storage.in_memory(resources.keys, encrypts=request.param)
    return resources.storage


async def test_an_image_is_shown(
    resources: Resources, storage: Storage, person: MakePerson, client: httpx2.AsyncClient
) -> None:
    file = await upload(resources, await person())
    answer = await client.get(path_of(resources, file))
    assert answer.status_code == 200
    assert answer.content == PNG
    assert answer.headers["content-type"] == "image/png"
    assert answer.headers["content-disposition"].startswith("inline;")
    assert "filename*=UTF-8''Bild%20%C3%BC.png" in answer.headers["content-disposition"]
    assert answer.headers["content-length"] == str(len(PNG))
    assert answer.headers["etag"] == f'"{sha256(PNG).hexdigest()}"'
    assert answer.headers.get_list("content-security-policy")[0].startswith("default-src 'none'")
    assert answer.headers["x-content-type-options"].startswith("nosniff")
    assert "private" in answer.headers["cache-control"]
    again = await client.get(path_of(resources, file), headers={"If-None-Match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


async def test_a_page_of_somebody_is_only_a_sandboxed_download(
    resources: Resources, person: MakePerson, client: httpx2.AsyncClient
) -> None:
    page = b"<html><script>alert(document.cookie)</script></html>" * 50
    file = await upload(resources, await person(), page, "x.html")
    answer = await client.get(path_of(resources, file), headers={"Accept-Encoding": "gzip"})
    assert answer.content == page
    assert answer.headers["content-type"].startswith("text/plain")
    assert answer.headers["content-disposition"].startswith("attachment;")
    assert answer.headers["content-security-policy"].startswith("sandbox;")


async def test_ranges(resources: Resources, storage: Storage, person: MakePerson, client: httpx2.AsyncClient) -> None:
    file = await upload(resources, await person())
    path = path_of(resources, file)
    part = await client.get(path, headers={"Range": "bytes=66000-70000", "Accept-Encoding": "gzip"})
    assert (part.status_code, part.content) == (206, PNG[66000:70001])
    assert part.headers["content-range"] == f"bytes 66000-70000/{len(PNG)}"
    tail = await client.get(path, headers={"Range": "bytes=-5", "If-Range": part.headers["etag"]})
    assert (tail.status_code, tail.content) == (206, PNG[-5:])
    whole = await client.get(path, headers={"Range": "bytes=-5", "If-Range": '"another"'})
    assert (whole.status_code, whole.content) == (200, PNG)
    beyond = await client.get(path, headers={"Range": "bytes=999999-"})
    assert beyond.status_code == 416
    assert beyond.headers["content-range"] == f"bytes */{len(PNG)}"
    assert beyond.json()["error_code"] == "RANGE_NOT_SATISFIABLE"


async def test_addresses_end(resources: Resources, person: MakePerson, client: httpx2.AsyncClient) -> None:
    owner = await person()
    file = await upload(resources, owner)
    path = path_of(resources, file)
    with clock.frozen_at(clock.now() + timedelta(minutes=21)):
        over = await client.get(path)
        assert (over.status_code, over.json()["error_code"]) == (410, "FILE_ADDRESS_EXPIRED")
    for forged in (path[:-1] + ("A" if path[-1] != "A" else "B"), "/files/x", "/files/a.b.c", "/files/%20"):
        assert (await client.get(forged)).status_code == 404, forged
    other_purpose = resources.keys.sign("unsubscribe", {"file": file.id.hex}, timedelta(minutes=5))
    assert (await client.get(f"/files/{other_purpose}")).status_code == 404
    async with resources.unit_of_work() as uow:
        await public.remove(uow, owner.id, [file.id])
    gone = await client.get(path)
    assert (gone.status_code, gone.json()["success"]) == (404, False)


async def test_nobody_removes_anothers_file(resources: Resources, person: MakePerson) -> None:
    file = await upload(resources, await person())
    stranger = await person()
    async with resources.unit_of_work() as uow:
        await public.remove(uow, stranger.id, [file.id])
        assert await public.find(uow, [file.id]) == {file.id: file}


async def test_a_lost_object_is_told_before_the_status(
    resources: Resources, person: MakePerson, client: httpx2.AsyncClient
) -> None:
    file = await upload(resources, await person())
    await resources.storage.delete(file.key)
    answer = await client.get(path_of(resources, file))
    assert (answer.status_code, answer.json()["error_code"]) == (404, "NOT_FOUND")


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (b"", FileEmpty),
        (b"MZ\x90\x00 program", FileKindRefused),
        (PNG * 3, FileTooLarge),
        (b"PK\x03\x04", FileKindRefused),
    ],
)
async def test_what_is_not_taken_leaves_nothing(resources: Resources, content: bytes, error: type[Exception]) -> None:
    async def stream() -> AsyncIterator[bytes]:
        for start in range(0, len(content), 1000):
            yield content[start : start + 1000]

    for source in (content, stream()):
        with pytest.raises(error):
            await public.receive(resources, ANYTHING, source, "harmless.png")
    assert [entry async for entry in resources.storage.list()] == []


async def test_a_stream_is_stored_as_it_comes(resources: Resources, person: MakePerson) -> None:
    async def stream() -> AsyncIterator[bytes]:
        for start in range(0, len(PNG), 7):
            yield PNG[start : start + 7]

    received = await public.receive(resources, ANYTHING, stream(), None)
    async with resources.unit_of_work() as uow:
        file = await public.keep(uow, (await person()).id, received)
    assert (file.size, file.sha256, file.name) == (len(PNG), sha256(PNG).hexdigest(), "file.png")
    assert b"".join([part async for part in public.content(resources, file)]) == PNG


async def test_purge_takes_what_was_deleted_long_ago_and_what_never_got_a_row(
    resources: Resources, person: MakePerson
) -> None:
    owner = await person()
    kept, deleted = await upload(resources, owner), await upload(resources, owner)
    orphan = await public.receive(resources, ANYTHING, PNG, "orphan.png")
    async with resources.unit_of_work() as uow:
        await public.remove(uow, owner.id, [deleted.id])
    start = clock.now()

    async def stored() -> set[str]:
        return {entry.key async for entry in resources.storage.list()}

    with clock.frozen_at(start):
        await drain(resources, [], start + timedelta(hours=23), periodic=[jobs.purge])
        assert await stored() == {kept.key, deleted.key, orphan.key}
        await drain(resources, [], start + timedelta(hours=49), periodic=[jobs.purge])
        assert await stored() == {kept.key, deleted.key}
    with clock.frozen_at(start + timedelta(days=30)):
        await drain(resources, [], clock.now() + timedelta(days=1), periodic=[jobs.purge])
        assert await stored() == {kept.key}
    async with resources.unit_of_work() as uow:
        assert [row.id for row in await queries.of_user(uow, owner.id)] == [kept.id]


async def test_export_and_erasure(resources: Resources, person: MakePerson) -> None:
    owner, other = await person(), await person()
    mine, theirs = await upload(resources, owner), await upload(resources, other)
    async with resources.unit_of_work() as uow:
        rows = {name: [row async for row in stream] for name, stream in privacy.export(uow, owner.id).items()}
        assert [row["id"] for row in rows["files"]] == [mine.id]
        assert rows["files"][0]["metadata"] == {"width": 3}
        await privacy.erase(uow, owner.id)
    await drain(resources, [jobs.delete_objects])
    assert {entry.key async for entry in resources.storage.list()} == {theirs.key}
    async with resources.unit_of_work() as uow:
        assert await queries.of_user(uow, owner.id) == []
