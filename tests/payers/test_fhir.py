# ruff: noqa: E501 - a row of a table is a line
"""The FHIR channel: the shipped contract, the operation's body, answers by hand, published examples."""

import json
import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from payers.channels.fhir import Fhir, FhirSettings, plug
from payers.fhir.response import read_coverages
from payers.kit.exchange import Reply
from payers.kit.http import HttpSender
from payers.kit.json_text import read_json
from payers.kit.plug import Tools
from verifier.errors import BadInput, NotConfigured, PayerRefused, UnreadableReply
from verifier.model.coverage import Coverage, PayerName
from verifier.model.inquiry import Facility, Member, Patient, Relationship, Sex
from verifier.model.vocabulary import (
    Authorization,
    BenefitKind,
    CoverageLevel,
    CoverageStatus,
    Network,
    Period,
    RejectionClass,
    Retry,
)
from verifier.testing.channel_contract import ChannelContract, Wire
from verifier.testing.people import QUESTION, find_secrets

NOW = datetime(2026, 11, 24, 15, 30, 5, tzinfo=UTC)
SAMPLES = Path(os.environ.get("REFERENCE", Path(__file__).parents[3] / "shared")) / "data/samples/fhir"
HL7 = "http://terminology.hl7.org/CodeSystem/"
X12 = "https://codesystem.x12.org/005010/"


class StandingClock:
    def now(self) -> datetime:
        return NOW

    def monotonic(self) -> float:
        return 0.0


class Nobody:
    """A sender for what is never sent."""

    def send(self, request: object, deadline: object) -> Reply:  # noqa: ARG002 - as senders have it
        raise AssertionError("nothing is sent here")


def concept(system: str, code: str) -> dict[str, Any]:
    return {"coding": [{"system": system, "code": code}]}


def write_answer(trace: str, member: Member) -> dict[str, Any]:
    """Write a CoverageEligibilityResponse by hand, apart from any writer of ours."""
    return {
        "resourceType": "CoverageEligibilityResponse",
        "contained": [
            {
                "resourceType": "Patient",
                "id": "p",
                "name": [{"use": "official", "family": member.last_name, "given": [member.first_name]}],
                "birthDate": member.birth_date.isoformat() if member.birth_date else None,
                "gender": "female",
            },
            {
                "resourceType": "Coverage",
                "id": "c",
                "status": "active",
                "subscriberId": member.id,
                "subscriber": {"reference": "#p"},
                "beneficiary": {"reference": "#p"},
                "relationship": concept(f"{HL7}subscriber-relationship", "self"),
                "period": {"start": "2026-01-01", "end": "2026-12-31"},
                "payor": [{"reference": "#i"}],
                "class": [
                    {
                        "type": concept(f"{HL7}coverage-class", "group"),
                        "value": "G-7",
                        "name": "TIDEWATER MILLS",
                    },
                    {"type": concept(f"{HL7}coverage-class", "plan"), "value": "P", "name": "CONTRACT PLAN"},
                ],
            },
            {
                "resourceType": "Organization",
                "id": "i",
                "name": "CONTRACT HEALTH PLAN",
                "identifier": [{"value": "CONTRACT"}],
            },
        ],
        "identifier": [{"value": "PAYERS-OWN"}],
        "status": "active",
        "purpose": ["validation", "benefits"],
        "patient": {"reference": "#p"},
        "created": "2026-11-24",
        "request": {"identifier": {"system": "urn:benefits-verifier:trace", "value": trace}},
        "outcome": "complete",
        "disposition": "Policy is in force.",
        "insurer": {"reference": "#i"},
        "insurance": [
            {
                "coverage": {"reference": "#c"},
                "inforce": True,
                "benefitPeriod": {"start": "2026-01-01", "end": "2026-12-31"},
                "item": [
                    {
                        "category": concept(f"{HL7}ex-benefitcategory", "30"),
                        "network": concept(f"{HL7}benefit-network", "in"),
                        "unit": concept(f"{HL7}benefit-unit", "individual"),
                        "term": concept(f"{HL7}benefit-term", "annual"),
                        "benefit": [
                            {
                                "type": concept(f"{HL7}benefit-type", "deductible"),
                                "allowedMoney": {"value": 1500, "currency": "USD"},
                                "usedMoney": {"value": 250.5, "currency": "USD"},
                            },
                        ],
                    },
                    {
                        "category": concept(f"{X12}1365", "CJ"),
                        "network": concept(f"{HL7}benefit-network", "in"),
                        "unit": concept(f"{HL7}benefit-unit", "individual"),
                        "term": concept(f"{HL7}benefit-term", "annual"),
                        "authorizationRequired": True,
                        "description": "Copay after deductible",
                        "benefit": [
                            {
                                "type": concept(f"{HL7}benefit-type", "copay-flat"),
                                "allowedMoney": {"value": 35.00},
                            },
                            {"type": concept(f"{HL7}benefit-type", "copay-percent"), "allowedUnsignedInt": 1},
                            {
                                "type": concept(f"{HL7}benefit-type", "visit"),
                                "allowedUnsignedInt": 30,
                                "usedUnsignedInt": 12,
                            },
                            {"type": concept(f"{HL7}benefit-type", "room"), "allowedString": "shared"},
                        ],
                    },
                    {
                        "category": concept(f"{HL7}ex-benefitcategory", "F6"),
                        "excluded": True,
                        "name": "Vision",
                    },
                    {"category": concept(f"{HL7}ex-benefitcategory", "MH")},
                ],
            }
        ],
    }


