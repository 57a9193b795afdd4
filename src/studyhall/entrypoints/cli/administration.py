"""`studyhall admin`: the first administrator, and roles for people who are there already."""

from sqlalchemy import func, select

from studyhall.domains.identity.models import Role, User, UserRole
from studyhall.domains.identity.service import passwords
from studyhall.domains.identity.service.registration import NewAccount, open_account
from studyhall.platform.embedded import SetupError
from studyhall.platform.errors import AppError
from studyhall.platform.resources import Resources
from studyhall.platform.uow import UnitOfWork


async def find(resources: Resources, email: str) -> User | None:
    """The account with this e-mail, in whatever case it was written."""
    async with resources.unit_of_work() as uow:
        return await _find(uow, email)


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
            role = await _role(uow, role_name)
            user = await _find(uow, email)
            opened = user is None
            if user is None:
                account = NewAccount(email=email, first_name=name or email.split("@", maxsplit=1)[0])
                user = await open_account(uow, account, password_hash=password_hash, is_verified=True)
            if await uow.session.get(UserRole, (user.id, role.id)) is None:
                uow.session.add(UserRole(user_id=user.id, role_id=role.id))
                uow.audit("roles.granted", f"Granted {role.name} from the command line.", user_id=user.id)
            return f"{'Opened the account' if opened else 'Found'} {user.email}, who now has the role {role.name}."
    except AppError as problem:
        details = "; ".join(text for texts in (problem.errors or {}).values() for text in texts)
        raise SetupError(details or str(problem)) from problem


async def _find(uow: UnitOfWork, email: str) -> User | None:
    wanted = select(User).where(func.lower(User.email) == email.strip().lower(), User.deleted_at.is_(None))
    return (await uow.session.scalars(wanted)).one_or_none()


async def _role(uow: UnitOfWork, name: str) -> Role:
    roles = {role.name.lower(): role for role in await uow.session.scalars(select(Role))}
    if name.lower() not in roles:
        raise SetupError(f"There is no role {name!r}; choose one of: {', '.join(r.name for r in roles.values())}.")
    return roles[name.lower()]
