"""Import and export of courses."""

from collections.abc import AsyncIterator
from typing import Annotated
from uuid import UUID

from fastapi import File, Form, UploadFile

from studyhall.domains.courses.public import CourseNotFound, NotOwner
from studyhall.domains.exchange.jobs import export_course, import_course
from studyhall.domains.exchange.schemas import TransferQueued
from studyhall.domains.exchange.service import exporting, importing
from studyhall.domains.files import public as files
from studyhall.platform.errors import TooLarge, UnsupportedMedia
from studyhall.platform.web import CurrentActor, Envelope, Router, Uow, queued

router = Router("courses")

PIECE_BYTES = 256 * 1024
LONGEST_FILE_NAME = 255


@router.post(
    "/courses/import",
    access="user",
    summary="Import a course package as a private course of mine",
    status=202,
    upload=True,
    limit="course_import",
    errors=[TooLarge, UnsupportedMedia, CourseNotFound, NotOwner],
)
async def import_package(
    uow: Uow,
    actor: CurrentActor,
    *,
    file: Annotated[
        UploadFile,
        File(description="A zip of Markdown folders, a Common Cartridge, or a file of questions (GIFT, Moodle, QTI)."),
    ],
    course_id: Annotated[
        UUID | None, Form(description="A course of mine to add a file of questions to; else it becomes a new one.")
    ] = None,
) -> Envelope[TransferQueued]:
    """Poll `GET /tasks/{task_id}`. It lands whole or not at all, and can be cancelled until then. The task's `result`
    holds `course_id`, `is_new`, and what happened to chapters, images and questions; its `loss_report` names each
    thing that was not carried. The same package again brings the course up to date.
    """
    name = (file.filename or "")[:LONGEST_FILE_NAME].replace("\x00", "")
    received = await files.receive(uow.resources, importing.PACKAGE_FILE, _pieces(file), name)
    row = await importing.take(uow, actor, received, course_id)
    assert row.task_id is not None
    await uow.enqueue(import_course, transfer_id=row.id)
    return queued(TransferQueued(task_id=row.task_id), "The course is being imported.")


async def _pieces(file: UploadFile) -> AsyncIterator[bytes]:
    while piece := await file.read(PIECE_BYTES):
        yield piece


@router.get(
    "/courses/{course_id}/export",
    access="user",
    summary="Export a course of mine as a package",
    status=202,
    limit="exports",
    errors=[CourseNotFound, NotOwner],
)
async def export_package(course_id: UUID, uow: Uow, actor: CurrentActor) -> Envelope[TransferQueued]:
    """For whoever may edit the course, because right answers stand in it. Poll `GET /tasks/{task_id}`; its `result`
    holds `name`, `size` and the `address` to fetch the zip from within minutes. Ask again when it has expired.
    """
    row = await exporting.ask(uow, actor, course_id)
    assert row.task_id is not None
    await uow.enqueue(export_course, transfer_id=row.id)
    return queued(TransferQueued(task_id=row.task_id), "The course is being packed.")
