"""A question as it is shown to whom is to answer it. Nothing here may tell the right answer."""

import random
from collections.abc import Mapping
from dataclasses import dataclass

from studyhall.domains.questions.rules.drafts import Body, Choices, Matching, Ordering, QuestionType, keys, options


@dataclass(frozen=True, slots=True)
class Shown:
    """A text to choose, match or order, under its key."""

    key: str
    text: str
    html: str


@dataclass(frozen=True, slots=True)
class Offer:
    """What there is to choose from.

    Attributes:
        choices: of single and multiple choice; of true or false none, its answers are `true` and `false`.
        prompts: of matching, each to be given one of `options`.
        options: of matching.
        items: of ordering, to be put in order.
    """

    choices: tuple[Shown, ...] = ()
    prompts: tuple[Shown, ...] = ()
    options: tuple[Shown, ...] = ()
    items: tuple[Shown, ...] = ()


def offer(type_: QuestionType, body: Body, html: Mapping[str, str], seed: str) -> Offer:
    """The choices in an order that follows from the seed alone, so that a resumed attempt looks the same.

    Args:
        html: rendered texts by key.
        seed: e.g. the ids of attempt and question.
    """
    dice = random.Random(seed)  # noqa: S311  # an order, not a secret
    match body:
        case Choices():
            shown = _shown([one.text for one in body.choices], "choice", html)
            return Offer(choices=_shuffled(shown, dice) if body.shuffle else tuple(shown))
        case Matching():
            prompts = _shown([pair.prompt for pair in body.pairs], "prompt", html)
            # Options are always shuffled: in the order of the prompts they would tell the answer.
            offered = _shuffled(_shown(options(body), "option", html), dice)
            return Offer(prompts=_shuffled(prompts, dice) if body.shuffle else tuple(prompts), options=offered)
        case Ordering():
            return Offer(items=_shuffled(_shown(body.items, "item", html), dice))
        case _:
            return Offer()


def _shown(texts: "list[str] | tuple[str, ...]", kind: str, html: Mapping[str, str]) -> list[Shown]:
    return [Shown(key, text, html.get(key, "")) for key, text in zip(keys(texts, kind), texts, strict=True)]


def _shuffled(shown: list[Shown], dice: random.Random) -> tuple[Shown, ...]:
    # Sorted first, so that the order of storage has no part in what is shown.
    mixed = sorted(shown, key=lambda one: one.key)
    dice.shuffle(mixed)
    return tuple(mixed)
