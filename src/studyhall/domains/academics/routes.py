"""Timetables over HTTP."""

from collections.abc import AsyncIterator
from typing import Annotated
from uuid import UUID

from fastapi import File, Form, Query, UploadFile
from starlette.responses import Response

from studyhall.domains.academics.errors import DifferenceOutdated, TimetableNotFound, UnreadableUpload, UploadNotWaiting
from studyhall.domains.academics.jobs import read_timetable
from studyhall.domains.academics.schemas.timetables import (
    ClassAnswer,
    ClassChanges,
    ClassCourse,
    ClassOut,
    ExceptionOut,
    ExceptionsBody,
    MaybeTimetable,
    NewClassIn,
    NewTimetable,
    TimetableAnswer,
    TimetableOut,
)
from studyhall.domains.academics.schemas.uploads import (
    ConfirmBody,
    Confirmed,
    UploadAnswer,
    UploadDetail,
    UploadList,
    UploadOut,
    UploadQueued,
)
from studyhall.domains.academics.service import confirmation, imports, scanning, timetables
from studyhall.domains.academics.service.confirmation import Correction, Wishes
from studyhall.domains.academics.service.imports import Source
from studyhall.domains.academics.service.timetables import Shown
from studyhall.domains.calendars.public import MOST_BYTES
from studyhall.domains.courses.public import CourseNotFound
from studyhall.domains.files import public as files
from studyhall.domains.undo.public import Deleted
from studyhall.platform.errors import Invalid, TooLarge, UnsupportedMedia
from studyhall.platform.web import CurrentActor, Envelope, Listing, Router, Uow, created, ok, queued

router = Router("academics")

LONGEST_FILE_NAME = 255
PIECE_BYTES = 256 * 1024

SemesterAsked = Annotated[str | None, Query(max_length=100, description="The active timetable when left out.")]


@router.get("/timetable", access="user", summary="My timetable")
async def get_timetable(uow: Uow, actor: CurrentActor, semester: SemesterAsked = None) -> Envelope[MaybeTimetable]:
    """The active one, or that of a semester; null while there is none."""
    found = await timetables.get(uow, actor, semester)
    return ok(MaybeTimetable(timetable=None if found is None else _shown(found)))


_REPLACED = {
    "description": "A timetable of that semester and year was there and has been replaced.",
    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Envelope_TimetableAnswer_"}}},
}


@router.post(
    "/timetable",
    access="user",
    summary="Create or replace a timetable",
    status=201,
    errors=[CourseNotFound],
    openapi_extra={"responses": {"200": _REPLACED}},
)
async def save_timetable(
    body: NewTimetable, uow: Uow, actor: CurrentActor, response: Response
) -> Envelope[TimetableAnswer]:
    """Replaces all classes of a timetable of the same semester and year; then the answer is 200."""
    classes = [one.model_dump() for one in body.classes]
    found, is_new = await timetables.save(
        uow, actor, body.semester, body.academic_year, classes, is_active=body.is_active
    )
    response.status_code = 201 if is_new else 200
    message = "Timetable created successfully" if is_new else "Timetable replaced successfully"
    return created(TimetableAnswer(timetable=_shown(found)), message)


@router.post("/timetable/classes", access="user", summary="Add one class", status=201, errors=[TimetableNotFound])
async def add_class(body: NewClassIn, uow: Uow, actor: CurrentActor) -> Envelope[ClassAnswer]:
    fields = body.model_dump(exclude={"semester"})
    row, course = await timetables.add_class(uow, actor, body.semester, fields)
    return created(ClassAnswer(class_=ClassOut.of(row, course)), "Class added successfully")


@router.put("/timetable/classes/{class_id}", access="user", summary="Change a class")
async def change_class(class_id: UUID, body: ClassChanges, uow: Uow, actor: CurrentActor) -> Envelope[ClassAnswer]:
    """Only the fields sent. On another weekday the class keeps the weeks in which it takes place."""
    row, course = await timetables.change_class(uow, actor, class_id, body.model_dump(exclude_unset=True))
    return ok(ClassAnswer(class_=ClassOut.of(row, course)), "Class updated successfully")


@router.delete("/timetable/classes/{class_id}", access="user", summary="Delete a class")
async def delete_class(class_id: UUID, uow: Uow, actor: CurrentActor) -> Envelope[Deleted]:
    """The whole series. Within ten minutes it can be taken back."""
    token = await timetables.delete_class(uow, actor, class_id)
    return ok(Deleted(undo_token=token), "Class deleted successfully")


@router.put("/timetable/exceptions", access="user", summary="Holidays and single changes", errors=[TimetableNotFound])
async def set_exceptions(body: ExceptionsBody, uow: Uow, actor: CurrentActor) -> Envelope[TimetableAnswer]:
    """A list that is sent replaces the whole list of its kind; one that is not sent stays."""
    found = await timetables.set_exceptions(
        uow,
        actor,
        body.semester,
        None if body.holidays is None else [one.model_dump() for one in body.holidays],
        None if body.changes is None else [one.model_dump() for one in body.changes],
    )
    return ok(TimetableAnswer(timetable=_shown(found)), "Exceptions saved")


