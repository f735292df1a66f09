"""`OpenTelemetrySpans`: spans sent to a collector over OTLP (only home of opentelemetry).

The trace of a request has its id: the one its answer carries as ``X-Request-Id`` and its log line as
``request_id``. Nothing is taken from what a caller sends, so nobody can write into another trace.
"""

from hashlib import sha256
from time import time_ns

from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import NonRecordingSpan, SpanContext, TraceFlags, set_span_in_context

from verifier.spans import Facts

NANOSECONDS = 1_000_000_000
SECONDS = 5  # the collector is given to take what is sent


class OpenTelemetrySpans:
    """Fulfils `verifier.spans.Spans`; close it so that the last ones are sent."""

    def __init__(self, collector: str) -> None:
        """Send to *collector*, the base address of an OTLP receiver over HTTP."""
        named = Resource({"service.name": "benefits-verifier"})
        self._provider = TracerProvider(resource=named, shutdown_on_exit=False)
        exporter = OTLPSpanExporter(f"{collector.rstrip('/')}/v1/traces", timeout=SECONDS)
        self._provider.add_span_processor(BatchSpanProcessor(exporter))
        self._tracer = self._provider.get_tracer("verifier")

    def tell(self, name: str, seconds: float, *, request_id: str, facts: Facts) -> None:
        """Send a span that ends now, in a while and beside whatever else is done."""
        now = time_ns()
        span = self._tracer.start_span(
            name,
            context=_within(request_id),
            start_time=now - int(seconds * NANOSECONDS),
            attributes=dict(facts),
        )
        span.end(now)

    def close(self) -> None:
        """Send what is still to be sent, and end."""
        self._provider.shutdown()


def _within(request_id: str) -> Context:
    """Place a span in the trace of a request: as a child of the request itself, which is not sent as such."""
    digest = sha256(request_id.encode()).digest()
    try:
        trace = int(request_id, 16)
    except ValueError:  # the nightly run, or a test
        trace = int.from_bytes(digest[:16])
    parent = SpanContext(trace, int.from_bytes(digest[16:24]), is_remote=True, trace_flags=TraceFlags(1))
    return set_span_in_context(NonRecordingSpan(parent))
