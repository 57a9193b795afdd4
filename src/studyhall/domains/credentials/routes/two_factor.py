"""The second factor: set up, switched on and off, asked for at a login."""

from studyhall.domains.credentials import errors
from studyhall.domains.credentials.schemas.two_factor import CodeIn, DisableIn, RecoveryCodesOut, SetupOut, VerifyIn
from studyhall.domains.credentials.service import challenges, two_factor
from studyhall.domains.identity.public import AccountClosing, AccountDisabled, SignedInOut, signed_in
from studyhall.platform.web import CurrentActor, Envelope, Router, Uow, ok

router = Router("identity")


@router.post(
    "/auth/two-factor/setup",
    access="user",
    session_only=True,
    summary="Begin to set up two-factor",
    errors=[errors.TwoFactorOn],
)
async def set_up_two_factor(uow: Uow, actor: CurrentActor) -> Envelope[SetupOut]:
    """A fresh secret for the authenticator. Nothing changes until a code of it is sent to /auth/two-factor/enable."""
    made = await two_factor.set_up(uow, actor)
    shown = SetupOut(secret=made.secret, otpauth_uri=made.otpauth_uri, qr_code=made.qr_code)
    return ok(shown, "Scan the code with your authenticator.")


@router.post(
    "/auth/two-factor/enable",
    access="user",
    session_only=True,
    limit="codes",
    summary="Switch two-factor on with a first code",
    errors=[errors.TwoFactorOn, errors.CodeWrong],
)
async def enable_two_factor(body: CodeIn, uow: Uow, actor: CurrentActor) -> Envelope[RecoveryCodesOut]:
    """Answers ten recovery codes, this once."""
    codes = await two_factor.enable(uow, actor, body.code)
    return ok(RecoveryCodesOut(recovery_codes=codes), "Two-factor is on. Keep the recovery codes in a safe place.")


@router.post(
    "/auth/two-factor/disable",
    access="user",
    session_only=True,
    limit="codes",
    summary="Switch two-factor off",
    errors=[errors.TwoFactorOff, errors.CodeWrong],
)
async def disable_two_factor(body: DisableIn, uow: Uow, actor: CurrentActor) -> Envelope[None]:
    """Needs the password and a code of the authenticator or a recovery code."""
    await two_factor.disable(uow, actor, body.password.get_secret_value(), body.code)
    return ok(None, "Two-factor is off.")


@router.post(
    "/auth/two-factor/verify",
    access="public",
    limit="codes",
    summary="Second step of a login",
    errors=[errors.SecondFactorWrong, AccountDisabled, AccountClosing],
)
async def verify_second_factor(body: VerifyIn, uow: Uow) -> Envelope[SignedInOut]:
    """The challenge of the login and a code of the authenticator, or a recovery code. Each code works once."""
    signed = await challenges.verify(uow, body.challenge_id, body.code)
    return ok(signed_in(signed), "Login successful")
