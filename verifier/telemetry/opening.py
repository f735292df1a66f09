"""The way to the collector of spans, opened as the settings say."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Final

from verifier.errors import NotConfigured
from verifier.settings import Settings
from verifier.spans import NoSpans, Spans

MISSING: Final = (
    'OTEL_EXPORTER_OTLP_ENDPOINT needs OpenTelemetry: pip install "benefits-verifier[telemetry]".'
)


@contextmanager
def open_spans(settings: Settings) -> Iterator[Spans]:
    """Open the way to the collector, if one is set; what is still to be sent is sent at the end.

    Raises:
        NotConfigured: what speaks with it is not installed.
    """
    if settings.collector is None:
        yield NoSpans()
        return
    try:
        from verifier.telemetry.otlp import OpenTelemetrySpans  # noqa: PLC0415 - needs an optional package
    except ModuleNotFoundError:
        raise NotConfigured(MISSING) from None
    with closing(OpenTelemetrySpans(settings.collector)) as spans:
        yield spans
