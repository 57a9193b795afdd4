"""What an item's response processing gives for an answer: its conditions are run, not guessed at."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from xml.etree.ElementTree import Element

from studyhall.domains.question_files.rules.trees import each, text_of
from studyhall.domains.questions.public import number_of

Given = Mapping[str, Collection[str]]
"""The values given to each response, by its identifier."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One condition with what it does to the score and the feedback that it shows."""

    condition: Element | None
    changes: tuple[tuple[str, Decimal], ...]
    shows: tuple[str, ...]
    goes_on: bool

    def tested(self, tag: str) -> list[tuple[str, str]]:
        """The (response, value) pairs that the condition compares by that tag, none within a `not`."""
        found: list[tuple[str, str]] = []
        pending = [self.condition] if self.condition is not None else []
        while pending:
            element = pending.pop()
            if element.tag == tag:
                found.append((element.get("respident", ""), text_of(element)))
            if element.tag != "not":
                pending.extend(reversed(list(element)))
        return found


def rules(item: Element) -> list[Rule]:
    return [
        _rule(element) for processing in each(item, "resprocessing") for element in each(processing, "respcondition")
    ]


def _rule(element: Element) -> Rule:
    changes = [(one.get("action", "Set").lower(), number_of(text_of(one))) for one in each(element, "setvar")]
    return Rule(
        element.find("conditionvar"),
        tuple((action, value) for action, value in changes if value is not None),
        tuple(one.get("linkrefid", "") for one in each(element, "displayfeedback")),
        element.get("continue", "No").lower() == "yes",
    )


def full_score(item: Element) -> Decimal:
    """What counts as everything: the declared maximum, else 100."""
    for declared in each(item, "decvar"):
        most = number_of(declared.get("maxvalue", ""))
        if most is not None and most > 0:
            return most
    return Decimal(100)


def score(rules: Sequence[Rule], given: Given) -> Decimal:
    """The score that the answer ends with."""
    total = Decimal(0)
    for rule in rules:
        if rule.condition is None or not _holds(rule.condition, given):
            continue
        for action, value in rule.changes:
            total = _changed(total, action, value)
        # A rule that only adds is one of several parts, whatever it says of going on (Canvas leaves it out there).
        if not rule.goes_on and rule.changes and any(action == "set" for action, _ in rule.changes):
            break
    return total


def _changed(total: Decimal, action: str, value: Decimal) -> Decimal:
    match action:
        case "add":
            return total + value
        case "subtract":
            return total - value
        case _:
            return value


def _holds(element: Element, given: Given) -> bool:
    """Whether a condition is met; several side by side must all be, as far as `_all` does not say otherwise."""
    within, children = False, list(element)
    match element.tag:
        case "not":
            within = not _all(children, given)
        case "or":
            within = any(_holds(one, given) for one in children)
        case "and":
            within = all(_holds(one, given) for one in children)
        case "conditionvar":
            within = _all(children, given)
        case "other":
            within = True
        case "varequal":
            within = _has(element, given)
        case _:
            pass  # what compares numbers or parts of texts is read by `bodies`, not run
    return within


def _all(elements: Sequence[Element], given: Given) -> bool:
    """Canvas lists the accepted texts of a short answer side by side: any of them will do."""
    tests = {(one.tag, one.get("respident")) for one in elements}
    if len(elements) > 1 and len(tests) == 1 and elements[0].tag == "varequal":
        return any(_has(one, given) for one in elements)
    return all(_holds(one, given) for one in elements)


def _has(element: Element, given: Given) -> bool:
    values = given.get(element.get("respident", ""), ())
    return text_of(element) in values
