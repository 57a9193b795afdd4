"""What kind of question an item is, and its answers."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from studyhall.domains.question_files.rules.qti12.items import Item, Response
from studyhall.domains.question_files.rules.qti12.scoring import Rule, full_score, rules, score
from studyhall.domains.questions.public import (
    AcceptedNumber,
    AcceptedText,
    Body,
    Choice,
    Choices,
    Matching,
    Numeric,
    Ordering,
    Pair,
    QuestionType,
    ShortAnswer,
    TrueFalse,
    even_credits,
    number_of,
)

WHOLE = Decimal(100)
_OVERALL = frozenset({"general_fb", "correct_fb", "partial_fb", "general_incorrect_fb"})
_NOT_CARRIED = {
    "essay_question": "Essay questions are not carried: their answers cannot be graded here.",
    "cc.essay.v0p1": "Essay questions are not carried: their answers cannot be graded here.",
    "file_upload_question": "Questions answered by a file are not carried.",
    "text_only_question": "This is a text without a question; it is not carried.",
    "calculated_question": "Formula questions with variables are not carried.",
    "hot_spot_question": "Questions on a spot in a picture are not carried.",
    "stimulus": "This is a text without a question; it is not carried.",
}
_KINDS = {
    "multiple_choice_question": "single",
    "cc.multiple_choice.v0p1": "single",
    "true_false_question": "true_false",
    "cc.true_false.v0p1": "true_false",
    "multiple_answers_question": "multiple",
    "cc.multiple_response.v0p1": "multiple",
    "short_answer_question": "short",
    "cc.fib.v0p1": "short",
    "cc.pattern_match.v0p1": "short",
    "numerical_question": "numeric",
    "matching_question": "matching",
    "ordering_question": "ordering",
    "fill_in_multiple_blanks_question": "blanks",
    "multiple_dropdowns_question": "dropdowns",
}


class Unreadable(ValueError):
    """The item cannot become a question; the text says why."""


@dataclass(frozen=True, slots=True)
class Made:
    """One question of an item; `name` and `asks` where the item has several."""

    type: QuestionType
    body: Body
    name: str = ""
    asks: str = ""


@dataclass(slots=True)
class Bodies:
    """The questions of an item, the feedback that found its answer, and what was changed on the way."""

    parts: list[Made]
    used: set[str] = field(default_factory=set)
    remarks: list[str] = field(default_factory=list)


@dataclass(slots=True)
class _Reading:
    """An item while its answers are read."""

    item: Item
    rules: list[Rule]
    full: Decimal
    used: set[str] = field(default_factory=set)
    remarks: list[str] = field(default_factory=list)

    def credit(self, response: str, *values: str) -> Decimal:
        """What an answer earns, in percent."""
        return score(self.rules, {response: values}) / self.full * 100

    def told(self, response: str, value: str) -> str:
        """Feedback shown for that one answer, by a rule of its own or by the one that scores it."""
        return self.told_apart(response, value) or self._told(response, value, scored=True)

    def told_apart(self, response: str, value: str) -> str:
        """Feedback shown for that one answer by a rule that does nothing else, as Canvas writes it."""
        return self._told(response, value, scored=False)

    def _told(self, response: str, value: str, *, scored: bool) -> str:
        for rule in self.rules:
            if bool(rule.changes) is scored and rule.tested("varequal") == [(response, value)]:
                return self.of_rule(rule)
        return ""

    def of_rule(self, rule: Rule) -> str:
        own = [ident for ident in rule.shows if ident not in _OVERALL and ident in self.item.feedback]
        self.used.update(own)
        return "\n\n".join(self.item.feedback[ident] for ident in own)


def bodies(item: Item) -> Bodies:
    """The item's questions. Raises Unreadable, with a sentence."""
    kind = item.about.get("question_type") or item.about.get("cc_profile") or ""
    if kind in _NOT_CARRIED:
        raise Unreadable(_NOT_CARRIED[kind])
    if not item.responses:
        raise Unreadable("There is nothing to answer in this item.")
    how = _KINDS.get(kind) or _inferred(item)
    reading = _Reading(item, rules(item.element), full_score(item.element))
    return Bodies(_HOW[how](reading), reading.used, reading.remarks)


