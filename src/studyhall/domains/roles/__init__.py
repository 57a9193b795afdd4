"""Who may do what: roles, the permissions that they grant, and who has them.

Words: a *permission* is a key like `admin.users`, which routes ask for; a *role* is a named set of permissions; a role
is *granted* to somebody, perhaps until a date, and nobody grants a right that he lacks himself.
"""
