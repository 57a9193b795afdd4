"""What is personal must not reach the log, whichever way it tries."""

import io
import json
import logging
from typing import Any

import pytest
import structlog
from structlog.contextvars import bound_contextvars

from studyhall.platform import logs
from studyhall.platform.settings import Settings


class Lines(io.TextIOWrapper):
    def __init__(self) -> None:
        super().__init__(io.BytesIO(), encoding="utf-8", write_through=True)

    @property
    def text(self) -> str:
        buffer = self.buffer
        assert isinstance(buffer, io.BytesIO)
        return buffer.getvalue().decode()

    @property
    def events(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.text.splitlines()]


@pytest.fixture
def lines() -> Any:
    out = Lines()
    root, before = logging.getLogger(), logging.getLogger().handlers[:]
    logs.configure(Settings(log_json=True), stream=out)
    yield out
    structlog.reset_defaults()
    root.handlers[:] = before


PLANTED = (
    "ann.smith@uni-example.org",
    "203.0.113.7",
    "2001:db8::7",
    "hunter2hunter2",
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOjF9.c2ln",
)


def assert_clean(text: str) -> None:
    assert [secret for secret in PLANTED if secret in text] == []


def test_an_event_keeps_its_words_and_its_ids(lines: Lines) -> None:
    with bound_contextvars(request_id="req-1", job_id=7):
        structlog.get_logger("studyhall.x").info("plan moved", plan_id="0190a0b0-1111-7222-8333-444455556666", count=3)
    (event,) = lines.events
    assert event["event"] == "plan moved"
    assert (event["request_id"], event["job_id"], event["count"]) == ("req-1", 7, 3)
    assert event["plan_id"] == "0190a0b0-1111-7222-8333-444455556666"
    assert (event["level"], event["logger"]) == ("info", "studyhall.x")
    assert event["timestamp"].endswith("+00:00")


@pytest.mark.parametrize("secret", PLANTED)
@pytest.mark.parametrize(
    "key",
    [
        "email",
        "password",
        "new_password",
        "authorization",
        "refresh_token",
        "client_ip",
        "ip",
        "user_agent",
        "Set-Cookie",
    ],
)
def test_values_under_telling_keys_are_replaced(lines: Lines, key: str, secret: str) -> None:
    structlog.get_logger().warning("x", **{key: secret}, nested={"deep": [{key: secret}]})
    assert_clean(lines.text)
    assert lines.events[0][key] == logs.REDACTED


@pytest.mark.parametrize(
    "text",
    [
        "mail to {0} failed",
        "connection from {1} and [{2}]:443 refused",
        "login with password={3}",
        'body was {{"password": "{3}", "email": "{0}"}}',
        "Authorization: Bearer {4}",
        "token {4}",
        "postgresql://app:{3}@db:5432/studyhall",
        "DETAIL: Key (lower(email))=({0}) already exists.",
        "Failing row contains (1, {0}, {3}).",
        "[SQL: INSERT INTO users] [parameters: ('{0}', '{3}')]",
    ],
)
def test_texts_are_searched(lines: Lines, text: str) -> None:
    filled = text.format(*PLANTED)
    structlog.get_logger().error(filled)
    structlog.get_logger().error("x", detail=filled, entries=[filled])
    logging.getLogger("some.library").warning("it said %s", filled)
    assert_clean(lines.text)
    assert len(lines.events) == 3


def test_tracebacks_are_searched(lines: Lines) -> None:
    try:
        raise ValueError(f"no such user {PLANTED[0]}")
    except ValueError:
        structlog.get_logger().exception("failed")
        logging.getLogger("some.library").exception("failed too")
    assert_clean(lines.text)
    assert all("ValueError: no such user [email]" in event["exception"] for event in lines.events)


def test_ordinary_text_stays_as_it_is() -> None:
    for text in (
        "http://127.0.0.1:8000 answers",
        "at 12:34:56 on 2026-03-02T12:00:00+00:00",
        "PostgreSQL 18.4 with pgvector 0.8.5",
        "the token has expired",
        "test_an_old_value_read_before_a_drop_is_not_kept_after_it",
        "0190a0b0-1111-7222-8333-444455556666",
    ):
        assert logs.redact_text(text) == text


def test_one_line_per_request_without_its_path(lines: Lines) -> None:
    with bound_contextvars(request_id="req-9"):
        logs.access("GET", "/api/v1/courses/{id}", 200, 0.01234, 4)
    (event,) = lines.events
    assert event.pop("timestamp")
    assert event == {
        "event": "request",
        "level": "info",
        "method": "GET",
        "route": "/api/v1/courses/{id}",
        "status": 200,
        "ms": 12.34,
        "statements": 4,
        "request_id": "req-9",
    }


def test_the_access_lines_of_servers_are_left_out(lines: Lines) -> None:
    logging.getLogger("granian.access").error('%s "GET /users/%s"', PLANTED[1], PLANTED[0])
    assert lines.text == ""


def test_a_terminal_gets_readable_lines() -> None:
    out = Lines()
    logs.configure(Settings(log_json=False), stream=out)
    structlog.get_logger().info("ready", port=8000)
    logs.access("GET", "/x", 200, 0.001, 1)
    structlog.reset_defaults()
    assert all(part in out.text for part in ("ready", "port=8000", "route=/x"))
    assert not out.text.startswith("{")
