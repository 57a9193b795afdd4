"""The tables of identity."""

from studyhall.domains.identity.models.accounts import User, UserPreferences
from studyhall.domains.identity.models.secrets import LoginFailure, PasswordHistory
from studyhall.domains.identity.models.sessions import UserDevice, UserSession

__all__ = [
    "LoginFailure",
    "PasswordHistory",
    "User",
    "UserDevice",
    "UserPreferences",
    "UserSession",
]
