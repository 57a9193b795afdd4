"""Structured logs without personal data.

One line per event: JSON for machines, coloured text in a terminal. `request_id`, `job` and `job_id` come from context
variables, so every line of a request or job carries them. What other libraries log through the standard module takes
the same way.

No personal data: values under telling keys are replaced, and every text (the event, tracebacks, messages of other
libraries) is searched for e-mail addresses, network addresses, tokens, passwords and the row contents that database
errors quote. That is the net below the rule, not the rule: log ids, never what people typed.
"""

import logging
import re
import sys
from collections.abc import Mapping, MutableMapping
from functools import lru_cache
from ipaddress import IPv6Address
from typing import TYPE_CHECKING, Any, BinaryIO, TextIO

import orjson
import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from studyhall.platform import clock

if TYPE_CHECKING:
    from studyhall.platform.settings import Settings

REDACTED = "[redacted]"

_PERSONAL_KEYS = frozenset(
    ("address", "addresses", "authorization", "body", "client", "cookie", "cookies", "credentials", "dsn", "email",
     "emails", "first_name", "forwarded", "full_name", "headers", "ip", "ips", "last_name", "mail", "passwd",
     "password", "passwords", "phone", "query_string", "recipient", "recipients", "remote_addr", "secret", "secrets",
     "token", "tokens", "user_agent", "username", "x_forwarded_for")
)  # fmt: skip
_PERSONAL_ENDINGS = (
    "_address", "_cookie", "_dsn", "_email", "_ip", "_mail", "_otp", "_passwd", "_password", "_phone", "_secret",
    "_token",
)  # fmt: skip
_OUR_KEYS = frozenset(("timestamp", "level", "logger", "request_id", "job", "job_id", "method", "route", "status"))
"""Written by us, and never from what people type."""

_REPLACEMENTS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"\[parameters: .*?\]\s*$", re.MULTILINE | re.DOTALL), "[parameters: redacted]"),
    (re.compile(r"(Key \(.*?\))=\(.*?\)(?= already| is not| is still| conflicts)"), r"\1=([redacted])"),
    (re.compile(r"(Failing row contains) \(.*\)"), r"\1 ([redacted])"),
    (re.compile(r"://[^\s/@:]*:[^\s/@]+@"), "://[secret]@"),
    (re.compile(r"\beyJ[\w-]{5,}\.[\w-]+\.[\w-]*"), "[token]"),
    (re.compile(r"\b(bearer|basic)\s+[\w.~+/=-]{6,}", re.IGNORECASE), r"\1 [token]"),
    (
        re.compile(
            r"(?i)\b((?:\w*_)?(?:password|passwd|secret|token|api_?key|authorization|otp))(['\"]?\s*[=:]\s*)"
            r"(['\"]?)[^\s'\"&,;}{)]+"
        ),
        r"\1\2\3[secret]",
    ),
    (re.compile(r"[\w.+%'-]+@[\w-]+(?:\.[\w-]+)+"), "[email]"),
    (re.compile(r"\b(?=[\w-]*\d)(?=[\w-]*[A-Z])(?=[\w-]*[a-z])[\w-]{32,}|\b[0-9a-f]{40,}\b"), "[token]"),
    (re.compile(r"(?<![\d.])(?!127\.|0\.0\.0\.0)(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)(?![\d.])"),
     "[address]"),
)  # fmt: skip
_MAYBE_IPV6 = re.compile(r"(?<![\w:.])(?=[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*:)[0-9A-Fa-f:.]{3,45}(?![\w])")


def redact_text(text: str) -> str:
    """The text without e-mail and network addresses, tokens, passwords and quoted rows. The loopback address stays."""
    for pattern, replacement in _REPLACEMENTS:
        text = pattern.sub(replacement, text)
    return _MAYBE_IPV6.sub(_without_ipv6, text) if text.count(":") > 1 else text


def _without_ipv6(match: re.Match[str]) -> str:
    found = match.group()
    try:
        address = IPv6Address(found.rstrip(":.") if not found.endswith("::") else found)
    except ValueError:
        return found
    return found if address.is_loopback or address.is_unspecified else "[address]"


@lru_cache(maxsize=1024)
def _is_personal(key: str) -> bool:
    name = key.lower().replace("-", "_")
    return name in _PERSONAL_KEYS or name.endswith(_PERSONAL_ENDINGS)


