"""Refusals of identity. Those that must leave a trace commit their unit of work."""

from studyhall.platform.errors import Conflict, Forbidden, Gone, Invalid, TooManyRequests, Unauthorized


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


class AccountClosing(Forbidden):
    """Its owner proved himself in the days of grace; `data` has the `restore_token`. Audited, so it commits."""

    code, message = "ACCOUNT_CLOSING", "This account is being deleted. It can still be restored with the restore token."
    commits = True


class RestoreInvalid(Invalid):
    code, message = "RESTORE_INVALID", "This restore token is not valid. Sign in to get a new one."


class RestoreExpired(Gone):
    code, message = "RESTORE_EXPIRED", "It is too late: the days in which this account could be restored are over."


class AccountOpen(Conflict):
    code, message = "ACCOUNT_OPEN", "This account is open: it was restored already. Sign in."


class RefreshRefused(Unauthorized):
    code, message = "REFRESH_INVALID", "This refresh token is not valid. Sign in again."


class RefreshReused(Unauthorized):
    """An old token came back: somebody may have copied it, so the session ends, which must be kept."""

    code, message = "REFRESH_REUSED", "This refresh token was used before. For your safety the session was ended."
    commits = True


class EmailTaken(Conflict):
    code, message = "EMAIL_TAKEN", "There is already an account with this e-mail. Sign in or reset the password."


class UsernameTaken(Conflict):
    code, message = "USERNAME_TAKEN", "This username is taken."
