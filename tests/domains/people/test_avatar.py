"""A person's picture: cut, stripped, replaced, refused."""

import io
import struct
import zlib
from typing import Any

import httpx2
import pytest
from PIL import Image

from studyhall.domains.people.service.pictures import MOST_BYTES, SIDE
from studyhall.platform.resources import Resources

ORIENTATION, CAMERA, GPS = 0x0112, 0x0110, 0x8825
TURNED_LEFT = 6


def picture(kind: str, size: tuple[int, int] = (900, 600), exif: Image.Exif | None = None) -> bytes:
    """Red on the left, blue on the right."""
    made = Image.new("RGB", size, "red")
    made.paste("blue", (size[0] // 2, 0, size[0], size[1]))
    file = io.BytesIO()
    made.save(file, kind, **({"exif": exif} if exif else {}))
    return file.getvalue()


async def upload(client: httpx2.AsyncClient, content: bytes, name: str = "me.jpg") -> httpx2.Response:
    return await client.post("/api/v1/settings/avatar", files={"avatar": (name, content)})


async def worn(client: httpx2.AsyncClient, address: str) -> Image.Image:
    answer = await client.get(address)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "image/webp"
    return Image.open(io.BytesIO(answer.content))


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "WEBP"])
async def test_a_picture_is_cut_square_and_seen_by_others(person: Any, client: httpx2.AsyncClient, kind: str) -> None:
    mira, other = await person(), await person()
    answer = await upload(mira.client, picture(kind))
    assert answer.status_code == 200, answer.text
    address = answer.json()["data"]["avatar_url"]
    assert (await worn(client, address)).size == (SIDE, SIDE)
    assert (await mira.client.get("/api/v1/auth/me")).json()["data"]["user"]["avatar_url"] == address
    seen = await other.client.get(f"/api/v1/users/{mira.id}")
    assert seen.json()["data"]["user"]["avatar_url"] == address


async def test_what_the_camera_wrote_is_gone_and_the_picture_stands_upright(
    person: Any, client: httpx2.AsyncClient
) -> None:
    exif = Image.Exif()
    exif[ORIENTATION], exif[CAMERA] = TURNED_LEFT, "Spy 3000"
    exif.get_ifd(GPS)[1] = "N"
    mira = await person()
    address = (await upload(mira.client, picture("JPEG", exif=exif))).json()["data"]["avatar_url"]
    raw = (await client.get(address)).content
    assert b"Spy 3000" not in raw
    shown = Image.open(io.BytesIO(raw))
    assert not shown.getexif()
    # Turned right by a quarter: what was left is above.
    red, _, blue = shown.convert("RGB").getpixel((SIDE // 2, 20))  # type: ignore[misc]  # three bands
    assert red > 200 and blue < 60


async def test_a_new_picture_ends_the_address_of_the_old_one(person: Any, client: httpx2.AsyncClient) -> None:
    mira = await person()
    first = (await upload(mira.client, picture("PNG"))).json()["data"]["avatar_url"]
    second = (await upload(mira.client, picture("PNG", (64, 40)))).json()["data"]["avatar_url"]
    assert (await client.get(first)).status_code == 404
    assert (await worn(client, second)).size == (40, 40)


def _bomb(side: int = 60_000) -> bytes:
    """A PNG of a few kilobytes that says it has 3,600 million pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
    packed = zlib.compress(b"\0" * 100_000)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", packed) + chunk(b"IEND", b"")


BAD = {
    "bomb": _bomb(),
    "script": b"<script>alert(1)</script>",
    "vector": b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
    "pdf": b"%PDF-1.7\n%%EOF",
    "empty": b"",
    "cut off": picture("JPEG")[:700],
    "tiny": picture("PNG", (8, 8)),
    "postscript": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 100 100\n",
    "page with a magic number": b"GIF89a<html><script>alert(1)</script>",
}


@pytest.mark.parametrize("what", BAD)
async def test_what_is_no_good_picture_is_refused_and_nothing_changes(
    person: Any, resources: Resources, what: str
) -> None:
    mira = await person()
    answer = await upload(mira.client, BAD[what], "me.png")
    assert answer.status_code == 422, answer.text
    assert answer.json()["error_code"] == "PICTURE_REFUSED"
    assert (await mira.client.get("/api/v1/users/me")).json()["data"]["user"]["avatar_url"] is None
    async with resources.unit_of_work() as uow:
        straight = await uow.straight()
        assert await straight.value("SELECT count(*) FROM file_uploads WHERE user_id = $1", mira.id) == 0


async def test_too_large_a_file_is_refused(person: Any) -> None:
    mira = await person()
    answer = await upload(mira.client, picture("PNG") + b"\0" * MOST_BYTES)
    assert answer.status_code == 413


async def test_the_statements_do_not_grow(person: Any) -> None:
    mira = await person()
    counts = [
        int(
            (await upload(mira.client, picture("PNG")))
            .headers["server-timing"]
            .partition('desc="')[2]
            .partition('"')[0]
        )
        for _ in range(4)
    ]
    assert max(counts[1:]) == counts[1] <= 12
