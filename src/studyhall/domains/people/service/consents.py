"""What people agreed to: a dated row for each decision, and nothing is given until it is."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import distinct_on

from studyhall.domains.identity import public as identity
from studyhall.domains.people.errors import WordingChanged
from studyhall.domains.people.models import UserConsent
from studyhall.platform.auth import Actor
from studyhall.platform.uow import UnitOfWork

WORDING_VERSION = "2026-11"
WORDINGS: Mapping[str, str] = {
    "marketing_email": "You may send me news about this service by e-mail.",
    "marketing_sms": "You may send me news about this service by text message.",
    "marketing_whatsapp": "You may send me news about this service by WhatsApp.",
    "ai_transcripts": "What I say in live sessions may be transcribed and read by a language model, for notes.",
    "recording": "Live sessions that I take part in may be recorded.",
}


@dataclass(frozen=True, slots=True)
class Standing:
    """Where somebody stands on one kind of consent."""

    kind: str
    is_given: bool
    decided_at: datetime | None
    decided_on_wording: str | None
    wording_version: str
    wording: str


async def standings(uow: UnitOfWork, user_id: UUID) -> list[Standing]:
    """Every kind, decided or not, in a fixed order."""
    newest = await _newest(uow, user_id)
    return [_standing(kind, newest.get(kind)) for kind in WORDINGS]


async def decide(
    uow: UnitOfWork, actor: Actor, decisions: Mapping[str, bool], wording_version: str | None
) -> list[Standing]:
    """Write down what was given or taken back; a decision that changes nothing writes nothing.

    Raises:
        WordingChanged: the words that were shown are no longer these.
    """
    if wording_version not in (None, WORDING_VERSION):
        raise WordingChanged
    await identity.lock_account(uow, actor.user_id)
    newest = await _newest(uow, actor.user_id)
    for kind, is_given in decisions.items():
        former = newest.get(kind)
        if former is not None and (former.is_given, former.wording) == (is_given, WORDING_VERSION):
            continue
        row = UserConsent(
            user_id=actor.user_id,
            kind=kind,
            is_given=is_given,
            wording=WORDING_VERSION,
            address=uow.origin.inet,
        )
        uow.session.add(row)
        newest[kind] = row
        act = "Gave" if is_given else "Took back"
        uow.audit("settings.consent_changed", f"{act} a consent: {kind}.", user_id=actor.user_id, kind=kind,
                  is_given=is_given, wording=WORDING_VERSION)  # fmt: skip
    await uow.session.flush()
    return [_standing(kind, newest.get(kind)) for kind in WORDINGS]


async def _newest(uow: UnitOfWork, user_id: UUID) -> dict[str, UserConsent]:
    rows = await uow.session.scalars(
        select(UserConsent)
        .where(UserConsent.user_id == user_id)
        .ext(distinct_on(UserConsent.kind))
        .order_by(UserConsent.kind, UserConsent.created_at.desc(), UserConsent.id.desc())
    )
    return {row.kind: row for row in rows}


def _standing(kind: str, row: UserConsent | None) -> Standing:
    return Standing(
        kind=kind,
        is_given=row is not None and row.is_given,
        decided_at=row.created_at if row else None,
        decided_on_wording=row.wording if row else None,
        wording_version=WORDING_VERSION,
        wording=WORDINGS[kind],
    )
