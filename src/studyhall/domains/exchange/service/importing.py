"""A package becomes a course.

The file is read and rendered, and its images are put into the store, outside any transaction; then one unit of work
makes everything. A run that dies before it leaves nothing to be seen (images without rows are swept out of the store),
one that dies after it finds its transfer ended.
"""

import asyncio
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from hashlib import blake2b, sha256
from typing import IO, Any
from uuid import UUID

from studyhall.domains.chapters import public as chapters
from studyhall.domains.course_packages import public as packages
from studyhall.domains.course_packages.public import Archive, Kind, Package, Refused, link_key, with_ids
from studyhall.domains.courses import public as courses
from studyhall.domains.exchange import queries
from studyhall.domains.exchange.models import CourseTransfer
from studyhall.domains.exchange.service import transfers
from studyhall.domains.exchange.service.transfers import NotWanted
from studyhall.domains.files import public as files
from studyhall.domains.files.public import ReceivedFile, StoredFile, UploadRule
from studyhall.domains.questions import public as questions
from studyhall.domains.subjects import public as subjects
from studyhall.domains.tasks import public as tasks
from studyhall.platform.auth import Actor
from studyhall.platform.clients.storage import StorageError
from studyhall.platform.errors import AppError
from studyhall.platform.jobs import JobRun, RetryLater
from studyhall.platform.uow import UnitOfWork

TASK = "exchange.import_course"
SOURCE = "package"
LATER = timedelta(minutes=1)
AT_ONCE = 200
LONGEST_IMAGE_NAME = 255
_TWICE = 2
# A file of questions may be in any encoding, so what is no text by our own look is taken too and judged by its reader.
PACKAGE_FILE = UploadRule("course_package", frozenset({files.ZIP, files.TEXT, "application/octet-stream"}), 1 << 30)


class _Overtaken(Exception):
    """Another import of the same package has come between the plan and the landing."""


@dataclass(slots=True)
class _Work:
    """An import under way."""

    run: JobRun
    transfer_id: UUID
    task_id: UUID
    owner_id: UUID
    course_id: UUID | None
    package: Package
    archive: Archive | None
    images: list[chapters.ImageDraft] = field(default_factory=list)
    ready: list[tuple[questions.Ready, str | None, tuple[tuple[str, str], ...]]] = field(default_factory=list)
    topics: Mapping[tuple[str, str], UUID] = field(default_factory=dict)
    fields: dict[str, Any] = field(default_factory=dict)


async def take(uow: UnitOfWork, actor: Actor, received: ReceivedFile, course_id: UUID | None) -> CourseTransfer:
    """Keep the package and the task that watches its import.

    Args:
        course_id: where the questions of a file shall go; without one every package becomes a course of its own.

    Raises:
        CourseNotFound, NotOwner: the actor may not see or not edit that course.
    """
    if course_id is not None:
        await courses.require_editable(uow, actor, course_id)
    stored = await files.keep(uow, actor.user_id, received)
    row = CourseTransfer(
        user_id=actor.user_id,
        course_id=course_id,
        task_id=await tasks.create(uow, actor.user_id, TASK),
        file_id=stored.id,
        direction="import",
        file_name=stored.name,
    )
    uow.session.add(row)
    await uow.session.flush()
    return row


async def run_import(run: JobRun, transfer_id: UUID) -> None:
    """From package to course. What is wrong with the package is told at once; a store that is down is tried again."""
    async with run.unit_of_work() as uow:
        row = await transfers.begin(uow, transfer_id)
        stored = None if row is None else await transfers.file_of(uow, row)
    if row is None or row.task_id is None:
        return
    if stored is None:
        await transfers.fail(run, transfer_id, "The file is not there any more. Send it again.")
        return
    work: _Work | None = None
    with tempfile.TemporaryFile(dir=_folder(run)) as spool:
        try:
            await _download(run, stored, spool)
            await transfers.report(run, row.task_id, 5, "Reading the package")
            package, archive = await asyncio.to_thread(packages.read, spool, stored.name)
            work = _Work(run, transfer_id, row.task_id, row.user_id, row.course_id, package, archive)
            await _carry(work)
        except NotWanted:
            await _undo(run, work)
            await transfers.cancel(run, transfer_id)
        except (Refused, AppError) as refusal:
            await _undo(run, work)
            losses = None if work is None else work.package.losses.report()
            await transfers.fail(run, transfer_id, getattr(refusal, "message", None) or str(refusal), losses)
        except Exception as error:
            await _undo(run, work)
            if run.is_last:
                await transfers.fail(run, transfer_id, transfers.NOT_NOW)
            if isinstance(error, StorageError):
                raise RetryLater("the store does not answer", LATER) from error
            raise


def _folder(run: JobRun) -> str:
    folder = run.resources.settings.data_dir
    folder.mkdir(parents=True, exist_ok=True)
    return str(folder)