def answer(request: bytes, member: Member) -> tuple[str, bytes]:
    asked = json.loads(request.partition(b"\r\n\r\n")[2])
    body = write_answer(asked["identifier"][0]["value"], member)
    return "application/fhir+json; charset=utf-8", json.dumps(body).encode()


def answer_in_a_bundle(request: bytes, member: Member) -> tuple[str, bytes]:
    """Give patient, coverage and insurer as entries of their own, as India's HCX and others do."""
    content_type, body = answer(request, member)
    response = json.loads(body)
    entries = [
        {"fullUrl": f"https://payer.invalid/fhir/{each['resourceType']}/{each['id']}", "resource": each}
        for each in response.pop("contained")
    ]
    text = json.dumps(
        {"resourceType": "Bundle", "type": "collection", "entry": [*entries, {"resource": response}]}
    )
    for entry in entries:
        kind, identifier = entry["resource"]["resourceType"], entry["resource"]["id"]
        text = text.replace(f'"#{identifier}"', f'"{kind}/{identifier}"')
    return content_type, text.encode()


@pytest.fixture(name="sender", scope="module")
def _sender() -> Iterator[HttpSender]:
    sender = HttpSender(pause=lambda _: None)
    yield sender
    sender.close()


def connect(sender: HttpSender, url: str) -> Fhir:
    return Fhir(FhirSettings(f"{url}/fhir"), Tools(sender))


class TestFhirKeepsTheContract(ChannelContract):
    @pytest.fixture(name="wire")
    def _wire(self, sender: HttpSender) -> Wire:
        return Wire(lambda url: connect(sender, url), answer)


class TestFhirInABundleKeepsTheContract(ChannelContract):
    @pytest.fixture(name="wire")
    def _wire(self, sender: HttpSender) -> Wire:
        return Wire(lambda url: connect(sender, url), answer_in_a_bundle)


def offline() -> Fhir:
    return Fhir(FhirSettings("https://payer.invalid/fhir/"), Tools(Nobody(), StandingClock()))


DEPENDENT = replace(
    QUESTION,
    provider=Facility("contract", "Contract Clinic", "1999999984", "72-1234567"),
    subscriber=replace(
        QUESTION.subscriber, middle_name="M", suffix="III", sex=Sex.FEMALE, group_number="G-7"
    ),
    patient=Patient(Relationship.CHILD, "José", "Contractson", birth_date=date(2009, 11, 30), sex=Sex.MALE),
    service_types=("CJ", "30"),
    procedure="H0015",
    trace="TRACE0001",
)
MEMBER_NUMBER = concept("http://terminology.hl7.org/CodeSystem/v2-0203", "MB")
SUBSCRIBER_OF_DEPENDENT = {
    "resourceType": "Patient",
    "id": "subscriber",
    "identifier": [{"type": MEMBER_NUMBER, "value": "W55500001"}],
    "name": [{"use": "official", "family": "Contractson", "given": ["Ingrid", "M"], "suffix": ["III"]}],
    "gender": "female",
    "birthDate": "1984-02-29",
}


