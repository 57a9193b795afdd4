"""Times, channels, zone and visibility."""

from collections.abc import Mapping
from functools import partial
from typing import Any
from uuid import UUID

from studyhall.domains.identity.events import CalendarMoved, PreferencesChanged
from studyhall.domains.identity.models import UserPreferences
from studyhall.domains.identity.queries.accounts import preferences_of
from studyhall.platform.cache import PREFERENCES
from studyhall.platform.errors import Invalid, NotFound
from studyhall.platform.uow import UnitOfWork

_KEPT_INSIDE = frozenset({"user_id", "created_at", "updated_at"})
FIELDS = tuple(column.name for column in UserPreferences.__table__.c if column.name not in _KEPT_INSIDE)
MOST_EXTRA = 100


async def preferences(uow: UnitOfWork, user_id: UUID) -> dict[str, Any]:
    """A person's preferences as plain JSON; from the cache for up to an hour."""

    async def make() -> dict[str, Any]:
        return _plain(await preferences_of(uow, user_id))

    kept = await uow.resources.cache.get_or_make(PREFERENCES.key(user_id), PREFERENCES.ttl_seconds, make)
    return dict(kept)


async def preferences_now(uow: UnitOfWork, user_id: UUID) -> dict[str, Any]:
    """The same as this transaction sees them, with times as times."""
    return _plain(await preferences_of(uow, user_id))


async def change_preferences(uow: UnitOfWork, user_id: UUID, changes: Mapping[str, Any]) -> dict[str, Any]:
    """Change the fields given, and answer all. `extra` is merged; a null in it removes the key.

    Raises:
        NotFound: there is no such account.
        Invalid: more free-form keys than one may have.
    """
    row = await uow.session.get(UserPreferences, user_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise NotFound
    _apply(uow, row, changes)
    await uow.session.flush()
    return _plain(row)


def _apply(uow: UnitOfWork, row: UserPreferences, changes: Mapping[str, Any]) -> None:
    wanted = dict(changes)
    if "extra" in wanted:
        wanted["extra"] = _merged(row.extra, wanted["extra"])
    changed = {name: value for name, value in wanted.items() if getattr(row, name) != value}
    if not changed:
        return
    calendar = row.timezone, row.day_start_hour
    for name, value in changed.items():
        setattr(row, name, value)
    if calendar != (row.timezone, row.day_start_hour):
        uow.record(CalendarMoved(row.user_id, *calendar, row.timezone, row.day_start_hour))
    uow.record(PreferencesChanged(row.user_id))
    uow.audit("settings.preferences_changed", "Changed preferences.", user_id=row.user_id, fields=sorted(changed))
    uow.after_commit(partial(uow.resources.cache.drop, PREFERENCES.key(row.user_id)))


def _plain(row: UserPreferences) -> dict[str, Any]:
    return {name: getattr(row, name) for name in FIELDS}


def _merged(kept: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    merged = {key: value for key, value in {**kept, **given}.items() if value is not None}
    if len(merged) > MOST_EXTRA:
        raise Invalid.field("extra", f"There may be at most {MOST_EXTRA} keys.")
    return merged
