"""What the printed report says: every text in the reader's words, every length as a share, ready to be drawn."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from babel.dates import format_date, format_interval, format_skeleton, format_time

from studyhall.domains.reports.rules.figures import (
    DECLINING,
    IMPROVING,
    AssignmentLine,
    CourseFigures,
    DayFigures,
    Figures,
    GradeFigures,
    hours,
    percentage,
)
from studyhall.domains.reports.rules.remarks import GOOD_GRADE, LOW_GRADE
from studyhall.domains.reports.service.weekly import Report
from studyhall.domains.reports.service.wording import Words
from studyhall.platform import clock

MOST_COURSES, MOST_GRADES, MOST_ASSIGNMENTS = 7, 10, 8  # what two pages hold
LONGEST_NAME, LONGEST_TITLE, LONGEST_SENTENCE = 56, 80, 220
_LONG_WORD = re.compile(r"[^\s-]{18,}")
_EVERY = 12
NOTHING = "–"
_JOINERS = frozenset("\u200d\ufe0e\ufe0f")  # what holds emoji together

GOOD, POOR, PLAIN = "good", "poor", "plain"
_MOODS = {IMPROVING: GOOD, DECLINING: POOR}


def printable(text: str, longest: int) -> str:
    """A user's text as it can be printed: one line, without pictographs, which the fonts at hand may lack; cut after
    so many characters, and with places to break in words that fill a line."""
    kept = "".join(" " if character.isspace() else character for character in text if _is_printed(character))
    words = " ".join(kept.split())
    if len(words) > longest:
        words = words[: longest - 1].rstrip() + "…"
    return _LONG_WORD.sub(_breakable, words) or NOTHING


def _is_printed(character: str) -> bool:
    if character in _JOINERS or 0x1F000 <= ord(character) <= 0x1FAFF or 0xE0000 <= ord(character) <= 0xE007F:
        return False
    kind = unicodedata.category(character)
    return character.isspace() or not (kind.startswith("C") or (kind == "So" and ord(character) >= 0x2190))


def _breakable(word: re.Match[str]) -> str:
    letters = word.group()
    return "\u200b".join(letters[at : at + _EVERY] for at in range(0, len(letters), _EVERY))


def document_of(report: Report, name: str) -> dict[str, Any]:
    """The whole document as `templates/report.typ` wants it. Plain JSON."""
    say, told = Words.of(report.language), report.content.figures
    words = say.texts["report"]
    row = report.row
    local = row.generated_at.astimezone(clock.zone(row.time_zone))
    made = f"{format_date(local, locale=say.locale)}, {format_time(local, 'short', locale=say.locale)}"
    labels = {key: text for key, text in words.items() if isinstance(text, str)}
    return {
        "language": say.language,
        "region": say.locale.territory,
        "words": {
            **labels,
            "grade_columns": [words["columns"][key] for key in ("date", "course", "what", "result")],
            "assignment_columns": [words["columns"][key] for key in ("what", "course", "due", "state")],
        },
        "name": printable(name, LONGEST_TITLE),
        "week": format_interval(row.week_start_date, row.week_end_date, "yMMMd", locale=say.locale),
        "running": None if row.is_final else words["running"].format(day=say.date(told.through, "full")),
        "made": words["made"].format(moment=made, zone=row.time_zone),
        "trend": None if told.is_empty else _trend(say, told.performance_trend),
        "cards": _cards(say, told),
        "highlights": [printable(say.remark(one), LONGEST_SENTENCE) for one in report.content.highlights],
        "advice": [printable(say.remark(one), LONGEST_SENTENCE) for one in report.content.advice],
        "days": _days(say, told),
        "courses": _courses(say, told),
        "weeks": _weeks(say, told),
        "kept": _kept(say, told),
        "grades": _grades(say, told.grades),
        "assignments": [_assignment(say, one, row.time_zone) for one in told.assignments.shown[-MOST_ASSIGNMENTS:]],
    }


def _trend(say: Words, trend: str) -> dict[str, str]:
    label = say.texts["report"]["trend"].format(trend=say.texts["trend"][trend])
    return {"label": label, "mood": _MOODS.get(trend, PLAIN)}


def _card(title: str, value: str, note: str, hint: str, mood: str = PLAIN) -> dict[str, str]:
    return {"title": title, "value": value, "note": note, "hint": hint, "mood": mood}


def _cards(say: Words, told: Figures) -> list[dict[str, str]]:
    words = say.texts["report"]
    planned = words["of_planned"].format(time=say.time(told.planned_minutes * 60))
    change, mood = _time_change(say, told)
    plans, tasks = told.plans, told.assignments
    over = plans.completed + plans.missed
    left = say.plural(words["plans_missed"], plans.missed) if plans.missed or not plans.open else ""
    ahead = say.plural(words["plans_open"], plans.open) if plans.open else ""
    chain = told.streak.current
    late = say.plural(words["overdue"], tasks.overdue) if tasks.overdue else words["none_overdue"]
    return [
        _card(
            words["study_time"],
            say.time(told.seconds),
            planned if told.planned_minutes else words["nothing_planned"],
            change,
            mood,
        ),
        _card(
            words["plans"],
            words["plans_of"].format(done=plans.completed, total=over) if over else NOTHING,
            (ahead or left) if plans.total else words["nothing_planned"],
            left if ahead and plans.missed else "",
            POOR if plans.missed else PLAIN,
        ),
        _card(
            words["days_studied"],
            words["days_of"].format(done=told.days_studied, total=told.days_so_far),
            say.plural(words["streak"], chain) if chain else words["no_streak"],
            "",
        ),
        _card(
            words["assignments"],
            words["plans_of"].format(done=tasks.handed_in, total=tasks.due) if tasks.due else NOTHING,
            "" if tasks.due else words["none_due"],
            late,
            POOR if tasks.overdue else PLAIN,
        ),
    ]


def _time_change(say: Words, told: Figures) -> tuple[str, str]:
    words, change = say.texts["report"], told.time_change
    if change is None:
        return words["no_before"], PLAIN
    if not change:
        return words["as_before"], PLAIN
    text = words["against_before"].format(change=say.percent(change, signed=True))
    return text, GOOD if change > 0 else POOR


def _column(label: str, above: str, share: float, back: float = 0.0, *, now: bool = True) -> dict[str, Any]:
    return {"label": label, "above": above, "share": share, "back": back, "now": now}


def _days(say: Words, told: Figures) -> dict[str, Any]:
    most = max(max(day.seconds, day.planned_minutes * 60) for day in told.days)
    columns = [
        _column(
            say.date(day.date, "EEE"),
            say.time(day.seconds) if day.seconds else "",
            _share(day.seconds, most),
            _share(day.planned_minutes * 60, most),
        )
        for day in told.days
    ]
    return {"shown": most > 0, "columns": columns, "alt": "; ".join(_spoken(say, day) for day in told.days)}


def _spoken(say: Words, day: DayFigures) -> str:
    """A column for those who do not see it."""
    planned = say.texts["report"]["of_planned"].format(time=say.time(day.planned_minutes * 60))
    return f"{say.date(day.date, 'EEEE')}: {say.time(day.seconds)}" + (f" {planned}" if day.planned_minutes else "")


def _courses(say: Words, told: Figures) -> dict[str, Any]:
    words, studied = say.texts["report"], [one for one in told.courses if one.seconds]
    rows = [
        {
            "name": _course_name(one) if one.course_id is not None else words["no_course"],
            "time": say.time(one.seconds),
            "share": _share(one.seconds, studied[0].seconds),
        }
        for one in studied[:MOST_COURSES]
    ]
    rest = studied[MOST_COURSES:]
    more = None
    if rest:
        time = say.time(sum(one.seconds for one in rest))
        more = f"{say.plural(words['more_courses'], len(rest))}: {time}"
    return {"rows": rows, "more": more, "alt": "; ".join(f"{row['name']}: {row['time']}" for row in rows)}


def _course_name(one: CourseFigures) -> str:
    """Its name; of one that consists of pictographs the code says more."""
    name = printable(one.name, LONGEST_NAME)
    return name if name != NOTHING else printable(one.code, LONGEST_NAME)


def _weeks(say: Words, told: Figures) -> dict[str, Any]:
    most = max(point.seconds for point in told.trend)
    columns = [
        _column(
            _short(say, point.start),
            say.number(hours(point.seconds), "0.#") if point.seconds else "",
            _share(point.seconds, most),
            now=point.start == told.start,
        )
        for point in told.trend
    ]
    words = say.texts["report"]
    return {"shown": most > 0, "title": words["weeks_hours"], "columns": columns, "alt": _alt(columns)}


def _kept(say: Words, told: Figures) -> dict[str, Any]:
    columns = []
    for point in told.trend:
        rate = percentage(point.plans_completed, point.plans_completed + point.plans_missed)
        above = "" if rate is None else say.percent(rate)
        share = float(rate or 0) / 100
        columns.append(_column(_short(say, point.start), above, share, now=point.start == told.start))
    shown = any(column["above"] for column in columns)
    return {"shown": shown, "title": say.texts["report"]["weeks_kept"], "columns": columns, "alt": _alt(columns)}


def _alt(columns: Sequence[Mapping[str, Any]]) -> str:
    return "; ".join(f"{one['label']}: {one['above'] or NOTHING}" for one in columns)


def _short(say: Words, day: date) -> str:
    return str(format_skeleton("Md", day, locale=say.locale))


def _share(part: float, whole: float) -> float:
    return round(part / whole, 4) if whole else 0.0


def _grades(say: Words, grades: GradeFigures) -> dict[str, Any]:
    words = say.texts["report"]
    rows = [
        {
            "date": say.date(one.date, "medium"),
            "course": printable(one.course, LONGEST_NAME),
            "what": printable(one.name, LONGEST_NAME) if one.name else words["kinds"].get(one.kind, one.kind),
            "percent": say.percent(one.percentage, decimals=1),
            "share": float(one.percentage) / 100,
            "mood": GOOD if one.percentage >= GOOD_GRADE else POOR if one.percentage < LOW_GRADE else PLAIN,
        }
        for one in grades.shown[-MOST_GRADES:]
    ]
    return {"rows": rows, "notes": list(_grade_notes(say, grades))}


def _grade_notes(say: Words, grades: GradeFigures) -> list[str]:
    words, notes = say.texts["report"], []
    hidden = grades.count - min(MOST_GRADES, len(grades.shown))
    if hidden:
        notes.append(say.plural(words["more_grades"], hidden))
    if grades.average is not None:
        notes.append(words["average"].format(percent=say.percent(grades.average, decimals=1)))
        if grades.earlier_average is not None:
            notes.append(words["earlier"].format(percent=say.percent(grades.earlier_average, decimals=1)))
    if grades.gpa_after is not None:
        after = say.number(grades.gpa_after, "0.00")
        if grades.gpa_change:
            change = say.number(grades.gpa_change, "+0.00;−0.00")
            notes.append(words["gpa_change"].format(after=after, change=change))
        else:
            notes.append(words["gpa"].format(after=after))
    return notes


def _assignment(say: Words, one: AssignmentLine, time_zone: str) -> dict[str, str]:
    local = one.due_date.astimezone(clock.zone(time_zone))
    moods = {"completed": GOOD, "overdue": POOR}
    return {
        "title": printable(one.title, LONGEST_TITLE),
        "course": printable(one.course, LONGEST_NAME),
        "due": format_skeleton("MMMEd", local, locale=say.locale),
        "status": say.texts["report"]["status"][one.status],
        "mood": moods.get(one.status, PLAIN),
    }
