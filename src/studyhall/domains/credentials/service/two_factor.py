"""The second factor: time-based codes (RFC 6238) with recovery codes for the day the telephone is lost."""

import secrets
from dataclasses import dataclass
from uuid import UUID

import pyotp
import segno
from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert

from studyhall.domains.credentials import rules
from studyhall.domains.credentials.errors import CodeWrong, PasswordWrong, TwoFactorNotSetUp, TwoFactorOff, TwoFactorOn
from studyhall.domains.credentials.events import TwoFactorChanged
from studyhall.domains.credentials.models import RecoveryCode, TwoFactor
from studyhall.domains.credentials.service import guesses
from studyhall.domains.identity import public as identity
from studyhall.platform import clock
from studyhall.platform.auth import Actor
from studyhall.platform.crypto import same
from studyhall.platform.uow import UnitOfWork

ISSUER = "Studyhall"
SEALED_FOR = "totp-secret"
RECOVERY_DIGEST = "recovery-code"


@dataclass(frozen=True, slots=True)
class Setup:
    """What an authenticator needs: the secret, the same as an `otpauth:` address, and that as a QR code (data URI)."""

    secret: str
    otpauth_uri: str
    qr_code: str


async def set_up(uow: UnitOfWork, actor: Actor) -> Setup:
    """Make a fresh secret. It counts for nothing until a code of it was given to `enable`.

    Raises:
        TwoFactorOn: there is one that counts.
    """
    user = await identity.account(uow, actor.user_id)
    secret = pyotp.random_base32()
    sealed = uow.resources.keys.encrypt(SEALED_FOR, secret.encode(), user.id.bytes)
    now = clock.now()
    fresh = insert(TwoFactor).values(user_id=user.id, secret=sealed, created_at=now, updated_at=now)
    kept = await uow.session.scalars(
        fresh.on_conflict_do_update(
            index_elements=["user_id"],
            set_={"secret": sealed, "last_step": None, "updated_at": now},
            where=TwoFactor.enabled_at.is_(None),
        ).returning(TwoFactor.user_id)
    )
    if kept.one_or_none() is None:
        raise TwoFactorOn
    uow.audit("auth.two_factor_set_up", "Began to set up two-factor.", user_id=user.id)
    uri = pyotp.TOTP(secret).provisioning_uri(name=user.email, issuer_name=ISSUER)
    return Setup(secret, uri, segno.make(uri, error="m").svg_data_uri(scale=4))


async def enable(uow: UnitOfWork, actor: Actor, code: str) -> list[str]:
    """Switch two-factor on with a first code; answers the recovery codes, which are never shown again.

    Raises:
        TwoFactorNotSetUp, TwoFactorOn: there is nothing to confirm.
        CodeWrong: not a code of the authenticator.
        GuessesLocked: too many wrong ones.
    """
    failed = await guesses.failed_before(uow, actor.user_id)
    second = await uow.session.get(TwoFactor, actor.user_id, with_for_update=True)
    if second is None:
        raise TwoFactorNotSetUp
    if second.enabled_at is not None:
        raise TwoFactorOn
    if not _take_totp(uow, second, rules.plain_code(code)):
        await _refuse_code(uow, actor.user_id)
    second.enabled_at = clock.now()
    if failed:
        await guesses.forget(uow, actor.user_id)
    uow.audit("auth.two_factor_enabled", "Switched two-factor on.", user_id=actor.user_id)
    uow.record(TwoFactorChanged(actor.user_id, True))
    return await _new_recovery_codes(uow, actor.user_id)


