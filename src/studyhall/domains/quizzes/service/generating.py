"""A quiz made on the spot, without any model: questions of the bank, then gaps and definitions from the text."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from studyhall.domains.chapters import public as chapters
from studyhall.domains.questions import public as questions
from studyhall.domains.quizzes import queries
from studyhall.domains.quizzes.errors import NothingToAsk
from studyhall.domains.quizzes.models import GENERATED, Quiz
from studyhall.domains.quizzes.rules import cloze
from studyhall.domains.quizzes.service.authoring import write_questions
from studyhall.domains.subjects import public as subjects
from studyhall.platform.auth import Actor
from studyhall.platform.ids import new_id
from studyhall.platform.uow import UnitOfWork

_MOST_CHAPTERS, _MOST_DRAWN, _LONGEST_TEXT = 20, 200, 200_000


@dataclass(frozen=True, slots=True)
class Wish:
    """What the quiz is to be about, and how long it may be."""

    chapter_id: UUID | None
    topic_id: UUID | None
    title: str | None
    number: int
    time_limit_seconds: int | None


async def generate(uow: UnitOfWork, actor: Actor, wish: Wish) -> Quiz:
    """A quiz that the actor alone sees.

    Of the bank it takes what he wrote himself, and what a published quiz asks that he may take as often as he likes:
    else it would tell the answers of an exam.

    Raises:
        ChapterNotFound, TopicNotFound: he does not see it (404).
        NothingToAsk: no questions, and no text that questions can be made from (422).
    """
    found = await _chapters(uow, actor, wish)
    seed = str(new_id())
    bank = await _of_bank(uow, actor, found, wish, seed)
    texts = await chapters.chapter_texts(uow, [one.id for one in found])
    # Half is left to the text, where it has enough.
    room = wish.number - min(len(bank), (wish.number + 1) // 2)
    made = await asyncio.to_thread(_from_texts, found, texts, room, seed)
    chosen = bank[: wish.number - len(made)]
    if not chosen and not made:
        raise NothingToAsk
    ids = [one.id for one in chosen]
    if made:
        ids += (await questions.upsert(uow, actor.user_id, made, source=GENERATED)).ids
    title = wish.title or (found[0].title if found else "Practice")
    quiz = Quiz(
        owner_id=actor.user_id,
        course_id=found[0].course_id if wish.chapter_id is not None else None,
        chapter_id=wish.chapter_id,
        title=title[:255],
        source=GENERATED,
        time_limit_seconds=wish.time_limit_seconds,
        questions_count=len(ids),
    )
    uow.session.add(quiz)
    await uow.session.flush()
    points = {one.id: one.points for one in chosen}
    await write_questions(uow, quiz.id, [(id_, points.get(id_, Decimal(1))) for id_ in ids])
    return quiz


async def _chapters(uow: UnitOfWork, actor: Actor, wish: Wish) -> Sequence[chapters.ChapterFacts]:
    if wish.chapter_id is not None:
        return [await chapters.require_visible(uow, actor.user_id, wish.chapter_id)]
    topic_id = wish.topic_id or new_id()
    found = (await chapters.on_topics(uow, actor.user_id, [topic_id]))[topic_id][:_MOST_CHAPTERS]
    if not found:
        await subjects.require_topics(uow, [topic_id])
    return found


async def _of_bank(
    uow: UnitOfWork, actor: Actor, found: Sequence[chapters.ChapterFacts], wish: Wish, seed: str
) -> list[questions.Question]:
    courses = {one.course_id for one in found}
    about = (
        questions.Wanted(chapter_ids=[wish.chapter_id])
        if wish.chapter_id is not None
        else questions.Wanted(topic_ids=[wish.topic_id] if wish.topic_id else [], course_ids=courses)
    )
    drawn = [one for one in await questions.drawn(uow, about, _MOST_DRAWN, seed=seed) if one.source != GENERATED]
    open_ = await queries.practised(uow, [one.id for one in drawn]) if drawn else set()
    return [one for one in drawn if one.owner_id == actor.user_id or one.id in open_][: wish.number]


def _from_texts(
    found: Sequence[chapters.ChapterFacts], texts: Mapping[UUID, str], number: int, seed: str
) -> list[tuple[questions.Ready, questions.Place]]:
    """Questions of all chapters in turn, each told with its sentence after grading."""
    by_chapter = [
        [(one, gap) for gap in cloze.gaps(texts.get(one.id, "")[:_LONGEST_TEXT], number, seed)] for one in found
    ]
    made: dict[str, tuple[questions.Ready, questions.Place]] = {}
    for at in range(number):
        for one, gap in (gaps[at] for gaps in by_chapter if at < len(gaps)):
            ready = questions.ready(_draft(one, gap))
            if isinstance(ready, questions.Ready) and len(made) < number:
                made.setdefault(gap.text, (ready, questions.Place(None, one.id, one.topic_ids)))
    return list(made.values())


def _draft(chapter: chapters.ChapterFacts, gap: cloze.Gap) -> questions.Draft:
    plain = questions.plain_as_markdown
    asks = "Which word is defined here?" if gap.is_definition else "Which word is missing?"
    right = [one == gap.term for one in gap.choices]
    body: questions.Body
    if len(gap.choices) > 1:
        offered = questions.Choices(tuple(questions.Choice(plain(one)) for one in gap.choices))
        type_, body = questions.QuestionType.SINGLE_CHOICE, questions.even_credits(offered, right, penalty=False)
    else:
        type_, body = questions.QuestionType.SHORT_ANSWER, questions.ShortAnswer((questions.AcceptedText(gap.term),))
    told = f"From “{chapter.title}”: {gap.sentence}"
    return questions.Draft(
        type=type_,
        text=f"{asks}\n\n{plain(gap.text)}",
        body=body,
        feedback=questions.Feedback(general=plain(told)),
        external_id=f"{chapter.id}:{chapter.version}:{gap.start}:{gap.term}"[:255],
    )