MAX_DEPTH = 12


def redact_value(value: object, depth: int = 0) -> object:
    """The value without anything personal, in its keys and texts; deeper than `MAX_DEPTH` levels nothing is kept."""
    if isinstance(value, str):
        return redact_text(value)
    if value is None or isinstance(value, bool | int | float):
        return value
    if depth > MAX_DEPTH:
        return REDACTED
    if isinstance(value, Mapping):
        named = ((str(key), entry) for key, entry in value.items())
        return {key: REDACTED if _is_personal(key) else redact_value(entry, depth + 1) for key, entry in named}
    if isinstance(value, list | tuple | set | frozenset):
        return [redact_value(entry, depth + 1) for entry in value]
    return redact_text(str(value))


def redact(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Processor: leave nothing personal in the event, in known keys or in texts."""
    for key, value in event.items():
        if key in _OUR_KEYS or key.startswith("_"):
            continue
        event[key] = REDACTED if _is_personal(key) else redact_value(value)
    return event


def _stamp(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    event["timestamp"] = clock.now().isoformat()
    return event


def _to_json(_logger: WrappedLogger, _method: str, event: MutableMapping[str, Any]) -> bytes:
    return orjson.dumps(event, default=str)


def _to_json_text(logger: WrappedLogger, method: str, event: MutableMapping[str, Any]) -> str:
    return _to_json(logger, method, event).decode()


_NOISY = {
    # Their lines hold raw paths, addresses and queries; ours says the same without them.
    "granian.access": logging.CRITICAL,
    "uvicorn.access": logging.CRITICAL,
    "httpx2": logging.WARNING,
    "httpcore2": logging.WARNING,
    "engineio.server": logging.WARNING,
    "socketio.server": logging.WARNING,
}

_access: "AccessLog | None" = None


class AccessLog:
    """Writes one line per request, past all processors: nothing in it can be personal, and it is on the hot path."""

    def __init__(self, stream: BinaryIO | None, level: int) -> None:
        self._stream = stream
        self._is_on = level <= logging.INFO
        self._logger = structlog.get_logger("studyhall.access")

    def line(self, fields: dict[str, Any]) -> None:
        if not self._is_on:
            return
        if self._stream is None:
            self._logger.info("request", **fields)
            return
        whole = {"event": "request", "level": "info", "timestamp": clock.now(), **fields}
        self._stream.write(orjson.dumps(whole, option=orjson.OPT_APPEND_NEWLINE))
        self._stream.flush()


def access(method: str, route: str, status: int, seconds: float, statements: int) -> None:
    """Log one answered request, with the `request_id` that is bound to the context.

    The id is written as it is, so it must be made by us or checked to be a plain one.

    Args:
        route: the template (`/api/v1/courses/{id}`), never the path that was asked for.
        statements: SQL statements that it took.
    """
    if _access is not None:
        _access.line(
            {
                "method": method,
                "route": route,
                "status": status,
                "ms": round(seconds * 1000, 2),
                "statements": statements,
                "request_id": structlog.contextvars.get_contextvars().get("request_id", ""),
            }
        )


def configure(settings: "Settings", stream: TextIO | None = None) -> None:
    """Set up logging for this process; calling it again replaces the set-up.

    Args:
        stream: where the lines go; standard output when None.
    """
    global _access
    out = stream or sys.stdout
    as_json = settings.log_json if settings.log_json is not None else not out.isatty()
    level = logging.getLevelNamesMapping()[(settings.log_level or "INFO").upper()]
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        _stamp,
        structlog.processors.format_exc_info,
        redact,
    ]
    last: Processor = _to_json_text if as_json else structlog.dev.ConsoleRenderer(colors=out.isatty())
    handler = logging.StreamHandler(out)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.ExtraAdder(), *shared],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, last],
        )
    )
    logging.basicConfig(handlers=[handler], level=level, force=True)
    logging.captureWarnings(True)
    for name, floor in _NOISY.items():
        logging.getLogger(name).setLevel(max(level, floor))
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            structlog.stdlib.PositionalArgumentsFormatter(),
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    _access = AccessLog(getattr(out, "buffer", None) if as_json else None, level)