def test_the_operation_is_sent_one_resource_with_everything_it_refers_to_contained() -> None:
    request = offline().encode(DEPENDENT)

    assert (request.method, request.url) == (
        "POST",
        "https://payer.invalid/fhir/CoverageEligibilityRequest/$submit",
    )
    assert request.headers == {"Content-Type": "application/fhir+json", "Accept": "application/fhir+json"}
    assert json.loads(request.body) == {
        "resourceType": "CoverageEligibilityRequest",
        "contained": [
            {
                "resourceType": "Patient",
                "id": "patient",
                "name": [{"use": "official", "family": "Contractson", "given": ["José"]}],
                "gender": "male",
                "birthDate": "2009-11-30",
            },
            SUBSCRIBER_OF_DEPENDENT,
            {
                "resourceType": "Coverage",
                "id": "coverage",
                "status": "active",
                "subscriber": {"reference": "#subscriber"},
                "subscriberId": "W55500001",
                "beneficiary": {"reference": "#patient"},
                "relationship": concept(f"{HL7}subscriber-relationship", "child"),
                "payor": [{"reference": "#insurer"}],
                "class": [{"type": concept(f"{HL7}coverage-class", "group"), "value": "G-7"}],
            },
            {
                "resourceType": "Organization",
                "id": "insurer",
                "identifier": [{"value": "CONTRACT"}],
                "name": "Contract Health Plan",
            },
            {
                "resourceType": "Organization",
                "id": "provider",
                "identifier": [
                    {"system": "http://hl7.org/fhir/sid/us-npi", "value": "1999999984"},
                    {"system": "urn:oid:2.16.840.1.113883.4.4", "value": "72-1234567"},
                ],
                "name": "Contract Clinic",
            },
        ],
        "identifier": [{"system": "urn:benefits-verifier:trace", "value": "TRACE0001"}],
        "status": "active",
        "purpose": ["validation", "benefits"],
        "patient": {"reference": "#patient"},
        "servicedDate": "2026-11-24",
        "created": "2026-11-24",
        "provider": {"reference": "#provider"},
        "insurer": {"reference": "#insurer"},
        "insurance": [{"focal": True, "coverage": {"reference": "#coverage"}}],
        "item": [
            *(
                {
                    "category": {
                        "coding": [
                            {"system": f"{HL7}ex-benefitcategory", "code": code},
                            {"system": f"{X12}1365", "code": code},
                        ]
                    }
                }
                for code in ("CJ", "30")
            ),
            {"productOrService": concept("http://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets", "H0015")},
        ],
    }


def test_a_member_without_an_id_is_found_by_social_security_number_or_names() -> None:
    by_number = replace(
        QUESTION, subscriber=replace(QUESTION.subscriber, id=None, ssn="900-00-0001"), trace="T"
    )
    by_name = replace(QUESTION, subscriber=replace(QUESTION.subscriber, id=None), trace="T")

    patients = [json.loads(offline().encode(each).body)["contained"][0] for each in (by_number, by_name)]

    assert patients[0]["identifier"] == [{"system": "http://hl7.org/fhir/sid/us-ssn", "value": "900-00-0001"}]
    assert "identifier" not in patients[1]


def test_a_question_that_cannot_find_anybody_names_the_fields() -> None:
    nameless = Member("", None)

    with pytest.raises(BadInput) as refusal:
        offline().encode(replace(QUESTION, subscriber=nameless, service_types=()))

    assert set(refusal.value.errors) == {
        "/member/first_name",
        "/member/last_name",
        "/member/birth_date",
        "/service_types",
    }


