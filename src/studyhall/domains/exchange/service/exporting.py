"""A course becomes a package: read in one unit of work, packed outside of it, kept for a day."""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import IO
from uuid import UUID
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from studyhall.domains.chapters import public as chapters
from studyhall.domains.course_packages import public as packages
from studyhall.domains.course_packages.public import Kind, Losses, OutChapter, OutCourse, PlacedDraft
from studyhall.domains.courses import public as courses
from studyhall.domains.exchange import queries
from studyhall.domains.exchange.models import CourseTransfer
from studyhall.domains.exchange.service import transfers
from studyhall.domains.exchange.service.transfers import NotWanted
from studyhall.domains.files import public as files
from studyhall.domains.files.public import StoredFile, UploadRule
from studyhall.domains.questions import public as questions
from studyhall.domains.subjects import public as subjects
from studyhall.domains.tasks import public as tasks
from studyhall.platform.auth import Actor
from studyhall.platform.clients.storage import ObjectMissing, StorageError
from studyhall.platform.jobs import JobRun, RetryLater
from studyhall.platform.uow import UnitOfWork

TASK = "exchange.export_course"
ZIP_FILE = UploadRule("course_export", frozenset({files.ZIP}), 1 << 40)
PIECE = 256 * 1024
PAGE = 500
FIRST_DAY = (1980, 1, 1, 0, 0, 0)
_PLAIN_FILE = 0o100644 << 16


@dataclass(frozen=True, slots=True)
class _Out:
    """What goes into the package."""

    course: OutCourse
    images: Mapping[str, StoredFile]


async def ask(uow: UnitOfWork, actor: Actor, course_id: UUID) -> CourseTransfer:
    """Begin an export. Only for those who may edit the course: right answers stand in it.

    Raises:
        CourseNotFound, NotOwner: the actor may not see or not edit the course.
    """
    course = await courses.require_editable(uow, actor, course_id)
    row = CourseTransfer(
        user_id=actor.user_id,
        course_id=course_id,
        task_id=await tasks.create(uow, actor.user_id, TASK),
        direction="export",
        format="studyhall",
        file_name=f"{packages.slug(course.name) or 'course'}.zip",
    )
    uow.session.add(row)
    await uow.session.flush()
    return row


async def run_export(run: JobRun, transfer_id: UUID) -> None:
    """Make the package; a run that dies is simply run again."""
    async with run.unit_of_work() as uow:
        row = await transfers.begin(uow, transfer_id)
        out = None if row is None or row.course_id is None else await _gathered(uow, row.course_id)
    if row is None or row.task_id is None:
        return
    if out is None:
        await transfers.fail(run, transfer_id, "The course is not there any more.")
        return
    folder = run.resources.settings.data_dir
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryFile(dir=folder) as spool:
        try:
            losses = await _pack(run, row.task_id, out, spool)
            await _publish(run, row, spool, losses)
        except NotWanted:
            await transfers.cancel(run, transfer_id)
        except Exception as error:
            if run.is_last:
                await transfers.fail(run, transfer_id, transfers.NOT_NOW)
            if isinstance(error, StorageError):
                raise RetryLater("the store does not answer") from error
            raise


async def _gathered(uow: UnitOfWork, course_id: UUID) -> _Out | None:
    course = (await courses.facts(uow, [course_id])).get(course_id)
    if course is None or course.is_deleted:
        return None
    written = await chapters.sources(uow, course_id)
    asked = await _questions(uow, course_id)
    topics = await _topic_names(uow, written, asked)
    images = await chapters.images(uow, course_id)
    stored = await files.find(uow, list(images.values()))
    subject = await subjects.subjects(uow, [course.subject_id] if course.subject_id else [])
    external = {one.facts.id: one.facts.external_id or str(one.facts.id) for one in written}
    fields = {
        "code": course.code,
        "credits": course.credits,
        "instructor": course.instructor,
        "description": course.description,
        "prerequisites": list(course.prerequisites),
        "subject": subject[course.subject_id].name if course.subject_id in subject else None,
    }
    out = OutCourse(
        course.external_id or str(course.id),
        course.name,
        fields,
        [
            OutChapter(
                str(one.facts.id),
                external[one.facts.id],
                one.facts.title,
                one.markdown,
                tuple(sorted(topics[id_] for id_ in one.facts.topic_ids if id_ in topics)),
            )
            for one in written
        ],
        [name for name, file_id in images.items() if file_id in stored],
        _placed(asked, external, topics),
    )
    return _Out(out, {name: stored[file_id] for name, file_id in images.items() if file_id in stored})