async def _undo(run: JobRun, work: _Work | None) -> None:
    if work is not None:
        await transfers.drop_objects(run.resources, [one.received.key for one in work.images])


async def _download(run: JobRun, stored: StoredFile, spool: IO[bytes]) -> None:
    async for piece in files.content(run.resources, stored):
        await asyncio.to_thread(spool.write, piece)


async def _carry(work: _Work) -> None:
    package = work.package
    if work.course_id is not None and (package.chapters or package.format == "studyhall"):
        raise Refused("Only files of questions can be added to a course that is there; this is a course of its own.")
    await _know_names(work)
    await _take_images(work)
    await _ready_questions(work)
    if work.course_id is not None:
        async with work.run.unit_of_work() as uow:
            await _land_questions(uow, work)
        return
    for attempt in range(_TWICE + 1):
        prepared, planned = await _prepared(work)
        await transfers.report(work.run, work.task_id, 90, "Putting everything in place")
        try:
            async with work.run.unit_of_work() as uow:
                await _land(uow, work, prepared, planned)
            return
        except _Overtaken:
            if attempt == _TWICE:
                raise


async def _know_names(work: _Work) -> None:
    """Topics and the subject by their names; unknown ones are losses."""
    package = work.package
    wanted = {topic for one in package.chapters for topic in one.topics or ()}
    wanted |= {topic for one in package.questions for topic in one.topics}
    work.fields = dict(package.fields)
    subject = work.fields.pop("subject", None)
    async with work.run.unit_of_work() as uow:
        work.topics = await subjects.topics_named(uow, wanted)
        known = await subjects.subjects_named(uow, [subject] if subject else [])
    for topic in sorted(wanted):
        if _lower(topic) not in work.topics:
            package.losses.add(Kind.SETTING, " / ".join(topic), "There is no such topic here.")
    if subject and subject.strip().lower() in known:
        work.fields["subject_id"] = known[subject.strip().lower()].id
    elif subject:
        package.losses.add(Kind.SETTING, subject, "There is no such subject here.")


def _lower(topic: tuple[str, str]) -> tuple[str, str]:
    return topic[0].strip().lower(), topic[1].strip().lower()


def _topic_ids(work: _Work, topics: Sequence[tuple[str, str]]) -> tuple[UUID, ...]:
    return tuple(work.topics[key] for key in dict.fromkeys(map(_lower, topics)) if key in work.topics)


async def _take_images(work: _Work) -> None:
    """Put the images into the store, except those that the course has already."""
    package, archive = work.package, work.archive
    if len(package.images) > chapters.MOST_IMAGES:
        raise Refused(f"A course has {chapters.MOST_IMAGES:,} images at most; this has {len(package.images):,}.")
    kept = await _kept_images(work)
    for number, (name, path) in enumerate(package.images.items()):
        if number % 20 == 0:
            percent = 10 + 30 * number // len(package.images)
            await transfers.report(work.run, work.task_id, percent, f"Image {number + 1} of {len(package.images)}")
        if archive is None or len(name) > LONGEST_IMAGE_NAME or archive.size(path) > chapters.IMAGE_FILE.most_bytes:
            package.losses.add(Kind.IMAGE, name, "The image is larger or named longer than we take.", path)
            continue
        content = await asyncio.to_thread(archive.read, path)
        if kept.get(name) == sha256(content).hexdigest():
            continue
        try:
            received = await files.receive(work.run.resources, chapters.IMAGE_FILE, content, path.rpartition("/")[2])
        except AppError as refusal:
            package.losses.add(Kind.IMAGE, name, refusal.message, path)
            continue
        work.images.append(chapters.ImageDraft(name, received))


async def _kept_images(work: _Work) -> dict[str, str]:
    """Checksums of the images that an earlier import brought, by name."""
    async with work.run.unit_of_work() as uow:
        course = await courses.imported(uow, work.owner_id, work.package.external_id)
        if course is None:
            return {}
        by_name = await chapters.images(uow, course.id)
        stored = await files.find(uow, list(by_name.values()))
    return {name: stored[file_id].sha256 for name, file_id in by_name.items() if file_id in stored}