def read(body: object) -> Coverage:
    (coverage,) = read_coverages(read_json(json.dumps(body).encode()))
    return coverage


def show(coverage: Coverage) -> list[tuple[object, ...]]:
    return [
        (row.kind, row.code, row.services, row.period, row.amount, row.rate, row.quantity, row.source.pointer)
        for row in coverage.benefits
    ]


ITEM = "/insurance/0/item"
ROWS = [
    (BenefitKind.ACTIVE, "1", (), None, None, None, None, "/insurance/0/inforce"),
    (BenefitKind.DEDUCTIBLE, "deductible", ("30",), Period.CALENDAR_YEAR, Decimal("1500.00"), None, None, f"{ITEM}/0/benefit/0"),
    (BenefitKind.DEDUCTIBLE, "deductible", ("30",), Period.YEAR_TO_DATE, Decimal("250.50"), None, None, f"{ITEM}/0/benefit/0"),
    (BenefitKind.COPAY, "copay-flat", ("CJ",), None, Decimal("35.00"), None, None, f"{ITEM}/1/benefit/0"),
    (BenefitKind.COINSURANCE, "copay-percent", ("CJ",), None, None, Decimal("0.01"), None, f"{ITEM}/1/benefit/1"),
    (BenefitKind.LIMITATION, "visit", ("CJ",), Period.CALENDAR_YEAR, None, None, Decimal(30), f"{ITEM}/1/benefit/2"),
    (BenefitKind.LIMITATION, "visit", ("CJ",), Period.YEAR_TO_DATE, None, None, Decimal(12), f"{ITEM}/1/benefit/2"),
    (BenefitKind.OTHER, "room", ("CJ",), Period.CALENDAR_YEAR, None, None, None, f"{ITEM}/1/benefit/3"),
    (BenefitKind.NOT_COVERED, "I", ("F6",), None, None, None, None, f"{ITEM}/2/excluded"),
    (BenefitKind.ACTIVE, "1", ("MH",), None, None, None, None, f"{ITEM}/3"),
]  # fmt: skip


def test_a_whole_answer_is_read_with_every_benefit_and_where_it_stands() -> None:
    coverage = read(write_answer("T", QUESTION.subscriber))

    assert show(coverage) == ROWS
    assert coverage.status is CoverageStatus.ACTIVE
    assert coverage.payer == PayerName("CONTRACT HEALTH PLAN", "CONTRACT")
    assert coverage.trace.numbers == ("T",)
    assert coverage.messages == ("Policy is in force.",)
    assert (coverage.warnings, coverage.rejections) == ((), ())
    plan = coverage.plan
    assert (plan.name, plan.group_number, plan.group_name) == ("CONTRACT PLAN", "G-7", "TIDEWATER MILLS")
    assert (plan.begins, plan.ends) == (date(2026, 1, 1), date(2026, 12, 31))


def test_what_an_item_says_of_all_its_benefits_is_with_each() -> None:
    rows = read(write_answer("T", QUESTION.subscriber)).benefits[3:8]

    assert {row.network for row in rows} == {Network.IN}
    assert {row.level for row in rows} == {CoverageLevel.INDIVIDUAL}
    assert {row.authorization for row in rows} == {Authorization.REQUIRED}
    assert all(row.messages[0] == "Copay after deductible" for row in rows)
    assert rows[-1].messages == ("Copay after deductible", "shared")
    assert rows[2].quantity_qualifier == "visits"


def test_the_person_is_read_from_what_came_in_the_same_body() -> None:
    coverage = read(write_answer("T", QUESTION.subscriber))

    assert coverage.patient == coverage.subscriber
    assert coverage.patient is not None
    assert (coverage.patient.id, coverage.patient.last_name, coverage.patient.first_name) == (
        "W55500001",
        "Contractson",
        "Ingrid",
    )
    assert (coverage.patient.birth_date, coverage.patient.sex) == (date(1984, 2, 29), "F")


