"""What the text of one class says: its title, kind, place and teacher."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from studyhall.domains.scans.rules.labels import TimeLabel, plain, range_in

_TYPES = {
    "lecture": "lec lect lecture vorlesung vl cours cm teoria clase aula teorica lezione",
    "lab": "lab laboratory practical practicals prac praktikum labor tp laboratorio practica practicas",
    "tutorial": "tut tutorial tutorials ubung uebung ue exercise exercises recitation td tutoria esercitazione",
    "seminar": "seminar seminars sem seminario seminaire colloquium kolloquium",
}
_TYPE_OF = {word: kind for kind, words in _TYPES.items() for word in words.split()}
_IN_BRACKETS = re.compile(r"[(\[]\s*([^()\[\]]{2,20})\s*[)\]]")
_PLACE_WORD = (
    r"room|rm|raum|r\.|salle|sala|aula|hall|horsaal|hs|saal|zimmer|building|bldg|gebaude|amphi|amphitheatre|"
    r"auditorium|auditorio|theatre|edificio|edif|laboratorio|labor|lab|campus|seminarraum|sr"
)
_PLACE = re.compile(rf"^(?:(?:{_PLACE_WORD})\.?\s*[-:]?\s*\w*\d\w*(?:[./-]\w+)*|(?:{_PLACE_WORD})\s+[a-z]{{1,3}})$")
_PLACE_ALONE = re.compile(
    r"^(?:online|zoom|teams|remote|distancia|en ligne|(?:audimax|auditorium maximum|aula magna))$"
)
_ROOM_NUMBER = re.compile(r"^(?:[a-z]{1,2}[-. ]?\d{1,2}[.]\d{1,3}[a-z]?|[a-z][- ]?\d{2,4}[a-z]?|\d{1,3}[./]\d{1,4})$")
_PLACE_AT_END = re.compile(rf"^(.*\S)\s*[,;|/(@]\s*((?:{_PLACE_WORD})\.?\s*[-:]?\s*\w*\d\w*(?:[./-]\w+)*)\)?$")
_TEACHER = re.compile(
    r"^(?:prof|dr|mr|mrs|ms|mme|frau|herr|dott|ing|lic|dozent|docente|lecturer|teacher)\b", re.IGNORECASE
)
_CODE = re.compile(r"^[A-Z]{2,6}[ -]?\d{2,5}[A-Z]?$")


@dataclass(frozen=True, slots=True)
class Content:
    """What a class says of itself.

    Attributes:
        class_type: None when it does not say.
        times: a range of times in the text.
    """

    title: str
    location: str | None = None
    instructor: str | None = None
    class_type: str | None = None
    times: TimeLabel | None = None


def read_content(lines: Sequence[str]) -> Content:
    """The lines of one class, from the top. The title is empty when nothing is left for it."""
    times: TimeLabel | None = None
    kind: str | None = None
    location: str | None = None
    teacher: str | None = None
    titles: list[str] = []
    for line in lines:
        rest = line.strip(" ,;|")
        found = range_in(rest)
        if found and times is None:
            times, rest = found
        named, rest = _take_type(rest)
        kind = kind or named
        if not any(letter.isalnum() for letter in rest):
            continue
        if location is None and is_place(rest):
            location = rest.strip("()[]@ ")
        elif teacher is None and titles and _TEACHER.match(rest):
            teacher = rest
        else:
            titles.append(rest)
    if location is None:
        titles, location = _place_at_end(titles)
    return Content(_title(titles), location, teacher, kind, times)


def class_type_of(text: str) -> str | None:
    """The class type that a whole text names."""
    return _TYPE_OF.get(plain(text).strip("()[]. "))


def is_place(text: str) -> bool:
    """Whether a whole text is the name of a room."""
    folded = plain(text).strip("()[]@ ")
    return bool(_PLACE.match(folded) or _PLACE_ALONE.match(folded) or _ROOM_NUMBER.match(folded))


def _take_type(line: str) -> tuple[str | None, str]:
    """A type in brackets, or a line that is nothing else."""
    whole = class_type_of(line)
    if whole:
        return whole, ""
    for found in _IN_BRACKETS.finditer(line):
        kind = class_type_of(found[1])
        if kind:
            return kind, " ".join(f"{line[: found.start()]} {line[found.end() :]}".split())
    return None, line


def _place_at_end(titles: list[str]) -> tuple[list[str], str | None]:
    if not titles:
        return titles, None
    found = _PLACE_AT_END.match(plain(titles[-1]))
    # Folding may change the length ("ß"); then the parts cannot be told in the text itself.
    if found is None or len(plain(titles[-1])) != len(titles[-1]):
        return titles, None
    name, place = titles[-1][: found.end(1)], titles[-1][found.start(2) : found.end(2)]
    return [*titles[:-1], name], place


def _title(parts: Sequence[str]) -> str:
    """A code on a line of its own names the class together with what follows."""
    if len(parts) > 1 and _CODE.match(parts[0]):
        return f"{parts[0]} - {_joined(parts[1:])}"
    if len(parts) > 1 and _CODE.match(parts[-1]):
        return f"{parts[-1]} - {_joined(parts[:-1])}"
    return _joined(parts)


def _joined(parts: Sequence[str]) -> str:
    """Lines as one; a hyphen before a small letter was only put there to break the line."""
    text = ""
    for part in parts:
        if text.endswith("-") and part[:1].islower() and len(text) > 2 and text[-2].isalpha():
            text = text[:-1] + part
        else:
            text = f"{text} {part}".strip()
    return text
