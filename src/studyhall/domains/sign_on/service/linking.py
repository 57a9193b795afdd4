"""Whose account an outside identity is: the one it already has, the one of its address, or a new one."""

from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from studyhall.domains.credentials import public as credentials
from studyhall.domains.identity import public as identity
from studyhall.domains.identity.public import Account, AccountDisabled, EmailTaken, NewAccount
from studyhall.domains.sign_on.errors import OutsideEmailMissing, OutsideEmailUnverified
from studyhall.domains.sign_on.models import OutsideIdentity, SignOn
from studyhall.domains.sign_on.service.claims import OutsidePerson
from studyhall.platform import clock
from studyhall.platform.errors import Conflict
from studyhall.platform.ids import new_id
from studyhall.platform.uow import UnitOfWork


async def account_of(uow: UnitOfWork, person: OutsidePerson) -> UUID:
    """The account of an outside identity, joined or opened when it is seen for the first time.

    Of two first requests at once, the database's unique indexes let one open the account; the other finds it.

    Raises:
        OutsideEmailMissing, OutsideEmailUnverified: a first time without an address that the provider checked.
        AccountDisabled: the account is switched off.
    """
    known = await _known(uow, person)
    if known is not None:
        return known
    email = _checked_email(person)
    user_id = await _of_address(uow, email) or await _open(uow, person, email)
    return await _attach(uow, person, user_id)


async def _known(uow: UnitOfWork, person: OutsidePerson) -> UUID | None:
    rows = await uow.session.scalars(
        select(OutsideIdentity).where(
            OutsideIdentity.issuer == person.issuer, OutsideIdentity.subject == person.subject
        )
    )
    outside = rows.one_or_none()
    if outside is None:
        return None
    account = await identity.living_account(uow, outside.user_id, closing=True)
    if account is None:
        return None
    _refuse_disabled(uow, account)
    outside.last_used_at = clock.now()
    outside.email = person.email or outside.email
    return account.id


def _checked_email(person: OutsidePerson) -> str:
    if person.email is None:
        raise OutsideEmailMissing
    if not person.is_email_checked:
        raise OutsideEmailUnverified
    return person.email


async def _of_address(uow: UnitOfWork, email: str) -> UUID | None:
    """The account of that address, locked, so that joining and confirming it do not cross. A closing one is his too:
    signing in to it answers how to take it back."""
    account = await identity.account_of_address(uow, email, lock=True, closing=True)
    if account is None:
        return None
    _refuse_disabled(uow, account)
    if account.email_verified_at is None:
        await _hand_over(uow, account.id)
    return account.id


async def _open(uow: UnitOfWork, person: OutsidePerson, email: str) -> UUID:
    fresh = NewAccount(
        email=email, first_name=person.first_name, last_name=person.last_name, time_zone=person.time_zone
    )
    try:
        return await identity.open_account(uow, fresh, password_hash=None, is_verified=True)
    except EmailTaken:
        user_id = await _of_address(uow, email)  # somebody was faster
        if user_id is None:
            raise
        return user_id


async def _hand_over(uow: UnitOfWork, user_id: UUID) -> None:
    """Give an account whose address was never confirmed to the one who proved that it is his.

    Whoever opened it may have waited for this moment (pre-hijacking): nothing that he knows opens it afterwards.
    """
    await credentials.remove_all(uow, user_id)
    for table in (OutsideIdentity, SignOn):
        await uow.session.execute(
            delete(table).where(table.user_id == user_id).execution_options(synchronize_session=False)
        )
    sessions = await identity.hand_over(uow, user_id)
    uow.audit(
        "auth.handed_over",
        "A sign-on provider proved the unconfirmed e-mail address; the former password and sessions were removed.",
        user_id=user_id,
        sessions=sessions,
    )


async def _attach(uow: UnitOfWork, person: OutsidePerson, user_id: UUID) -> UUID:
    now = clock.now()
    row = insert(OutsideIdentity).values(
        id=new_id(), user_id=user_id, provider=person.provider, issuer=person.issuer, subject=person.subject,
        email=person.email, last_used_at=now, created_at=now, updated_at=now,
    )  # fmt: skip
    row = row.on_conflict_do_nothing(index_elements=["issuer", "subject"])
    attached: UUID | None = (await uow.session.scalars(row.returning(OutsideIdentity.id))).one_or_none()
    if attached is None:
        known = await _known(uow, person)
        if known != user_id:
            raise Conflict("This identity was joined to another account at the same moment. Try again.")
        return user_id
    uow.audit(
        "auth.outside_joined",
        f"Joined the sign-on of {person.provider}.",
        user_id=user_id,
        subject=("outside_identity", attached),
        provider=person.provider,
    )
    return user_id


def _refuse_disabled(uow: UnitOfWork, account: Account) -> None:
    if not account.is_active:
        uow.audit("auth.login_refused", "Sign-on refused: the account is switched off.", user_id=account.id)
        raise AccountDisabled
