"""What every person has besides study time: one function a table, its rows in the order of its columns."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from bench.scale.people import Person, ident
from studyhall.platform.crypto import token_hash

Row = tuple[Any, ...]
SEMESTER, YEAR = "Fall 2026", "2026/27"
CHAPTERS = 2
_TEXT = "A tree is a connected graph without cycles. " * 10
PUBLISHED = 100
"""So many people, from number 2 on, have published their first course; everybody else takes one of those."""


@dataclass(frozen=True, slots=True)
class Table:
    """A table and how to fill it."""

    name: str
    columns: tuple[str, ...]
    rows: Callable[[Person], Iterator[Row]]


def feed_secret(person: Person) -> str:
    """The secret of his calendar feed's address."""
    return f"bench-{person.seed}-{person.number:06d}-{'x' * 24}"


def _users(one: Person) -> Iterator[Row]:
    name = f"student{one.number}"
    yield (one.id, f"{name}@example.org", name, "Student", str(one.number), "A university", SEMESTER, True,
           one.made_at, one.made_at, one.made_at)  # fmt: skip


def _preferences(one: Person) -> Iterator[Row]:
    yield one.id, one.calendar.time_zone, one.calendar.day_start_hour


def _only_id(one: Person) -> Iterator[Row]:
    yield (one.id,)


def _since_made(one: Person) -> Iterator[Row]:
    yield one.id, one.made_at


def _devices(one: Person) -> Iterator[Row]:
    yield one.row("device", 0), one.id, "desktop", "Linux", "Firefox", one.now


def _logins(one: Person) -> Iterator[Row]:
    for place in range(one.has.logins):
        at = one.now - timedelta(days=place)
        yield (one.row("session", place), one.id, one.row("device", 0), b"0123456789abcdef", 0, True, "password",
               at, at, at, one.now + timedelta(days=20))  # fmt: skip


def _tokens(one: Person) -> Iterator[Row]:
    yield one.row("token", 0), one.id, "script", token_hash(f"shp_{one.seed}_{one.number}"), '["read"]'


def _consents(one: Person) -> Iterator[Row]:
    yield one.row("consent", 0), one.id, "marketing_email", True, "1", one.made_at


def _tags(one: Person) -> Iterator[Row]:
    for place in range(min(30, one.has.courses)):
        yield one.row("tag", place), one.id, f"Skill {place}"


def _activity(one: Person) -> Iterator[Row]:
    for place in range(2 * one.has.logins):
        yield (one.row("activity", place), one.id, "auth.login", "Signed in.",
               one.now - timedelta(hours=12 * place))  # fmt: skip


def _courses(one: Person) -> Iterator[Row]:
    for place in range(one.has.courses):
        is_published = place == 0 and 2 <= one.number < 2 + PUBLISHED
        yield (one.row("course", place), one.id, f"Course {place} of {one.number}", f"C{place}", 3, "Dr. Someone",
               "published" if is_published else "private", one.made_at if is_published else None,
               CHAPTERS if place == 0 else 0, one.made_at, one.made_at)  # fmt: skip


def _chapters(one: Person) -> Iterator[Row]:
    for place in range(CHAPTERS):
        yield (one.row("chapter", place), one.row("course", 0), f"Chapter {place}", _TEXT, f"<p>{_TEXT}</p>", _TEXT,
               len(_TEXT.split()), place + 1, one.made_at, one.made_at)  # fmt: skip


def _outlines(one: Person) -> Iterator[Row]:
    yield one.row("course", 0), 1


def _enrollments(one: Person) -> Iterator[Row]:
    for place in range(one.has.courses):
        yield one.id, one.row("course", place), SEMESTER, YEAR, "blue", one.made_at
    owner = 2 + one.number % PUBLISHED
    if owner != one.number and one.has.courses > 1:
        made_at = one.made_at + timedelta(seconds=owner - one.number)
        yield one.id, ident("course", owner, 0, made_at), SEMESTER, YEAR, "green", one.made_at


def _timetables(one: Person) -> Iterator[Row]:
    yield one.row("timetable", 0), one.id, SEMESTER, YEAR, one.made_at, one.made_at


