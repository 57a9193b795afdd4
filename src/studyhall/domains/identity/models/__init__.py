"""The tables of identity."""

from studyhall.domains.identity.models.log import ActivityLog, Block, UserConsent
from studyhall.domains.identity.models.outside import OutsideIdentity, SignOn
from studyhall.domains.identity.models.people import StudyPreferences, User, UserPreferences, UserTag
from studyhall.domains.identity.models.roles import Permission, Role, RolePermission, UserRole
from studyhall.domains.identity.models.secrets import (
    LoginChallenge,
    LoginFailure,
    OneTimeCode,
    PasswordHistory,
    PasswordReset,
    RecoveryCode,
    TwoFactor,
)
from studyhall.domains.identity.models.sessions import PersonalAccessToken, UserDevice, UserSession

__all__ = [
    "ActivityLog",
    "Block",
    "LoginChallenge",
    "LoginFailure",
    "OneTimeCode",
    "OutsideIdentity",
    "PasswordHistory",
    "PasswordReset",
    "Permission",
    "PersonalAccessToken",
    "RecoveryCode",
    "Role",
    "RolePermission",
    "SignOn",
    "StudyPreferences",
    "TwoFactor",
    "User",
    "UserConsent",
    "UserDevice",
    "UserPreferences",
    "UserRole",
    "UserSession",
    "UserTag",
]
