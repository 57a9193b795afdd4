"""A file to a package, whatever kind of file it is."""

from pathlib import PurePosixPath
from typing import IO

from studyhall.domains.course_packages.rules import cartridge, markdown_course, own_course
from studyhall.domains.course_packages.rules.archive import MOST_TEXT_BYTES, Archive
from studyhall.domains.course_packages.rules.package import Losses, Package, PlacedDraft, Refused, lasting_id, shown
from studyhall.domains.course_packages.rules.quiz_files import note_outcome
from studyhall.domains.question_files import public as question_files

_ZIP = (b"PK\x03\x04", b"PK\x05\x06")


def read(file: IO[bytes], name: str) -> tuple[Package, Archive | None]:
    """The package, and the archive to take its images from. Blocks for seconds: call it in a thread.

    Raises:
        Refused: nothing of it is taken.
    """
    file.seek(0)
    if not file.read(4).startswith(_ZIP):
        return _of_questions(file, name), None
    archive = Archive(file)
    at = cartridge.root_of(archive.paths)
    if at is not None:
        return cartridge.read(archive, at, name), archive
    root = markdown_course.root_of(archive.paths)
    if own_course.is_own(archive, root):
        return own_course.read(archive, root), archive
    return markdown_course.read(archive, name), archive


def _of_questions(file: IO[bytes], name: str) -> Package:
    file.seek(0)
    content = file.read(MOST_TEXT_BYTES + 1)
    if len(content) > MOST_TEXT_BYTES:
        raise Refused(f"A file of questions may have {MOST_TEXT_BYTES // 1_000_000} MB at most.")
    outcome = question_files.read(question_files.guessed(content), content)
    if outcome.problem is not None:
        raise Refused(f"This is neither a zip nor a file of questions. {outcome.problem}")
    losses = Losses()
    note_outcome(outcome, name, losses)
    if not outcome.drafts:
        first = next(iter(losses), None)
        raise Refused(f"There is no question in the file that can be taken.{f' {first.why}' if first else ''}")
    stem = PurePosixPath(name).stem
    title = outcome.papers[0].title if len(outcome.papers) == 1 and outcome.papers[0].title else ""
    title = shown(title, 255) or markdown_course.name_as_title(stem) or "Questions"
    return Package(
        format="questions",
        external_id=lasting_id("questions", stem),
        title=title,
        questions=[PlacedDraft(one) for one in outcome.drafts],
        losses=losses,
    )
