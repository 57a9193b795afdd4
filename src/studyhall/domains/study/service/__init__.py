"""Use cases of study time: the timer, entered sessions, and what follows from them."""

from studyhall.domains.study.service.entries import UNDO_KIND, Entry, change, delete, enter, one, page, restore
from studyhall.domains.study.service.figures import Today, day_summary, streak_seen
from studyhall.domains.study.service.standing import follow, mark_day, rebuild, unmark_day
from studyhall.domains.study.service.timer import Ended, current, end, heartbeat, pause, resume, start

__all__ = [
    "UNDO_KIND",
    "Ended",
    "Entry",
    "Today",
    "change",
    "current",
    "day_summary",
    "delete",
    "end",
    "enter",
    "follow",
    "heartbeat",
    "mark_day",
    "one",
    "page",
    "pause",
    "rebuild",
    "restore",
    "resume",
    "start",
    "streak_seen",
    "unmark_day",
]
