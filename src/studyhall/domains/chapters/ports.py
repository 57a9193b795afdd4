"""What chapters need from domains above them; filled in `wiring`."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Protocol
from uuid import UUID

from studyhall.platform.uow import UnitOfWork


class QuizScores(Protocol):
    """How a person did in the quizzes of a course."""

    async def __call__(self, uow: UnitOfWork, user_id: UUID, course_id: UUID) -> Mapping[UUID, float]:
        """The person's best score, 0 to 1, by quiz; quizzes that he has not finished are missing."""
        ...


async def none_taken(uow: UnitOfWork, user_id: UUID, course_id: UUID) -> Mapping[UUID, float]:
    """For a server without quizzes: nobody has taken one."""
    return {}


class LastStudied(Protocol):
    """When a person last studied for his courses."""

    async def __call__(self, uow: UnitOfWork, user_id: UUID) -> Mapping[UUID, datetime]:
        """By course, of all that he has studied for; one statement, however many."""
        ...


class CurrentStreaks(Protocol):
    """How many days in a row a person has studied."""

    async def __call__(self, uow: UnitOfWork, user_id: UUID, today: date) -> int:
        """The person's current streak in days, as it is seen on that day."""
        ...
