"""Consents over HTTP: recorded, looked at, revoked; and what a payer is asked under them."""

from collections.abc import Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient
from structlog.testing import CapturingLogger

from tests.access import Reception, bearing
from tests.store.support import (
    ACTIVE,
    FACILITY,
    PAPERS,
    MemoryAudit,
    MemoryClaims,
    MemoryConsents,
    ScriptedGateway,
    SilentReplies,
)
from tests.web.test_whole_service import NoCache, RecordsInMemory
from verifier.answering.consent_gate import ConsentGate
from verifier.clock import SystemClock
from verifier.desk import Office
from verifier.model.audit import Action
from verifier.service import Verifier
from verifier.web.api import examples
from verifier.web.app import create_app

GIVEN: dict[str, Any] = examples.CONSENT_GIVEN


@pytest.fixture
def audit() -> MemoryAudit:
    return MemoryAudit()


@pytest.fixture
def payer() -> ScriptedGateway:
    return ScriptedGateway(ACTIVE)


@pytest.fixture
def client(payer: ScriptedGateway, audit: MemoryAudit, reception: Reception) -> Iterator[FlaskClient]:
    clock, consents = SystemClock(), MemoryConsents()
    gate = ConsentGate(consents, clock, required=True)
    with Verifier(
        gateway=payer,
        cache=NoCache(),
        records=RecordsInMemory(),
        replies=SilentReplies(),
        facilities={FACILITY.id: FACILITY},
        clock=clock,
        gate=gate,
    ) as verifier:
        office = Office(verifier, consents, MemoryClaims(), audit, clock, PAPERS)
        app = create_app(office, None, reception.access, log=CapturingLogger())  # type: ignore[arg-type]
        yield bearing(app.test_client(), reception.key())


def give(client: FlaskClient, **changes: object) -> dict[str, Any]:
    response = client.post("/v1/consents", json=GIVEN | changes)
    assert response.status_code == 201, response.json
    assert response.headers["Location"] == f"/v1/consents/{response.json['id']}"
    return dict(response.json)


def verify(client: FlaskClient, consent_id: str | None) -> Any:  # noqa: ANN401 - a response with JSON
    return client.post("/v1/verifications", json=examples.INQUIRY | {"consent_id": consent_id})


def test_a_consent_is_recorded_and_found_as_it_was_signed(client: FlaskClient) -> None:
    given = give(client)

    assert {name: given[name] for name in GIVEN} == GIVEN
    assert given["revoked_at"] is None
    assert client.get(f"/v1/consents/{given['id']}").json == given


def test_with_a_consent_the_payer_is_asked(client: FlaskClient, payer: ScriptedGateway) -> None:
    answer = verify(client, give(client)["id"])

    assert (answer.status_code, answer.json["status"]) == (201, "complete")
    assert len(payer.calls) == 1


@pytest.mark.parametrize("consent_id", [None, "cns_0000000000000000000000"])
def test_without_one_the_payer_is_not_asked_and_the_problem_says_what_to_do(
    client: FlaskClient, payer: ScriptedGateway, consent_id: str | None
) -> None:
    answer = verify(client, consent_id)

    assert (answer.status_code, answer.json["code"]) == (403, "consent_required")
    assert "POST /v1/consents" in answer.json["detail"]
    assert payer.calls == []


def test_a_revoked_consent_stops_asking_again(client: FlaskClient, payer: ScriptedGateway) -> None:
    consent = give(client)["id"]
    kept = verify(client, consent).headers["Location"]

    revoked = client.post(f"/v1/consents/{consent}/revocation")
    again = client.post(f"{kept}/refresh")

    assert revoked.json["revoked_at"] is not None
    assert client.post(f"/v1/consents/{consent}/revocation").json == revoked.json
    assert (again.status_code, again.json["code"]) == (403, "consent_required")
    assert len(payer.calls) == 1


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"purposes": ["other"]}, "/expires_on"),
        ({"purposes": []}, "/purposes"),
        ({"purposes": ["payment", "payment"]}, "/purposes"),
        ({"recipients": []}, "/recipients"),
        ({"signature": None}, "/signature"),
        ({"patient": GIVEN["patient"] | {"birth_date": "2999-01-01"}}, "/patient/birth_date"),
        ({"facility": "elsewhere"}, "/facility"),
        ({"id": "cns_mine"}, "/id"),
        ({"revoked_at": "2026-01-01"}, "/revoked_at"),
        ({"information": ""}, "/information"),
    ],
)
def test_a_consent_that_lacks_an_element_of_the_rule_is_refused(
    client: FlaskClient, changes: dict[str, object], pointer: str
) -> None:
    answer = client.post("/v1/consents", json=GIVEN | changes)

    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json["errors"]] == [pointer]


def test_each_request_leaves_its_event(client: FlaskClient, audit: MemoryAudit) -> None:
    consent = give(client)["id"]
    client.get(f"/v1/consents/{consent}")
    client.post(f"/v1/consents/{consent}/revocation")
    verify(client, consent)

    told = [(event.action, event.context.where) for event in audit.events]
    assert told == [
        (Action.CONSENT, "POST /v1/consents"),
        (Action.READ, "GET /v1/consents/<consent_id>"),
        (Action.CONSENT, "POST /v1/consents/<consent_id>/revocation"),
        (Action.DENIAL, "POST /v1/verifications"),
    ]
    assert all(event.whose and event.whose.last_name == "Exampleton" for event in audit.events)


def test_while_the_trail_is_away_nothing_is_served_but_the_probes(
    client: FlaskClient, audit: MemoryAudit
) -> None:
    consent = give(client)["id"]
    audit.away = True

    answer = client.get(f"/v1/consents/{consent}")

    assert (answer.status_code, answer.json["code"]) == (503, "audit_unavailable")
    assert "Exampleton" not in answer.text
    assert [client.get(probe).status_code for probe in ("/livez", "/readyz")] == [200, 200]
