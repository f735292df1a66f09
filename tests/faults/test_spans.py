"""A collector is told of each request and payer call, and of nobody's health."""

import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from flask import Flask
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from payers.simulator.server import Simulator
from tests.faults.mortal_server import INQUIRY, MEMBER
from tests.store.support import Server
from verifier.bootstrap import build
from verifier.errors import NotConfigured
from verifier.settings import Settings
from verifier.telemetry import opening
from verifier.testing.faulty_server import FaultyServer, closed_port, reply

SOUGHT = {"member": {"id": MEMBER["id"]}}


@pytest.fixture
def environ(tmp_path: Path) -> Iterator[dict[str, str]]:
    server = Server(tmp_path)
    with Simulator() as simulator:
        yield {
            "VERIFIER_DATA": str(tmp_path / "data"),
            "VERIFIER_SIMULATOR_URL": simulator.url,
            "REDIS_URL": server.url,
        }
    server.kill()


def act(app: Flask) -> list[str]:
    """Send some requests and return the ids their answers carried."""
    client = app.test_client()
    answers = [
        client.post("/v1/verifications", json=INQUIRY),
        client.post("/v1/verifications/search", json=SOUGHT),
        client.get(f"/v1/payers?q={MEMBER['last_name']}"),
        client.get(f"/v1/{MEMBER['last_name']}"),
    ]
    assert [each.status_code for each in answers] == [201, 200, 200, 404]
    return [each.headers["X-Request-Id"] for each in answers]


def read(requests: list[bytes]) -> list[Span]:
    bodies = [request.partition(b"\r\n\r\n")[2] for request in requests]
    return [
        span
        for body in bodies
        for resource in ExportTraceServiceRequest.FromString(body).resource_spans
        for scope in resource.scope_spans
        for span in scope.spans
    ]


def test_each_request_and_payer_call_is_a_span_of_the_requests_trace(environ: dict[str, str]) -> None:
    with FaultyServer(reply(b"")) as collector:
        app = build(environ | {"OTEL_EXPORTER_OTLP_ENDPOINT": collector.url})
        assert isinstance(app, Flask)
        with closing(app.extensions["house"]):
            ids = act(app)
        sent = b"".join(collector.requests)
        spans = read(collector.requests)

    calls = [span for span in spans if span.name == "payer call"]
    others = [span for span in spans if span.name != "payer call"]
    assert [span.name for span in others] == [
        "POST /v1/verifications",
        "POST /v1/verifications/search",
        "GET /v1/payers",
        "GET (none)",
    ]
    assert [span.trace_id.hex() for span in others] == ids
    assert {span.trace_id.hex() for span in calls} == {ids[0]}
    facts = {fact.key: fact.value.string_value for fact in calls[0].attributes}
    assert facts == {
        "verifier.payer": "sim-multiple",
        "verifier.channel": "caqh_core",
        "verifier.outcome": "answered",
    }
    assert all(span.end_time_unix_nano > span.start_time_unix_nano for span in spans)
    assert [word for word in MEMBER.values() if word.encode() in sent] == []


def test_a_collector_that_is_away_changes_nothing(environ: dict[str, str]) -> None:
    app = build(environ | {"OTEL_EXPORTER_OTLP_ENDPOINT": closed_port()})
    assert isinstance(app, Flask)
    with closing(app.extensions["house"]):
        assert len(act(app)) == 4


def test_without_the_package_the_start_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "verifier.telemetry.otlp", None)
    settings = Settings.from_environ({"OTEL_EXPORTER_OTLP_ENDPOINT": "https://collector.example"})

    with pytest.raises(NotConfigured, match="telemetry"), opening.open_spans(settings):
        pass


@pytest.mark.parametrize("address", ["http://collector.example", "ftp://127.0.0.1", "collector"])
def test_spans_do_not_travel_in_clear(address: str) -> None:
    with pytest.raises(NotConfigured, match="OTEL_EXPORTER_OTLP_ENDPOINT"):
        Settings.from_environ({"OTEL_EXPORTER_OTLP_ENDPOINT": address})
