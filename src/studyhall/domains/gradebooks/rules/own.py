"""Our own columns: one result a row."""

from studyhall.domains.gradebooks.rules.draft import (
    DEFAULT_MAXIMUM,
    OWN,
    TYPES,
    Draft,
    Fault,
    Reading,
    kind_named,
    plain,
)
from studyhall.domains.gradebooks.rules.sheet import Sheet, Unreadable
from studyhall.domains.gradebooks.rules.values import NO_GRADE, Unclear, day, decimal_mark, month_first, number

_COLUMNS = {
    "course": ("course_code", "course", "code", "course_name", "subject", "module"),
    "kind": ("assessment_type", "type", "category"),
    "name": ("assessment_name", "assessment", "name", "title"),
    "score": ("score", "points", "marks", "mark", "result"),
    "max_score": ("max_score", "max", "maximum", "out_of", "max_points", "points_possible"),
    "weight": ("weight", "weight_percent"),
    "grade": ("grade", "letter", "letter_grade"),
    "date": ("date", "day"),
    "semester": ("semester", "term"),
    "notes": ("notes", "note", "comment", "comments"),
    "dropped": ("is_dropped", "dropped"),
}
_NUMBERS = ("score", "max_score", "weight")
_YES = frozenset({"yes", "y", "true", "1", "x"})
_NO = frozenset({"", "no", "n", "false", "0"})


def read_own(sheet: Sheet) -> Reading:
    """Every row is one result. Raises Unreadable when a column that is needed is missing."""
    columns = _columns_of(sheet.header)
    missing = [name for name in ("course_code", "score", "date") if _field(name) not in columns]
    if missing:
        raise Unreadable(f"The columns {', '.join(missing)} are missing; the first line must name the columns.")
    rows = [(at, {name: cells[i] for name, i in columns.items() if i < len(cells)}) for at, cells in sheet.rows]
    mark = decimal_mark((row.get(name, "") for _, row in rows for name in _NUMBERS), sheet.separator)
    slashes = month_first(row.get("date", "") for _, row in rows)
    reading = Reading(OWN)
    for at, row in rows:
        try:
            reading.drafts.append(_draft(at, row, mark, slashes))
        except Unclear as fault:
            reading.faults.append(Fault(at, str(fault)))
    return reading


def _field(column: str) -> str:
    return next(name for name, columns in _COLUMNS.items() if column in columns)


def _columns_of(header: list[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    named = [plain(cell).replace(" ", "_").replace("-", "_") for cell in header]
    for name, spellings in _COLUMNS.items():
        spelt = next((spelling for spelling in spellings if spelling in named), None)
        if spelt is not None:
            found[name] = named.index(spelt)
    return found


def _draft(at: int, row: dict[str, str], mark: str, slashes: bool | None) -> Draft:
    for column, said in (("course", "course code"), ("score", "score"), ("date", "date")):
        if not row.get(column):
            raise Unclear(f"The {said} is missing.")
    if row["score"].casefold() in NO_GRADE:
        raise Unclear("There is no score.")
    name = row.get("name") or None
    return Draft(
        row=at,
        course=row["course"],
        kind=_kind(row.get("kind", ""), name),
        name=name,
        score=number(row["score"], mark),
        max_score=number(row["max_score"], mark) if row.get("max_score") else DEFAULT_MAXIMUM,
        weight=number(row["weight"], mark) if row.get("weight") else None,
        grade=row.get("grade") or None,
        date=day(row["date"], slashes),
        semester=row.get("semester") or None,
        notes=row.get("notes") or None,
        is_dropped=_is_yes(row.get("dropped", "")),
    )


def _kind(text: str, name: str | None) -> str:
    kind = plain(text).replace("-", "_").replace(" ", "_")
    if kind in TYPES:
        return kind
    if kind:
        raise Unclear(f"The assessment type '{text[:40]}' is none of {', '.join(TYPES)}.")
    return kind_named(name or "")


def _is_yes(text: str) -> bool:
    word = plain(text)
    if word in _YES:
        return True
    if word not in _NO:
        raise Unclear(f"'{text[:40]}' is neither yes nor no.")
    return False
