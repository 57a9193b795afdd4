"""What happens to streaks. `happened_on` is the person's own study day at that moment."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from studyhall.platform.events import Event


@dataclass(frozen=True, slots=True)
class StudyDayMarked(Event):
    """A day began, or ceased, to count for the streak by something else than a session."""

    user_id: UUID
    happened_on: date


@dataclass(frozen=True, slots=True)
class StreakCausesChanged(Event):
    """Something that a streak follows from came, went or moved: a session, a mark, a day off.

    It is recorded once however much happens in one unit of work, so that the streak is computed once.
    """

    user_id: UUID
    happened_on: date


@dataclass(frozen=True, slots=True)
class StreakChanged(Event):
    """A streak is another one than before.

    Attributes:
        current, longest, days_studied: as they are seen on `happened_on`.
        current_before: the running chain as it was seen that day before the change.
    """

    user_id: UUID
    happened_on: date
    current_before: int
    current: int
    longest: int
    days_studied: int
