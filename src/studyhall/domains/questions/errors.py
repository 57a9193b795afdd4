"""Refusals of questions."""

from collections.abc import Sequence

from studyhall.domains.questions.rules.checks import Fault
from studyhall.platform.errors import Invalid, NotFound


class QuestionNotFound(NotFound):
    code, message = "QUESTION_NOT_FOUND", "There is no such question, or you may not see it."


class QuestionNotValid(Invalid):
    code, message = "QUESTION_NOT_VALID", "A question is not whole."

    @classmethod
    def of(cls, faults: Sequence[Fault], prefix: str = "") -> "QuestionNotValid":
        """Each fault under its field; `prefix` is the path of the question in the request, e.g. `questions.3.`."""
        errors: dict[str, list[str]] = {}
        for field, text in faults:
            errors.setdefault(f"{prefix}{field}", []).append(text)
        return cls(faults[0][1], errors=errors)