def _inferred(item: Item) -> str:
    """By its structure, where it does not say."""
    first = item.responses[0]
    if len(item.responses) > 1:
        if all(one.labels for one in item.responses):
            return "matching"
        raise Unreadable("Items with several responses of this kind are not carried.")
    if first.tag == "response_lid":
        named = {"Multiple": "multiple", "Ordered": "ordering"}.get(first.cardinality.title(), "single")
        words = {text.strip().lower() for text in first.labels.values()}
        return "true_false" if words == {"true", "false"} else named
    if first.tag in ("response_str", "response_num"):
        return "numeric" if first.decimal else "short"
    raise Unreadable(f"Items with <{first.tag}> are not carried.")


def _labels(reading: _Reading, response: Response) -> dict[str, str]:
    """The choices that say something; empty ones are a remark."""
    said = {ident: text for ident, text in response.labels.items() if text}
    if len(said) < len(response.labels):
        reading.remarks.append(f"{len(response.labels) - len(said)} choices without a text are left out.")
    return said


def _single(reading: _Reading) -> list[Made]:
    return [Made(QuestionType.SINGLE_CHOICE, _one_of(reading, reading.item.responses[0]))]


def _one_of(reading: _Reading, response: Response) -> Choices:
    found = [
        Choice(text, _bounded(reading.credit(response.ident, ident)), reading.told(response.ident, ident))
        for ident, text in _labels(reading, response).items()
    ]
    return Choices(tuple(found))


def _bounded(credit: Decimal) -> Decimal:
    return max(-WHOLE, min(WHOLE, credit))


def _true_false(reading: _Reading) -> list[Made]:
    response = reading.item.responses[0]
    by_word = {text.strip().lower(): ident for ident, text in response.labels.items()}
    if by_word.keys() != {"true", "false"}:
        # "Wahr" and "Falsch", "Yes" and "No": two choices are the same question.
        return _single(reading)
    credits = {word: reading.credit(response.ident, ident) for word, ident in by_word.items()}
    if sorted(credit >= WHOLE for credit in credits.values()) != [False, True]:
        raise Unreadable("Neither true nor false is right, or both are.")
    told = {word: reading.told(response.ident, ident) for word, ident in by_word.items()}
    return [Made(QuestionType.TRUE_FALSE, TrueFalse(credits["true"] >= WHOLE, told["true"], told["false"]))]


def _multiple(reading: _Reading) -> list[Made]:
    """Right and wrong from the rule that gives everything, else what each choice adds."""
    response = reading.item.responses[0]
    labels = _labels(reading, response)
    body = Choices(tuple(Choice(text, WHOLE, reading.told(response.ident, ident)) for ident, text in labels.items()))
    for rule in reading.rules:
        if any(action == "set" and value >= reading.full for action, value in rule.changes):
            right = {value for _, value in rule.tested("varequal")}
            even = even_credits(body, [ident in right for ident in labels], penalty=True)
            return [Made(QuestionType.MULTIPLE_CHOICE, even)]
    added = [_bounded(reading.credit(response.ident, ident)) for ident in labels]
    choices = tuple(Choice(one.text, credit, one.feedback) for one, credit in zip(body.choices, added, strict=True))
    return [Made(QuestionType.MULTIPLE_CHOICE, Choices(choices))]


def _short(reading: _Reading) -> list[Made]:
    answers, cases = [], set()
    for rule in reading.rules:
        credit = max((value for _, value in rule.changes), default=Decimal(0)) / reading.full * 100
        earns = bool(rule.changes)
        for tag, form in (("varequal", "{}"), ("varsubstring", "*{}*")):
            for response, value in rule.tested(tag):
                pattern = form.format(value.replace("*", "\\*"))
                if earns and value:
                    told = reading.of_rule(rule) or reading.told_apart(response, value)
                    answers.append(AcceptedText(pattern, max(Decimal(0), min(WHOLE, credit)), told))
        if rule.condition is not None and earns:
            cases |= {one.get("case", "No").lower() for one in rule.condition.iter("varequal")}
    return [Made(QuestionType.SHORT_ANSWER, ShortAnswer(tuple(answers), cases == {"yes"}))]


def _numeric(reading: _Reading) -> list[Made]:
    answers = []
    for rule in reading.rules:
        if not rule.changes:
            continue
        credit = max(Decimal(0), min(WHOLE, max(value for _, value in rule.changes) / reading.full * 100))
        exact = [number_of(value) for _, value in rule.tested("varequal")]
        low = [number_of(value) for tag in ("vargte", "vargt") for _, value in rule.tested(tag)]
        high = [number_of(value) for tag in ("varlte", "varlt") for _, value in rule.tested(tag)]
        number = _near(exact, low, high)
        if number is not None:
            value, tolerance, least, most = number
            answers.append(AcceptedNumber(value, tolerance, False, least, most, credit, reading.of_rule(rule)))
    return [Made(QuestionType.NUMERIC, Numeric(tuple(answers)))]


