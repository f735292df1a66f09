"""The web over the real service; only what lies outside the process is written by hand."""
# ruff: noqa: ARG002 - what stands for a port takes all its arguments

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from flask.testing import FlaskClient
from openapi_schema_validator import OAS31Validator
from structlog.testing import CapturingLogger

from tests.access import Reception, bearing
from tests.store.support import open_gate, open_office
from verifier.clock import SystemClock
from verifier.errors import NotFound
from verifier.model.coverage import Benefit, Coverage, Source, bare_benefit
from verifier.model.inquiry import Facility, Inquiry
from verifier.model.verification import Answer, Attempt, Exchange, Outcome, Verification
from verifier.model.vocabulary import Authorization, BenefitKind, CoverageStatus, Network
from verifier.ports import Change, Snapshot, Wanted
from verifier.service import Verifier
from verifier.web.api import examples
from verifier.web.app import create_app

FACILITY = Facility("riverbend", "Riverbend Recovery", "1234567893")


def a_benefit(kind: BenefitKind, amount: str | None = None) -> Benefit:
    said = {"code": "1", "services": ("MH",), "network": Network.IN}
    return bare_benefit(
        kind,
        Source(9, "EB*..."),
        **said,
        amount=Decimal(amount) if amount else None,
        authorization=Authorization.NOT_REQUIRED,
    )


@dataclass
class SlowPayer:
    """Answers when *open* is set."""

    open: threading.Event = field(default_factory=threading.Event)
    asked: list[Inquiry] = field(default_factory=list)

    def ask(self, inquiry: Inquiry, facility: Facility, *, deadline: float) -> Answer:
        if inquiry.payer != "sim-commercial":
            raise NotFound("There is no payer with this id; search the directory.")
        self.asked.append(inquiry)
        assert self.open.wait(30)
        benefits = (a_benefit(BenefitKind.ACTIVE), a_benefit(BenefitKind.COPAY, "40.00"))
        coverage = Coverage(CoverageStatus.ACTIVE, benefits=benefits, asked=("MH",), answered=("MH",))
        return Answer(coverage, (Attempt("caqh_core", ("MH",), Outcome.ANSWERED, 0.1),))


class NoCache:
    """A cache that is away."""

    def get(self, key: str) -> Snapshot | None:
        return None

    def put(self, key: str, snapshot: Snapshot, **_: object) -> None:
        """Forget it."""

    @contextmanager
    def leading(self, key: str, *, lease: float) -> Iterator[bool]:
        yield True

    def wait(self, key: str, *, seconds: float) -> None:
        """Return at once."""


class RecordsInMemory:
    """Verifications in a dictionary."""

    def __init__(self) -> None:
        self.kept: dict[str, Verification] = {}
        self.changed = threading.Condition()

    def save(self, verification: Verification, exchanges: Sequence[Exchange] = ()) -> None:
        with self.changed:
            self.kept[verification.id] = verification
            self.changed.notify_all()

    def change(self, record_id: str, change: Change, exchanges: Sequence[Exchange] = ()) -> Verification:
        with self.changed:
            self.save(change(self.kept.get(record_id)), exchanges)
            return self.kept[record_id]

    def find(self, verification_id: str) -> Verification:
        if verification_id not in self.kept:
            raise NotFound("There is no such verification; verify again.")
        return self.kept[verification_id]

    def recent(self, *, limit: int, before: str | None, wanted: Wanted) -> Sequence[Verification]:
        ids = list(reversed(self.kept))
        start = ids.index(before) + 1 if before else 0
        return [self.kept[key] for key in ids[start : start + limit]]


class NoReplies:
    """Reads every reply as one empty coverage."""

    def read(self, reply: bytes) -> Sequence[Coverage]:
        return [Coverage(CoverageStatus.UNKNOWN)]


@pytest.fixture
def payer() -> SlowPayer:
    return SlowPayer()


@pytest.fixture
def records() -> RecordsInMemory:
    return RecordsInMemory()


@pytest.fixture
def client(payer: SlowPayer, records: RecordsInMemory, reception: Reception) -> Iterator[FlaskClient]:
    with Verifier(
        gateway=payer,
        cache=NoCache(),
        records=records,
        replies=NoReplies(),
        facilities={FACILITY.id: FACILITY},
        clock=SystemClock(),
        gate=open_gate(SystemClock()),
    ) as verifier:
        app = create_app(open_office(verifier), None, reception.access, log=CapturingLogger())  # type: ignore[arg-type]
        yield bearing(app.test_client(), reception.key())
        payer.open.set()


