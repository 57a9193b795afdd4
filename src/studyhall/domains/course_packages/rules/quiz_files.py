"""Questions that lie beside chapters: GIFT, Moodle XML, QTI, JSON, YAML, and Markdown with ticked boxes.

JSON and YAML have no common form; what is understood are lists of objects with a text, options and a mark of the right
ones, under the names that quiz programs of public courses use.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import PurePosixPath
from typing import Any

import orjson
import yaml  # type: ignore[import-untyped]

from studyhall.domains.course_packages.rules.package import Kind, Losses, shown
from studyhall.domains.course_packages.rules.texts import text_of
from studyhall.domains.question_files import public as question_files
from studyhall.domains.question_files.public import Format
from studyhall.domains.questions.public import (
    AcceptedText,
    Body,
    Choice,
    Choices,
    Draft,
    Feedback,
    QuestionType,
    ShortAnswer,
    TrueFalse,
    even_credits,
    faults,
)

DEEPEST = 12
MOST_QUESTIONS = 20_000
MOST_YAML_BYTES = 300_000
_TEXT = ("questionText", "question", "text", "prompt", "q", "title")
_OPTIONS = ("answerOptions", "options", "choices", "answers", "alternatives")
_OPTION_TEXT = ("answerText", "text", "option", "answer", "value", "label", "content")
_OPTION_RIGHT = ("isCorrect", "is_correct", "correct", "right", "isRight")
_RIGHT = ("correct_answer", "correctAnswer", "correct_answers", "correctAnswers", "correct", "answer", "solution")
_WHY = ("explanation", "rationale", "feedback", "hint")
_TASK = re.compile(r"^\s*[-*+]\s+\[([ xX])\]\s+(.+)$")
_LETTER = re.compile(r"[A-Za-z]")


@dataclass(slots=True)
class Quizzes:
    """What was found.

    Attributes:
        drafts: by the path of their file.
        files: every file that was understood as questions.
        pages: those among them that would be chapters else.
    """

    drafts: dict[str, list[Draft]] = field(default_factory=dict)
    files: set[str] = field(default_factory=set)
    pages: set[str] = field(default_factory=set)


def of_folder(paths: Sequence[str], content: Callable[[str], bytes], pages: set[str], losses: Losses) -> Quizzes:
    """The questions among those files."""
    found = Quizzes()
    for path in paths:
        ending = PurePosixPath(path).suffix.casefold()
        if ending in (".gift", ".xml", ".qti") or (ending == ".txt" and _is_named_quiz(path)):
            drafts = of_question_file(content(path), path, losses, is_sure=ending == ".gift")
        elif ending in (".json", ".yaml", ".yml"):
            drafts = _of_objects(content(path), path, losses)
        elif path in pages and _is_named_quiz(PurePosixPath(path).name):
            drafts = _of_ticked(text_of(content(path), path, losses) or "", path, losses)
        else:
            continue
        if drafts is None:
            continue
        found.drafts[path] = drafts
        found.files.add(path)
        if path in pages:
            found.pages.add(path)
    return found


def of_question_file(content: bytes, path: str, losses: Losses, *, is_sure: bool) -> list[Draft] | None:
    """Questions of a GIFT, Moodle XML or QTI 1.2 file, what they lose noted.

    None when it is another kind of file, or (and then a loss says so) cannot be read.

    Args:
        is_sure: somebody says that it is one; else XML of other kinds and texts without a question are passed over.
    """
    format_ = question_files.guessed(content)
    is_xml = content[:200].lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").startswith(b"<")
    if not is_sure and is_xml and format_ is Format.GIFT:
        return None
    outcome = question_files.read(format_, content)
    if not is_sure and not outcome.drafts and format_ is Format.GIFT:
        return None
    note_outcome(outcome, path, losses)
    if outcome.problem is not None:
        return None
    titles = {name: paper.title for paper in outcome.papers for name in paper.questions}
    return [_in_category(draft, titles.get(draft.external_id or "", "")) for draft in outcome.drafts]


def _in_category(draft: Draft, title: str) -> Draft:
    return replace(draft, category=title[:500]) if title and not draft.category else draft


def note_outcome(outcome: question_files.Outcome, path: str, losses: Losses) -> None:
    """What a question file loses."""
    if outcome.problem is not None:
        losses.add(Kind.FILE, path, outcome.problem, path)
    for one in outcome.losses:
        kind = {"file": Kind.FILE, "changed": Kind.CHANGED}.get(str(one.kind), Kind.QUESTION)
        losses.add(kind, one.name or path, one.why, f"{path} {one.where}".strip())


def _is_named_quiz(name: str) -> bool:
    return re.search(r"quiz|question|gift|test-yourself", name, re.IGNORECASE) is not None


def _of_objects(content: bytes, path: str, losses: Losses) -> list[Draft] | None:
    try:
        if path.casefold().endswith(".json"):
            data = orjson.loads(content)
        else:
            # An alias repeats a part as often as it is named: without them a small file stays small.
            # A megabyte of YAML takes our reader a minute.
            if len(content) > MOST_YAML_BYTES or (b"&" in content and re.search(rb"(?:^|[\s:\[,-])&\w", content)):
                return None
            data = yaml.safe_load(content)
    except (ValueError, yaml.YAMLError, RecursionError):
        return None
    asked = list(_questions_in(data, "", 0))
    if not asked:
        return None
    drafts = []
    for number, (one, category) in enumerate(asked[:MOST_QUESTIONS], 1):
        draft = _draft_of(one, category)
        where = f"{path} question {number}"
        wrong = [("", "Its answers are not understood.")] if draft is None else faults(draft)
        for _, why in wrong:
            losses.add(Kind.QUESTION, str(_first(one, _TEXT) or where), why, where)
        if draft is not None and not wrong:
            drafts.append(draft)
    if len(asked) > MOST_QUESTIONS:
        losses.add(Kind.QUESTION, f"{len(asked) - MOST_QUESTIONS:,} questions", "There are too many in one file.", path)
    return drafts


def _questions_in(data: Any, category: str, depth: int) -> Iterator[tuple[Mapping[str, Any], str]]:
    """Objects that look like questions, each with the title of the quiz that it stands in."""
    if depth > DEEPEST:
        return
    if isinstance(data, list):
        for one in data:
            yield from _questions_in(one, category, depth + 1)
    elif isinstance(data, dict):
        said = _first(data, _TEXT)
        has_answers = _first(data, _OPTIONS) is not None or _first(data, _RIGHT) is not None
        if isinstance(said, str) and has_answers and not any(_is_question(one) for one in _lists_in(data)):
            yield data, category
            return
        own = data.get("title") or data.get("name")
        for one in data.values():
            if isinstance(one, list | dict):
                yield from _questions_in(one, shown(own, 400) if isinstance(own, str) else category, depth + 1)


def _lists_in(data: Mapping[str, Any]) -> Iterator[Any]:
    for value in data.values():
        if isinstance(value, list):
            yield from value[:3]


def _is_question(one: Any) -> bool:
    return isinstance(one, dict) and _first(one, _TEXT) is not None and isinstance(_first(one, _OPTIONS), list | dict)


def _draft_of(one: Mapping[str, Any], category: str) -> Draft | None:
    text = str(_first(one, _TEXT))
    options, right = _first(one, _OPTIONS), _first(one, _RIGHT)
    why = _first(one, _WHY)
    feedback = Feedback(general=why if isinstance(why, str) else "")
    body = _without_options(right) if not isinstance(options, list | dict) else _with_options(options, right)
    if body is None:
        return None
    type_, content = body
    name = one.get("id")
    external_id = f"{category}/{name}"[:255] if isinstance(name, str | int) and not isinstance(name, bool) else None
    return Draft(type_, text, content, feedback=feedback, category=category, external_id=external_id)


def _without_options(right: Any) -> tuple[QuestionType, Body] | None:
    if isinstance(right, bool):
        return QuestionType.TRUE_FALSE, TrueFalse(right)
    accepted = right if isinstance(right, list) else [right]
    if not accepted or not all(isinstance(one, str | int | float) for one in accepted):
        return None
    literal = [re.sub(r"([*\\])", r"\\\1", str(one)) for one in accepted]
    return QuestionType.SHORT_ANSWER, ShortAnswer(tuple(AcceptedText(one) for one in literal))


def _with_options(options: list[Any] | dict[str, Any], right: Any) -> tuple[QuestionType, Body] | None:
    names = [str(name) for name in options] if isinstance(options, dict) else []
    values = list(options.values()) if isinstance(options, dict) else options
    texts, marked = [], []
    for value in values[:100]:
        said = _first(value, _OPTION_TEXT) if isinstance(value, dict) else value
        if not isinstance(said, str | int | float):
            return None
        texts.append(str(said))
        marked.append(_is_true(_first(value, _OPTION_RIGHT)) if isinstance(value, dict) else False)
    if not any(marked):
        marked = _marked(texts, names, right)
    is_many = sum(marked) > 1 or isinstance(right, list)
    return of_choices(texts, marked, is_many=is_many)


def of_choices(texts: Sequence[str], marked: Sequence[bool], *, is_many: bool) -> tuple[QuestionType, Body]:
    """Single or multiple choice of those options."""
    choices = Choices(tuple(Choice(text, Decimal(0)) for text in texts))
    type_ = QuestionType.MULTIPLE_CHOICE if is_many else QuestionType.SINGLE_CHOICE
    return type_, even_credits(choices, marked, penalty=is_many)


def _marked(texts: Sequence[str], names: Sequence[str], right: Any) -> list[bool]:
    """Which options the answer means: their texts, their keys or letters, or their numbers from 0."""
    wanted = right if isinstance(right, list) else [right]
    marks = [False] * len(texts)
    for one in wanted:
        said = str(one).strip()
        at = None
        if said in texts:
            at = texts.index(said)
        elif said in names:
            at = names.index(said)
        elif isinstance(one, int) and not isinstance(one, bool):
            at = one
        elif _LETTER.fullmatch(said):
            at = ord(said.upper()) - ord("A")
        if at is not None and 0 <= at < len(texts):
            marks[at] = True
    return marks


def _is_true(value: Any) -> bool:
    return value is True or str(value).strip().casefold() in ("true", "yes", "1")


def _first(one: Any, names: Sequence[str]) -> Any:
    return next((one[name] for name in names if one.get(name) is not None), None) if isinstance(one, dict) else None


def _of_ticked(text: str, path: str, losses: Losses) -> list[Draft] | None:
    """Questions of a Markdown file: a paragraph or heading, below it a list of boxes with the right ones ticked."""
    drafts: list[Draft] = []
    said: list[str] = []
    boxes: list[tuple[str, bool]] = []
    category = ""

    def end() -> None:
        nonlocal said, boxes
        if boxes:
            marked = [is_right for _, is_right in boxes]
            type_, body = of_choices([label for label, _ in boxes], marked, is_many=sum(marked) > 1)
            draft = Draft(type_, re.sub(r"^#+\s*", "", "\n".join(said).strip()), body, category=category)
            wrong = faults(draft)
            for _, why in wrong:
                losses.add(Kind.QUESTION, draft.text or path, why, path)
            if not wrong:
                drafts.append(draft)
            said, boxes = [], []

    for line in text.split("\n"):
        box = _TASK.match(line)
        if box is not None:
            boxes.append((box[2].strip(), box[1] != " "))
            continue
        if line.strip():
            end()
            if line.startswith("# "):
                category, said = shown(line[2:], 400), []
            else:
                said = [line] if line.startswith("#") or not said or not said[-1].strip() else [*said, line]
        elif not boxes:
            said.append(line)
    end()
    return drafts or None
