"""Use cases of study time: the timer, entered sessions, and what follows from them."""

from studyhall.domains.study.service.entries import UNDO_KIND, Entry, change, delete, enter, one, page, restore
from studyhall.domains.study.service.figures import Today, day_summary, streak_seen
from studyhall.domains.study.service.plans import count_completed_plan, forget_plan, remember_plan
from studyhall.domains.study.service.standing import follow, mark_day, rebuild, unmark_day
from studyhall.domains.study.service.timer import Ended, current, end, heartbeat, pause, resume, start

__all__ = [
    "UNDO_KIND",
    "Ended",
    "Entry",
    "Today",
    "change",
    "count_completed_plan",
    "current",
    "day_summary",
    "delete",
    "end",
    "enter",
    "follow",
    "forget_plan",
    "heartbeat",
    "mark_day",
    "one",
    "page",
    "pause",
    "rebuild",
    "remember_plan",
    "restore",
    "resume",
    "start",
    "streak_seen",
    "unmark_day",
]