def _placed(
    asked: list[questions.Question], external: Mapping[UUID, str], topics: Mapping[UUID, tuple[str, str]]
) -> list[PlacedDraft]:
    drafts = questions.identified([questions.draft_of(one) for one in asked])
    return [
        PlacedDraft(
            draft,
            external.get(one.chapter_id) if one.chapter_id else None,
            tuple(sorted(topics[id_] for id_ in one.topic_ids if id_ in topics)),
        )
        for draft, one in zip(drafts, asked, strict=True)
    ]


async def _questions(uow: UnitOfWork, course_id: UUID) -> list[questions.Question]:
    """All of the course, in an order that an import keeps."""
    found: list[questions.Question] = []
    wanted = questions.Wanted(course_ids=[course_id])
    while some := await questions.listed(uow, wanted, limit=PAGE, after=found[-1].id if found else None):
        found += some
    return sorted(found, key=lambda one: (one.category, one.external_id or "", one.text, one.title, str(one.id)))


async def _topic_names(
    uow: UnitOfWork, written: list[chapters.ChapterSource], asked: list[questions.Question]
) -> dict[UUID, tuple[str, str]]:
    wanted = {id_ for one in written for id_ in one.facts.topic_ids} | {id_ for one in asked for id_ in one.topic_ids}
    if not wanted:
        return {}
    found = await subjects.topics(uow, wanted)
    named = await subjects.subjects(uow, {one.subject_id for one in found.values()})
    return {id_: (named[one.subject_id].name, one.name) for id_, one in found.items() if one.subject_id in named}


async def _pack(run: JobRun, task_id: UUID, out: _Out, spool: IO[bytes]) -> Losses:
    """Write the zip: the same bytes for the same course."""
    losses = Losses()
    texts, image_paths = await asyncio.to_thread(packages.written, out.course)
    with ZipFile(spool, "w") as package:
        for path in sorted(texts):
            entry = _entry(path, ZIP_DEFLATED)
            await asyncio.to_thread(package.writestr, entry, texts[path])
        for number, (name, path) in enumerate(sorted(image_paths.items())):
            if number % 20 == 0:
                percent = 10 + 70 * number // len(image_paths)
                await transfers.report(run, task_id, percent, f"Image {number + 1} of {len(image_paths)}")
            try:
                content = [piece async for piece in files.content(run.resources, out.images[name])]
            except ObjectMissing:
                losses.add(Kind.IMAGE, name, "Its bytes are lost.", path)
                continue
            await asyncio.to_thread(package.writestr, _entry(path, ZIP_STORED), b"".join(content))
    return losses


def _entry(path: str, compression: int) -> ZipInfo:
    entry = ZipInfo(path, FIRST_DAY)
    entry.compress_type, entry.external_attr, entry.create_system = compression, _PLAIN_FILE, 3
    return entry


async def _publish(run: JobRun, asked: CourseTransfer, spool: IO[bytes], losses: Losses) -> None:
    assert asked.task_id is not None
    size = spool.tell() if spool.seek(0, 2) else 0
    spool.seek(0)
    await transfers.report(run, asked.task_id, 90, "Storing")
    received = await files.receive(run.resources, ZIP_FILE, _pieces(spool), asked.file_name)
    is_kept = False
    try:
        async with run.unit_of_work() as uow:
            row = await queries.waiting(uow, asked.id)
            if row is None or await tasks.is_cancelled(uow, asked.task_id):
                raise NotWanted
            stored = await files.keep(uow, row.user_id, received)
            row.file_id, row.loss_report = stored.id, losses.report()
            await transfers.end(uow, row, "done")
            address = files.address_of(run.resources, stored.id)
            result = {"course_id": str(row.course_id), "name": stored.name, "size": size, "address": address}
            await tasks.finish(uow, asked.task_id, result, losses.report())
        is_kept = True
    finally:
        if not is_kept:
            await transfers.drop_objects(run.resources, [received.key])


async def _pieces(spool: IO[bytes]) -> AsyncIterator[bytes]:
    while piece := await asyncio.to_thread(spool.read, PIECE):
        yield piece