def test_a_bundle_says_the_same_as_a_response_alone() -> None:
    request = b"\r\n\r\n" + offline().encode(replace(QUESTION, trace="T")).body

    alone, bundled = (
        read(json.loads(write(request, QUESTION.subscriber)[1])) for write in (answer, answer_in_a_bundle)
    )

    def strip(coverage: Coverage) -> Coverage:
        rows = tuple(row._replace(source=row.source._replace(pointer=None)) for row in coverage.benefits)
        return replace(coverage, benefits=rows)

    assert strip(bundled) == strip(alone)
    assert bundled.benefits[0].source.pointer == "/entry/3/resource/insurance/0/inforce"


def test_parameters_around_an_answer_are_taken_off() -> None:
    response = write_answer("T", QUESTION.subscriber)
    wrapped = {"resourceType": "Parameters", "parameter": [{"name": "return", "resource": response}]}

    assert read(wrapped).status is CoverageStatus.ACTIVE


def test_a_dependent_and_the_subscriber_are_told_apart() -> None:
    response = write_answer("T", QUESTION.subscriber)
    child = {"resourceType": "Patient", "id": "k", "name": [{"family": "Contractson", "given": ["José"]}]}
    response["contained"].append(child)
    response["patient"] = response["contained"][1]["beneficiary"] = {"reference": "#k"}
    response["contained"][1]["relationship"] = concept(f"{HL7}subscriber-relationship", "child")

    coverage = read(response)

    assert coverage.patient is not None and coverage.subscriber is not None  # noqa: PT018
    assert (coverage.patient.relationship, coverage.patient.first_name, coverage.patient.id) == (
        "child",
        "José",
        None,
    )
    assert (coverage.subscriber.relationship, coverage.subscriber.id) == ("self", "W55500001")


def test_references_are_followed_one_step_and_never_out_of_the_body() -> None:
    response = write_answer("T", QUESTION.subscriber)
    response["contained"] = [
        {
            "resourceType": "Coverage",
            "id": "c",
            "beneficiary": {"reference": "#c"},
            "subscriber": {"reference": "#c"},
        }
    ]
    response["patient"] = {"reference": "#c"}
    response["insurer"] = {"reference": "https://elsewhere.invalid/Organization/1", "display": "SOME PLAN"}

    coverage = read(response)

    assert coverage.payer == PayerName("SOME PLAN")
    assert coverage.patient is None or coverage.patient.last_name is None


def test_the_codes_of_x12_decide_where_they_stand_beside_those_of_hl7() -> None:
    item = {
        "category": {
            "coding": [
                {"system": f"{HL7}ex-benefitcategory", "code": "30"},
                {"system": "https://x12.org/codes/service-type-codes", "code": "AI"},
            ]
        },
        "network": concept(f"{X12}1073", "W"),
        "unit": concept(f"{X12}1207", "ESP"),
        "term": concept(f"{X12}615", "29"),
        "benefit": [
            {
                "type": {
                    "coding": [
                        {"system": f"{HL7}benefit-type", "code": "benefit"},
                        {"system": f"{X12}1390", "code": "C"},
                    ]
                },
                "allowedMoney": {"value": 700},
            }
        ],
    }
    response = {**write_answer("T", QUESTION.subscriber), "insurance": [{"inforce": True, "item": [item]}]}

    row = read(response).benefits[1]

    assert (row.kind, row.code, row.services, row.period) == (
        BenefitKind.DEDUCTIBLE,
        "C",
        ("AI",),
        Period.REMAINING,
    )
    assert (row.network, row.level) == (Network.BOTH, CoverageLevel.EMPLOYEE_AND_SPOUSE)


def test_an_annual_term_is_the_plans_own_year_where_that_begins_on_another_day() -> None:
    response = write_answer("T", QUESTION.subscriber)
    response["insurance"][0]["benefitPeriod"] = {"start": "2026-07-01", "end": "2027-06-30"}

    assert read(response).benefits[1].period is Period.SERVICE_YEAR


def with_benefit(benefit: dict[str, Any]) -> dict[str, Any]:
    response = write_answer("T", QUESTION.subscriber)
    response["insurance"][0]["item"] = [
        {"category": concept(f"{HL7}ex-benefitcategory", "30"), "benefit": [benefit]}
    ]
    return response


