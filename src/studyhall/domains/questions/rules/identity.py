"""Names for questions that their source gives none, so that a second import finds them again."""

from collections.abc import Sequence
from dataclasses import replace
from hashlib import blake2b

from studyhall.domains.questions.rules.checks import LONGEST_EXTERNAL_ID
from studyhall.domains.questions.rules.drafts import Draft


def identified(drafts: Sequence[Draft]) -> list[Draft]:
    """The drafts, each with an external id of its own.

    Without one it is made of type, category and title, or where there is no title of the text: a question with a title
    may be reworded and stays the same. Equal ones are numbered in their order.
    """
    seen: dict[str, int] = {}
    made = []
    for draft in drafts:
        name = draft.external_id or _derived(draft)
        seen[name] = number = seen.get(name, 0) + 1
        suffix = f"#{number}" if number > 1 else ""
        made.append(replace(draft, external_id=f"{name[: LONGEST_EXTERNAL_ID - len(suffix)]}{suffix}"))
    return made


def _derived(draft: Draft) -> str:
    said = draft.title or draft.text
    parts = "\0".join((draft.type, draft.category, "title" if draft.title else "text", said))
    return f"~{blake2b(parts.encode(errors='replace'), digest_size=12).hexdigest()}"
