"""What mails need from domains above them."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol
from uuid import UUID

from studyhall.domains.mails.rules import Template
from studyhall.platform.clients.mail import Attachment
from studyhall.platform.resources import Resources

__all__ = ["Enclosures", "nothing_enclosed"]


class Enclosures(Protocol):
    """The files that go with a mail, made when it is sent."""

    async def __call__(
        self, resources: Resources, template: Template, user_id: UUID, values: Mapping[str, Any]
    ) -> Sequence[Attachment]:
        """Called outside any unit of work; whatever it raises costs the mail its files, never the person his mail.

        Args:
            values: as they were given to `public.send`.
        """
        ...


async def nothing_enclosed(
    resources: Resources, template: Template, user_id: UUID, values: Mapping[str, Any]
) -> Sequence[Attachment]:
    """For a server on which no domain has a file to send along."""
    return ()
