"""Traces to an OpenTelemetry collector and accidents to Sentry, when the settings name them.

Both come with the extra `observability`. Naming one in the settings without having it installed is refused at the
start, because silence would look like health. Without either, `span` costs a dictionary look-up.
"""

from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING, Any

from studyhall import __version__
from studyhall.platform import logs

if TYPE_CHECKING:
    from studyhall.platform.settings import Settings

SERVICE = "studyhall"

_tracer: Any = None


class MissingExtra(RuntimeError):
    """Something is configured whose library is not installed."""

    def __init__(self, setting: str) -> None:
        super().__init__(f"{setting} is set, but its library is missing: pip install 'studyhall[observability]'.")


def configure(settings: "Settings") -> None:
    """Set up what the settings name, for this process. Raises MissingExtra."""
    if settings.otlp_endpoint is not None:
        _trace_to(settings.otlp_endpoint, str(settings.environment))
    if settings.sentry_dsn is not None:
        _report_to(settings.sentry_dsn.get_secret_value(), str(settings.environment))


def span(name: str, **attributes: str | int | float | bool) -> AbstractContextManager[Any]:
    """Time a piece of work as one span of the current trace. Attributes are ids and numbers, nothing personal."""
    if _tracer is None:
        return nullcontext()
    started: AbstractContextManager[Any] = _tracer.start_as_current_span(name, attributes=attributes)
    return started


def _trace_to(endpoint: str, environment: str) -> None:
    global _tracer
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
    except ImportError as error:
        raise MissingExtra("STUDYHALL_OTLP_ENDPOINT") from error
    described = Resource.create(
        {"service.name": SERVICE, "service.version": __version__, "deployment.environment.name": environment}
    )
    provider = TracerProvider(resource=described)
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(endpoint=f"{endpoint.rstrip('/')}/v1/traces")))
    _tracer = provider.get_tracer(SERVICE, __version__)


def _report_to(dsn: str, environment: str) -> None:
    try:
        import sentry_sdk
    except ImportError as error:
        raise MissingExtra("STUDYHALL_SENTRY_DSN") from error
    sentry_sdk.init(
        dsn=dsn,
        environment=environment,
        release=f"{SERVICE}@{__version__}",
        send_default_pii=False,
        include_local_variables=False,
        max_request_body_size="never",
        before_send=_without_personal_data,
        before_breadcrumb=_without_personal_data,
    )


def _without_personal_data(event: Any, _hint: Any) -> Any:
    """The report without the request's own words: what is left is looked through like a log line."""
    for part in ("request", "user", "server_name"):
        event.pop(part, None)
    return logs.redact_value(event)