def ask(client: FlaskClient, **headers: str) -> Any:  # noqa: ANN401 - a response with JSON
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return client.post("/v1/verifications", json=examples.INQUIRY, headers=named)


def test_an_inquiry_becomes_coverage_an_estimate_and_a_decision(
    client: FlaskClient, payer: SlowPayer
) -> None:
    payer.open.set()
    response = ask(client)
    answer = response.json
    assert (response.status_code, answer["status"], answer["coverage"]["status"]) == (
        201,
        "complete",
        "active",
    )
    assert answer["estimate"]["totals"]["copay"] == "120.00"
    assert answer["freshness"]["origin"] == "live"
    assert answer["decision"]["verdict"] in {"go", "caution"}
    assert datetime.fromisoformat(answer["as_of"]).tzinfo == UTC
    assert [call["outcome"] for call in answer["attempts"]] == ["answered"]
    assert client.get(response.headers["Location"]).json == answer
    document = client.get("/openapi.json").json
    schema = {"components": document["components"], "$ref": "#/components/schemas/Verification"}
    assert [error.message for error in OAS31Validator(schema).iter_errors(answer)] == []


def test_a_slow_payer_is_waited_for_in_the_background(
    client: FlaskClient, payer: SlowPayer, records: RecordsInMemory
) -> None:
    pending = ask(client, Prefer="wait=0")
    assert (pending.status_code, pending.json["status"]) == (202, "pending")
    assert client.get(pending.headers["Location"]).json["status"] == "pending"
    payer.open.set()
    with records.changed:
        done = records.changed.wait_for(lambda: records.kept[pending.json["id"]].coverage is not None, 30)
    assert done
    assert client.get(pending.headers["Location"]).json["status"] == "complete"


def test_the_same_key_asks_no_payer_twice(client: FlaskClient, payer: SlowPayer) -> None:
    payer.open.set()
    first, again = ask(client, Idempotency_Key="k1"), ask(client, Idempotency_Key="k1")
    other = client.post(
        "/v1/verifications", json=examples.INQUIRY | {"network": "out"}, headers={"Idempotency-Key": "k1"}
    )
    assert (first.json, len(payer.asked)) == (again.json, 1)
    assert (other.status_code, other.json["code"]) == (422, "idempotency_key_reused")


def test_a_refresh_asks_the_payer_again_under_the_same_id(client: FlaskClient, payer: SlowPayer) -> None:
    payer.open.set()
    first = ask(client)
    refreshed = client.post(f"{first.headers['Location']}/refresh")
    assert (refreshed.status_code, refreshed.json["id"], len(payer.asked)) == (200, first.json["id"], 2)


def test_another_program_is_priced_under_what_was_found(client: FlaskClient, payer: SlowPayer) -> None:
    payer.open.set()
    found = ask(client).json["id"]
    body = {"verification_id": found, "program": examples.PROGRAM | {"weeks": 2}}
    assert client.post("/v1/estimates", json=body).json["totals"]["copay"] == "240.00"
    body["verification_id"] = "ver_nothing"
    assert client.post("/v1/estimates", json=body).status_code == 404


def test_the_example_estimate_is_what_the_estimator_says(client: FlaskClient) -> None:
    answer = client.post("/v1/estimates", json=examples.ESTIMATE_REQUEST).json
    said = {
        name: value
        for name, value in examples.ESTIMATE.items()
        if name not in {"steps", "terms", "assumptions"}
    }
    assert {name: answer[name] for name in said} == said


def test_pages_end_where_the_records_end(client: FlaskClient, payer: SlowPayer) -> None:
    payer.open.set()
    ids = [ask(client).json["id"] for _ in range(3)]
    first = client.get("/v1/verifications?limit=2").json
    last = client.get(f"/v1/verifications?limit=2&before={first['next']}").json
    assert [row["id"] for row in first["items"] + last["items"]] == ids[::-1]
    assert last["next"] is None


@pytest.mark.parametrize(
    ("change", "status", "pointer"),
    [
        ({"facility": "nowhere"}, 422, "/facility"),
        ({"payer": "nobody"}, 404, None),
    ],
)
def test_what_the_service_refuses_is_a_problem(
    client: FlaskClient, change: dict[str, str], status: int, pointer: str | None
) -> None:
    response = client.post("/v1/verifications", json=examples.INQUIRY | change)
    assert response.status_code == status
    assert [error["pointer"] for error in response.json.get("errors", [])] == ([pointer] if pointer else [])
