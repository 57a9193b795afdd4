"""`studyhall admin`: the first administrator, and roles for people who are there already."""

from studyhall.domains.identity.models import User
from studyhall.domains.identity.queries.accounts import by_email
from studyhall.domains.identity.service import passwords
from studyhall.domains.identity.service.registration import NewAccount, open_account
from studyhall.domains.roles import service as roles
from studyhall.platform.embedded import SetupError
from studyhall.platform.errors import AppError
from studyhall.platform.resources import Resources


async def find(resources: Resources, email: str) -> User | None:
    """The account with this e-mail, in whatever case it was written."""
    async with resources.unit_of_work() as uow:
        return await by_email(uow, email)


async def grant(resources: Resources, email: str, role_name: str, name: str | None, password: str | None) -> str:
    """Gives the role to the account, opening a confirmed one with `password` where there is none.

    Raises:
        SetupError: there is no such role, or the account cannot be opened; nothing changed.
    """
    try:
        password_hash = None
        if password is not None:
            passwords.require_strong(password)
            password_hash = await passwords.hash_password(resources.settings, password)
        async with resources.unit_of_work() as uow:
            user = await by_email(uow, email)
            if user is None:
                account = NewAccount(email=email, first_name=name or email.split("@", maxsplit=1)[0])
                user_id = await open_account(uow, account, password_hash=password_hash, is_verified=True)
                done = f"Opened the account {email}"
            else:
                user_id, done = user.id, f"Found {user.email}"
            role = await roles.grant_by_operator(uow, user_id, role_name)
            return f"{done}, who now has the role {role}."
    except AppError as problem:
        details = "; ".join(text for texts in (problem.errors or {}).values() for text in texts)
        raise SetupError(details or str(problem)) from problem
