"""The request as we read it: JSON that cannot smuggle in what the database cannot hold."""

import ipaddress
import json
from collections.abc import Mapping
from typing import Any

import orjson
from starlette.datastructures import FormData
from starlette.requests import Request as StarletteRequest
from starlette.types import Scope

from studyhall.platform.errors import BadRequest, Invalid
from studyhall.platform.settings import Settings

MAX_DEPTH = 64


class Request(StarletteRequest):
    """Reads JSON strictly (RFC 8259): UTF-8 only, no NaN, bounded depth, no NUL and no lone surrogate."""

    async def json(self) -> Any:
        if not hasattr(self, "_json"):
            value = parse_json(await self.body())
            self._json = camel_to_snake(value) if getattr(self.state, "camel_case", False) else value
        return self._json

    async def form(self, **limits: Any) -> FormData:  # type: ignore[override]  # FastAPI only awaits it
        """The form, whose texts and file names hold no NUL either. Raises Invalid."""
        form = await super().form(**limits)
        try:
            for name, value in form.multi_items():
                _refuse_nul(value if isinstance(value, str) else value.filename or "", name)
        except Invalid:
            await form.close()
            raise
        return form


def parse_json(body: bytes) -> Any:
    """Parse a body.

    Raises:
        BadRequest: it is not JSON in UTF-8.
        Invalid: a text holds a NUL character, or things are nested deeper than `MAX_DEPTH`.
    """
    try:
        value = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise BadRequest(f"The body is not valid JSON: {_reason(error)}.") from error
    if b"\\u0000" in body:
        _refuse_nul(value, "body")
    if body.count(b"[") + body.count(b"{") > MAX_DEPTH and _depth(value) > MAX_DEPTH:
        raise Invalid(f"The body is nested deeper than {MAX_DEPTH} levels.")
    return value


def _reason(error: json.JSONDecodeError) -> str:
    return f"{error.msg.split(':')[0]} at line {error.lineno}, column {error.colno}"


def _refuse_nul(value: Any, where: str) -> None:
    if isinstance(value, str):
        if "\x00" in value:
            raise Invalid.field(where, "A text may not contain the NUL character.")
    elif isinstance(value, dict):
        for key, item in value.items():
            _refuse_nul(key, where)
            _refuse_nul(item, key if where == "body" else f"{where}.{key}")
    elif isinstance(value, list):
        for position, item in enumerate(value):
            _refuse_nul(item, f"{where}.{position}")


def _depth(value: Any) -> int:
    deepest, waiting = 0, [(value, 1)]
    while waiting:
        item, level = waiting.pop()
        deepest = max(deepest, level)
        if deepest > MAX_DEPTH:
            return deepest
        children = item.values() if isinstance(item, dict) else item if isinstance(item, list) else ()
        waiting.extend((child, level + 1) for child in children if isinstance(child, (dict, list)))
    return deepest


def header(scope: Scope, name: bytes) -> str | None:
    """The first header of that lower-case name."""
    for key, value in scope["headers"]:
        if key == name:
            return str(value.decode("latin-1"))
    return None


def client_address(scope: Scope, settings: Settings) -> str:
    """The address of the caller: the peer, or what a configured proxy says of it.

    The rightmost address of X-Forwarded-For that is not a trusted proxy itself counts, because everything left of
    it can be made up by the caller.
    """
    client = scope.get("client")
    peer = str(client[0]) if client else "unknown"
    if not settings.trusted_proxies or not _is_trusted(peer, settings):
        return peer
    forwarded = header(scope, b"x-forwarded-for") or ""
    for part in reversed([piece.strip() for piece in forwarded.split(",") if piece.strip()]):
        if not _is_address(part):
            return peer
        if not _is_trusted(part, settings):
            return part
    return peer


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def _is_trusted(address: str, settings: Settings) -> bool:
    if not _is_address(address):
        return False
    ip = ipaddress.ip_address(address)
    return any(ip in ipaddress.ip_network(network, strict=False) for network in settings.trusted_proxies)


def camel_to_snake(value: Any) -> Any:
    """Keys of a parsed body in snake_case, for clients of a specification that wrote camelCase."""
    if isinstance(value, Mapping):
        return {_snake(str(key)): camel_to_snake(item) for key, item in value.items()}
    if isinstance(value, list):
        return [camel_to_snake(item) for item in value]
    return value


def _snake(name: str) -> str:
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name).lstrip("_")