DEDUCTIBLE = concept(f"{HL7}benefit-type", "deductible")
PERCENT = concept(f"{HL7}benefit-type", "copay-percent")


def test_another_currency_is_no_amount_and_is_told() -> None:
    coverage = read(with_benefit({"type": DEDUCTIBLE, "allowedMoney": {"value": 600, "currency": "INR"}}))

    assert coverage.benefits[1].amount is None
    assert [(each.code, each.text) for each in coverage.warnings] == [
        (
            "CURRENCY_NOT_USD",
            "/insurance/0/item/0/benefit/0/allowedMoney: an amount in another currency is not taken.",
        )
    ]


@pytest.mark.parametrize("value", [-5, 1e12, "1500", "many", True])
def test_an_amount_that_is_none_is_told(value: object) -> None:
    coverage = read(with_benefit({"type": DEDUCTIBLE, "allowedMoney": {"value": value}}))
    row = coverage.benefits[1]

    readable = value == "1500"
    assert row.amount == (Decimal("1500.00") if readable else None)
    assert [each.code for each in coverage.warnings] == (
        [] if readable or value is True else ["NUMBER_UNREADABLE"]
    )


@pytest.mark.parametrize(
    ("benefit", "rate"),
    [
        ({"allowedUnsignedInt": 20}, Decimal("0.2")),
        ({"allowedUnsignedInt": 0}, Decimal(0)),
        ({"allowedUnsignedInt": 100}, Decimal(1)),
        ({"allowedUnsignedInt": 101}, None),
        ({"allowedString": "12.5%"}, Decimal("0.125")),
        ({"allowedString": "0.2"}, Decimal("0.2")),
        ({"allowedString": "see handbook"}, None),
        ({}, None),
    ],
)
def test_a_percentage_is_the_patients_share_as_a_fraction(
    benefit: dict[str, Any], rate: Decimal | None
) -> None:
    assert read(with_benefit({"type": PERCENT, **benefit})).benefits[1].rate == rate


def test_all_nines_are_no_limit() -> None:
    kind = concept(f"{HL7}benefit-type", "benefit")

    row = read(with_benefit({"type": kind, "allowedMoney": {"value": 999999.99}})).benefits[1]

    assert (row.amount, row.unlimited) == (None, True)


