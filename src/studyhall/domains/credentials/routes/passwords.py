"""Confirming the address, forgotten passwords, changing the password."""

from studyhall.domains.credentials import errors
from studyhall.domains.credentials.schemas.passwords import (
    ChangePasswordIn,
    EmailIn,
    ResetPasswordIn,
    VerifiedOut,
    VerifyEmailIn,
)
from studyhall.domains.credentials.service import codes, password_change, resets
from studyhall.platform.web import CurrentActor, Envelope, Router, Uow, ok

router = Router("identity")
settings_router = Router("settings")


@router.post(
    "/auth/verify-email",
    access="public",
    limit="codes",
    summary="Confirm the e-mail address with the mailed code",
    errors=[errors.CodeWrong],
)
async def verify_email(body: VerifyEmailIn, uow: Uow) -> Envelope[VerifiedOut]:
    """Three tries for a code, which lives ten minutes."""
    await codes.verify_email(uow, body.email, body.code)
    return ok(VerifiedOut(email_verified=True), "E-mail confirmed")


@router.post("/auth/resend-verification", access="public", limit="codes", summary="Send the code again")
async def resend_verification(body: EmailIn, uow: Uow) -> Envelope[None]:
    """The same answer whether or not there is an account that waits for a code."""
    await codes.resend(uow, body.email)
    return ok(None, "If this address waits for confirmation, a new code is on its way.")


@router.post("/auth/forgot-password", access="public", limit="codes", summary="Have a reset link mailed")
async def forgot_password(body: EmailIn, uow: Uow) -> Envelope[None]:
    """The same answer whether or not there is such an account."""
    await resets.forget(uow.resources, uow, body.email)
    return ok(None, "If there is an account with this address, a reset link is on its way.")


@router.post(
    "/auth/reset-password",
    access="public",
    limit="codes",
    summary="Set a new password with the mailed token",
    errors=[errors.ResetInvalid],
)
async def reset_password(body: ResetPasswordIn, uow: Uow) -> Envelope[None]:
    """Signs out everywhere. The last five passwords are refused."""
    await resets.reset_password(uow.resources, uow, body.token, body.email, body.password.get_secret_value())
    return ok(None, "Password reset successful. Sign in with the new one.")


@settings_router.post(
    "/settings/change-password",
    access="user",
    session_only=True,
    limit="codes",
    summary="Change my password",
    errors=[errors.PasswordWrong],
)
async def change_password(body: ChangePasswordIn, uow: Uow, actor: CurrentActor) -> Envelope[None]:
    """The last five are refused. Everywhere else I am signed out at once."""
    current, new = body.current_password.get_secret_value(), body.new_password.get_secret_value()
    await password_change.change_password(uow.resources, uow, actor, current, new)
    return ok(None, "Password changed successfully")
