"""Use cases of study time: the timer, entered sessions, and what follows from them."""

from studyhall.domains.study.service.entries import UNDO_KIND, Entered, Entry, change, delete, enter, one, page, restore
from studyhall.domains.study.service.plans import count_completed_plan
from studyhall.domains.study.service.presence import Present, StudyOfGroups, present
from studyhall.domains.study.service.timer import Ended, current, end, heartbeat, leave_group, pause, resume, start
from studyhall.domains.study.service.totals import follow, rebuild

__all__ = [
    "UNDO_KIND",
    "Ended",
    "Entered",
    "Entry",
    "Present",
    "StudyOfGroups",
    "change",
    "count_completed_plan",
    "current",
    "delete",
    "end",
    "enter",
    "follow",
    "heartbeat",
    "leave_group",
    "one",
    "page",
    "pause",
    "present",
    "rebuild",
    "restore",
    "resume",
    "start",
]