_Near = tuple[Decimal | None, Decimal, Decimal | None, Decimal | None]


def _near(exact: list[Decimal | None], low: list[Decimal | None], high: list[Decimal | None]) -> _Near | None:
    """A value with a tolerance where the bounds lie evenly around it, else an interval."""
    value = exact[0] if exact else None
    least, most = (low[0] if low else None), (high[0] if high else None)
    if least is not None and most is not None:
        if value is not None and value - least == most - value:
            return value, most - value, None, None
        return None, Decimal(0), least, most
    return None if value is None else (value, Decimal(0), None, None)


def _matching(reading: _Reading) -> list[Made]:
    pairs, offered = [], dict[str, None]()
    for response in reading.item.responses:
        labels = {ident: text for ident, text in response.labels.items() if text}
        right = next((ident for ident in labels if reading.credit(response.ident, ident) > 0), None)
        offered.update(dict.fromkeys(labels.values()))
        if not response.prompt:
            raise Unreadable("Its prompts have no text, so nobody could match them.")
        if right is None:
            raise Unreadable(f"No option is right for “{response.prompt[:60]}”.")
        pairs.append(Pair(response.prompt, labels[right], _of_pair(reading, response, right)))
    used = {pair.option for pair in pairs}
    return [Made(QuestionType.MATCHING, Matching(tuple(pairs), tuple(text for text in offered if text not in used)))]


def _of_pair(reading: _Reading, response: Response, right: str) -> str:
    """Canvas links it to any other answer, by the name of the response."""
    ident = f"{response.ident.removeprefix('response_')}_fb"
    if ident in _OVERALL or ident not in reading.item.feedback:
        return reading.told(response.ident, right)
    reading.used.add(ident)
    return reading.item.feedback[ident]


def _ordering(reading: _Reading) -> list[Made]:
    response = reading.item.responses[0]
    for rule in reading.rules:
        order = [value for _, value in rule.tested("varequal")]
        if rule.changes and sorted(order) == sorted(response.labels):
            return [Made(QuestionType.ORDERING, Ordering(tuple(response.labels[ident] for ident in order)))]
    raise Unreadable("The right order is not given.")


def _blanks(reading: _Reading) -> list[Made]:
    """Each blank becomes a question of its own: so its texts are still written, not chosen."""
    parts = []
    for response in reading.item.responses:
        # Canvas scores one of the accepted texts only; all that are listed are accepted.
        texts = [(ident, text) for ident, text in response.labels.items() if text]
        answers = tuple(
            AcceptedText(text.replace("*", "\\*"), WHOLE, reading.told(response.ident, ident)) for ident, text in texts
        )
        parts.append(_of_blank(reading, response, QuestionType.SHORT_ANSWER, ShortAnswer(answers)))
    return parts


def _dropdowns(reading: _Reading) -> list[Made]:
    return [
        _of_blank(reading, response, QuestionType.SINGLE_CHOICE, _one_of_many(reading, response))
        for response in reading.item.responses
    ]


def _one_of_many(reading: _Reading, response: Response) -> Choices:
    """One blank earns only its share of the whole; within itself that is everything."""
    body = _one_of(reading, response)
    most = max((one.credit for one in body.choices), default=Decimal(0))
    if most <= 0:
        raise Unreadable(f"No choice is right for the blank “{response.prompt[:60]}”.")
    return Choices(tuple(Choice(one.text, one.credit / most * 100, one.feedback) for one in body.choices))


def _of_blank(reading: _Reading, response: Response, type_: QuestionType, body: Body) -> Made:
    name = response.prompt or response.ident.removeprefix("response_")
    if len(reading.item.responses) == 1:
        return Made(type_, body)
    reading.remarks.append(f"Its {len(reading.item.responses)} blanks are carried as a question each.")
    return Made(type_, body, name, f"**[{name}]**")


_HOW: Mapping[str, Callable[[_Reading], list[Made]]] = {
    "single": _single,
    "true_false": _true_false,
    "multiple": _multiple,
    "short": _short,
    "numeric": _numeric,
    "matching": _matching,
    "ordering": _ordering,
    "blanks": _blanks,
    "dropdowns": _dropdowns,
}
