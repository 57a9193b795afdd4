"""Tracing and error reports are optional, refused when half set up, and carry nothing personal."""

import sys
from collections.abc import Iterator
from typing import Any

import pytest

from studyhall.platform import tracing
from studyhall.platform.settings import Settings


@pytest.fixture(autouse=True)
def _untraced() -> Iterator[None]:
    yield
    tracing._tracer = None


def test_nothing_is_set_up_unasked(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("opentelemetry.sdk.trace", "sentry_sdk"):
        monkeypatch.setitem(sys.modules, module, None)
    tracing.configure(Settings())
    with tracing.span("work"):
        pass


@pytest.mark.parametrize(
    ("settings", "module", "name"),
    [
        ({"otlp_endpoint": "http://127.0.0.1:4318"}, "opentelemetry.sdk.trace", "STUDYHALL_OTLP_ENDPOINT"),
        ({"sentry_dsn": "http://key@127.0.0.1:9/1"}, "sentry_sdk", "STUDYHALL_SENTRY_DSN"),
    ],
)
def test_a_missing_library_is_named(
    monkeypatch: pytest.MonkeyPatch, settings: dict[str, Any], module: str, name: str
) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(tracing.MissingExtra, match=name):
        tracing.configure(Settings(**settings))


def test_spans_are_nested_and_named() -> None:
    tracing.configure(Settings(otlp_endpoint="http://127.0.0.1:4318"))
    with tracing.span("outer", job_id=7) as outer, tracing.span("inner") as inner:
        assert inner.parent.span_id == outer.get_span_context().span_id
        assert outer.attributes == {"job_id": 7}


def test_reports_carry_nothing_personal() -> None:
    event = {
        "request": {"url": "http://x/users/ann@example.org", "cookies": {"refresh": "x"}},
        "user": {"ip_address": "203.0.113.7"},
        "exception": {"values": [{"type": "ValueError", "value": "no user ann@example.org"}]},
        "extra": {"password": "hunter2", "count": 3},
    }
    report = tracing._without_personal_data(event, {})
    assert report == {
        "exception": {"values": [{"type": "ValueError", "value": "no user [email]"}]},
        "extra": {"password": "[redacted]", "count": 3},
    }
