"""Gradebooks as Canvas and Moodle export them: one student a row, one assessment a column."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from studyhall.domains.gradebooks.rules.draft import (
    CANVAS,
    DEFAULT_MAXIMUM,
    MOODLE,
    Draft,
    Fault,
    Owner,
    Reading,
    kind_named,
    plain,
)
from studyhall.domains.gradebooks.rules.sheet import Sheet
from studyhall.domains.gradebooks.rules.values import NO_GRADE, Unclear, decimal_mark, number

_CANVAS_ITEM = re.compile(r"(?P<name>.+?) \((?P<id>[0-9]+)\)")
_CANVAS_IDENTITY = frozenset({"student", "id", "sis user id", "sis login id", "integration id", "root account"})

# How Moodle names the student's columns, in English, German, Spanish, French and Portuguese (of both countries).
_GIVEN = frozenset({"first name", "vorname", "nombre", "prénom", "nome", "nome próprio", "primeiro nome"})
_FAMILY = frozenset(
    {"last name", "surname", "nachname", "apellido(s)", "apellidos", "nom", "nom de famille", "sobrenome", "apelido"}
    | {"último nome"}
)
_MAIL = frozenset(
    {"email address", "email", "e-mail-adresse", "dirección de correo", "dirección email", "correo electrónico"}
    | {"dirección de correo electrónico", "adresse de courriel", "endereço de email", "endereço de e-mail", "e-mail"}
)
_OTHER = frozenset(
    {"id number", "username", "institution", "department", "id-nummer", "anmeldename", "abteilung", "número de id"}
    | {"nombre de usuario", "institución", "departamento", "numéro d'identification", "nom d'utilisateur"}
    | {"numéro d’identification", "nom d’utilisateur", "département", "número de identificação", "número id"}
    | {"nome de utilizador", "nome de usuário", "instituição", "groups", "gruppen", "grupos", "groupes"}
    | {"identificação", "número de identificación"}
)
_DOWNLOADED = re.compile(
    r"last downloaded|zuletzt .*(geladen|heruntergeladen)|letzter download|última descarga|dernier téléchargement"
    r"|último download|última transferência|descargado por última vez"
)
_TOTAL = re.compile(
    r"course total|category total|.* total$|kurs gesamt|kurs insgesamt|kategorie gesamt|.* gesamt$|total del curso"
    r"|total de la categoría|total d[aoeu]s? .*|gesamt"
)
_PERCENT = frozenset({"percentage", "percent", "prozentsatz", "prozent", "prozentwert", "porcentaje", "pourcentage"})
_PERCENT_PT = frozenset({"percentagem", "porcentagem"})
_REAL = frozenset({"real", "punkte", "brut", "brute", "valeur", "puntos", "pontos", "points", "reel", "réel"})
_LETTER = frozenset({"letter", "note", "buchstabe", "letra", "lettre", "bewertung", "feedback", "comentarios"})
_MOODLE_ITEM = re.compile(r"(?P<name>.+?) \((?P<display>[^()]+)\)")
_PREFIX = re.compile(r"[^\W\d_]{3,30} ?: ?")


@dataclass(frozen=True, slots=True)
class Item:
    """One assessment of a gradebook and the columns that tell its score."""

    name: str
    kind: str
    real: int | None
    percent: int | None = None
    maximum: Decimal | None = None


def is_canvas(header: Sequence[str]) -> bool:
    """A `Student` column first, an id of Canvas, and assignments with their numbers or a section."""
    named = [plain(cell) for cell in header]
    return named[0] == "student" and "id" in named and ("section" in named or any(map(_CANVAS_ITEM.fullmatch, header)))


def is_moodle(header: Sequence[str]) -> bool:
    """Both names, or an address, of a student, and something graded beside them."""
    named = {plain(cell) for cell in header}
    has_student = bool(named & _GIVEN and named & _FAMILY) or bool(named & _MAIL)
    return has_student and bool(_moodle_items(header))


def read_canvas(sheet: Sheet, owner: Owner, assumed: Decimal | None) -> Reading:
    """The owner's row of a Canvas gradebook. Columns without a number, such as current and final scores, are sums of
    the others; the rows above the students are no students.

    Args:
        assumed: the maximum of assignments for which the file tells none.
    """
    named = [plain(cell) for cell in sheet.header]
    possible, students = _canvas_rows(sheet)
    mark = decimal_mark((cell for _, cells in [*students, *possible] for cell in cells), sheet.separator)
    items = []
    for at, cell in enumerate(sheet.header):
        found = _CANVAS_ITEM.fullmatch(cell)
        if found and named[at] not in _CANVAS_IDENTITY:
            name = found["name"].strip()
            items.append(Item(name, kind_named(name), at, maximum=_possible(possible, at, mark)))
    identity = [at for at, cell in enumerate(named) if cell in ("student", "sis user id", "sis login id", "id")]
    section = named.index("section") if "section" in named else None
    return _read_items(CANVAS, students, items, identity, section, owner, mark, assumed)


def _canvas_rows(sheet: Sheet) -> tuple[list[tuple[int, list[str]]], list[tuple[int, list[str]]]]:
    """The rows with points possible, and those of students. A row of posting policies names nobody."""
    possible = [row for row in sheet.rows if plain(row[1][0]).startswith("points possible")]
    students = [
        row
        for row in sheet.rows
        if row[1][0] and not plain(row[1][0]).startswith("points possible") and plain(row[1][0]) != "student, test"
    ]
    return possible, students


def _possible(rows: Sequence[tuple[int, list[str]]], at: int, mark: str) -> Decimal | None:
    for _, cells in rows:
        if at < len(cells):
            try:
                return number(cells[at], mark)
            except Unclear:
                return None
    return None


def read_moodle(sheet: Sheet, owner: Owner, assumed: Decimal | None) -> Reading:
    """The owner's row of a Moodle gradebook, in any of five languages. Totals of categories and of the course are no
    results. Moodle tells no maximum: it follows from a percentage beside the score, else it is assumed and said."""
    named = [plain(cell) for cell in sheet.header]
    mark = decimal_mark((cell for _, cells in sheet.rows for cell in cells), sheet.separator)
    names = [at for at, cell in enumerate(named) if cell in _GIVEN or cell in _FAMILY]
    identity = [at for at, cell in enumerate(named) if cell in _MAIL or cell in _OTHER]
    width = len(named)
    students = [(row, _with_name(cells, names, width)) for row, cells in sheet.rows]
    items = _moodle_items(sheet.header)
    return _read_items(MOODLE, students, items, [*identity, width], None, owner, mark, assumed)


def _with_name(cells: list[str], names: Sequence[int], width: int) -> list[str]:
    """The cells, as many as there are columns, and the whole name after them."""
    name = " ".join(cells[at] for at in names if at < len(cells))
    return [*(cells + [""] * width)[:width], name]


def _moodle_items(header: Sequence[str]) -> list[Item]:
    found: dict[str, dict[str, int]] = {}
    # Where Moodle dates its download, every other column is graded, also without a word in brackets after it.
    is_sure = any(_DOWNLOADED.search(plain(cell)) for cell in header)
    for at, cell in enumerate(header):
        label = plain(cell)
        if label in _GIVEN | _FAMILY | _MAIL | _OTHER or _DOWNLOADED.search(label) or not label:
            continue
        shaped = _MOODLE_ITEM.fullmatch(cell)
        display = plain(shaped["display"]) if shaped else ""
        name = shaped["name"].strip() if shaped and display in _PERCENT | _PERCENT_PT | _REAL | _LETTER else cell
        is_graded = name != cell or is_sure or _PREFIX.match(cell)
        if not is_graded or display in _LETTER or _TOTAL.fullmatch(plain(name)):
            continue
        column = "percent" if display in _PERCENT | _PERCENT_PT else "real"
        found.setdefault(name, {}).setdefault(column, at)
    return [Item(_bare(name), kind_named(name), at.get("real"), at.get("percent")) for name, at in found.items()]


def _bare(name: str) -> str:
    """Without the kind of activity before it, which Moodle writes in the teacher's language."""
    return _PREFIX.sub("", name, count=1).strip() or name


