"""What people are told about their account as a whole."""

from uuid import UUID

from studyhall.domains.identity import public as identity
from studyhall.domains.notifications import public as notifications
from studyhall.domains.notifications.public import NotificationType
from studyhall.platform.uow import UnitOfWork

EXPORT_PAGE = "/settings/data"
_READY = {
    "en": ("Your data is ready", "Everything that Studyhall keeps of you lies ready in one file, for seven days."),
    "de": ("Deine Daten liegen bereit", "Alles, was Studyhall über dich weiß, liegt sieben Tage lang in einer Datei."),
}


async def export_ready(uow: UnitOfWork, user_id: UUID, export_id: UUID) -> None:
    """It leads to the page that has the link, so that only its owner gets to the archive."""
    to = await identity.recipient(uow, user_id)
    if to is None:
        return
    title, message = _READY.get(to.language.split("-")[0].lower(), _READY["en"])
    key, told = f"export_ready:{export_id}", {"export_id": str(export_id)}
    await notifications.notify(
        uow, [user_id], NotificationType.SYSTEM, title, message, action_url=EXPORT_PAGE, metadata=told, dedupe_key=key
    )
