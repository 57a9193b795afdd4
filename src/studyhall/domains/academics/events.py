"""What happens to timetables."""

from dataclasses import dataclass
from uuid import UUID

from studyhall.platform.events import Event


@dataclass(frozen=True, slots=True)
class TimetableChanged(Event):
    """A person's classes or their dates are other than before."""

    user_id: UUID
    timetable_id: UUID


@dataclass(frozen=True, slots=True)
class TimetableImported(Event):
    """A person accepted the difference that an upload made; follows on `TimetableChanged`."""

    user_id: UUID
    timetable_id: UUID
    upload_id: UUID
    added: int
    changed: int
    removed: int
