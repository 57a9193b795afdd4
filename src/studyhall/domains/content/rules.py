"""What is said of an item, how far somebody is, and what is recommended. Pure."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

SHORT_SECONDS, MEDIUM_SECONDS = 10 * 60, 30 * 60
"""Under ten minutes is short, up to thirty medium, more is long."""
DONE_SHARE, WATCHED_SHARE = 0.95, 0.5
"""At the end, having watched half of it: done without saying so."""
MOST_WATCHED = 1_000_000

_LEVELS = (
    ("advanced", re.compile(r"\b(advanced|expert|graduate|in depth|deep dive)\b", re.IGNORECASE)),
    ("beginner", re.compile(r"\b(beginners?|introduction|introductory|intro|basics|101|first steps)\b", re.IGNORECASE)),
    ("intermediate", re.compile(r"\bintermediate\b", re.IGNORECASE)),
)


def difficulty(title: str, topics: Iterable[str]) -> str | None:
    """What the title says of the level, else the topics; None when neither does."""
    for text in (title, " ".join(topics)):
        for level, said in _LEVELS:
            if said.search(text):
                return level
    return None


def quality(
    *, description: str, has_picture: bool, duration: int | None, views: int | None, likes: int | None
) -> float:
    """How well an item is described and liked, 0 to 1: 0.4 + 0.1 + 0.1 for the first, up to 0.4 for the second.

    Likes are a share of views, smoothed by 2 of 100 views, and four of a hundred are full marks; where nobody counts,
    half of the marks are given.
    """
    told = min(len(description), 200) / 200 * 0.4 + 0.1 * has_picture + 0.1 * (duration is not None)
    if views is None or likes is None:
        return round(told + 0.2, 2)
    return round(told + 0.4 * min(1.0, (likes + 2) / (views + 100) / 0.04), 2)


@dataclass(frozen=True, slots=True)
class Watched:
    """How far somebody is, in seconds."""

    position: int
    watch_time: int
    is_completed: bool


def follow(before: Watched | None, told: Watched, duration: int | None) -> Watched:
    """How far somebody is after telling: the position is where he is now, within the item; the watch time never
    shrinks; what is completed stays so, and what was watched to its end is."""
    position = told.position if duration is None else min(told.position, duration)
    watch_time = min(max(told.watch_time, before.watch_time if before else 0), MOST_WATCHED)
    at_end = duration is not None and position >= duration * DONE_SHARE and watch_time >= duration * WATCHED_SHARE
    return Watched(position, watch_time, told.is_completed or at_end or (before is not None and before.is_completed))


@dataclass(frozen=True, slots=True)
class Interest:
    """Something that a person wants or needs to learn.

    Attributes:
        weight: above 0; a weak topic weighs more than a course's name.
        reason: a sentence for him.
    """

    name: str
    weight: float
    reason: str


@dataclass(frozen=True, slots=True)
class Candidate:
    """An item that may be recommended; `is_begun`, when he has watched some of it."""

    id: UUID
    title: str
    topics: tuple[str, ...]
    quality: float
    is_begun: bool


@dataclass(frozen=True, slots=True)
class Pick:
    """A recommended item and why."""

    id: UUID
    score: float
    reason: str


def recommend(candidates: Sequence[Candidate], interests: Sequence[Interest], limit: int) -> list[Pick]:
    """The best for this person: what he has begun, then what fits his interests, by the share of an interest's words
    that title and topics have, times its weight; the quality decides between equals. Deterministic."""
    picks = [_pick(one, interests) for one in candidates]
    return sorted(picks, key=lambda pick: (-pick.score, str(pick.id)))[:limit]


def _pick(candidate: Candidate, interests: Sequence[Interest]) -> Pick:
    if candidate.is_begun:
        return Pick(candidate.id, round(1_000.0 + candidate.quality, 4), "You have begun this.")
    mine = words(candidate.title, *candidate.topics)
    best, reason = 0.0, "Well made, and new to you."
    for interest in interests:
        wanted = words(interest.name)
        fit = interest.weight * len(wanted & mine) / len(wanted) if wanted else 0.0
        if fit > best:
            best, reason = fit, interest.reason
    return Pick(candidate.id, round(best * 10 + candidate.quality, 4), reason)


def words(*texts: str) -> frozenset[str]:
    """The words of three letters and more (shorter ones with a figure or sign are names too), in small letters."""
    found = re.findall(r"[\w+#]+", " ".join(texts).lower())
    return frozenset(one for one in found if len(one) > 2 or not one.isalpha())


def slug(name: str) -> str:
    """The name in small letters and underscores; empty when it has neither letter nor figure."""
    return re.sub(r"[^\w]+", "_", name.lower()).strip("_")