@router.post(
    "/timetable/import",
    access="user",
    summary="Import an iCalendar file or a pasted table",
    status=201,
    upload=True,
    errors=[UnreadableUpload, TooLarge],
)
async def import_timetable(
    uow: Uow,
    actor: CurrentActor,
    *,
    file: Annotated[UploadFile | None, File(description="An iCalendar file (.ics).")] = None,
    text: Annotated[str | None, Form(description="iCalendar text, or a table with one class per line.")] = None,
    semester: Annotated[str | None, Form(max_length=100, description="The active timetable when left out.")] = None,
    academic_year: Annotated[str | None, Form(max_length=20)] = None,
) -> Envelope[UploadAnswer]:
    """Changes nothing yet: the answer is a difference to the timetable there is, to be corrected and confirmed."""
    source = await _source(file, text)
    row = await imports.read_in(uow, actor, source, _stripped(semester), _stripped(academic_year))
    await uow.session.refresh(row)
    return created(UploadAnswer(upload=UploadDetail.detailed(row)), "Read. Look at the difference and confirm it.")


async def _source(file: UploadFile | None, text: str | None) -> Source:
    if (file is None) == (text is None):
        raise Invalid.field("file", "Send either a file or a text.")
    if text is not None:
        return Source(text)
    assert file is not None
    content = await file.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise TooLarge(f"A timetable file may have {MOST_BYTES // 1000} kB at most.")
    return Source(content, (file.filename or "")[:255].replace("\x00", "") or None)


def _stripped(text: str | None) -> str | None:
    return (text or "").strip() or None


@router.post(
    "/timetable/upload",
    access="user",
    summary="Read a photographed or printed timetable",
    status=202,
    upload=True,
    limit="timetable_upload",
    errors=[TooLarge, UnsupportedMedia],
)
async def upload_timetable(
    uow: Uow,
    actor: CurrentActor,
    *,
    file: Annotated[UploadFile, File(description="PNG, JPEG, GIF, WebP or PDF, 20 MiB at most.")],
    semester: Annotated[str | None, Form(max_length=100, description="The active timetable when left out.")] = None,
    academic_year: Annotated[str | None, Form(max_length=20)] = None,
) -> Envelope[UploadQueued]:
    """Read in the background. Then the upload holds a difference to be corrected and confirmed, or says why not."""
    name = (file.filename or "")[:LONGEST_FILE_NAME].replace("\x00", "")
    received = await files.receive(uow.resources, scanning.TIMETABLE_FILE, _pieces(file), name)
    row, task_id = await scanning.take(uow, actor, received, _stripped(semester), _stripped(academic_year))
    await uow.enqueue(read_timetable, upload_id=row.id, task_id=task_id)
    await uow.session.refresh(row)
    return queued(UploadQueued(upload=UploadDetail.detailed(row), task_id=task_id), "Timetable is being read.")


async def _pieces(file: UploadFile) -> AsyncIterator[bytes]:
    while piece := await file.read(PIECE_BYTES):
        yield piece


@router.get("/timetable/uploads", access="user", summary="My uploads")
async def list_timetable_uploads(uow: Uow, actor: CurrentActor, listing: Listing) -> Envelope[UploadList]:
    """The newest first."""
    page = (await imports.uploads(uow, actor, listing)).map(UploadOut.of)
    return ok(UploadList(uploads=page.rows, pagination=page.pagination))


@router.get("/timetable/uploads/{upload_id}", access="user", summary="One upload with its difference")
async def get_timetable_upload(upload_id: UUID, uow: Uow, actor: CurrentActor) -> Envelope[UploadAnswer]:
    return ok(UploadAnswer(upload=UploadDetail.detailed(await imports.upload(uow, actor, upload_id))))


@router.post(
    "/timetable/uploads/{upload_id}/confirm",
    access="user",
    summary="Accept a difference, with corrections",
    errors=[UploadNotWaiting, DifferenceOutdated],
)
async def confirm_timetable_upload(
    upload_id: UUID, uow: Uow, actor: CurrentActor, body: ConfirmBody | None = None
) -> Envelope[Confirmed]:
    """Rows without a correction are taken as shown. When the timetable has changed since, the difference is made anew
    and the answer is 409."""
    outcome = await confirmation.confirm(uow, actor, upload_id, _wishes(body or ConfirmBody()))
    await uow.settle()
    answer = Confirmed(
        timetable=_shown(outcome.shown),
        summary={"added": outcome.added, "changed": outcome.changed, "removed": outcome.removed},
        created_courses=[course for one in outcome.created_courses if (course := ClassCourse.of(one))],
    )
    return ok(answer, "Timetable updated successfully")


def _wishes(body: ConfirmBody) -> Wishes:
    corrections: dict[str, Correction] = {}
    for one in body.corrections:
        if one.row_id in corrections:
            raise Invalid.field("corrections", f"The row '{one.row_id}' is corrected twice.")
        values = one.model_dump(exclude_unset=True, exclude={"row_id", "drop", "create_course"})
        required = ("title", "class_type", "kind")
        kept = {name: value for name, value in values.items() if value is not None or name not in required}
        corrections[one.row_id] = Correction(one.drop, one.create_course, kept)
    return Wishes(body.create_missing_courses, body.keep_missing, corrections)


def _shown(found: Shown) -> TimetableOut:
    classes = [ClassOut.of(row, found.briefs.get(row.course_id) if row.course_id else None) for row in found.classes]
    return TimetableOut.of(found.row, classes, [ExceptionOut.of(one) for one in found.exceptions])
