"""What people are told about their account as a whole."""

from datetime import datetime
from uuid import UUID

from studyhall.domains.identity import public as identity
from studyhall.domains.mails import public as mails
from studyhall.domains.mails.public import Template
from studyhall.domains.notifications import public as notifications
from studyhall.domains.notifications.public import NotificationType
from studyhall.platform import clock
from studyhall.platform.uow import UnitOfWork

EXPORT_PAGE = "/settings/data"
_READY = {
    "en": ("Your data is ready", "Everything that Studyhall keeps of you lies ready in one file, for seven days."),
    "de": ("Deine Daten liegen bereit", "Alles, was Studyhall über dich weiß, liegt sieben Tage lang in einer Datei."),
}


async def export_ready(uow: UnitOfWork, user_id: UUID, export_id: UUID, until: datetime) -> None:
    """In the bell and by mail. It leads to the page that has the link, so that only its owner gets to the archive."""
    to = await identity.recipient(uow, user_id)
    if to is None:
        return
    title, message = _READY.get(to.language.split("-")[0].lower(), _READY["en"])
    key, told = f"export_ready:{export_id}", {"export_id": str(export_id)}
    await notifications.notify(
        uow, [user_id], NotificationType.SYSTEM, title, message, action_url=EXPORT_PAGE, metadata=told, dedupe_key=key
    )
    values = {"export_id": str(export_id), "until": until.isoformat()}
    await mails.send(uow, template=Template.EXPORT_READY, user_id=user_id, dedupe_key=key, values=values)


async def deletion_scheduled(uow: UnitOfWork, user_id: UUID, due_at: datetime) -> None:
    """By mail, which carries the way back; each closing is told once."""
    to = await identity.recipient(uow, user_id, closed=True)
    if to is not None:
        day = due_at.astimezone(clock.zone(to.time_zone)).date().isoformat()
        key = f"deletion_scheduled:{user_id}:{due_at.isoformat()}"
        await mails.send_to(uow, to, template=Template.DELETION_SCHEDULED, dedupe_key=key, values={"day": day})
