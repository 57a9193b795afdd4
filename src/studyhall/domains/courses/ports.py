"""What courses need from domains above them; filled in `wiring`."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol
from uuid import UUID

from studyhall.platform.uow import UnitOfWork


class StudiedTime(Protocol):
    """The time a person has studied for a course; the study domain knows it."""

    async def seconds_for_course(self, uow: UnitOfWork, user_id: UUID, course_id: UUID) -> int:
        """Seconds of all ended study sessions of that person for that course."""
        ...


@dataclass(frozen=True, slots=True)
class CourseGrades:
    """How a person does in a course.

    Attributes:
        average: percent, two decimals; None while nothing counts.
        results: how many results he has.
    """

    average: Decimal | None
    results: int


class EarnedGrades(Protocol):
    """How a person does in a course; the grades domain knows it."""

    async def of_course(self, uow: UnitOfWork, user_id: UUID, course_id: UUID) -> CourseGrades:
        """His average and the number of his results."""
        ...


@dataclass(frozen=True, slots=True)
class CourseReading:
    """How far a person has read a course: living chapters, and how many of them he has completed."""

    chapters: int
    completed: int

    @property
    def percentage(self) -> float:
        """0 to 100, one decimal; 0 while there is no chapter."""
        return round(100 * self.completed / self.chapters, 1) if self.chapters else 0.0


class ReadChapters(Protocol):
    """How far a person has read a course; the chapters domain knows it."""

    async def of_course(self, uow: UnitOfWork, user_id: UUID, course_id: UUID) -> CourseReading:
        """Its chapters, and how many the person has completed."""
        ...
