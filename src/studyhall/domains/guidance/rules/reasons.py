"""Why a block stands where it does, and why something could not be placed; in words made of data."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from studyhall.domains.guidance.rules.demand import Basis, Wanted
from studyhall.domains.guidance.rules.problem import Candidate, Problem

# From this share of the most studied hour on, an hour is one of the person's best.
GOOD_HOUR = 50

ReasonKind = Literal["due_date", "weak_topic", "credits", "best_hours", "spacing"]
LeftKind = Literal["no_time_before_due", "no_free_time", "total_reached", "days_full"]


@dataclass(frozen=True, slots=True)
class Reason:
    kind: ReasonKind
    text: str


@dataclass(frozen=True, slots=True)
class History:
    """When a person has studied lately.

    Attributes:
        minutes: of each hour of his day.
        weeks: over how many weeks they were counted.
    """

    minutes: Sequence[int]
    weeks: int

    @property
    def liked(self) -> list[int]:
        """0 to 100 for each hour, by the most studied one."""
        most = max(self.minutes)
        return [round(100 * minutes / most) for minutes in self.minutes]


def reasons(
    problem: Problem,
    wanted: Wanted,
    block: Candidate,
    *,
    left: int,
    days: int,
    basis: Basis,
    history: History | None,
) -> list[Reason]:
    """Why this block, the strongest reason first.

    Args:
        left: minutes that the need still has after this block.
        days: on how many days the need has blocks.
    """
    found = [_asks(problem, wanted, left, basis)]
    if history is not None:
        first, last = problem.wall(block.start), problem.wall(block.end - 1)
        hours = range(first.hour, last.hour + 1) if first.date() == last.date() else range(first.hour, 24)
        if min(history.liked[hour] for hour in hours) >= GOOD_HOUR:
            studied = duration(sum(history.minutes[hour] for hour in hours))
            text = f"These are good hours of yours: {studied} of study in the last {history.weeks} weeks."
            found.append(Reason("best_hours", text))
    if days > 1:
        found.append(Reason("spacing", f"Spread over {days} days, because spaced practice lasts longer."))
    return found


def _asks(problem: Problem, wanted: Wanted, left: int, basis: Basis) -> Reason:
    rest = f"{duration(left)} left after this block" if left else "done with this block"
    if wanted.assignment is not None:
        due = moment_text(wanted.assignment.due_date.astimezone(problem.zone))
        priority = wanted.assignment.priority
        text = f"“{wanted.assignment.title}” is due on {due}: {duration(wanted.asked)} at {priority} priority, {rest}."
        return Reason("due_date", text)
    if wanted.topic is not None:
        text = f"“{wanted.topic.name}” is a weak topic of yours: mastery {round(100 * wanted.topic.mastery)} %, {rest}."
        return Reason("weak_topic", text)
    course = wanted.course
    credits_text = "1 credit" if course.credits == 1 else f"{course.credits} credits"
    source = {"asked": "of the hours you want", "daily_goal": "of your daily goal", "courses": "of own study"}[basis]
    return Reason("credits", f"{course.name} has {credits_text}: {duration(wanted.asked)} {source}, {rest}.")


def why_left(problem: Problem, number: int, chosen: Sequence[Candidate]) -> tuple[LeftKind, str]:
    """Why a need did not get all its time."""
    if not any(one.need == number for one in problem.candidates):
        if problem.needs[number].due is not None:
            return "no_time_before_due", "There is no free time for it before it is due."
        return "no_free_time", "There is no free time for it in these days."
    if sum(one.length for one in chosen) + problem.shortest > problem.total:
        return "total_reached", "The time that you want to study in all is used up."
    return "days_full", "The days are full, or hold what is more urgent."


def duration(minutes: int) -> str:
    """`1 h 30 min`."""
    hours, rest = divmod(minutes, 60)
    return " ".join(
        part for part in (f"{hours} h" if hours else "", f"{rest} min" if rest or not hours else "") if part
    )


def moment_text(wall: datetime) -> str:
    """`Friday, 28 March 2025 at 23:59`."""
    return f"{wall:%A}, {wall.day} {wall:%B %Y} at {wall:%H:%M}"
