"""What goes out of study analytics."""

from datetime import date, timedelta
from typing import Self

from studyhall.domains.study.public import DayFigures
from studyhall.domains.study_analytics.service import Today
from studyhall.platform.web import Schema


class DayOut(Schema):
    """One study day. A session that touches two days is counted on both, each with its part."""

    study_day: date
    seconds: int
    minutes: int
    sessions: int

    @classmethod
    def of(cls, day: date, figures: DayFigures) -> Self:
        return cls(study_day=day, seconds=figures.seconds, minutes=figures.seconds // 60, sessions=figures.sessions)


class TodayData(Schema):
    """Today against yesterday. The running timer stands apart, because it counts only once it has ended."""

    today: DayOut
    yesterday: DayOut
    difference_seconds: int
    running_seconds: int

    @classmethod
    def of(cls, summary: Today) -> Self:
        return cls(
            today=DayOut.of(summary.day, summary.today),
            yesterday=DayOut.of(summary.day - timedelta(days=1), summary.yesterday),
            difference_seconds=summary.today.seconds - summary.yesterday.seconds,
            running_seconds=summary.running_seconds,
        )
