"""What happens in gamification."""

from dataclasses import dataclass
from uuid import UUID

from studyhall.platform.events import Event


@dataclass(frozen=True, slots=True)
class AchievementsDue(Event):
    """Something that XP or achievements follow from came, went or moved.

    It is recorded once however much happens in one unit of work, so that all of it is reckoned together.
    """

    user_id: UUID


@dataclass(frozen=True, slots=True)
class XpChanged(Event):
    """A person has more, or less, XP than before."""

    user_id: UUID
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class LevelReached(Event):
    """A person is on a higher level than before."""

    user_id: UUID
    level: int


@dataclass(frozen=True, slots=True)
class AchievementUnlocked(Event):
    """A person has reached an achievement, for the first and only time."""

    user_id: UUID
    achievement: str
