"""Questions of every type, made up by hypothesis."""

from decimal import Decimal

from hypothesis import strategies as st

from studyhall.domains.questions.public import (
    AcceptedNumber,
    AcceptedText,
    Choice,
    Choices,
    Draft,
    Feedback,
    Matching,
    Numeric,
    Ordering,
    Pair,
    QuestionType,
    ShortAnswer,
    TrueFalse,
    faults,
)

SIGNS = "abcXYZ 019 .,;:-+*/\\~=#{}%$[]()<>&\"'_|!?>^@`\nñß中🎓é→"
words = st.text(SIGNS, min_size=1, max_size=25).map(str.strip).filter(bool)
maybe = st.one_of(st.just(""), words)
credit = st.sampled_from([Decimal(0), Decimal(50), Decimal("33.33333"), Decimal(25)])
number = st.decimals(-10_000, 10_000, allow_nan=False, places=3)


@st.composite
def single(draw: st.DrawFn) -> Choices:
    texts = draw(st.lists(words, min_size=2, max_size=6, unique_by=lambda text: " ".join(text.split())))
    right = draw(st.integers(0, len(texts) - 1))
    made = [Choice(text, Decimal(100) if at == right else draw(credit), draw(maybe)) for at, text in enumerate(texts)]
    return Choices(tuple(made), draw(st.booleans()))


@st.composite
def multiple(draw: st.DrawFn) -> Choices:
    texts = draw(st.lists(words, min_size=2, max_size=6, unique_by=lambda text: " ".join(text.split())))
    given = st.sampled_from([Decimal(50), Decimal("33.33333"), Decimal(-100), Decimal(0), Decimal("-12.5")])
    first, *rest = [Choice(text, draw(given), draw(maybe)) for text in texts]
    return Choices((Choice(first.text, Decimal(100), first.feedback), *rest), draw(st.booleans()))


accepted = st.builds(AcceptedText, words, st.just(Decimal(100)), maybe)
partly = st.builds(AcceptedText, words, credit, maybe)
short = st.builds(
    lambda first, rest, case: ShortAnswer((first, *rest), case), accepted, st.lists(partly, max_size=3), st.booleans()
)

near = st.builds(
    AcceptedNumber, value=number, tolerance=st.decimals(0, 5, places=2), credit=st.just(Decimal(100)), feedback=maybe
)
between = st.builds(
    lambda low, width, feedback: AcceptedNumber(low=low, high=low + width, feedback=feedback),
    number,
    st.decimals(0, 50, places=2),
    maybe,
)
numeric = st.builds(lambda first, rest: Numeric((first, *rest)), near | between, st.lists(near | between, max_size=3))


@st.composite
def matching(draw: st.DrawFn) -> Matching:
    prompts = draw(st.lists(words, min_size=1, max_size=5, unique_by=lambda text: " ".join(text.split())))
    pairs = tuple(Pair(prompt, draw(words)) for prompt in prompts)
    used = {pair.option for pair in pairs}
    others = draw(st.lists(words, max_size=3, unique=True))
    return Matching(pairs, tuple(text for text in others if text not in used), draw(st.booleans()))


ordering = st.builds(lambda items: Ordering(tuple(items)), st.lists(words, min_size=2, max_size=6))

feedback = st.builds(Feedback, maybe, maybe, maybe, maybe)
BODIES = {
    QuestionType.SINGLE_CHOICE: single(),
    QuestionType.MULTIPLE_CHOICE: multiple(),
    QuestionType.TRUE_FALSE: st.builds(TrueFalse, st.booleans(), maybe, maybe),
    QuestionType.SHORT_ANSWER: short,
    QuestionType.NUMERIC: numeric,
    QuestionType.MATCHING: matching(),
    QuestionType.ORDERING: ordering,
}


@st.composite
def any_draft(draw: st.DrawFn) -> Draft:
    """Of any type, and possibly not whole."""
    type_ = draw(st.sampled_from(list(QuestionType)))
    title = draw(maybe.map(lambda text: " ".join(text.split())))
    return Draft(type_, draw(words), draw(BODIES[type_]), title, draw(feedback))


drafts = any_draft().filter(lambda draft: not faults(draft))

json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