async def _ready_questions(work: _Work) -> None:
    """Render the questions, in threads; those of one name get a number."""
    placed = work.package.questions
    named = questions.identified([one.draft for one in placed])
    for at in range(0, len(named), AT_ONCE):
        await transfers.report(work.run, work.task_id, 40 + 20 * at // len(named), f"Question {at + 1} of {len(named)}")
        some = named[at : at + AT_ONCE]
        results = await asyncio.to_thread(_all_ready, some)
        for draft, one, result in zip(some, placed[at : at + AT_ONCE], results, strict=True):
            if isinstance(result, questions.Ready):
                work.ready.append((result, one.chapter, one.topics))
            else:
                for _, why in result:
                    work.package.losses.add(Kind.QUESTION, draft.title or draft.text, why)


def _all_ready(drafts: Sequence[questions.Draft]) -> list[questions.Ready | list[questions.Fault]]:
    return [questions.ready(draft) for draft in drafts]


async def _prepared(work: _Work) -> tuple[chapters.PreparedCourse, dict[str, UUID]]:
    """The chapters rendered, with links that lead to the ids which the chapters will have."""
    package = work.package
    names = [one.external_id for one in package.chapters]
    async with work.run.unit_of_work() as uow:
        planned = await chapters.planned_ids(uow, work.owner_id, package.external_id, names)
    by_key = {link_key(name): chapter_id for name, chapter_id in planned.items()}
    drafts = [
        chapters.ChapterDraft(
            one.external_id,
            one.title,
            with_ids(one.markdown, by_key),
            None if one.topics is None else _topic_ids(work, one.topics),
            planned[one.external_id],
        )
        for one in package.chapters
    ]

    async def progress(done: int, number: int) -> None:
        if done % 10 == 0:
            await transfers.report(work.run, work.task_id, 60 + 30 * done // number, f"Chapter {done} of {number}")

    draft = chapters.CourseDraft(package.external_id, package.title, drafts, work.images, work.fields)
    return await chapters.prepare(draft, progress), planned


async def _land(uow: UnitOfWork, work: _Work, prepared: chapters.PreparedCourse, planned: Mapping[str, UUID]) -> None:
    """Everything at once. Raises NotWanted, _Overtaken."""
    row = await _still_wanted(uow, work)
    imported = await chapters.import_course(uow, work.owner_id, prepared)
    if dict(imported.chapter_ids) != dict(planned):
        raise _Overtaken
    losses = work.package.losses
    for title, sources in imported.refused_images.items():
        for source in sources:
            losses.add(Kind.IMAGE, source, "Images from outside are not shown; a link leads to it.", title)
    row.course_id = imported.course_id
    written = await _put_questions(uow, work, imported.course_id, imported.chapter_ids, SOURCE)
    told = await questions.listed(
        uow, questions.Wanted(owner_id=work.owner_id, course_ids=[imported.course_id], source=SOURCE), limit=100_000
    )
    gone = [one.id for one in told if one.id not in set(written.ids)]
    await questions.archive(uow, gone)
    result = {
        "course_id": str(imported.course_id),
        "is_new": imported.is_new,
        "format": work.package.format,
        "chapters": {
            "added": imported.added,
            "changed": imported.changed,
            "unchanged": imported.unchanged,
            "removed": list(imported.removed),
        },
        "images": len(work.images),
        "questions": _counts(written, len(gone)),
    }
    await _finish(uow, work, row, result)


async def _land_questions(uow: UnitOfWork, work: _Work) -> None:
    row = await _still_wanted(uow, work)
    assert work.course_id is not None
    course = (await courses.facts(uow, [work.course_id])).get(work.course_id)
    if course is None or course.is_deleted:
        raise Refused("The course is not there any more.")
    # Each file is a source of its own, so that one does not take another's questions for its own.
    source = f"file:{blake2b(work.package.external_id.encode(), digest_size=12).hexdigest()}"
    written = await _put_questions(uow, work, work.course_id, {}, source)
    result = {"course_id": str(work.course_id), "is_new": False, "format": work.package.format}
    await _finish(uow, work, row, {**result, "questions": _counts(written, 0)})


async def _still_wanted(uow: UnitOfWork, work: _Work) -> CourseTransfer:
    row = await queries.waiting(uow, work.transfer_id)
    if row is None or await tasks.is_cancelled(uow, work.task_id):
        raise NotWanted
    return row


async def _put_questions(
    uow: UnitOfWork, work: _Work, course_id: UUID, chapter_ids: Mapping[str, UUID], source: str
) -> questions.Written:
    placed = [
        (ready, questions.Place(course_id, chapter_ids.get(chapter or ""), _topic_ids(work, topics)))
        for ready, chapter, topics in work.ready
    ]
    return await questions.upsert(uow, work.owner_id, placed, source=source)


def _counts(written: questions.Written, archived: int) -> dict[str, int]:
    return {
        "created": written.created,
        "updated": written.updated,
        "unchanged": written.unchanged,
        "archived": archived,
    }


async def _finish(uow: UnitOfWork, work: _Work, row: CourseTransfer, result: dict[str, Any]) -> None:
    losses = work.package.losses.report()
    row.format, row.loss_report = work.package.format, losses
    await transfers.end(uow, row, "done")
    await tasks.finish(uow, work.task_id, result, losses)
    number = len(losses["losses"]) + losses["not_listed"]
    said = f"{number:,} things were not carried; the report names each." if number else "Everything was carried."
    await transfers.tell(uow, row, f"'{work.package.title[:80]}' was imported", said)
