"""A person's picture: made small and square, nothing kept of it but its pixels, and stored like any file."""

import asyncio
import io
import warnings
from uuid import UUID

from fastapi import UploadFile

from studyhall.domains.files import public as files
from studyhall.domains.identity import public as identity
from studyhall.domains.people.errors import PictureRefused
from studyhall.platform.errors import TooLarge
from studyhall.platform.resources import Resources
from studyhall.platform.uow import UnitOfWork

SIDE = 512
LEAST_SIDE = 16
MOST_BYTES = 10 * 1024 * 1024
MOST_PIXELS = 50_000_000
FORMATS = ("PNG", "JPEG", "GIF", "WEBP")
QUALITY = 85
AVATAR = files.UploadRule("avatar", files.RASTER, MOST_BYTES)


async def receive(resources: Resources, upload: UploadFile) -> files.ReceivedFile:
    """Make the uploaded picture a portrait and put it into the store; touches no table.

    Raises:
        TooLarge: over 10 MiB.
        PictureRefused: it is no picture, a damaged one, or one that would unfold to too many pixels.
    """
    content = await upload.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise TooLarge("The picture is larger than 10 MiB. Choose a smaller one.")
    return await files.receive(resources, AVATAR, await asyncio.to_thread(portrait, content), "avatar.webp")


async def wear(uow: UnitOfWork, user_id: UUID, received: files.ReceivedFile) -> str:
    """Let the person have this picture instead of the one before; answers its address.

    The address stays good as long as the picture is his: others see it wherever they see his name.
    """
    before = [one.id for one in await files.of_person(uow, user_id) if one.purpose == AVATAR.purpose]
    stored = await files.keep(uow, user_id, received)
    await files.remove(uow, user_id, before)
    address = files.lasting_address_of(uow.resources, stored.id)
    await identity.change_account(uow, user_id, {"avatar_url": address})
    uow.audit("users.picture_changed", "Changed the picture.", user_id=user_id)
    return address


def portrait(content: bytes) -> bytes:
    """A WebP file of at most 512 pixels square, cut from the middle, upright, of the first frame.

    Raises:
        PictureRefused: see `receive`.
    """
    # Loaded with the first picture: a server that is never given one does without.
    from PIL import Image, ImageOps, UnidentifiedImageError

    damaged = (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            opened = Image.open(io.BytesIO(content), formats=FORMATS)
        width, height = opened.size
        if width * height > MOST_PIXELS:
            raise PictureRefused(f"The picture has more than {MOST_PIXELS // 1_000_000} million pixels.")
        if min(width, height) < LEAST_SIDE:
            raise PictureRefused(f"The picture is smaller than {LEAST_SIDE} pixels.")
        opened.draft("RGB", (SIDE * 2, SIDE * 2))
        upright = ImageOps.exif_transpose(opened).convert("RGBA")
        side = min(SIDE, *upright.size)
        made = io.BytesIO()
        ImageOps.fit(upright, (side, side)).save(made, "WEBP", quality=QUALITY)
    except (Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
        raise PictureRefused(f"The picture has more than {MOST_PIXELS // 1_000_000} million pixels.") from error
    except damaged as error:
        raise PictureRefused("This is no PNG, JPEG, GIF or WebP picture, or it is damaged. Choose another.") from error
    return made.getvalue()
