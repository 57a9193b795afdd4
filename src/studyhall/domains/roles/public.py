"""The door of roles."""

from studyhall.domains.roles.errors import LastAdministrator
from studyhall.domains.roles.queries import MOST_POWERFUL, GivenRole, names_of, roles_of
from studyhall.domains.roles.service import require_other_administrator

__all__ = ["MOST_POWERFUL", "GivenRole", "LastAdministrator", "names_of", "require_other_administrator", "roles_of"]
