"""What is answered when a transfer begins."""

from uuid import UUID

from pydantic import Field

from studyhall.platform.web import Schema


class TransferQueued(Schema):
    """Poll `GET /tasks/{task_id}`."""

    task_id: UUID = Field(description="The task that tells how far it is and, at the end, what came of it.")