def error(*codings: dict[str, str], **parts: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
    return {"code": {"coding": list(codings), **parts}}


@pytest.mark.parametrize(
    ("errors", "status", "code", "category"),
    [
        ([error({"system": f"{X12}901", "code": "75"})], CoverageStatus.REJECTED, "75", RejectionClass.MEMBER),
        ([error({"system": f"{X12}901", "code": "42"})], CoverageStatus.UNKNOWN, "42", RejectionClass.PAYER_UNAVAILABLE),
        ([error({"system": f"{HL7}adjudication-error", "code": "a001"})], CoverageStatus.REJECTED, "a001", RejectionClass.REQUEST),
        ([error({"system": "https://payer.invalid/codes", "code": "zz9"})], CoverageStatus.REJECTED, "zz9", RejectionClass.OTHER),
        ([error(text="Patient not found")], CoverageStatus.REJECTED, None, RejectionClass.MEMBER),
    ],
)  # fmt: skip
def test_an_error_is_a_rejection_by_its_code(
    errors: list[dict[str, Any]], status: CoverageStatus, code: str | None, category: RejectionClass
) -> None:
    response = {
        **write_answer("T", QUESTION.subscriber),
        "outcome": "error",
        "error": errors,
        "insurance": [],
    }

    coverage = read(response)

    assert coverage.status is status
    assert [(each.code, each.category) for each in coverage.rejections] == [(code, category)]
    assert coverage.rejections[0].source.pointer == "/error/0"


@pytest.mark.parametrize(
    ("change", "status", "warning"),
    [
        ({"outcome": "queued"}, CoverageStatus.UNKNOWN, "REPLY_QUEUED"),
        ({"outcome": "partial"}, CoverageStatus.ACTIVE, "REPLY_PARTIAL"),
        ({"status": "entered-in-error"}, CoverageStatus.UNKNOWN, "REPLY_WITHDRAWN"),
        ({"insurance": [{"coverage": {"reference": "#c"}}]}, CoverageStatus.UNKNOWN, "STATUS_NOT_STATED"),
        ({"insurance": [{"inforce": False}]}, CoverageStatus.INACTIVE, None),
        ({"outcome": "error", "insurance": []}, CoverageStatus.UNKNOWN, "STATUS_NOT_STATED"),
    ],
)
def test_the_status_is_what_the_payer_says_and_never_more(
    change: dict[str, Any], status: CoverageStatus, warning: str | None
) -> None:
    coverage = read({**write_answer("T", QUESTION.subscriber), **change})

    assert coverage.status is status
    assert [each.code for each in coverage.warnings] == ([warning] if warning else [])


def outcome(code: str, **parts: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
    return {"resourceType": "OperationOutcome", "issue": [{"severity": "error", "code": code, **parts}]}


ISSUES = [
    ("not-found", CoverageStatus.REJECTED, RejectionClass.MEMBER, Retry.WITH_CHANGES),
    ("required", CoverageStatus.REJECTED, RejectionClass.REQUEST, Retry.WITH_CHANGES),
    ("business-rule", CoverageStatus.REJECTED, RejectionClass.OTHER, Retry.NEVER),
    ("transient", CoverageStatus.UNKNOWN, RejectionClass.PAYER_UNAVAILABLE, Retry.LATER),
    ("throttled", CoverageStatus.UNKNOWN, RejectionClass.PAYER_UNAVAILABLE, Retry.LATER),
]


@pytest.mark.parametrize("status", [200, 400, 422])
@pytest.mark.parametrize(("code", "found", "category", "retry"), ISSUES, ids=[issue[0] for issue in ISSUES])
def test_an_operation_outcome_is_a_refusal_of_the_question_by_its_code(
    status: int, code: str, found: CoverageStatus, category: RejectionClass, retry: Retry
) -> None:
    body = json.dumps(outcome(code)).encode()

    (coverage,) = offline().decode(Reply(status, {"content-type": "application/fhir+json"}, body))

    assert (coverage.status, coverage.rejections[0].category, coverage.rejections[0].retry) == (
        found,
        category,
        retry,
    )


def test_an_outcome_about_our_credentials_is_a_refusal_of_the_call() -> None:
    body = json.dumps(outcome("forbidden", diagnostics="W55500001 may not")).encode()

    with pytest.raises(PayerRefused) as refusal:
        offline().decode(Reply(400, {"content-type": "application/fhir+json"}, body))

    assert find_secrets(str(refusal.value)) == []


@pytest.mark.parametrize("body", [b"no", b"{}", b'{"resourceType": "Patient"}'])
def test_a_refused_call_without_an_outcome_is_a_refusal_by_its_status(body: bytes) -> None:
    with pytest.raises(PayerRefused, match="HTTP 400"):
        offline().decode(Reply(400, {"content-type": "application/json"}, body))


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"resourceType": "EligibilityResponse"}, "before R4"),
        ({"resourceType": "Coverage"}, "It is a FHIR Coverage, not a CoverageEligibilityResponse"),
        (
            {"resourceType": "Bundle", "entry": []},
            "It is a FHIR Bundle without a CoverageEligibilityResponse",
        ),
        ({"resourceType": "<b>W55500001</b>"}, "no FHIR resource"),
        ({"coverage": "active"}, "without a FHIR resource type"),
        ([], "without a FHIR resource type"),
    ],
)
def test_what_answers_no_question_is_refused_in_one_line_that_says_what_it_is(
    body: object, words: str
) -> None:
    with pytest.raises(UnreadableReply, match=words) as refusal:
        read(body)

    assert "\n" not in str(refusal.value)
    assert find_secrets(str(refusal.value)) == []


