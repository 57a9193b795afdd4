"""Images of a course: stored by the files domain, called in chapters by their names."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from studyhall.domains.chapters import queries
from studyhall.domains.chapters.errors import TooManyImages
from studyhall.domains.chapters.models import CourseImage
from studyhall.domains.courses import public as courses
from studyhall.domains.files import public as files
from studyhall.platform.auth import Actor
from studyhall.platform.ids import new_id
from studyhall.platform.uow import UnitOfWork

MOST_IMAGES = 5_000
IMAGE_FILE = files.UploadRule("chapter_image", files.RASTER, 10_485_760)


@dataclass(frozen=True, slots=True)
class ImageDraft:
    """An image of a package: its name as the chapters call it, and its file, received by `IMAGE_FILE`."""

    name: str
    received: files.ReceivedFile


async def add(uow: UnitOfWork, actor: Actor, course_id: UUID, draft: ImageDraft) -> UUID:
    """Give a course of the actor's an image, or another one under the same name; answers its file.

    Raises:
        CourseNotFound, NotOwner: the actor may not see or not edit the course.
        TooManyImages: the course is full.
    """
    await courses.require_editable(uow, actor, course_id)
    await put(uow, actor.user_id, course_id, [draft])
    return (await queries.image_files(uow, course_id, [draft.name]))[draft.name]


async def put(uow: UnitOfWork, user_id: UUID, course_id: UUID, drafts: Sequence[ImageDraft]) -> None:
    """Give the course these images: new names are added, changed contents replaced, equal ones left alone.

    The course must be locked. What is not kept of the drafts has no row and is swept out of the store after a day.

    Raises:
        TooManyImages: it would be too many.
    """
    if not drafts:
        return
    by_name = {draft.name: draft.received for draft in drafts}
    known = await queries.image_files(uow, course_id, by_name)
    stored = await files.find(uow, list(known.values()))
    same = {name for name, file_id in known.items() if _holds(stored.get(file_id), by_name[name])}
    wanted = {name: received for name, received in by_name.items() if name not in same}
    if not wanted:
        return
    present = select(func.count()).where(CourseImage.course_id == course_id)
    if (await uow.session.execute(present)).scalar_one() + len(wanted.keys() - known.keys()) > MOST_IMAGES:
        raise TooManyImages
    await files.keep_all(uow, user_id, list(wanted.values()))
    rows = [
        {"id": new_id(), "course_id": course_id, "name": name, "file_id": received.id}
        for name, received in wanted.items()
    ]
    row = insert(CourseImage)
    replaced = row.on_conflict_do_update(
        index_elements=["course_id", "name"], set_={"file_id": row.excluded.file_id, "updated_at": func.now()}
    )
    await uow.session.execute(replaced, rows)
    await files.remove(uow, user_id, [file_id for name, file_id in known.items() if name in wanted])


def _holds(stored: files.StoredFile | None, received: files.ReceivedFile) -> bool:
    return stored is not None and stored.sha256 == received.sha256
