"""What tests of mails do again and again."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from studyhall.domains.identity import public as identity
from studyhall.domains.mails import public
from studyhall.domains.mails.models import EmailLog
from studyhall.domains.mails.rules import Template
from studyhall.platform.ids import new_id
from studyhall.platform.resources import Resources
from tests.conftest import Person


async def confirm(resources: Resources, who: Person) -> None:
    """The address is the person's own."""
    async with resources.unit_of_work() as uow:
        await identity.confirm_email(uow, who.id)


async def queue(
    resources: Resources, to: Person, template: Template, *, values: Mapping[str, Any] | None = None
) -> bool:
    """One more mail of that kind."""
    async with resources.unit_of_work() as uow:
        return await public.send(
            uow, template=template, user_id=to.id, dedupe_key=f"{template}:{new_id()}", values=values or {}
        )


async def mails_of(resources: Resources, who: Person, template: Template) -> list[EmailLog]:
    """The log, oldest first."""
    async with resources.unit_of_work() as uow:
        found = select(EmailLog).where(EmailLog.user_id == who.id, EmailLog.email_type == template.value)
        rows = await uow.session.scalars(found.order_by(EmailLog.id).execution_options(populate_existing=True))
        return list(rows.all())
