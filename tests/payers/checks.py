"""What the tests of both clearinghouse channels share: questions about invented people, answers by hand."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from payers.kit.exchange import Reply, Request
from payers.kit.http import HttpSender
from payers.simulator.scenarios import Scenario
from verifier.model.coverage import Coverage
from verifier.model.inquiry import Member, Patient, Relationship, Sex
from verifier.model.question import Question
from verifier.testing.people import QUESTION

NOW = datetime(2026, 11, 24, 15, 30, 5, tzinfo=UTC)
FIXTURES = Path(__file__).parent / "fixtures" / "medical_network"
ASKED = ("30", "AI", "CH", "CJ", "MH")

SELF = replace(
    QUESTION,
    subscriber=Member(
        last_name="O\N{RIGHT SINGLE QUOTATION MARK}Brien-Pérez",
        first_name="Ana",
        middle_name="M",
        suffix="III",
        birth_date=date(1988, 4, 12),
        sex=Sex.FEMALE,
        id="W199003344",
        ssn="900-00-0001",
        group_number="GRP-00217",
    ),
    payer_id="60054",
    date_of_service=date(2026, 11, 20),
    service_types=("CJ", "30"),
    procedure="H0015",
    trace="000004711",
)
CHILD = replace(
    SELF,
    patient=Patient(Relationship.CHILD, "José", "Pérez", birth_date=date(2009, 11, 30), sex=Sex.MALE),
    procedure=None,
)
WITHOUT_ID = replace(SELF, subscriber=replace(SELF.subscriber, id=None))


class StandingClock:
    def now(self) -> datetime:
        return NOW

    def monotonic(self) -> float:
        return 0.0


class Nobody:
    """A sender for what is never sent."""

    def send(self, request: Request, deadline: object) -> Reply:  # noqa: ARG002 - as senders have it
        raise AssertionError("nothing is sent here")


@contextmanager
def open_sender() -> Iterator[HttpSender]:
    sender = HttpSender(pause=lambda _: None)
    yield sender
    sender.close()


def read_fixture(name: str) -> Any:  # noqa: ANN401 - JSON
    return json.loads((FIXTURES / f"{name}.json").read_text("utf-8"))


def reply(body: object, status: int = 200, content_type: str = "application/json") -> Reply:
    return Reply(status, {"content-type": content_type}, json.dumps(body).encode())


def write_answer(member: Member, **numbers: object) -> tuple[str, bytes]:
    """Write a small v3 answer about *member*."""
    answer = {
        "payer": {"name": "CONTRACT HEALTH PLAN", "payorIdentification": "CONTRACT"},
        "subscriber": {
            "memberId": member.id,
            "firstName": member.first_name,
            "lastName": member.last_name,
            "dateOfBirth": f"{member.birth_date:%Y%m%d}",
        },
        "benefitsInformation": [
            {"code": "1", "serviceTypeCodes": ["30"], "planCoverage": "CONTRACT PLAN"},
            {"code": "C", "coverageLevelCode": "IND", "serviceTypeCodes": ["30"], "benefitAmount": "1500"},
        ],
        "errors": [],
        **numbers,
    }
    return "application/json;charset=utf-8", json.dumps(answer).encode()


def read_body(request: bytes) -> Any:  # noqa: ANN401 - JSON
    return json.loads(request.partition(b"\r\n\r\n")[2])


def ask_about(scenario: Scenario, services: tuple[str, ...] = ASKED) -> Question:
    person = scenario.person
    patient = Patient()
    if scenario.dependents:
        child = scenario.dependents[0]
        relationship = Relationship(child.relationship)
        patient = Patient(relationship, child.first_name, child.last_name, birth_date=child.birth_date)
    return replace(
        QUESTION,
        payer_id=scenario.payer,
        subscriber=Member(person.last_name, person.birth_date, person.first_name, person.id),
        patient=patient,
        date_of_service=date(2026, 11, 24),
        service_types=services,
    )


def compare(coverage: Coverage) -> dict[str, object]:
    """Say everything a coverage says but where and over which wire it was read."""
    return {
        "status": coverage.status,
        "payer": coverage.payer,
        "subscriber": coverage.subscriber,
        "patient": coverage.patient,
        "plan": coverage.plan,
        "benefits": [_unplace(benefit) for benefit in coverage.benefits],
        "rejections": [_unplace(rejection) for rejection in coverage.rejections],
        "other_coverage": [_unplace(other) for other in coverage.other_coverage],
        "carve_outs": [_unplace(carve_out) for carve_out in coverage.carve_outs],
        "warnings": coverage.warnings,
        "messages": coverage.messages,
    }


def _unplace(row: Any) -> Any:  # noqa: ANN401 - whatever has a source
    bare = row._replace(source=None)
    if "entities" in row._fields:
        return bare._replace(entities=tuple(entity._replace(source=None) for entity in row.entities))
    return bare
