"""Refusals of identity. Those that must leave a trace commit their unit of work."""

from studyhall.platform.errors import Conflict, Forbidden, Invalid, TooManyRequests, Unauthorized


class TokenInvalid(Unauthorized):
    code, message = "TOKEN_INVALID", "The token is not valid. Sign in again."


class TokenExpired(Unauthorized):
    code, message = "TOKEN_EXPIRED", "The token has expired. Refresh it or sign in again."


class SessionEnded(Unauthorized):
    code, message = "SESSION_ENDED", "This session has ended. Sign in again."


class LoginFailed(Unauthorized):
    """Wrong e-mail or password; which one is not told. The failure counts, so it commits."""

    code, message = "LOGIN_FAILED", "E-mail or password is wrong."
    commits = True


class LoginLocked(TooManyRequests):
    """Told alike for accounts that exist and that do not."""

    code, message = "LOGIN_LOCKED", "Too many failed attempts. Try again later or reset your password."


class AccountDisabled(Forbidden):
    """Somebody who could prove who he is was turned away; that is audited, so it commits."""

    code, message = "ACCOUNT_DISABLED", "This account is switched off. Ask the administrator of this server."
    commits = True


class RefreshRefused(Unauthorized):
    code, message = "REFRESH_INVALID", "This refresh token is not valid. Sign in again."


class RefreshReused(Unauthorized):
    """An old token came back: somebody may have copied it, so the session ends, which must be kept."""

    code, message = "REFRESH_REUSED", "This refresh token was used before. For your safety the session was ended."
    commits = True


class CodeWrong(Invalid):
    """A wrong code uses up a try, so it commits."""

    code, message = "CODE_WRONG", "The code is not right or has expired."
    commits = True


class CodeUsedUp(TooManyRequests):
    code, message = "CODE_USED_UP", "Too many wrong codes. Ask for a new one."


class ResendLimit(TooManyRequests):
    code, message = "RESEND_LIMIT", "The code was sent as often as we send it. Wait until it expires and ask again."


class SecondFactorWrong(Unauthorized):
    """Uses up a try, so it commits."""

    code, message = "SECOND_FACTOR_WRONG", "The code is not right."
    commits = True


class PasswordWrong(Invalid):
    """Checked against an open session's account; the refusal is audited."""

    code, message = "PASSWORD_WRONG", "The current password is not right."
    commits = True


class EmailTaken(Conflict):
    code, message = "EMAIL_TAKEN", "There is already an account with this e-mail. Sign in or reset the password."


class UsernameTaken(Conflict):
    code, message = "USERNAME_TAKEN", "This username is taken."


class ResetInvalid(Invalid):
    code, message = "RESET_INVALID", "This reset link is not valid any more. Ask for a new one."


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


class TagTaken(Conflict):
    code, message = "TAG_TAKEN", "You have this tag already."


class TooManyTags(Conflict):
    code, message = "TOO_MANY_TAGS", "There are as many tags as one may have. Remove one first."


class WordingChanged(Conflict):
    """A consent holds only for the words that were read."""

    code, message = "WORDING_CHANGED", "The wording of this consent has changed. Load it again and show it."


class RoleNotGrantable(Forbidden):
    """Nobody grants a role with a right that he lacks; the attempt is audited, so it commits."""

    code, message = "ROLE_NOT_GRANTABLE", "This role grants a right that you do not have yourself."
    commits = True