@pytest.mark.parametrize(
    "change",
    [
        {"url": ""},
        {"url": "http://payer.invalid/fhir"},
        {"url": "https://payer.invalid/fhir", "token_url": "http://payer.invalid/token"},
        {"url": "https://payer.invalid/fhir", "client_id": "x"},
        {"colour": "red"},
        {},
    ],
)
def test_settings_that_would_fail_or_leak_are_refused_at_the_start(change: dict[str, str]) -> None:
    with pytest.raises(NotConfigured):
        plug.build(change, Tools(Nobody()))


def test_the_plug_builds_the_channel_with_and_without_credentials() -> None:
    credentials = dict.fromkeys(("client_id", "client_secret"), "X") | {
        "token_url": "https://payer.invalid/t"
    }

    for wanted in ({}, credentials):
        channel = plug.build({"url": "https://payer.invalid/fhir", **wanted}, Tools(Nobody()))
        assert channel.name == plug.name == "fhir"


# the published examples, as they stand in the reference data


def list_samples() -> list[Path]:
    return sorted(SAMPLES.glob("*.json"))


def has_response(path: Path) -> bool:
    document = json.loads(path.read_bytes())
    resources = [document, *(entry.get("resource") for entry in document.get("entry", ()))]
    return any(each.get("resourceType") == "CoverageEligibilityResponse" for each in resources)


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="the reference data is not on this machine")
@pytest.mark.parametrize("path", list_samples(), ids=lambda path: path.stem)
def test_a_published_response_is_read_with_every_benefit_and_all_else_is_refused_in_words(path: Path) -> None:
    document = read_json(path.read_bytes())
    if not has_response(path):
        with pytest.raises(UnreadableReply) as refusal:
            read_coverages(document)
        assert "\n" not in str(refusal.value)
        return

    coverages = read_coverages(document)

    pointers = {row.source.pointer for coverage in coverages for row in coverage.benefits}
    assert pointers >= {pointer for pointer in list_pointers(json.loads(path.read_bytes())) if pointer}
    assert all(
        warning.code in {"CURRENCY_NOT_USD", "STATUS_NOT_STATED"}
        for each in coverages
        for warning in each.warnings
    )


def list_pointers(document: dict[str, Any]) -> Iterator[str]:
    """List where benefits stand in a document, found apart from the reader."""
    entries = document.get("entry")
    resources = (
        [(f"/entry/{place}/resource", entry["resource"]) for place, entry in enumerate(entries)]
        if entries
        else [("", document)]
    )
    for base, resource in resources:
        for number, insurance in enumerate(resource.get("insurance", ())):
            for place, item in enumerate(insurance.get("item", ())):
                where = f"{base}/insurance/{number}/item/{place}"
                count = len(item.get("benefit", ()))
                yield from (f"{where}/benefit/{each}" for each in range(count))
                if not count:
                    yield f"{where}/excluded" if item.get("excluded") else where


# whatever comes

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**20), 10**20)
    | st.floats(allow_nan=False, allow_infinity=False, width=16)
    | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "coding",
                    "code",
                    "system",
                    "value",
                    "reference",
                    "name",
                    "allowedMoney",
                    "allowedUnsignedInt",
                    "item",
                ]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)
PLACES = [
    "insurance",
    "contained",
    "patient",
    "insurer",
    "error",
    "request",
    "outcome",
    "disposition",
    "identifier",
]


@given(st.dictionaries(st.sampled_from(PLACES), JSON, max_size=6))
@settings(deadline=None, max_examples=150)
def test_no_shape_of_a_response_brings_the_reader_down(parts: dict[str, Any]) -> None:
    body = {**write_answer("T", QUESTION.subscriber), **parts}

    for coverage in read_coverages(read_json(json.dumps(body).encode())):
        json.dumps([row.source.text for row in coverage.benefits]).encode()
        assert coverage.status in set(CoverageStatus)


@given(JSON)
@settings(deadline=None, max_examples=100)
def test_no_shape_of_an_item_brings_the_reader_down(item: object) -> None:
    response = write_answer("T", QUESTION.subscriber)
    response["insurance"][0]["item"] = [item, {"benefit": item, "category": item, "term": item}]

    assert read(response).status is CoverageStatus.ACTIVE
