"""What a file says, before anybody has looked whether it fits."""

import re
from dataclasses import dataclass, field
from datetime import date as Day
from decimal import Decimal

OWN, CANVAS, MOODLE = "studyhall", "canvas", "moodle"

QUIZ, MIDTERM, FINAL, ASSIGNMENT, PROJECT = "quiz", "midterm", "final", "assignment", "project"
TYPES = (QUIZ, MIDTERM, FINAL, ASSIGNMENT, PROJECT)
DEFAULT_MAXIMUM = Decimal(100)

# Words of assessment names in the five languages, looked for in this order; "Final project" is a project.
_KINDS = (
    (PROJECT, re.compile(r"proje[ck]t|proyecto|projeto|projet", re.IGNORECASE)),
    (MIDTERM, re.compile(r"mid-?\s?term|zwischenpr|parcial|partiel|zwischenklausur", re.IGNORECASE)),
    (FINAL, re.compile(r"\bfinal|\bexam|pr[uü]fung|klausur|examen|exame\b|épreuve", re.IGNORECASE)),
    (QUIZ, re.compile(r"quiz|\btests?\b|cuestionario|question[aá]rio|\bteste\b", re.IGNORECASE)),
)


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose file it is. In a gradebook of a whole class only his row is read.

    Attributes:
        identities: e-mail address, user name and names, as `plain` makes them.
    """

    identities: frozenset[str]


@dataclass(frozen=True, slots=True)
class Draft:
    """One result of a file.

    Attributes:
        course: as the file names it; None where the file is of one course.
        kind: assessment type.
        date, semester: None where the file does not say.
    """

    row: int
    course: str | None
    kind: str
    name: str | None
    score: Decimal
    max_score: Decimal = DEFAULT_MAXIMUM
    weight: Decimal | None = None
    grade: str | None = None
    date: Day | None = None
    semester: str | None = None
    notes: str | None = None
    is_dropped: bool = False


@dataclass(frozen=True, slots=True)
class Fault:
    """A row that could not be taken, and why."""

    row: int
    error: str


@dataclass(slots=True)
class Reading:
    """What was found in a file.

    Attributes:
        warnings: what had to be assumed.
    """

    format: str
    drafts: list[Draft] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


def kind_named(name: str) -> str:
    """The assessment type that a name suggests; an assignment when it suggests none."""
    return next((kind for kind, word in _KINDS if word.search(name)), ASSIGNMENT)


def plain(text: str) -> str:
    """For comparing names: without case, and with single blanks."""
    return " ".join(text.casefold().split())
