"""Reading photographed and printed timetables."""

import asyncio
from datetime import timedelta
from uuid import UUID

from studyhall.domains.academics.service import scanning
from studyhall.domains.files import public as files
from studyhall.domains.scans.public import NoTimetable, ScannedClass, read_pages
from studyhall.platform.clients.ocr import FileRefused, OcrUnavailable
from studyhall.platform.clients.storage import StorageError
from studyhall.platform.jobs import JobRun, RetryLater, job

LATER = timedelta(minutes=1)
NOT_NOW = "The timetable could not be read just now. Send it again in a while, or paste it as a table."


@job("academics.read_timetable", tries=3, timeout=600)
async def read_timetable(run: JobRun, *, upload_id: UUID, task_id: UUID) -> None:
    """From file to difference. What is wrong with the file itself is told at once; a reader that is down is tried
    again. A second run finds the upload done and changes nothing."""
    async with run.unit_of_work() as uow:
        stored = await scanning.begin(uow, upload_id, task_id)
    if stored is None:
        return
    reason: str | None = None
    found: list[ScannedClass] = []
    try:
        content = b"".join([piece async for piece in files.content(run.resources, stored)])
        pages = await run.resources.ocr.read(content)
        # A second of pure work would keep every other job waiting.
        found = await asyncio.to_thread(read_pages, pages)
    except (FileRefused, NoTimetable) as refusal:
        reason = str(refusal)
    except (OcrUnavailable, StorageError) as error:
        if not run.is_last:
            raise RetryLater(f"the reader does not answer: {type(error).__name__}", LATER) from error
        reason = NOT_NOW
    async with run.unit_of_work() as uow:
        if reason is None:
            await scanning.finish(uow, upload_id, task_id, found)
        else:
            await scanning.fail(uow, upload_id, task_id, reason)
