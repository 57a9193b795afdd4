"""What XP is paid for, how levels follow from it, and when an achievement is reached. Nothing here reads or writes."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from math import floor, isqrt
from typing import NamedTuple
from uuid import UUID

MOST_STUDY_XP = 240  # for one study day
CHAPTER_XP = 20
DOUBT_XP = 5
QUIZ_XP, BEST_QUIZ_XP = 10, 40  # for taking it, and besides that for a full score
_FIRST_LEVEL = 100


class Piece(NamedTuple):
    """What one session counts on one study day."""

    session_id: UUID
    study_day: date
    seconds: int
    started_at: datetime


class Part(NamedTuple):
    """The part of a session on one study day: what study XP is paid for."""

    session_id: UUID
    study_day: date


def study_points(pieces: Iterable[Piece]) -> dict[Part, int]:
    """XP of each part: one for each full minute, in the order in which sessions began, until its day has 240.

    All parts of a day must be given together. A part that earns nothing is left out.
    """
    left: dict[date, int] = {}
    points: dict[Part, int] = {}
    for one in sorted(pieces, key=lambda piece: (piece.started_at, piece.session_id)):
        room = left.get(one.study_day, MOST_STUDY_XP)
        earned = min(one.seconds // 60, room)
        left[one.study_day] = room - earned
        if earned:
            points[Part(one.session_id, one.study_day)] = earned
    return points


def quiz_points(score: float) -> int:
    """XP of a finished quiz by its score from 0 to 1, half points up. Raises ValueError outside of that."""
    if not 0 <= score <= 1:
        raise ValueError("a score lies from 0 to 1")
    return QUIZ_XP + floor(BEST_QUIZ_XP * score + 0.5)


def xp_of_level(level: int) -> int:
    """All the XP that a level asks for: 100 for the first, and for each further one 100 more than for the last."""
    return _FIRST_LEVEL * level * (level + 1) // 2


def level_of(xp: int) -> int:
    """The highest level that so much XP reaches; 0 below 100. The inverse of `xp_of_level`, in whole numbers."""
    # n (n + 1) / 2 <= x  <=>  n <= (sqrt(8 x + 1) - 1) / 2
    return (isqrt(8 * (xp // _FIRST_LEVEL) + 1) - 1) // 2


@dataclass(frozen=True, slots=True)
class Achievement:
    """Something to reach: a figure that is at least the threshold.

    Attributes:
        icon: a name of the client's icon set.
        words: language to (name, description).
        is_told: whether a notification says so; not where another domain tells of the same.
    """

    key: str
    icon: str
    figure: str
    threshold: int
    words: Mapping[str, tuple[str, str]]
    is_told: bool = True


def reached(achievements: Sequence[Achievement], figures: Mapping[str, int]) -> list[Achievement]:
    """Those whose figure is high enough, in their order."""
    return [one for one in achievements if figures[one.figure] >= one.threshold]
