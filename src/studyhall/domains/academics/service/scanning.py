"""Use cases of photographed and printed timetables: taken in, read by a job, and then a difference like any other."""

from collections.abc import Sequence
from uuid import UUID

from studyhall.domains.academics import queries
from studyhall.domains.academics.models import TimetableUpload
from studyhall.domains.academics.service.imports import UNNAMED_SEMESTER, show_difference, timetable_for, timetable_of
from studyhall.domains.calendars.public import dump_series, series_of_weekly
from studyhall.domains.files import public as files
from studyhall.domains.files.public import PDF, RASTER, ReceivedFile, StoredFile, UploadRule
from studyhall.domains.notifications import public as notifications
from studyhall.domains.notifications.public import NotificationType
from studyhall.domains.scans.public import ScannedClass
from studyhall.domains.tasks import public as tasks
from studyhall.platform.auth import Actor
from studyhall.platform.uow import UnitOfWork

TIMETABLE_FILE = UploadRule("timetable", RASTER | {PDF}, 20 * 1024 * 1024)
TASK = "academics.read_timetable"


async def take(
    uow: UnitOfWork, actor: Actor, received: ReceivedFile, semester: str | None, academic_year: str | None
) -> tuple[TimetableUpload, UUID]:
    """Keep the file, the upload that waits to be read, and the task that watches the reading; answers both."""
    stored = await files.keep(uow, actor.user_id, received)
    timetable = await timetable_for(uow, actor, semester, academic_year)
    if timetable is not None:
        semester, academic_year = timetable.semester, timetable.academic_year
    row = TimetableUpload(
        user_id=actor.user_id,
        timetable_id=timetable.id if timetable else None,
        semester=semester or UNNAMED_SEMESTER,
        academic_year=academic_year,
        source="pdf" if stored.mime_type == PDF else "image",
        file_name=stored.name,
        file_id=stored.id,
        status="processing",
    )
    uow.session.add(row)
    await uow.session.flush()
    return row, await tasks.create(uow, actor.user_id, TASK)


async def begin(uow: UnitOfWork, upload_id: UUID, task_id: UUID) -> StoredFile | None:
    """The file to be read; None when there is nothing to do, because the task was cancelled or the upload is done."""
    row = await queries.processing(uow, upload_id)
    if not await tasks.start(uow, task_id):
        if row is not None:
            await _end(uow, row, "You cancelled it before it was read.")
        return None
    if row is None or row.file_id is None:
        return None
    return (await files.find(uow, [row.file_id])).get(row.file_id)


async def finish(uow: UnitOfWork, upload_id: UUID, task_id: UUID, found: Sequence[ScannedClass]) -> None:
    """Show what was read as a difference to the timetable that there is now, and tell the owner."""
    row = await queries.processing(uow, upload_id)
    if row is None:
        return
    if await tasks.is_cancelled(uow, task_id):
        await _end(uow, row, "You cancelled it.")
        await tasks.cancelled(uow, task_id)
        return
    series = series_of_weekly(found)
    await queries.supersede_waiting(uow, row.user_id, row.semester, row.academic_year)
    row.parsed = {
        "series": [dump_series(one) for one in series],
        "notes": [],
        "readings": [{"confidence": one.confidence, "reasons": list(one.reasons)} for one in found],
    }
    row.status = "waiting"
    await show_difference(uow, row, await timetable_of(uow, row), series)
    await _forget_file(uow, row)
    unsure = sum(one["needs_review"] for one in row.difference)
    await tasks.finish(uow, task_id, {"upload_id": str(row.id), "classes": len(found), "to_review": unsure})
    await _tell(
        uow,
        row,
        "Your timetable was read",
        f"Classes found: {len(found)}, to be checked by you: {unsure}. Nothing changes until you confirm.",
    )


async def fail(uow: UnitOfWork, upload_id: UUID, task_id: UUID, reason: str) -> None:
    """Say why it was not read, and what to do."""
    row = await queries.processing(uow, upload_id)
    if row is None:
        return
    await _end(uow, row, reason)
    await tasks.fail(uow, task_id, reason)
    await _tell(uow, row, "Your timetable could not be read", reason)


async def _end(uow: UnitOfWork, row: TimetableUpload, reason: str) -> None:
    row.status, row.failure = "failed", reason
    await _forget_file(uow, row)


async def _forget_file(uow: UnitOfWork, row: TimetableUpload) -> None:
    """Once it is read, the picture is of no use to us."""
    if row.file_id is not None:
        await files.remove(uow, row.user_id, [row.file_id])
        row.file_id = None
    await uow.session.flush()


async def _tell(uow: UnitOfWork, row: TimetableUpload, title: str, message: str) -> None:
    await notifications.notify(
        uow,
        [row.user_id],
        NotificationType.SYSTEM,
        title,
        message,
        action_url=f"/timetable/uploads/{row.id}",
        metadata={"upload_id": str(row.id)},
        dedupe_key=f"timetable_upload:{row.id}",
    )
