"""What Prometheus is told. Names and labels here are a contract with the dashboards and alert rules.

Labels are route templates, job names and limit names, never paths, ids or people, so their number is bounded.

Each process counts for itself. With one server process (the default) `GET /metrics` is complete; with several
(`server_workers` over 1) each scrape reaches one of them, so run one process per address and scrape each, as one
does with containers. What is read from the database (the job table) is the same whoever answers. A worker has no
HTTP server of its own; setting `worker_metrics_port` opens one on the loopback address.
"""

from prometheus_client import CONTENT_TYPE_LATEST, Counter, Gauge, Histogram, generate_latest

LATENCY_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.5, 1.0, 2.5, 5.0, 10.0)
LATENESS_BUCKETS = (0.1, 0.5, 1, 2, 5, 10, 30, 60, 120, 300, 900, 3600)
STATEMENT_BUCKETS = (0, 1, 2, 3, 5, 8, 10, 15, 20, 50)

requests = Counter("studyhall_http_requests", "Requests answered.", ["method", "route", "status"])
request_seconds = Histogram(
    "studyhall_http_request_seconds", "Time to answer.", ["method", "route"], buckets=LATENCY_BUCKETS
)
request_statements = Histogram(
    "studyhall_http_sql_statements", "SQL statements of a request.", ["method", "route"], buckets=STATEMENT_BUCKETS
)
rate_limit_refusals = Counter("studyhall_rate_limit_refusals", "Calls refused by a rate limit.", ["limit"])
redis_outages = Counter("studyhall_redis_outages", "Calls that went on without Redis.", ["part"])
cache_reads = Counter("studyhall_cache_reads", "Cache look-ups.", ["source", "outcome"])

job_runs = Counter("studyhall_job_runs", "Attempts at jobs, by how they ended.", ["job", "outcome"])
job_seconds = Histogram("studyhall_job_seconds", "Time a job's attempt took.", ["job"], buckets=LATENCY_BUCKETS)
job_lateness_seconds = Histogram(
    "studyhall_job_lateness_seconds",
    "How long after its due time a job was started.",
    ["job"],
    buckets=LATENESS_BUCKETS,
)
jobs_waiting = Gauge("studyhall_jobs_waiting", "Jobs in the table, by state.", ["job", "state"])
jobs_oldest_due_seconds = Gauge("studyhall_jobs_oldest_due_seconds", "Age of the oldest job that is due.")

sockets_open = Gauge("studyhall_sockets_open", "Sockets connected to this process.", ["namespace"])
socket_events = Counter("studyhall_socket_events", "Socket events handled.", ["namespace", "event", "outcome"])


def observe_request(method: str, route: str, status: int, seconds: float, statements: int) -> None:
    """Count one answered request under its route template."""
    by_route = _of_route(method, route)
    by_route.seconds.observe(seconds)
    by_route.statements.observe(statements)
    by_route.status(status).inc()


def count_refusal(limit: str) -> None:
    """Count a call that the limit of that name refused."""
    rate_limit_refusals.labels(limit).inc()


def exposition() -> tuple[bytes, str]:
    """Everything counted so far in Prometheus's text format, and its content type."""
    return generate_latest(), CONTENT_TYPE_LATEST


class _RouteMetrics:
    """The children of one route, looked up once: `labels()` costs more than counting."""

    __slots__ = ("_method", "_route", "_statuses", "seconds", "statements")

    def __init__(self, method: str, route: str) -> None:
        self._method, self._route = method, route
        self.seconds = request_seconds.labels(method, route)
        self.statements = request_statements.labels(method, route)
        self._statuses: dict[int, Counter] = {}

    def status(self, status: int) -> Counter:
        child = self._statuses.get(status)
        if child is None:
            child = self._statuses[status] = requests.labels(self._method, self._route, str(status))
        return child


_routes: dict[tuple[str, str], _RouteMetrics] = {}


def _of_route(method: str, route: str) -> _RouteMetrics:
    found = _routes.get((method, route))
    if found is None:
        found = _routes[(method, route)] = _RouteMetrics(method, route)
    return found
