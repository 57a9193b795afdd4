"""Use cases of streaks: what follows from the causes, days off, starting over, and the figures that are shown."""

from studyhall.domains.streaks.service.figures import Month, Stats, month_of, seen, stats
from studyhall.domains.streaks.service.marks import mark_day, unmark_days
from studyhall.domains.streaks.service.rests import plan_holidays, reset, skip_days
from studyhall.domains.streaks.service.standing import follow, rebuild, update

__all__ = [
    "Month",
    "Stats",
    "follow",
    "mark_day",
    "month_of",
    "plan_holidays",
    "rebuild",
    "reset",
    "seen",
    "skip_days",
    "stats",
    "unmark_days",
    "update",
]