def _classes(one: Person) -> Iterator[Row]:
    for place in range(one.has.classes):
        start = time(8 + 2 * (place // 5 % 6))
        yield (one.row("class", place), one.row("timetable", 0), one.row("course", place % one.has.courses),
               f"made:{place}", f"Course {place % one.has.courses}", 1 + place % 5, start, time(start.hour + 1, 30),
               one.today - timedelta(days=60), one.today + timedelta(days=90), f"Room {place}")  # fmt: skip


def _exceptions(one: Person) -> Iterator[Row]:
    day = one.today + timedelta(days=10)
    yield one.row("exception", 0), one.row("timetable", 0), "holiday", day, day, "A day off"


def _uploads(one: Person) -> Iterator[Row]:
    yield (one.row("upload", 0), one.id, one.row("timetable", 0), 1, SEMESTER, YEAR, "ical", "timetable.ics",
           "confirmed", one.made_at)  # fmt: skip


def plans(one: Person) -> Iterator[tuple[int, date, bool]]:
    """His plans: place, day, and whether it is completed."""
    for place in range(one.has.plans):
        day = one.today + timedelta(days=14 - 7 * place % 75)
        yield place, day, day < one.today and place % 4 != 0


def _plans(one: Person) -> Iterator[Row]:
    for place, day, is_completed in plans(one):
        start = time(7 + place % 15)
        at = datetime.combine(day, start, UTC) if is_completed else None
        yield (one.row("plan", place), one.id, one.row("course", place % one.has.courses), f"Topic {place}", day, start,
               45, "completed" if is_completed else "pending", at, one.made_at, one.made_at)  # fmt: skip


def _assignments(one: Person) -> Iterator[Row]:
    for place in range(one.has.assignments):
        due = one.now + timedelta(days=place % 24 - 8, hours=1)
        status = "completed" if place % 3 == 0 and due < one.now else "pending"
        yield (one.row("assignment", place), one.id, one.row("course", place % one.has.courses), f"Sheet {place}", due,
               "medium", status, due if status == "completed" else None, one.made_at, one.made_at)  # fmt: skip


def _results(one: Person) -> Iterator[Row]:
    random = one.random("results")
    for place in range(one.has.results):
        yield (one.row("result", place), one.id, one.row("course", place % one.has.courses),
               ("quiz", "assignment", "midterm")[place % 3], f"Test {place}", Decimal(random.randint(40, 100)),
               Decimal(10) if place < 8 * one.has.courses else None, SEMESTER,
               one.today - timedelta(days=3 * place % 300), one.made_at, one.made_at)  # fmt: skip


def _notifications(one: Person) -> Iterator[Row]:
    for place in range(one.has.notifications):
        at, is_read = one.now - timedelta(hours=7 * place + 1), place % 3 > 0
        yield (one.row("notification", place), one.id, ("reminder", "assignment", "system")[place % 3],
               f"Something happened {place}", "This is what happened.", is_read, at if is_read else None, at,
               at)  # fmt: skip


def _mails(one: Person) -> Iterator[Row]:
    for place in range(2):
        yield (one.row("mail", place), one.id, "welcome", f"student{one.number}@example.org", "Welcome", "sent",
               one.made_at, f"bench:{one.number}:{place}", one.made_at)  # fmt: skip


def _tasks(one: Person) -> Iterator[Row]:
    yield one.row("task", 0), one.id, "academics.import_results", "succeeded", 100, one.made_at, one.made_at


def _feeds(one: Person) -> Iterator[Row]:
    yield one.id, token_hash(feed_secret(one)), one.made_at, one.made_at


_MADE = ("created_at", "updated_at")
TABLES = (
    Table("users", ("id", "email", "username", "first_name", "last_name", "university", "semester",
                    "onboarding_completed", "email_verified_at", *_MADE), _users),
    Table("user_preferences", ("user_id", "timezone", "day_start_hour"), _preferences),
    Table("study_preferences", ("user_id",), _only_id),
    Table("user_devices", ("id", "user_id", "device_type", "os", "browser", "last_login_at"), _devices),
    Table("user_sessions", ("id", "user_id", "device_id", "salt", "generation", "remember", "method", "login_at",
                            "last_used_at", "rotated_at", "expires_at"), _logins),
    Table("personal_access_tokens", ("id", "user_id", "name", "token_hash", "abilities"), _tokens),
    Table("user_consents", ("id", "user_id", "kind", "is_given", "wording", "created_at"), _consents),
    Table("user_tags", ("id", "user_id", "tag_name"), _tags),
    Table("activity_logs", ("id", "user_id", "event", "description", "created_at"), _activity),
    Table("courses", ("id", "owner_id", "name", "code", "credits", "instructor", "visibility", "published_at",
                      "chapters_count", *_MADE), _courses),
    Table("course_outlines", ("course_id", "version"), _outlines),
    Table("chapters", ("id", "course_id", "title", "markdown", "html", "plain_text", "word_count", "position", *_MADE),
          _chapters),
    Table("enrollments", ("user_id", "course_id", "semester", "academic_year", "color", "enrolled_at"), _enrollments),
    Table("timetables", ("id", "user_id", "semester", "academic_year", *_MADE), _timetables),
    Table("timetable_classes", ("id", "timetable_id", "course_id", "series_key", "title", "day_of_week", "start_time",
                                "end_time", "first_date", "last_date", "location"), _classes),
    Table("timetable_exceptions", ("id", "timetable_id", "kind", "first_date", "last_date", "title"), _exceptions),
    Table("timetable_uploads", ("id", "user_id", "timetable_id", "timetable_version", "semester", "academic_year",
                                "source", "file_name", "status", "confirmed_at"), _uploads),
    Table("study_plans", ("id", "user_id", "course_id", "topic", "date", "start_time", "planned_duration", "status",
                          "completed_at", *_MADE), _plans),
    Table("assignments", ("id", "user_id", "course_id", "title", "due_date", "priority", "status", "completed_at",
                          *_MADE), _assignments),
    Table("academic_results", ("id", "user_id", "course_id", "assessment_type", "assessment_name", "score", "weight",
                               "semester", "date", *_MADE), _results),
    Table("grading_preferences", ("user_id",), _only_id),
    Table("notifications", ("id", "user_id", "type", "title", "message", "is_read", "read_at", *_MADE),
          _notifications),
    Table("email_logs", ("id", "user_id", "email_type", "recipient_email", "subject", "status", "sent_at", "dedupe_key",
                         "created_at"), _mails),
    Table("background_tasks", ("id", "user_id", "kind", "state", "progress", "started_at", "finished_at"), _tasks),
    Table("calendar_feeds", ("user_id", "secret_hash", "made_at", "changed_at"), _feeds),
    Table("study_clocks", ("user_id", "changed_at"), _since_made),
)  # fmt: skip
