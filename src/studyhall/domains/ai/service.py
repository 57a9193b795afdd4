"""One's own provider settings."""

import asyncio
from collections.abc import Mapping
from ipaddress import ip_address
from typing import Any
from uuid import UUID

import httpx2

from studyhall.domains.ai import rules
from studyhall.domains.ai.models import UserAiSettings
from studyhall.platform.auth import Actor
from studyhall.platform.clients.http import AddressRefused, Resolver, checked_url, is_public, system_resolver
from studyhall.platform.errors import Invalid
from studyhall.platform.uow import UnitOfWork

KEY_PURPOSE = "ai-provider-key"
KEYS = ("api_key", "secondary_api_key")
RESOLVING_SECONDS = 5.0


async def read(uow: UnitOfWork, actor: Actor) -> UserAiSettings:
    """The actor's settings; empty ones when he never made any."""
    found = await uow.session.get(UserAiSettings, actor.user_id)
    return found or UserAiSettings(user_id=actor.user_id, is_active=False)


async def change(
    uow: UnitOfWork, actor: Actor, changes: Mapping[str, Any], resolve: Resolver = system_resolver
) -> UserAiSettings:
    """Change the fields given; a null empties one. Keys are encrypted before they are kept.

    Raises:
        Invalid: an endpoint that may not be used, or active settings that are incomplete.
    """
    wanted = dict(changes)
    if wanted.get("endpoint") is not None:
        # Before the transaction opens: it asks the name server.
        await check_endpoint(wanted["endpoint"], resolve, allow_private=uow.resources.settings.ai_private_endpoints)
    row = await uow.session.get(UserAiSettings, actor.user_id, with_for_update=True)
    if row is None:
        row = UserAiSettings(user_id=actor.user_id, is_active=False)
        uow.session.add(row)
    _refuse_moved_key(row, wanted)
    for name in KEYS:
        if name in wanted:
            _keep_key(uow, row, name, wanted.pop(name))
    for name, value in wanted.items():
        setattr(row, name, value)
    missing = rules.missing_fields(vars(row))
    if row.is_active and missing:
        raise Invalid("These settings are not complete yet.", errors={name: ["This is needed."] for name in missing})
    await uow.session.flush()
    uow.audit("settings.ai_changed", "Changed the own AI provider.", user_id=actor.user_id, fields=sorted(changes))
    return row


async def check_endpoint(url: str, resolve: Resolver, *, allow_private: bool) -> None:
    """Refuse an address that is none, or that leads into our own network. Whoever calls it later checks it again.

    Raises:
        Invalid: with the reason.
    """
    try:
        target = checked_url(url) if not allow_private else _web_address(url)
    except AddressRefused as error:
        raise Invalid.field("endpoint", str(error)) from error
    if allow_private:
        return
    try:
        async with asyncio.timeout(RESOLVING_SECONDS):
            found = await _addresses(target, resolve)
    except (OSError, UnicodeError, TimeoutError) as error:
        raise Invalid.field("endpoint", "There is no server of that name.") from error
    if not found or not all(is_public(ip_address(one)) for one in found):
        raise Invalid.field("endpoint", "The address does not lead to the public web.")


def key_of(uow: UnitOfWork, row: UserAiSettings, name: str) -> str | None:
    """A kept key in clear, for the call to its provider and nothing else. Raises DecryptionFailed."""
    sealed: bytes | None = getattr(row, name)
    if sealed is None:
        return None
    return uow.resources.keys.decrypt(KEY_PURPOSE, bytes(sealed), _bound_to(row.user_id, name)).decode()


def _keep_key(uow: UnitOfWork, row: UserAiSettings, name: str, key: str | None) -> None:
    sealed = None
    if key is not None:
        sealed = uow.resources.keys.encrypt(KEY_PURPOSE, key.encode(), _bound_to(row.user_id, name))
    setattr(row, name, sealed)
    setattr(row, f"{name}_ending", None if key is None else rules.ending_of(key))


def _refuse_moved_key(row: UserAiSettings, wanted: Mapping[str, Any]) -> None:
    """A kept key is not sent to another address than the one it was given for: say it anew, or empty it."""
    moves = any(name in wanted and wanted[name] != getattr(row, name) for name in ("provider", "endpoint"))
    stale = [name for name in KEYS if getattr(row, name) is not None and name not in wanted]
    if moves and stale:
        text = "Give the key again, or null, when provider or endpoint change."
        raise Invalid(text, errors={name: [text] for name in stale})


def _bound_to(user_id: UUID, name: str) -> bytes:
    return user_id.bytes + name.encode()


def _web_address(url: str) -> httpx2.URL:
    try:
        target = httpx2.URL(url)
    except (httpx2.InvalidURL, ValueError) as error:
        raise AddressRefused("This is not a web address.") from error
    if target.scheme not in ("http", "https") or not target.host or target.userinfo:
        raise AddressRefused("This is not a web address (http or https, without a password).")
    return target


async def _addresses(target: httpx2.URL, resolve: Resolver) -> list[str]:
    try:
        return [str(ip_address(target.host))]
    except ValueError:
        return await resolve(target.host, target.port or 443)
