"""Whose account an outside identity is: the one it already has, the one of its address, or a new one."""

from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert

from studyhall.domains.identity.errors import AccountDisabled, EmailTaken
from studyhall.domains.identity.events import EmailVerified
from studyhall.domains.identity.models import (
    LoginChallenge,
    OneTimeCode,
    OutsideIdentity,
    PasswordHistory,
    PasswordReset,
    PersonalAccessToken,
    RecoveryCode,
    SignOn,
    TwoFactor,
    User,
)
from studyhall.domains.identity.service import registration, sessions
from studyhall.domains.identity.service.oidc.claims import OutsidePerson
from studyhall.domains.identity.service.oidc.errors import OutsideEmailMissing, OutsideEmailUnverified
from studyhall.domains.identity.service.registration import NewAccount
from studyhall.platform import clock
from studyhall.platform.errors import Conflict
from studyhall.platform.ids import new_id
from studyhall.platform.uow import UnitOfWork

# Everything that somebody who never proved the address could come back with.
_WAYS_IN = (
    LoginChallenge, OneTimeCode, OutsideIdentity, PasswordHistory, PasswordReset, PersonalAccessToken, RecoveryCode,
    SignOn, TwoFactor,
)  # fmt: skip


async def account_of(uow: UnitOfWork, person: OutsidePerson) -> User:
    """The account of an outside identity, joined or opened when it is seen for the first time.

    Of two first requests at once, the database's unique indexes let one open the account; the other finds it.

    Raises:
        OutsideEmailMissing, OutsideEmailUnverified: a first time without an address that the provider checked.
        AccountDisabled: the account is switched off.
    """
    user = await _known(uow, person)
    if user is not None:
        return user
    email = _checked_email(person)
    user = await _of_address(uow, email)
    if user is None:
        user = await _open(uow, person, email)
    elif user.email_verified_at is None:
        await _hand_over(uow, user)
    return await _attach(uow, person, user)


async def _known(uow: UnitOfWork, person: OutsidePerson) -> User | None:
    rows = await uow.session.execute(
        select(OutsideIdentity, User)
        .join(User, User.id == OutsideIdentity.user_id)
        .where(OutsideIdentity.issuer == person.issuer, OutsideIdentity.subject == person.subject)
    )
    found = rows.one_or_none()
    if found is None:
        return None
    identity, user = found
    if user.deleted_at is not None:  # a deleted account gives its identities free, as it does its address
        await uow.session.delete(identity)
        await uow.session.flush()
        return None
    _refuse_disabled(uow, user)
    identity.last_used_at = clock.now()
    identity.email = person.email or identity.email
    return user


def _checked_email(person: OutsidePerson) -> str:
    if person.email is None:
        raise OutsideEmailMissing
    if not person.is_email_checked:
        raise OutsideEmailUnverified
    return person.email


async def _of_address(uow: UnitOfWork, email: str) -> User | None:
    """The account of that address, locked, so that joining and confirming it do not cross."""
    found = await uow.session.scalars(
        select(User)
        .where(func.lower(User.email) == email.lower(), User.deleted_at.is_(None))
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    user = found.one_or_none()
    if user is not None:
        _refuse_disabled(uow, user)
    return user


async def _open(uow: UnitOfWork, person: OutsidePerson, email: str) -> User:
    account = NewAccount(
        email=email, first_name=person.first_name, last_name=person.last_name, time_zone=person.time_zone
    )
    try:
        return await registration.open_account(uow, account, password_hash=None, is_verified=True)
    except EmailTaken:
        user = await _of_address(uow, email)  # somebody was faster
        if user is None:
            raise
        if user.email_verified_at is None:
            await _hand_over(uow, user)
        return user


async def _hand_over(uow: UnitOfWork, user: User) -> None:
    """Give an account whose address was never confirmed to the one who proved that it is his.

    Whoever opened it may have waited for this moment (pre-hijacking): nothing that he knows opens it afterwards.
    """
    for table in _WAYS_IN:
        await uow.session.execute(
            delete(table).where(table.user_id == user.id).execution_options(synchronize_session=False)
        )
    user.password_hash = None
    user.email_verified_at = clock.now()
    await uow.session.flush()
    ended = await sessions.end(uow, user.id, None, "handed_over")
    uow.audit(
        "auth.handed_over",
        "A sign-on provider proved the unconfirmed e-mail address; the former password and sessions were removed.",
        user_id=user.id,
        sessions=len(ended),
    )
    uow.record(EmailVerified(user.id))


async def _attach(uow: UnitOfWork, person: OutsidePerson, user: User) -> User:
    now = clock.now()
    row = insert(OutsideIdentity).values(
        id=new_id(), user_id=user.id, provider=person.provider, issuer=person.issuer, subject=person.subject,
        email=person.email, last_used_at=now, created_at=now, updated_at=now,
    )  # fmt: skip
    row = row.on_conflict_do_nothing(index_elements=["issuer", "subject"])
    attached: UUID | None = (await uow.session.scalars(row.returning(OutsideIdentity.id))).one_or_none()
    if attached is None:
        known = await _known(uow, person)
        if known is None or known.id != user.id:
            raise Conflict("This identity was joined to another account at the same moment. Try again.")
        return user
    uow.audit(
        "auth.outside_joined",
        f"Joined the sign-on of {person.provider}.",
        user_id=user.id,
        subject=("outside_identity", attached),
        provider=person.provider,
    )
    return user


def _refuse_disabled(uow: UnitOfWork, user: User) -> None:
    if not user.is_active:
        uow.audit("auth.login_refused", "Sign-on refused: the account is switched off.", user_id=user.id)
        raise AccountDisabled
