"""Refusals of sign-on through others."""

from studyhall.platform.errors import BadRequest, Forbidden, Unauthorized, Unavailable


class ProviderUnavailable(Unavailable):
    """No answer, an error, or an answer that makes no sense."""

    code, message = "PROVIDER_UNAVAILABLE", "The sign-on provider does not answer properly. Try again in a moment."


class SignOnStateInvalid(BadRequest):
    """Unknown, used, expired, of another provider or of another browser; which one is not told."""

    code, message = "SIGN_ON_STATE_INVALID", "This sign-on was not started in this browser or is over. Start again."


class SignOnRefused(Unauthorized):
    code, message = "SIGN_ON_REFUSED", "The answer of the sign-on provider is not valid. Start again."


class SignOnCodeInvalid(Unauthorized):
    code, message = "SIGN_ON_CODE_INVALID", "This sign-on code is not valid any more. Start again."


class OutsideEmailMissing(Forbidden):
    code = "OUTSIDE_EMAIL_MISSING"
    message = "The sign-on provider does not tell your e-mail address. Allow it to, or ask the administrator."


class OutsideEmailUnverified(Forbidden):
    code = "OUTSIDE_EMAIL_UNVERIFIED"
    message = "The sign-on provider has not checked your e-mail address. Confirm it there and try again."


class SecondFactorNeeded(Forbidden):
    code = "SECOND_FACTOR_NEEDED"
    message = "This account has two-factor switched on: sign in here, an outside token is not enough."
