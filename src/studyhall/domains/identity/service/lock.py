"""Failed answers in a row, and the locks they bring about.

A series belongs to an account, as a keyed digest, and an address. Either may be `EVERY`: the account from wherever, or
the address as a whole.
"""

from sqlalchemy import delete, update
from sqlalchemy.dialects.postgresql import insert

from studyhall.domains.identity.models import LoginFailure
from studyhall.domains.identity.rules import Failures
from studyhall.platform import clock
from studyhall.platform.uow import UnitOfWork

EVERY = ""


async def failures_of(uow: UnitOfWork, account: str, address: str = EVERY) -> Failures | None:
    """The series, if there is one."""
    row = await uow.session.get(LoginFailure, (account, address))
    return None if row is None else Failures(row.failures, row.first_at, row.locked_until)


async def count_failure(uow: UnitOfWork, account: str, address: str = EVERY, *, most: int) -> bool:
    """Count one; the row is locked, so failures at once are all counted. Answers whether this one locked."""
    now = clock.now()
    fresh = insert(LoginFailure).values(account=account, address=address, failures=0, first_at=now, last_at=now)
    await uow.session.execute(fresh.on_conflict_do_nothing())
    row = await uow.session.get_one(LoginFailure, (account, address), with_for_update=True, populate_existing=True)
    before = Failures(row.failures, row.first_at if row.failures else None, row.locked_until)
    after = before.one_more(now, most)
    await uow.session.execute(
        update(LoginFailure)
        .where(LoginFailure.account == account, LoginFailure.address == address)
        .values(failures=after.count, first_at=after.first_at, last_at=now, locked_until=after.locked_until)
    )
    return after.is_locked(now) and not before.is_locked(now)


async def forget_failures(uow: UnitOfWork, account: str, address: str = EVERY) -> None:
    """A right answer ends the series."""
    await uow.session.execute(
        delete(LoginFailure).where(LoginFailure.account == account, LoginFailure.address == address)
    )
