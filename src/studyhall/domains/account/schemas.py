"""Exports and closing."""

from datetime import datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import Field, SecretStr, StringConstraints

from studyhall.domains.account.models import DataExport, ExportState
from studyhall.platform.web import Schema


class ExportOut(Schema):
    """One export."""

    id: UUID
    task_id: UUID = Field(description="Its progress: GET /tasks/{task_id}.")
    state: ExportState
    row_count: int | None = Field(description="Rows in all; null until it is ready.")
    file_count: int | None
    size: int | None = Field(description="Bytes of the zip.")
    download_url: str | None = Field(description="Good for some minutes; ask again for a new one. Null unless ready.")
    created_at: datetime
    finished_at: datetime | None
    expires_at: datetime | None = Field(description="When the zip is thrown away.")

    @classmethod
    def of(cls, row: DataExport, download_url: str | None) -> Self:
        plain = {name: getattr(row, name) for name in cls.model_fields if name != "download_url"}
        return cls(**plain, download_url=download_url)


class ExportData(Schema):
    export: ExportOut


class ExportQueued(ExportData):
    task_id: UUID
    estimated_time: str = Field(examples=["5-10 minutes"])


class DeleteAccountIn(Schema):
    """Accounts that have no password leave it out; they need a sign-in of the last 15 minutes."""

    confirmation: Literal["DELETE"] = Field(description="The word DELETE.")
    password: Annotated[SecretStr, Field(max_length=1024, examples=["Correct-Horse-7"])] | None = None


class DeletionData(Schema):
    deletes_at: datetime = Field(description="Until then the account can be restored.")
    export_cancelled: bool = Field(description="Whether an export was being made; it was ended.")


class RestoreIn(Schema):
    restore_token: Annotated[str, StringConstraints(strip_whitespace=True, min_length=10, max_length=500)]
