"""The door of question files.

outcome = read(Format.GIFT, content)        # off the loop: some megabytes take seconds
outcome.problem                             # why nothing could be read, or None
outcome.drafts, outcome.losses              # drafts are whole; what is not stands in the losses
written = write(Format.QTI12, drafts)       # content, and what the format has no place for
"""

from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum

from studyhall.domains.question_files.rules import gift, moodle_xml, qti12
from studyhall.domains.question_files.rules.outcome import Kind, Loss, Outcome, Paper, Written
from studyhall.domains.questions.public import Draft

__all__ = ["Format", "Kind", "Loss", "Outcome", "Paper", "Written", "guessed", "read", "write"]


class Format(StrEnum):
    GIFT = "gift"
    MOODLE_XML = "moodle_xml"
    QTI12 = "qti12"


_READERS: Mapping[Format, Callable[[bytes], Outcome]] = {
    Format.GIFT: gift.read,
    Format.MOODLE_XML: moodle_xml.read,
    Format.QTI12: qti12.read,
}
_WRITERS: Mapping[Format, Callable[[Iterable[Draft]], Written]] = {
    Format.GIFT: gift.write,
    Format.MOODLE_XML: moodle_xml.write,
    Format.QTI12: qti12.write,
}


def read(format_: Format, content: bytes) -> Outcome:
    """The questions of a file. Never raises."""
    return _READERS[format_](content)


def write(format_: Format, drafts: Iterable[Draft]) -> Written:
    """A file of the questions, in their order."""
    return _WRITERS[format_](drafts)


def guessed(content: bytes) -> Format:
    """What a file without a telling name seems to be: XML by its outermost element, else GIFT."""
    head = content[:4_000].replace(b"\0", b"")
    if b"<questestinterop" in head:
        return Format.QTI12
    return Format.MOODLE_XML if b"<quiz" in head else Format.GIFT
