"""Refusals of credentials. Those that must leave a trace commit their unit of work."""

from studyhall.platform.errors import Conflict, Invalid, TooManyRequests, Unauthorized


class CodeWrong(Invalid):
    """A wrong code uses up a try, so it commits."""

    code, message = "CODE_WRONG", "The code is not right or has expired."
    commits = True


class CodeUsedUp(TooManyRequests):
    code, message = "CODE_USED_UP", "Too many wrong codes. Ask for a new one."


class ResendLimit(TooManyRequests):
    code, message = "RESEND_LIMIT", "The code was sent as often as we send it. Wait until it expires and ask again."


class ResetInvalid(Invalid):
    code, message = "RESET_INVALID", "This reset link is not valid any more. Ask for a new one."


class SecondFactorWrong(Unauthorized):
    """Uses up a try, so it commits."""

    code, message = "SECOND_FACTOR_WRONG", "The code is not right."
    commits = True


class PasswordWrong(Invalid):
    """Checked against an open session's account; the refusal is audited."""

    code, message = "PASSWORD_WRONG", "The current password is not right."
    commits = True


class ChallengeInvalid(Unauthorized):
    code, message = "CHALLENGE_INVALID", "This sign-in took too long or had too many wrong codes. Sign in again."


class GuessesLocked(TooManyRequests):
    """Too many wrong second factors or current passwords for one account, from wherever they came."""

    code, message = "GUESSES_LOCKED", "Too many wrong answers. Try again later."


class TwoFactorOn(Conflict):
    code, message = "TWO_FACTOR_ON", "Two-factor is switched on already. Switch it off first."


class TwoFactorNotSetUp(Conflict):
    code, message = "TWO_FACTOR_NOT_SET_UP", "Begin with /auth/two-factor/setup."


class TwoFactorOff(Conflict):
    code, message = "TWO_FACTOR_OFF", "Two-factor is not switched on."


class TooManyTokens(Conflict):
    code, message = "TOO_MANY_TOKENS", "There are as many personal access tokens as one may have. Revoke one first."