def _read_items(
    format: str,
    students: Sequence[tuple[int, list[str]]],
    items: Sequence[Item],
    identity: Sequence[int],
    section: int | None,
    owner: Owner,
    mark: str,
    assumed: Decimal | None,
) -> Reading:
    reading = Reading(format)
    assumed_for: set[str] = set()
    for row, cells in students:
        whose = {_as_written(cells[at]) for at in identity if at < len(cells)}
        if len(students) > 1 and not whose & owner.identities:
            reading.faults.append(Fault(row, "This row is another student's."))
            continue
        course = cells[section] if section is not None and section < len(cells) else None
        for item in items:
            try:
                draft = _cell(row, cells, item, course, mark, assumed, assumed_for)
            except Unclear as fault:
                reading.faults.append(Fault(row, f"{item.name}: {fault}"))
            else:
                reading.drafts += [draft] if draft else []
    if assumed_for:
        told = assumed if assumed is not None else DEFAULT_MAXIMUM
        reading.warnings.append(
            f"The file does not say the maximum of {', '.join(sorted(assumed_for))}; it is {told} here."
        )
    return reading


def _as_written(name: str) -> str:
    """`Lovelace, Ada` is Ada Lovelace."""
    family, comma, given = name.partition(",")
    return plain(f"{given} {family}" if comma else name)


def _cell(
    row: int, cells: list[str], item: Item, course: str | None, mark: str, assumed: Decimal | None, without: set[str]
) -> Draft | None:
    """One score; None where there is none."""
    real, percent = _score(cells, item.real, mark), _score(cells, item.percent, mark)
    if real is None and percent is None:
        return None
    if real is None or (percent and item.maximum is None and not _whole_maximum(real, percent)):
        score, maximum = percent or Decimal(0), DEFAULT_MAXIMUM
    elif item.maximum is not None:
        score, maximum = real, item.maximum
    elif percent:
        score, maximum = real, _whole_maximum(real, percent) or DEFAULT_MAXIMUM
    else:
        score, maximum = real, assumed if assumed is not None else DEFAULT_MAXIMUM
        without.add(item.name)
    return Draft(row, course, item.kind, item.name, score, maximum)


def _score(cells: list[str], at: int | None, mark: str) -> Decimal | None:
    if at is None or at >= len(cells) or cells[at].casefold() in NO_GRADE:
        return None
    return number(cells[at], mark)


def _whole_maximum(real: Decimal, percent: Decimal) -> Decimal | None:
    """The maximum behind a score and its rounded percentage: the whole or half number nearby that explains both."""
    near = round(real * 200 / percent) / Decimal(2)
    if near <= 0:
        return None
    return near if abs(real * 100 / near - percent) <= Decimal("0.01") else None
