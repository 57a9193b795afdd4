"""Refusals of roles."""

from studyhall.platform.errors import Conflict, Forbidden, NotFound


class RoleNotGrantable(Forbidden):
    """Nobody grants a role with a right that he lacks; the attempt is audited, so it commits."""

    code, message = "ROLE_NOT_GRANTABLE", "This role grants a right that you do not have yourself."
    commits = True


class LastAdministrator(Conflict):
    """Somebody must be left who may give rights."""

    code = "LAST_ADMINISTRATOR"
    message = "Nobody else may change roles here. Give somebody else the role of Super Admin first."


class RoleNotFound(NotFound):
    code, message = "ROLE_NOT_FOUND", "There is no such role."
