"""Repeating calendar entries (RFC 5545 RRULE, RDATE, EXDATE, RECURRENCE-ID) into single ones, within bounds.

The expansion itself is `recurring_ical_events`'s; here is decided what may be asked of it, because a rule such as
"every second until 9999" or "each 30 February" would keep it busy for ever.
"""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from itertools import islice
from typing import Any

import recurring_ical_events
from icalendar import Calendar, Component, Event, vRecur

HORIZON = timedelta(days=400)
MOST_SLOW_RULES = 10

_DATED_PARTS = frozenset({"BYDAY", "BYMONTH", "BYMONTHDAY"})
_PARTS = frozenset({"FREQ", "UNTIL", "COUNT", "INTERVAL", "WKST", "BYSETPOS"}) | _DATED_PARTS
_LONGEST_MONTHS = {2: 29, 4: 30, 6: 30, 9: 30, 11: 30}


class RuleRefused(ValueError):
    """A repetition that is not valid or not supported; the text says what and why."""


def prop(event: Component, name: str) -> Any:
    """A property's value object, a list of them when it stands there more than once, or None.

    The library types it as the union of all that it knows, which says nothing.
    """
    return event.get(name)


def repeats(event: Event) -> bool:
    return any(name in event for name in ("RRULE", "RDATE", "RECURRENCE-ID"))


def check_rule(event: Event) -> None:
    """Refuse rules that are broken or that no timetable needs. Raises RuleRefused."""
    rule = prop(event, "RRULE")
    if rule is None:
        return
    if isinstance(rule, list):
        raise RuleRefused("it has more than one repetition rule (RRULE)")
    parts = {str(name).upper(): value if isinstance(value, list) else [value] for name, value in rule.items()}
    unknown = sorted(set(parts) - _PARTS)
    if unknown:
        raise RuleRefused(f"its repetition rule uses {', '.join(unknown)}, which is not supported")
    if frequency(event) not in ("DAILY", "WEEKLY", "MONTHLY", "YEARLY"):
        raise RuleRefused("it repeats neither daily nor weekly, monthly or yearly")
    if any(int(step) < 1 for step in parts.get("INTERVAL", [])) or any(int(n) < 1 for n in parts.get("COUNT", [])):
        raise RuleRefused("its repetition rule has a step or count under 1")
    if is_slow(event):
        return
    if "BYSETPOS" in parts:
        raise RuleRefused("its repetition rule uses BYSETPOS in a daily or weekly rule, which is not supported")
    _refuse_impossible_days(parts)


def _refuse_impossible_days(parts: dict[str, list[Any]]) -> None:
    days = [abs(int(day)) for day in parts.get("BYMONTHDAY", [])]
    months = [int(str(month)) for month in parts.get("BYMONTH", [])] or [1]
    if days and all(day > _LONGEST_MONTHS.get(month, 31) for day in days for month in months):
        raise RuleRefused("its repetition rule names a day that no month has")


def frequency(event: Event) -> str:
    """DAILY, WEEKLY, … of a rule that could be read, else nothing."""
    rule = prop(event, "RRULE")
    return str(rule.get("FREQ", [""])[0]).upper() if isinstance(rule, vRecur) else ""


def is_slow(event: Event) -> bool:
    """Whether one rule may cost much before it finds a date; such rules are few in a timetable."""
    return frequency(event) in ("MONTHLY", "YEARLY")


def is_endless(event: Event) -> bool:
    rule = prop(event, "RRULE")
    return rule is not None and "UNTIL" not in rule and "COUNT" not in rule


def families(events: Iterable[Event]) -> list[list[Event]]:
    """Each repeating entry with the changes of single dates that belong to it.

    Exporters reuse UIDs; a second entry with the same UID is another one, not a change of the first.
    """
    masters: list[list[Event]] = []
    by_uid: dict[str, list[Event]] = {}
    changes: list[Event] = []
    for event in events:
        if "RECURRENCE-ID" in event:
            changes.append(event)
            continue
        family = [event]
        masters.append(family)
        by_uid.setdefault(str(event.get("UID", "")), family)
    for change in changes:
        known = by_uid.get(str(change.get("UID", "")))
        if known is None:
            masters.append([change])
        else:
            known.append(change)
    return masters


def dates_of(family: list[Event], first: datetime, today: date, most: int) -> Iterator[Event]:
    """Single entries of one family in order, at most `most` + 1 of them; an endless one up to the horizon.

    Args:
        first: its own first start, aware.
        today: endless rules are listed until a good year after the later of today and `first`.
    """
    calendar = Calendar()
    calendar.subcomponents.extend(family)
    query = recurring_ical_events.of(calendar)
    begin = first - timedelta(days=HORIZON.days)
    if not is_endless(family[0]):
        yield from islice(query.after(begin), most + 1)
        return
    until = horizon(first, today)
    for event in islice(query.after(begin), most + 1):
        start = event.start
        if (start.date() if isinstance(start, datetime) else start) > until:
            return
        yield event


def horizon(first: datetime, today: date) -> date:
    return max(first.date(), today) + HORIZON
