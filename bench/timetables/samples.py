"""What stands on the rendered timetables: made-up terms in four languages."""

import random
from dataclasses import dataclass


@dataclass(frozen=True)
class Lesson:
    """One class: day 0 is the first weekday of the timetable; rows are positions on its time axis."""

    day: int
    first: int
    rows: int
    title: str
    room: str


@dataclass(frozen=True)
class Language:
    days: tuple[str, ...]
    short: tuple[str, ...]
    titles: tuple[str, ...]
    room: str
    headings: tuple[str, str, str, str]


LANGUAGES = {
    "en": Language(
        ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday"),
        ("Mon", "Tue", "Wed", "Thu", "Fri"),
        (
            "Linear Algebra",
            "Data Structures",
            "Operating Systems",
            "Physics II",
            "Academic Writing",
            "CS204 Databases",
            "Statistics",
            "Computer Networks",
            "Ethics",
        ),
        "Room",
        ("Day", "Time", "Course", "Room"),
    ),
    "de": Language(
        ("Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag"),
        ("Mo", "Di", "Mi", "Do", "Fr"),
        (
            "Höhere Mathematik",
            "Straßenbau",
            "Übertragungstechnik",
            "Grundlagen der Physik",
            "Wärmelehre",
            "Englisch für Ingenieure",
            "Maßtheorie",
            "Rechnernetze",
            "Öffentliches Recht",
        ),
        "Raum",
        ("Tag", "Zeit", "Fach", "Raum"),
    ),
    "es": Language(
        ("Lunes", "Martes", "Miércoles", "Jueves", "Viernes"),
        ("Lun", "Mar", "Mié", "Jue", "Vie"),
        (
            "Álgebra Lineal",
            "Programación",
            "Física Cuántica",
            "Diseño Gráfico",
            "Economía Política",
            "Estadística",
            "Lengua Española",
            "Análisis Numérico",
            "Educación Física",
        ),
        "Aula",
        ("Día", "Hora", "Asignatura", "Aula"),
    ),
    "fr": Language(
        ("Lundi", "Mardi", "Mercredi", "Jeudi", "Vendredi"),
        ("Lun", "Mar", "Mer", "Jeu", "Ven"),
        (
            "Algèbre linéaire",
            "Électronique",
            "Théorie des jeux",
            "Mécanique des fluides",
            "Géographie",
            "Français écrit",
            "Probabilités",
            "Systèmes répartis",
            "Droit européen",
        ),
        "Salle",
        ("Jour", "Heure", "Cours", "Salle"),
    ),
}


@dataclass(frozen=True)
class Sample:
    """A timetable to draw.

    Attributes:
        starts: minutes of the day at which each row of the axis begins; the last one is the end of the last row.
    """

    language: str
    starts: tuple[int, ...]
    lessons: tuple[Lesson, ...]


def make(language: str, seed: int, *, merges: bool) -> Sample:
    """A term of that language; with `merges` some classes last two rows."""
    rng = random.Random(f"{language}{seed}")
    known = LANGUAGES[language]
    first, step = rng.choice(((8 * 60, 60), (9 * 60, 60), (8 * 60 + 15, 90), (8 * 60, 120)))
    rows = {60: 7, 90: 6, 120: 5}[step]
    starts = tuple(first + number * step for number in range(rows + 1))
    lessons: list[Lesson] = []
    for day in range(5):
        row = rng.randint(0, 1)
        while row < rows:
            length = 2 if merges and row + 2 <= rows and rng.random() < 0.4 else 1
            if rng.random() < 0.55:
                room = f"{known.room} {rng.choice(('A', 'B', 'C', 'H'))}{rng.randint(1, 4)}{rng.randint(10, 39)}"
                lessons.append(Lesson(day, row, length, rng.choice(known.titles), room))
            row += length
    return Sample(language, starts, tuple(lessons))


def clock(minutes: int, style: str = "colon") -> str:
    mark = {"colon": ":", "dot": ".", "h": "h"}[style]
    return f"{minutes // 60:02d}{mark}{minutes % 60:02d}"
