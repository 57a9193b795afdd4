"""GIFT to drafts."""

import re
from collections.abc import Sequence
from decimal import Decimal

from studyhall.domains.question_files.rules.encodings import decoded
from studyhall.domains.question_files.rules.gift.blocks import Block, blocks
from studyhall.domains.question_files.rules.gift.syntax import Answer, GiftQuestion, GiftType, NotGift, Words, parse
from studyhall.domains.question_files.rules.notations import MARKDOWN, MOODLE, as_markdown, left_behind
from studyhall.domains.question_files.rules.numbers import Range, number_range
from studyhall.domains.question_files.rules.outcome import Kind, Outcome, Report, TooMany, shortened, too_large
from studyhall.domains.questions.public import (
    AcceptedNumber,
    AcceptedText,
    Body,
    Choice,
    Choices,
    Draft,
    Feedback,
    Matching,
    Numeric,
    Pair,
    QuestionType,
    ShortAnswer,
    TrueFalse,
)

WHOLE = Decimal(100)
_TYPES = {
    GiftType.TRUE_FALSE: QuestionType.TRUE_FALSE,
    GiftType.SHORT: QuestionType.SHORT_ANSWER,
    GiftType.NUMERICAL: QuestionType.NUMERIC,
    GiftType.MATCHING: QuestionType.MATCHING,
}
_NOT_CARRIED = {
    GiftType.ESSAY: "Essay questions are not carried: their answers cannot be graded here.",
    GiftType.DESCRIPTION: "This is a description without a question; it is not carried.",
}


def read(content: bytes) -> Outcome:
    """The questions of a GIFT file. Never raises; what is no GIFT is told in the losses or as the problem."""
    refused = too_large(content)
    if refused is not None:
        return refused
    try:
        text, remark = decoded(content)
    except ValueError as error:
        return Outcome(problem=str(error))
    report = Report()
    if remark is not None:
        report.lose(Kind.FILE, "encoding", remark)
    try:
        for block in blocks(text):
            if block.text:
                _read_block(block, report)
    except TooMany as error:
        return Outcome(problem=str(error))
    if not report.drafts and not report.losses:
        return Outcome(problem="There is no question in this file.")
    return report.outcome()


def _read_block(block: Block, report: Report) -> None:
    where = f"line {block.line}"
    try:
        question = parse(block)
        why = _NOT_CARRIED.get(question.type)
        if why is not None:
            report.lose(Kind.QUESTION, question.title or question.stem.text, why, where)
            return
        draft = _draft(question, block)
    except NotGift as error:
        report.lose(Kind.QUESTION, shortened(block.text), str(error), where)
        return
    if report.keep(draft, where):
        for remark in left_behind(block.text):
            report.lose(Kind.PART, draft.title or draft.text, remark, where)


def _draft(question: GiftQuestion, block: Block) -> Draft:
    type_, body = _body(question)
    return Draft(
        type=type_,
        text=_markdown(question.stem),
        body=body,
        title=question.title or "",
        feedback=Feedback(general=_markdown(question.feedback)),
        tags=block.tags,
        category=_category(block.category),
        external_id=block.id,
    )


def _category(path: str) -> str:
    """Moodle's path without the names of its contexts."""
    return re.sub(r"^(?:\$\w{1,20}\$/)?(?:top(?:/|$))?", "", path)[:500]


def _markdown(words: Words | None) -> str:
    return as_markdown(words.text, words.format) if words is not None else ""


def _body(question: GiftQuestion) -> tuple[QuestionType, Body]:
    answers = question.answers
    match question.type:
        case GiftType.TRUE_FALSE:
            body: Body = _true_false(question)
        case GiftType.SHORT:
            body = ShortAnswer(
                tuple(AcceptedText(one.words.text, _credit(one), _markdown(one.feedback)) for one in answers)
            )
        case GiftType.NUMERICAL:
            body = Numeric(tuple(_number(one) for one in answers))
        case GiftType.MATCHING:
            body = _matching(answers, question.stem.format)
        case _:
            return _choices(answers)
    return _TYPES[question.type], body


def _true_false(question: GiftQuestion) -> TrueFalse:
    """The first feedback is for the wrong answer, the second for the right one."""
    wrong, right = _markdown(question.first_feedback), _markdown(question.second_feedback)
    return TrueFalse(True, right, wrong) if question.is_true else TrueFalse(False, wrong, right)


def _credit(answer: Answer) -> Decimal:
    if answer.weight is not None:
        return answer.weight
    return WHOLE if answer.is_right else Decimal(0)


def _choices(answers: Sequence[Answer]) -> tuple[QuestionType, Choices]:
    """With `=` one can be chosen, with weights alone several (as Moodle has it)."""
    body = Choices(tuple(Choice(_markdown(one.words), _credit(one), _markdown(one.feedback)) for one in answers))
    credits = [one.credit for one in body.choices]
    shared = WHOLE not in credits and sum(1 for credit in credits if credit > 0) > 1
    is_single = any(one.is_right for one in answers) and not shared
    return (QuestionType.SINGLE_CHOICE if is_single else QuestionType.MULTIPLE_CHOICE), body


def _number(answer: Answer) -> AcceptedNumber:
    written = answer.words.text
    feedback = _markdown(answer.feedback)
    if not answer.is_right and not written:
        return AcceptedNumber(credit=Decimal(0), feedback=feedback)  # ~#feedback for any other number
    found = number_range(written)
    if found is None:
        raise NotGift(f"“{shortened(written)}” is no number, no range and no number with a tolerance.")
    return accepted(found, _credit(answer), feedback)


def accepted(found: Range, credit: Decimal, feedback: str) -> AcceptedNumber:
    return AcceptedNumber(found.value, found.tolerance, False, found.low, found.high, credit, feedback)


def _matching(answers: Sequence[Answer], notation: str) -> Matching:
    """A pair without a prompt is an option that belongs to none; options are plain but where all is Markdown."""
    notation = notation if notation == MARKDOWN else MOODLE
    pairs = [
        Pair(_markdown(one.words), as_markdown(one.option or "", notation), _markdown(one.feedback)) for one in answers
    ]
    whole = tuple(pair for pair in pairs if pair.prompt)
    used = {pair.option for pair in whole}
    others = tuple(dict.fromkeys(pair.option for pair in pairs if not pair.prompt and pair.option not in used))
    return Matching(whole, others)
