"""Export, deletion, restoring."""

from uuid import UUID

from studyhall.domains.account import errors
from studyhall.domains.account.jobs import make_export
from studyhall.domains.account.schemas import (
    DeleteAccountIn,
    DeletionData,
    ExportData,
    ExportOut,
    ExportQueued,
    RestoreIn,
)
from studyhall.domains.account.service import closing, exports
from studyhall.domains.credentials.public import PasswordWrong
from studyhall.domains.identity.public import AccountOpen, RestoreExpired, RestoreInvalid
from studyhall.domains.roles.public import LastAdministrator
from studyhall.platform.web import CurrentActor, Envelope, Router, Uow, ok, queued

router = Router("settings")

ESTIMATED_TIME = "5-10 minutes"


@router.post("/settings/export-data", access="user", status=202, limit="exports", summary="Ask for all my data")
async def export_my_data(uow: Uow, actor: CurrentActor) -> Envelope[ExportQueued]:
    """A zip with everything as JSON and CSV, and my files. A mail and a notification tell when it is ready.

    Asking again while it is being made answers the same export.
    """
    asked = await exports.ask(uow, actor)
    if asked.is_new:
        await uow.enqueue(make_export, export_id=asked.row.id)
    told = ExportOut.of(asked.row, None)
    message = "Data export request received. You'll receive an email with download link."
    if not asked.is_new:
        message = "Your data is being put together already. You'll receive an email with download link."
    return queued(ExportQueued(export=told, task_id=asked.row.task_id, estimated_time=ESTIMATED_TIME), message)


@router.get("/settings/exports/{export_id}", access="user", summary="One of my exports, with its download link")
async def get_export(export_id: UUID, uow: Uow, actor: CurrentActor) -> Envelope[ExportData]:
    row = await exports.find(uow, actor, export_id)
    return ok(ExportData(export=ExportOut.of(row, exports.address_of(uow, row))))


@router.delete(
    "/settings/account",
    access="user",
    session_only=True,
    limit="codes",
    summary="Delete my account",
    errors=[PasswordWrong, errors.FreshSignInNeeded, LastAdministrator],
)
async def delete_account(body: DeleteAccountIn, uow: Uow, actor: CurrentActor) -> Envelope[DeletionData]:
    """At once I am signed out everywhere and nobody sees me any more; after 30 days everything is erased for good.

    Until then a sign-in, or the mail that is sent now, tells how to restore it. An export that is being made is ended.
    """
    password = body.password.get_secret_value() if body.password else None
    done, had_export = await closing.close(uow.resources, uow, actor, password)
    message = "Account deletion scheduled. Your data will be permanently deleted in 30 days."
    return ok(DeletionData(deletes_at=done.due_at, export_cancelled=had_export), message)


@router.post(
    "/settings/account/restore",
    access="public",
    limit="codes",
    summary="Restore an account that is being deleted",
    errors=[RestoreInvalid, RestoreExpired, AccountOpen],
)
async def restore_account(body: RestoreIn, uow: Uow) -> Envelope[None]:
    """With the token that a sign-in answers in the 30 days, or that the mail carries. Sign in afterwards."""
    await closing.restore(uow, body.restore_token)
    return ok(None, "Your account is restored. Sign in.")
