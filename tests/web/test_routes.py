"""What each address answers."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from flask import Flask
from flask.testing import FlaskClient
from prometheus_client import CollectorRegistry
from structlog.testing import CapturingLogger
from werkzeug.test import TestResponse

from tests.store.support import NOON, open_office
from verifier.access.house import Access
from verifier.errors import BadReply, Busy, NotConfigured, PayerTimeout, PayerUnreachable, VerifierError
from verifier.web.api import examples
from verifier.web.app import create_app

if TYPE_CHECKING:
    from conftest import FakeService


def verify(client: FlaskClient, **headers: str) -> TestResponse:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return client.post("/v1/verifications", json=examples.INQUIRY, headers=named)


def test_a_verification_answered_in_time_is_created(client: FlaskClient, service: "FakeService") -> None:
    response = verify(client, Prefer="wait=5")
    assert (response.status_code, response.headers["Location"]) == (201, "/v1/verifications/ver_000")
    assert response.headers["Preference-Applied"] == "wait=5"
    assert service.waits == [5.0]
    assert response.json["status"] == "complete"
    assert response.json["coverage"]["status"] == "active"
    assert client.get(response.headers["Location"]).json == response.json


def test_a_verification_that_takes_longer_is_accepted_and_found_later(
    client: FlaskClient, service: "FakeService"
) -> None:
    pending = verify(client, Prefer="wait=0")
    assert (pending.status_code, pending.headers["Retry-After"]) == (202, "2")
    assert (pending.json["status"], pending.json["coverage"]) == ("pending", None)
    done = client.post(f"{pending.headers['Location']}/refresh", headers={"Prefer": "wait=3"})
    assert service.waits == [0.0, 3.0]
    assert (done.status_code, done.json["status"]) == (200, "complete")
    assert client.get(pending.headers["Location"]).json == done.json


@pytest.mark.parametrize(
    ("seconds", "pause"), [(0, "2"), (5, "2"), (9, "4"), (25, "12"), (3600, "15")], ids=str
)
def test_who_looks_at_what_is_pending_is_told_to_come_the_later_the_longer_it_takes(
    client: FlaskClient, service: "FakeService", seconds: int, pause: str
) -> None:
    location = verify(client, Prefer="wait=0").headers["Location"]
    begun = NOON - timedelta(seconds=seconds)
    service.kept = {name: replace(kept, created_at=begun) for name, kept in service.kept.items()}
    assert client.get(location).headers["Retry-After"] == pause


@pytest.mark.parametrize(
    ("prefer", "seconds"),
    [
        (None, 20.0),
        ("wait=0", 0.0),
        ("wait=61", 60.0),
        ("wait=999999999", 60.0),
        ("return=minimal, wait = 7", 7.0),
        ('respond-async;x, wait="9"', 9.0),
        ("respond-async", 0.0),
        ("wait=-1", 20.0),
        ("wait=soon", 20.0),
        ("await=5", 20.0),
        ("wait=5s", 20.0),
    ],
)
def test_the_callers_patience_is_read_as_rfc_7240_says(
    client: FlaskClient, service: "FakeService", prefer: str | None, seconds: float
) -> None:
    verify(client, **({"Prefer": prefer} if prefer else {}))
    assert service.waits == [seconds]


def test_a_key_given_twice_gives_one_verification(client: FlaskClient, service: "FakeService") -> None:
    first, second = verify(client, Idempotency_Key="k-1"), verify(client, Idempotency_Key='"k-1"')
    assert first.json == second.json
    assert len(service.kept) == 1


def test_a_key_given_with_another_body_is_refused(client: FlaskClient) -> None:
    verify(client, Idempotency_Key="k-1")
    other = examples.INQUIRY | {"network": "out"}
    response = client.post("/v1/verifications", json=other, headers={"Idempotency-Key": "k-1"})
    assert (response.status_code, response.json["code"]) == (422, "idempotency_key_reused")


@pytest.mark.parametrize("key", ["", " ", "k 1", "k" * 256, "ké"])
def test_a_key_that_is_no_key_is_refused(client: FlaskClient, key: str) -> None:
    response = verify(client, Idempotency_Key=key)
    assert (response.status_code, response.json["code"]) == (422, "bad_input")


def test_verifications_are_listed_in_pages_newest_first(client: FlaskClient) -> None:
    for _ in range(5):
        verify(client)
    seen, address = [], "/v1/verifications?limit=2"
    while address:
        page = client.get(address).json
        seen.append([row["id"] for row in page["items"]])
        address = page["next"] and f"/v1/verifications?limit=2&before={page['next']}"
    assert seen == [["ver_004", "ver_003"], ["ver_002", "ver_001"], ["ver_000"]]


def test_a_list_names_no_person(client: FlaskClient) -> None:
    verify(client)
    text = client.get("/v1/verifications").text
    assert "sim-commercial" in text
    assert not [word for word in ("Exampleton", "XQZ", "1991-06-30") if word in text]


@pytest.mark.parametrize(
    ("address", "pointer"),
    [
        ("/v1/verifications?limit=0", "/limit"),
        ("/v1/verifications?limit=101", "/limit"),
        ("/v1/verifications?limit=ten", "/limit"),
        ("/v1/verifications?limit=1&limit=2", "/limit"),
        ("/v1/verifications?before=", "/before"),
        ("/v1/verifications?before=%00", "/before"),
        ("/v1/verifications?sort=id", "/sort"),
        ("/v1/verifications/ver_000?x=1", "/x"),
        ("/v1/payers?q=" + "a" * 201, "/q"),
        ("/v1/payers?q=%0d%0a", "/q"),
        ("/v1/payers/aetna?q=1", "/q"),
        ("/v1/service-codes?q=1", "/q"),
    ],
)
def test_a_bad_parameter_is_named(client: FlaskClient, address: str, pointer: str) -> None:
    response = client.get(address)
    assert response.status_code == 422
    assert [error["pointer"] for error in response.json["errors"]] == [pointer]


def test_estimates_come_one_for_one(client: FlaskClient) -> None:
    verify(client)
    by_id = {"verification_id": "ver_000", "program": examples.PROGRAM}
    one = client.post("/v1/estimates", json=examples.ESTIMATE_REQUEST)
    many = client.post("/v1/estimates", json=[by_id, examples.ESTIMATE_REQUEST])
    assert (one.status_code, one.json["expected"]) == (200, "120.00")
    assert [found["expected"] for found in many.json] == ["3.00", "120.00"]


def test_a_float_is_refused_where_money_is_asked_for(client: FlaskClient) -> None:
    body = json.dumps({"terms": {}, "program": examples.PROGRAM}).replace('"325.00"', "325.00")
    response = client.post("/v1/estimates", data=body, content_type="application/json; charset=utf-8")
    assert response.status_code == 422
    detail = 'money is a string like "325.00"; a float is not exact'
    assert response.json["errors"] == [{"pointer": "/program/allowed_amount", "detail": detail}]


@pytest.mark.parametrize("content_type", ["application/edi-x12", "text/plain", "multipart/form-data", ""])
def test_a_reply_is_read_whatever_type_it_claims(client: FlaskClient, content_type: str) -> None:
    one = client.post("/v1/normalizations", data=b"ISA~ST*271~", content_type=content_type)
    two = client.post("/v1/normalizations", data=b"ISA~ST*271~ST*271~", content_type=content_type)
    assert (one.status_code, one.json["status"]) == (200, "inactive")
    assert [found["status"] for found in two.json] == ["inactive", "inactive"]


def test_the_payer_directory_is_searched_and_looked_into(client: FlaskClient) -> None:
    assert client.get("/v1/payers?q=simulated&limit=1").json == {
        "items": [
            {
                "id": "sim-commercial",
                "name": "Simulated Commercial",
                "score": 93.8,
                "matched_on": "simulated",
                "reachable": True,
            }
        ]
    }
    assert client.get("/v1/payers/far-away").json == {
        "id": "far-away",
        "name": "Far Away Health",
        "program": "commercial",
        "aliases": [],
        "card_texts": ["SIMULATED PPO"],
        "payer_ids": ["SIM1"],
        "requires": ["member.id"],
        "service_types": ["MH"],
        "line": "commercial",
        "states": ["OH"],
        "routes": [{"connection": "simulator", "payer_id": "SIM1", "source": None}],
        "behavioral_health": {
            "payer": "far-away",
            "source": {"text": "a list", "year": 2026, "confirmed": False},
        },
        "reachable": False,
    }
    assert client.get("/v1/payers/nobody").json["code"] == "not_found"


def test_the_health_of_a_payer_is_told_by_length_of_time_and_by_route(client: FlaskClient) -> None:
    few = dict.fromkeys(("success_rate", "unavailable_rate", "p50", "p95")) | {
        "seconds": 900,
        "calls": 4,
        "note": "not enough calls to tell",
    }
    many = {
        "seconds": 86400,
        "calls": 212,
        "success_rate": "0.97",
        "unavailable_rate": "0.02",
        "p50": 1.819,
        "p95": 5.551,
        "note": None,
    }

    assert client.get("/v1/payers/sim-commercial/health").json == {
        "payer": "sim-commercial",
        "windows": [few, many],
        "routes": [{"route": "caqh_core", "breaker": "open", "windows": [few, many]}],
    }
    assert client.get("/v1/payers/nobody/health").status_code == 404


def test_the_whole_directory_is_listed_when_nothing_is_searched_for(client: FlaskClient) -> None:
    rows = client.get("/v1/payers").json["items"]
    assert [(row["id"], row["score"], row["reachable"]) for row in rows] == [
        ("sim-commercial", None, True),
        ("far-away", None, False),
    ]
    assert client.get("/v1/payers?limit=1").json["items"] == rows[:1]


def test_the_code_catalogue_lists_the_programs(client: FlaskClient) -> None:
    rows = {row["code"]: row for row in client.get("/v1/service-codes").json["items"]}
    assert (rows["H0015"]["track"], rows["S9480"]["track"]) == ("sud", "mh")


def test_the_probes_tell_alive_from_ready(service: "FakeService", access: Access) -> None:
    parts = {"records": True, "cache": False}
    app = create_app(open_office(service), None, access, readiness=lambda: parts, log=CapturingLogger())  # type: ignore[arg-type]
    client = app.test_client()
    assert client.get("/livez").json == {"status": "ok"}
    assert (client.get("/readyz").status_code, client.get("/readyz").json["status"]) == (503, "unavailable")
    parts["cache"] = True
    assert client.get("/readyz").json == {"status": "ok", "parts": parts, "access": "credentials"}


def test_metrics_and_log_know_the_route_and_nothing_of_the_person(
    client: FlaskClient, log: CapturingLogger
) -> None:
    address = verify(client).headers["Location"]
    client.get(address)
    client.get("/v1/payers?q=Exampleton")
    client.get("/v1/payers/Exampleton")
    client.open("/Exampleton", method="XQZ4410027")
    seen = client.get("/metrics").text + repr(log.calls)
    assert 'route="/v1/verifications/<verification_id>",status="200"' in seen
    assert 'method="OTHER",route="(none)",status="404"' in seen
    assert not [word for word in ("Exampleton", "XQZ", "ver_000", "1991-06-30") if word in seen]


def test_one_line_a_request_and_nothing_else_in_it(client: FlaskClient, log: CapturingLogger) -> None:
    response = client.get("/livez")
    (call,) = log.calls
    ms = call.kwargs.pop("ms")
    assert ms >= 0
    assert (call.method_name, call.args) == ("info", ("request",))
    request_id = response.headers["X-Request-Id"]
    assert call.kwargs == {"method": "GET", "route": "/livez", "status": 200, "request_id": request_id}


@pytest.mark.parametrize(
    ("fault", "status", "code"),
    [
        (PayerTimeout("Ask again later."), 504, "payer_timeout"),
        (PayerUnreachable("Ask again later."), 502, "payer_unreachable"),
        (BadReply("Ask again later."), 502, "bad_reply"),
        (Busy("Ask again."), 503, "busy"),
        (NotConfigured("Set VERIFIER_KEYS."), 501, "not_configured"),
        (VerifierError("Ask again later."), 500, "error"),
    ],
)
def test_each_error_has_its_status(
    client: FlaskClient, service: "FakeService", fault: VerifierError, status: int, code: str
) -> None:
    service.fault = fault
    response = verify(client)
    assert (response.status_code, response.json["code"], response.json["detail"]) == (
        status,
        code,
        fault.detail,
    )


def test_a_busy_service_says_when_to_ask_again(client: FlaskClient, service: "FakeService") -> None:
    service.fault = Busy("Ask again.")
    assert verify(client).headers["Retry-After"] == "5"


def test_a_fault_of_ours_tells_nothing_but_an_id(
    client: FlaskClient, service: "FakeService", log: CapturingLogger
) -> None:
    service.fault = RuntimeError("Marigold Exampleton, SELECT * FROM people")
    response = verify(client)
    request_id = response.headers["X-Request-Id"]
    assert response.status_code == 500
    assert response.json == {
        "type": "urn:benefits-verifier:problem:internal_error",
        "title": "Something went wrong here",
        "status": 500,
        "code": "internal_error",
        "detail": response.json["detail"],
        "request_id": request_id,
    }
    fault, request = log.calls
    assert (fault.method_name, fault.args, fault.kwargs["kind"]) == ("error", ("fault",), "RuntimeError")
    assert fault.kwargs["frames"][-1].startswith("conftest.py:")
    assert "Exampleton" not in repr(log.calls) + response.text
    assert request.kwargs["status"] == 500


def test_two_applications_live_in_one_process(service: "FakeService", access: Access, app: Flask) -> None:
    other = create_app(
        open_office(service), None, access, registry=CollectorRegistry(), log=CapturingLogger()
    )  # type: ignore[arg-type]
    assert (
        app.test_client().get("/openapi.json").json["paths"].keys()
        == other.test_client().get("/openapi.json").json["paths"].keys()
    )


def test_only_the_hosts_named_are_answered(service: "FakeService", access: Access) -> None:
    hosts = ("127.0.0.1", "localhost")
    app = create_app(open_office(service), None, access, hosts=hosts, log=CapturingLogger())  # type: ignore[arg-type]
    client = app.test_client()
    assert client.get("/livez", headers={"Host": "127.0.0.1:8000"}).status_code == 200
    refused = client.get("/livez", headers={"Host": "rebound.example:8000"})
    assert (refused.status_code, refused.json["code"]) == (400, "bad_request")
