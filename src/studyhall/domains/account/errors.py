"""Refusals of account."""

from studyhall.platform.errors import Forbidden, NotFound


class ExportNotFound(NotFound):
    code, message = "EXPORT_NOT_FOUND", "There is no such export, or it is not yours."


class FreshSignInNeeded(Forbidden):
    """For accounts without a password: what a stolen session knows is not enough."""

    code, message = "FRESH_SIGN_IN_NEEDED", "Sign in again, and delete the account within 15 minutes of that."
