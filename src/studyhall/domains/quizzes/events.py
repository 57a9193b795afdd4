"""What happens in quizzes."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from studyhall.platform.events import Event


@dataclass(frozen=True, slots=True)
class TopicResult:
    """How an attempt went on a topic.

    Attributes:
        score: share of the points of the questions about it, 0 to 1.
        questions: how many were about it.
    """

    topic_id: UUID
    score: Decimal
    questions: int


@dataclass(frozen=True, slots=True)
class AttemptGraded(Event):
    """An attempt was graded; that happens once to each.

    Attributes:
        course_id: None for a quiz of no course.
        score: 0 to 1.
    """

    user_id: UUID
    attempt_id: UUID
    quiz_id: UUID
    course_id: UUID | None
    score: Decimal
    passed: bool
    topics: tuple[TopicResult, ...]
    graded_at: datetime