async def disable(uow: UnitOfWork, actor: Actor, password: str, code: str) -> None:
    """Switch it off with the password and a code of either kind. Logins under way cannot go on.

    Raises:
        TwoFactorOff: it is not on.
        PasswordWrong, CodeWrong: one of them is not right.
        GuessesLocked: too many wrong ones.
    """
    failed = await guesses.failed_before(uow, actor.user_id)
    user_id = actor.user_id
    second = await uow.session.get(TwoFactor, user_id, with_for_update=True)
    if second is None or second.enabled_at is None:
        raise TwoFactorOff
    known = await identity.known_passwords(uow, user_id)
    if not await identity.verify_password(uow.resources.settings, password, known.present):
        await guesses.count(uow, user_id)
        uow.audit("auth.password_wrong", "A wrong password was given to switch two-factor off.", user_id=user_id)
        raise PasswordWrong(errors={"password": ["The password is not right."]})
    if not await take(uow, second, code):
        await _refuse_code(uow, user_id)
    uow.session.expunge(second)
    factor = delete(TwoFactor).where(TwoFactor.user_id == user_id).cte("factor")
    codes = delete(RecoveryCode).where(RecoveryCode.user_id == user_id).add_cte(factor)
    await uow.session.execute(codes.execution_options(synchronize_session=False))
    if failed:
        await guesses.forget(uow, user_id)
    uow.audit("auth.two_factor_disabled", "Switched two-factor off.", user_id=user_id)
    uow.record(TwoFactorChanged(user_id, False))


async def has_second_factor(uow: UnitOfWork, user_id: UUID) -> bool:
    """Whether a login asks for a second factor."""
    second = await uow.session.get(TwoFactor, user_id)
    return second is not None and second.enabled_at is not None


async def _refuse_code(uow: UnitOfWork, user_id: UUID) -> None:
    await guesses.count(uow, user_id)
    uow.audit("auth.code_wrong", "A wrong authenticator code was given.", user_id=user_id)
    raise CodeWrong("The code is not right.", errors={"code": ["The code is not right."]})


async def take(uow: UnitOfWork, second: TwoFactor, code: str) -> bool:
    """Use up a code of either kind; False when it is none."""
    plain = rules.plain_code(code)
    if rules.is_totp_form(plain):
        return _take_totp(uow, second, plain)
    return await _take_recovery(uow, second.user_id, plain)


def _take_totp(uow: UnitOfWork, second: TwoFactor, plain: str) -> bool:
    secret = uow.resources.keys.decrypt(SEALED_FOR, bytes(second.secret), second.user_id.bytes).decode()
    totp = pyotp.TOTP(secret, interval=rules.TOTP_SECONDS)
    matching = [step for step in rules.totp_steps(clock.now()) if same(totp.generate_otp(step), plain)]
    step = rules.unused_step(matching, second.last_step)
    if step is None:
        return False
    second.last_step = step
    return True


async def _take_recovery(uow: UnitOfWork, user_id: UUID, plain: str) -> bool:
    unused = await uow.session.execute(
        select(RecoveryCode.id, RecoveryCode.code_digest).where(
            RecoveryCode.user_id == user_id, RecoveryCode.used_at.is_(None)
        )
    )
    keys = uow.resources.keys
    matching = [code_id for code_id, digest in unused.all() if keys.digest_matches(RECOVERY_DIGEST, plain, digest)]
    if not matching:
        return False
    taken = await uow.session.scalars(
        update(RecoveryCode)
        .where(RecoveryCode.id == matching[0], RecoveryCode.used_at.is_(None))
        .values(used_at=clock.now())
        .returning(RecoveryCode.id)
        .execution_options(synchronize_session=False)
    )
    if taken.one_or_none() is None:
        return False
    uow.audit("auth.recovery_code_used", "Used a recovery code.", user_id=user_id)
    return True


async def _new_recovery_codes(uow: UnitOfWork, user_id: UUID) -> list[str]:
    codes = [
        "".join(secrets.choice(rules.RECOVERY_LETTERS) for _ in range(rules.RECOVERY_LENGTH))
        for _ in range(rules.RECOVERY_CODES)
    ]
    keys = uow.resources.keys
    uow.session.add_all(RecoveryCode(user_id=user_id, code_digest=keys.digest(RECOVERY_DIGEST, code)) for code in codes)
    await uow.session.flush()
    return [rules.shown_recovery_code(code) for code in codes]
