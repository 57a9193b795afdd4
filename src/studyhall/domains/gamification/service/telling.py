"""Word of what was reached."""

from collections.abc import Sequence
from uuid import UUID

from studyhall.domains.gamification.rules import Achievement
from studyhall.domains.gamification.service.catalogue import LANGUAGES, words
from studyhall.domains.notifications import public as notifications
from studyhall.domains.notifications.public import NotificationType
from studyhall.platform.uow import UnitOfWork

_LEVEL = {
    "en": ("Level {level}", "Your work has brought you to level {level}."),
    "de": ("Stufe {level}", "Deine Arbeit hat dich auf Stufe {level} gebracht."),
}
_SEVERAL = {
    "en": ("{count} achievements unlocked", "{names}."),
    "de": ("{count} Erfolge freigeschaltet", "{names}."),
}
_MOST_NAMED = 10


async def tell(
    uow: UnitOfWork, user_id: UUID, language: str, level: int | None, unlocked: Sequence[Achievement]
) -> None:
    """One notification for a level, and one for all that was unlocked at once, in the person's language."""
    language = language.split("-", maxsplit=1)[0].lower()
    language = language if language in LANGUAGES else LANGUAGES[0]
    if level is not None:
        title, message = (one.format(level=level) for one in _LEVEL[language])
        await notifications.notify(
            uow, [user_id], NotificationType.ACHIEVEMENT, title, message, action_url="/progress",
            metadata={"kind": "level", "level": level}, dedupe_key=f"gamification.level:{level}",
        )  # fmt: skip
    if unlocked:
        title, message = _unlocked(unlocked, language)
        await notifications.notify(
            uow, [user_id], NotificationType.ACHIEVEMENT, title, message, action_url="/progress",
            metadata={"kind": "achievements", "achievements": [one.key for one in unlocked]},
            dedupe_key=f"gamification.achievement:{unlocked[0].key}",
        )  # fmt: skip


def _unlocked(unlocked: Sequence[Achievement], language: str) -> tuple[str, str]:
    if len(unlocked) == 1:
        return words(unlocked[0], language)
    names = [words(one, language)[0] for one in unlocked]
    more = [f"+{len(names) - _MOST_NAMED}"] if len(names) > _MOST_NAMED else []
    title, message = _SEVERAL[language]
    return title.format(count=len(names)), message.format(names=", ".join(names[:_MOST_NAMED] + more))
