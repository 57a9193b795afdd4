"""What follows a change of the index, and what the night puts right."""

from datetime import timedelta
from uuid import UUID

from studyhall.domains.search.service import following
from studyhall.platform.clients.embedding import Unavailable
from studyhall.platform.jobs import JobRun, RetryLater, job, periodic
from studyhall.platform.uow import UnitOfWork

MOST_BATCHES = 200
LATER = timedelta(minutes=1)
FIRST = UUID(int=0)


@job("search.embed", tries=5, timeout=900, overlaps=False)
async def embed(run: JobRun) -> None:
    """Make the missing embeddings, batch by batch; what one run does not reach, the next one does.

    Without the embedding package there is nothing to do; once it is installed, the periodic look finds what waits.
    """
    if not run.resources.embedding.is_available:
        return
    after = FIRST
    try:
        for _ in range(MOST_BATCHES):
            last = await following.embed_batch(run.resources, after)
            if last is None:
                return
            after = last
    except Unavailable as error:
        raise RetryLater("the embedding model does not answer", LATER) from error


@job("search.learn_words")
async def learn_words(run: JobRun, *, document_ids: list[UUID]) -> None:
    """Make the words of changed documents known to spelling, and count anew when the index has grown."""
    await following.learn(run.resources, document_ids)
    async with run.unit_of_work() as uow:
        await following.count_words(uow, only_if_grown=True)


@periodic("search.look_for_pending", "*/5 * * * *")
async def look_for_pending(run: JobRun) -> None:
    """Queue the making of embeddings where passages wait: a run ended early, or the package came later."""
    if run.resources.embedding.is_available:
        async with run.unit_of_work() as uow:
            if await following.is_pending(uow):
                await uow.enqueue(embed, dedupe_key="pending")


@periodic("search.tidy_words", "40 3 * * *")
async def tidy_words(run: JobRun) -> None:
    """Forget words that stand nowhere any more, and count the others."""
    await following.forget_words(run.resources)
    async with run.unit_of_work() as uow:
        await following.count_words(uow, only_if_grown=False)


async def follow(uow: UnitOfWork, document_ids: list[UUID]) -> None:
    """Queue what follows the change of documents."""
    if document_ids:
        await uow.enqueue(learn_words, document_ids=document_ids)
        await uow.enqueue(embed, dedupe_key="pending")
