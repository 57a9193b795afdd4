"""Logins that wait for the second factor: begun when the password was right, finished with a code."""

from uuid import UUID

from sqlalchemy import delete, select

from studyhall.domains.credentials import rules
from studyhall.domains.credentials.errors import ChallengeInvalid, SecondFactorWrong
from studyhall.domains.credentials.models import LoginChallenge, TwoFactor
from studyhall.domains.credentials.service import guesses, two_factor
from studyhall.domains.identity import public as identity
from studyhall.domains.identity.public import Challenge, Device, SignedIn
from studyhall.platform import clock
from studyhall.platform.ids import new_id
from studyhall.platform.uow import UnitOfWork


async def challenge(uow: UnitOfWork, user_id: UUID, device: Device, *, remember: bool, method: str) -> Challenge | None:
    """Hold a login until a code was given; None when this person has no second factor."""
    if not await two_factor.has_second_factor(uow, user_id):
        return None
    row = LoginChallenge(
        id=new_id(), user_id=user_id, remember=remember, method=method, device_type=device.device_type, os=device.os,
        browser=device.browser, expires_at=clock.now() + rules.CHALLENGE_LIFETIME, tries_left=rules.CHALLENGE_TRIES,
    )  # fmt: skip
    uow.session.add(row)
    await uow.session.flush()
    return Challenge(row.id, int(rules.CHALLENGE_LIFETIME.total_seconds()))


async def verify(uow: UnitOfWork, challenge_id: UUID, code: str) -> SignedIn:
    """Finish a login with a code of the authenticator or a recovery code.

    Raises:
        ChallengeInvalid: unknown, used, expired or without tries.
        SecondFactorWrong: not a code; a try is used up.
        GuessesLocked: too many wrong codes for this account, over all challenges.
        AccountDisabled, AccountClosing: right, but the account was switched off meanwhile, or is being deleted.
    """
    waiting, second = await _locked(uow, challenge_id)
    user_id = waiting.user_id
    failed = await guesses.failed_before(uow, user_id)
    if not await two_factor.take(uow, second, code):
        waiting.tries_left -= 1
        await guesses.count(uow, user_id)
        uow.audit("auth.second_factor_failed", "A wrong code was given at sign-in.", user_id=user_id)
        raise SecondFactorWrong(errors={"code": [f"Not the code. Tries left: {waiting.tries_left}."]})
    waiting.used_at = clock.now()
    if failed:
        await guesses.forget(uow, user_id)
    device = Device(waiting.device_type, waiting.os, waiting.browser)
    return await identity.begin(uow, user_id, device, remember=waiting.remember, method=waiting.method)


async def drop_all(uow: UnitOfWork, user_id: UUID) -> None:
    """Logins under way cannot go on."""
    await uow.session.execute(
        delete(LoginChallenge).where(LoginChallenge.user_id == user_id).execution_options(synchronize_session=False)
    )


async def _locked(uow: UnitOfWork, challenge_id: UUID) -> tuple[LoginChallenge, TwoFactor]:
    """An open challenge. Challenge and second factor are locked: all answers to one challenge queue
    at it, and all of one person at his factor, so that no code is taken twice. Raises ChallengeInvalid."""
    rows = await uow.session.execute(
        select(LoginChallenge, TwoFactor)
        .join(TwoFactor, TwoFactor.user_id == LoginChallenge.user_id)
        .where(LoginChallenge.id == challenge_id, TwoFactor.enabled_at.is_not(None))
        .with_for_update(of=(LoginChallenge, TwoFactor))
    )
    found = rows.one_or_none()
    if found is None or not _is_open(found[0]):
        raise ChallengeInvalid
    return found[0], found[1]


def _is_open(waiting: LoginChallenge) -> bool:
    return waiting.used_at is None and clock.now() < waiting.expires_at and waiting.tries_left > 0
