"""What is seen of each request: one log line, two metrics, an id; nothing of its content."""

import sys
from time import perf_counter
from typing import Final
from uuid import uuid4

import structlog
from flask import Flask, Response, g, request
from prometheus_client import CollectorRegistry, Counter, Histogram
from structlog.typing import FilteringBoundLogger

from verifier.spans import Spans

METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
TRACED: Final = ("http.request.method", "http.route", "http.response.status_code")  # OpenTelemetry's names
NO_ROUTE: Final = "(none)"


def json_log(level: str = "info") -> FilteringBoundLogger:
    """Build a log of JSON lines on standard error; what is below *level* is left out."""
    processors = (
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="time"),
        structlog.processors.JSONRenderer(),
    )
    wrapper = structlog.make_filtering_bound_logger(level)
    log: FilteringBoundLogger = structlog.wrap_logger(
        structlog.PrintLogger(sys.stderr), processors=processors, wrapper_class=wrapper
    )
    return log


def register_observation(
    app: Flask, log: FilteringBoundLogger, registry: CollectorRegistry, spans: Spans
) -> None:
    """Let *app* name, count, time, log and trace its requests; the route's template stands for its path."""
    requests = Counter("http_requests", "Requests answered", ("method", "route", "status"), registry=registry)
    seconds = Histogram("http_request_seconds", "Seconds to answer", ("method", "route"), registry=registry)

    @app.before_request
    def begin() -> None:
        g.request_id = uuid4().hex
        g.began = perf_counter()

    @app.after_request
    def observe(response: Response) -> Response:
        elapsed = perf_counter() - g.began
        method = request.method if request.method in METHODS else "OTHER"
        route = request.url_rule.rule if request.url_rule else NO_ROUTE
        requests.labels(method, route, response.status_code).inc()
        seconds.labels(method, route).observe(elapsed)
        facts: dict[str, str | int] = {"method": method, "route": route, "status": response.status_code}
        traced = dict(zip(TRACED, facts.values(), strict=True))
        spans.tell(f"{method} {route}", elapsed, request_id=g.request_id, facts=traced)
        log.info("request", **facts, ms=round(elapsed * 1000, 1), request_id=g.request_id)
        response.headers["X-Request-Id"] = g.request_id
        return response
