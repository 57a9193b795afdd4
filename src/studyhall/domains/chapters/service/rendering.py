"""Markdown to HTML without holding anybody up."""

import asyncio

from studyhall.domains.chapters.errors import ChapterTooComplex
from studyhall.domains.markup import public as markup
from studyhall.domains.markup.public import Rendered

AT_ONCE = 4_000
"""Up to that many characters a thread would cost more than the rendering."""


async def rendered(markdown: str) -> Rendered:
    """The text as safe HTML; a long one in a thread. Call it before the unit of work is opened for real.

    Raises:
        ChapterTooComplex: it would become too large, or nests too deeply.
    """
    try:
        if len(markdown) <= AT_ONCE:
            return markup.render(markdown)
        return await asyncio.to_thread(markup.render, markdown)
    except markup.RenderingTooLarge as error:
        raise ChapterTooComplex from error
