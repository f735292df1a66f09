# ruff: noqa: E501 - a row of a table is a line
"""The Availity channel: the shipped contract, the form, submit once and poll, coverages written by hand."""

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qs, parse_qsl

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from payers.availity.response import read_coverages
from payers.channels.availity import Availity, AvailitySettings, plug
from payers.kit.deadline import Deadline
from payers.kit.exchange import Reply, Request
from payers.kit.http import HttpSender
from payers.kit.json_text import read_json
from payers.kit.plug import Tools
from payers.kit.retry import judge_fault
from payers.simulator.server import Simulator
from verifier.errors import (
    BadInput,
    BadReply,
    NotConfigured,
    PayerFault,
    PayerRefused,
    PayerThrottled,
    PayerTimeout,
    PayerUnreachable,
    UnreadableReply,
)
from verifier.model.coverage import (
    Authorization,
    BenefitKind,
    Coverage,
    CoverageLevel,
    CoverageStatus,
    Network,
    PayerName,
    Period,
    RejectionClass,
)
from verifier.model.inquiry import Facility, Member, Patient, Relationship, Sex
from verifier.model.question import Question
from verifier.testing.channel_contract import ChannelContract, Wire
from verifier.testing.faulty_server import FaultyServer, Stage, write_reply
from verifier.testing.people import QUESTION, find_secrets

SETTINGS = AvailitySettings("https://availity.invalid/v1", "us", "s3cret")


class Known:
    """Tokens that need no fetching."""

    def __init__(self, *tokens: str) -> None:
        self.tokens = list(tokens) or ["good"]

    def token(self, deadline: Deadline) -> str:  # noqa: ARG002 - as tokens have it
        return self.tokens[0]

    def forget(self, token: str) -> None:
        self.tokens = [each for each in self.tokens if each != token] or [token]


def write_coverage(trace: str, member: Member) -> dict[str, Any]:
    """Write a Coverage by hand, in the shape of the definition and apart from any writer of ours."""
    birth_date = f"{member.birth_date}T05:00:00.000+0000"
    names = {
        "lastName": member.last_name,
        "firstName": member.first_name,
        "birthDate": birth_date,
        "genderCode": "F",
    }
    return {
        "id": "5550001",
        "status": "Complete",
        "statusCode": "4",
        "controlNumber": "700700",
        "requestedServiceType": [{"code": "30", "value": "Health Benefit Plan Coverage"}],
        "patient": {**names, "subscriberRelationshipCode": "18", "patientAccountNumber": trace},
        "subscriber": {**names, "memberId": member.id},
        "payer": {"name": "ASKED", "payerId": "CONTRACT", "responseName": "CONTRACT HEALTH PLAN"},
        "requestingProvider": {"lastName": "CONTRACT CLINIC", "npi": "1999999984"},
        "plans": [
            {
                "status": "Active Coverage",
                "statusCode": "1",
                "planName": "CONTRACT PLAN",
                "groupNumber": "G-7",
                "groupName": "TIDEWATER MILLS",
                "insuranceTypeCode": "PR",
                "planStartDate": "2026-01-01T05:00:00.000+0000",
                "planEndDate": "2026-12-31T05:00:00.000+0000",
                "benefits": [
                    {
                        "name": "Health Benefit Plan Coverage",
                        "type": "30",
                        "status": "Active Coverage",
                        "statusCode": "1",
                        "amounts": {
                            "deductibles": {
                                "inNetwork": [
                                    {
                                        "amount": "1500",
                                        "units": "USD",
                                        "level": "Individual",
                                        "levelCode": "IND",
                                        "total": "1500",
                                        "totalTimePeriodCode": "23",
                                        "remaining": "1250.50",
                                        "remainingTimePeriodCode": "29",
                                    }
                                ],
                                "outOfNetwork": [
                                    {"total": "4000", "totalTimePeriod": "Calendar Year", "level": "Family"}
                                ],
                            },
                            "outOfPocket": {
                                "notApplicableNetwork": [
                                    {"amount": "99999.99", "units": "USD", "amountTimePeriodCode": "23"}
                                ]
                            },
                        },
                        "payerNotes": [{"type": "Note", "message": "NOT A GUARANTEE"}],
                    },
                    {
                        "name": "Substance Abuse",
                        "type": "AI",
                        "amounts": {
                            "coPayment": {
                                "inNetwork": [
                                    {
                                        "amount": "35",
                                        "units": "USD",
                                        "amountTimePeriodCode": "27",
                                        "authorizationRequired": True,
                                        "placeOfServiceCode": "11",
                                        "payerNotes": ["AFTER DEDUCTIBLE"],
                                    }
                                ]
                            },
                            "coInsurance": {
                                "noNetwork": [{"amount": "20", "units": "Percent"}],
                                "outOfNetwork": [
                                    {"amount": "0", "units": "Percent", "authorizationRequired": False}
                                ],
                            },
                        },
                        "limitations": {
                            "inNetwork": [
                                {
                                    "quantity": "30",
                                    "quantityQualifierCode": "VS",
                                    "amountTimePeriodCode": "23",
                                    "deliveryInformation": [
                                        {
                                            "quantity": "2",
                                            "quantityQualifierCode": "VS",
                                            "timePeriodCode": "35",
                                        }
                                    ],
                                }
                            ]
                        },
                        "nonCovered": {"outOfNetwork": [{"levelCode": "IND"}]},
                        "novelties": {"inNetwork": [{"amount": "7"}]},
                        "contacts": [
                            {
                                "typeCode": "VN",
                                "name": "BEHAVIORAL ADMINISTRATORS",
                                "contactInformation": [{"phone": "5555550140"}],
                            }
                        ],
                    },
                ],
                "additionalPayers": [
                    {
                        "name": "OTHERLAND MUTUAL",
                        "payerId": "OTHER1",
                        "primary": True,
                        "insuredMemberId": "X1",
                    }
                ],
            }
        ],
    }


def answer(request: bytes, member: Member) -> tuple[str, bytes]:
    form = parse_qs(request.partition(b"\r\n\r\n")[2].decode())
    return "application/json", json.dumps(write_coverage(form["patientAccountNumber"][0], member)).encode()


@pytest.fixture(name="sender", scope="module")
def _sender() -> Iterator[HttpSender]:
    sender = HttpSender(pause=lambda _: None)
    yield sender
    sender.close()


class TestAvailityKeepsTheContract(ChannelContract):
    @pytest.fixture(name="wire")
    def _wire(self, sender: HttpSender) -> Wire:
        def connect(url: str) -> Availity:
            return Availity(replace(SETTINGS, url=f"{url}/v1"), Tools(sender), tokens=Known())

        return Wire(connect, answer)


# the form


def offline(sender: Any = None) -> Availity:  # noqa: ANN401 - whatever sends
    return Availity(SETTINGS, Tools(sender), tokens=Known(), pause=lambda _: None)


DEPENDENT = replace(
    QUESTION,
    provider=Facility("contract", "Contract Clinic", "1999999984", "72-1234567", "LA", "22"),
    subscriber=replace(QUESTION.subscriber, group_number="G-7"),
    patient=Patient(Relationship.CHILD, "José", "Contractson", birth_date=date(2009, 11, 30), sex=Sex.MALE),
    service_types=("CJ", "30"),
    procedure="H0015",
    trace="TRACE0001",
)


def test_the_form_has_the_fields_of_the_definition() -> None:
    request = offline().encode(DEPENDENT)

    assert (request.method, request.url) == ("POST", "https://availity.invalid/v1/coverages")
    assert request.headers == {
        "Content-Type": "application/x-www-form-urlencoded",
        "Accept": "application/json",
    }
    assert parse_qsl(request.body.decode()) == [
        ("payerId", "CONTRACT"),
        ("providerLastName", "CONTRACT CLINIC"),
        ("providerNpi", "1999999984"),
        ("providerTaxId", "721234567"),
        ("placeOfService", "22"),
        ("asOfDate", "2026-11-24"),
        ("serviceType", "CJ"),
        ("serviceType", "30"),
        ("procedureCode", "H0015"),
        ("memberId", "W55500001"),
        ("groupNumber", "G-7"),
        ("patientLastName", "CONTRACTSON"),
        ("patientFirstName", "JOSE"),
        ("patientBirthDate", "2009-11-30"),
        ("patientGender", "M"),
        ("subscriberRelationship", "19"),
        ("patientAccountNumber", "TRACE0001"),
    ]


def test_a_value_cannot_become_a_field() -> None:
    hostile = replace(QUESTION.subscriber, id="W1&payerId=OTHER", last_name="A=B&C")

    request = offline().encode(replace(QUESTION, subscriber=hostile, trace="T"))

    assert parse_qs(request.body.decode())["payerId"] == ["CONTRACT"]
    assert parse_qs(request.body.decode())["memberId"] == ["W1&payerId=OTHER"]


def test_a_question_that_cannot_find_anybody_names_the_fields() -> None:
    with pytest.raises(BadInput) as refusal:
        offline().encode(replace(DEPENDENT, subscriber=Member("", None), patient=Patient(Relationship.CHILD)))

    assert set(refusal.value.errors) == {
        "/member/id",
        *(
            f"/{person}/{name}"
            for person in ("member", "patient")
            for name in ("first_name", "last_name", "birth_date")
        ),
    }


# what it says


def read(body: object) -> Coverage:
    return read_coverages(read_json(json.dumps(body).encode()))[0]


PLAN = "/plans/0"
WHOLE = f"{PLAN}/benefits/0"
SERVICE = f"{PLAN}/benefits/1"
ROWS = [
    (BenefitKind.ACTIVE, "1", (), Network.UNKNOWN, None, None, None, f"{PLAN}/statusCode"),
    (BenefitKind.OTHER_PAYER, "R", (), Network.UNKNOWN, None, None, None, f"{PLAN}/additionalPayers/0"),
    (BenefitKind.ACTIVE, "1", ("30",), Network.UNKNOWN, None, None, None, f"{WHOLE}/statusCode"),
    (BenefitKind.DEDUCTIBLE, "C", ("30",), Network.IN, Period.CALENDAR_YEAR, Decimal("1500.00"), None, f"{WHOLE}/amounts/deductibles/inNetwork/0/total"),
    (BenefitKind.DEDUCTIBLE, "C", ("30",), Network.IN, Period.REMAINING, Decimal("1250.50"), None, f"{WHOLE}/amounts/deductibles/inNetwork/0/remaining"),
    (BenefitKind.DEDUCTIBLE, "C", ("30",), Network.OUT, Period.CALENDAR_YEAR, Decimal("4000.00"), None, f"{WHOLE}/amounts/deductibles/outOfNetwork/0/total"),
    (BenefitKind.OUT_OF_POCKET, "G", ("30",), Network.BOTH, Period.CALENDAR_YEAR, None, None, f"{WHOLE}/amounts/outOfPocket/notApplicableNetwork/0/amount"),
    (BenefitKind.DESCRIPTION, "D", ("30",), Network.UNKNOWN, None, None, None, f"{WHOLE}/payerNotes/0"),
    (BenefitKind.COPAY, "B", ("AI",), Network.IN, Period.VISIT, Decimal("35.00"), None, f"{SERVICE}/amounts/coPayment/inNetwork/0/amount"),
    (BenefitKind.COINSURANCE, "A", ("AI",), Network.UNKNOWN, None, None, Decimal("0.2"), f"{SERVICE}/amounts/coInsurance/noNetwork/0/amount"),
    (BenefitKind.COINSURANCE, "A", ("AI",), Network.OUT, None, None, Decimal(0), f"{SERVICE}/amounts/coInsurance/outOfNetwork/0/amount"),
    (BenefitKind.LIMITATION, "F", ("AI",), Network.IN, Period.CALENDAR_YEAR, None, None, f"{SERVICE}/limitations/inNetwork/0"),
    (BenefitKind.NOT_COVERED, "I", ("AI",), Network.OUT, None, None, None, f"{SERVICE}/nonCovered/outOfNetwork/0"),
    (BenefitKind.OTHER, "novelties", ("AI",), Network.IN, None, Decimal("7.00"), None, f"{SERVICE}/novelties/inNetwork/0/amount"),
    (BenefitKind.CONTACT, "U", ("AI",), Network.UNKNOWN, None, None, None, f"{SERVICE}/contacts/0"),
]  # fmt: skip


def test_a_whole_coverage_is_read_with_every_bucket_and_where_it_stands() -> None:
    coverage = read(write_coverage("T", QUESTION.subscriber))

    shown = [
        (row.kind, row.code, row.services, row.network, row.period, row.amount, row.rate, row.source.pointer)
        for row in coverage.benefits
    ]
    assert sorted(shown, key=str) == sorted(ROWS, key=str)
    assert coverage.status is CoverageStatus.ACTIVE
    assert coverage.payer == PayerName("CONTRACT HEALTH PLAN", "CONTRACT")
    assert coverage.trace.numbers == ("T",)
    plan = coverage.plan
    assert (plan.name, plan.group_number, plan.group_name) == ("CONTRACT PLAN", "G-7", "TIDEWATER MILLS")
    assert (plan.insurance_type, plan.begins, plan.ends) == ("PPO", date(2026, 1, 1), date(2026, 12, 31))
    assert coverage.patient == coverage.subscriber
    assert coverage.patient is not None
    assert (coverage.patient.id, coverage.patient.birth_date) == ("W55500001", date(1984, 2, 29))


def find(coverage: Coverage, kind: BenefitKind, network: Network) -> Any:  # noqa: ANN401 - a benefit
    return next(row for row in coverage.benefits if row.kind is kind and row.network is network)


def test_what_hangs_on_a_row_comes_with_it() -> None:
    coverage = read(write_coverage("T", QUESTION.subscriber))

    copay = find(coverage, BenefitKind.COPAY, Network.IN)
    limit = find(coverage, BenefitKind.LIMITATION, Network.IN)
    assert (copay.authorization, copay.places_of_service, copay.messages) == (
        Authorization.REQUIRED,
        ("11",),
        ("AFTER DEDUCTIBLE",),
    )
    assert find(coverage, BenefitKind.COINSURANCE, Network.OUT).authorization is Authorization.NOT_REQUIRED
    assert (limit.quantity, limit.quantity_qualifier) == (Decimal(30), "visits")
    assert [(each.quantity, each.qualifier, each.period) for each in limit.delivery] == [
        (2, "visits", Period.WEEK)
    ]
    assert find(coverage, BenefitKind.DEDUCTIBLE, Network.OUT).level is CoverageLevel.FAMILY
    assert find(coverage, BenefitKind.OUT_OF_POCKET, Network.BOTH).unlimited


def test_the_administrator_and_the_other_payer_are_found() -> None:
    coverage = read(write_coverage("T", QUESTION.subscriber))

    assert [(each.administrator, each.services) for each in coverage.carve_outs] == [
        ("BEHAVIORAL ADMINISTRATORS", ("AI",))
    ]
    other = coverage.other_coverage[0]
    assert (other.payer, other.payer_id, other.role, other.member_id) == (
        "OTHERLAND MUTUAL",
        "OTHER1",
        "primary_payer",
        "X1",
    )


def test_a_service_that_is_priced_and_not_covered_in_one_network_is_told_and_both_stay() -> None:
    coverage = read(write_coverage("T", QUESTION.subscriber))

    assert [each.code for each in coverage.warnings] == ["NOT_COVERED_CONTRADICTED"]
    assert {BenefitKind.NOT_COVERED, BenefitKind.COINSURANCE} <= {row.kind for row in coverage.benefits}


def test_what_is_not_covered_out_of_network_contradicts_no_price_inside() -> None:
    body = write_coverage("T", QUESTION.subscriber)
    del body["plans"][0]["benefits"][1]["amounts"]["coInsurance"]

    assert read(body).warnings == ()


@pytest.mark.parametrize(
    ("change", "status", "codes", "category"),
    [
        ({"validationMessages": [{"code": "75"}]}, CoverageStatus.REJECTED, ["75"], RejectionClass.MEMBER),
        ({"validationMessages": [{"errorMessage": "Subscriber/Insured Not Found"}]}, CoverageStatus.REJECTED, ["75"], RejectionClass.MEMBER),
        ({"validationMessages": [{"code": "42"}]}, CoverageStatus.UNKNOWN, ["42"], RejectionClass.PAYER_UNAVAILABLE),
        ({"validationMessages": [{"errorMessage": "no such"}]}, CoverageStatus.REJECTED, [None], RejectionClass.OTHER),
        ({"status": "Request Error", "statusCode": "R"}, CoverageStatus.REJECTED, [None], RejectionClass.REQUEST),
        ({"status": "Communication Error", "statusCode": "E"}, CoverageStatus.UNKNOWN, [None], RejectionClass.PAYER_UNAVAILABLE),
        ({"status": "", "statusCode": "13"}, CoverageStatus.UNKNOWN, [None], RejectionClass.PAYER_UNAVAILABLE),
    ],
)  # fmt: skip
def test_a_coverage_without_plans_says_why(
    change: dict[str, Any], status: CoverageStatus, codes: list[str | None], category: RejectionClass
) -> None:
    coverage = read({**write_coverage("T", QUESTION.subscriber), "plans": [], **change})

    assert coverage.status is status
    assert [each.code for each in coverage.rejections] == codes
    assert {each.category for each in coverage.rejections} == {category}


def test_a_coverage_in_progress_says_nothing_yet() -> None:
    coverage = read({"id": "1", "status": "Communication Error, Retrying", "requestedServiceType": []})

    assert (coverage.status, [each.code for each in coverage.warnings]) == (
        CoverageStatus.UNKNOWN,
        ["REPLY_PENDING"],
    )


def test_what_is_not_availitys_is_refused() -> None:
    with pytest.raises(UnreadableReply):
        read({"benefitsInformation": []})


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**20), 10**20) | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "inNetwork",
                    "amount",
                    "type",
                    "statusCode",
                    "amounts",
                    "coPayment",
                    "limitations",
                    "remaining",
                ]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)
PLACES = [
    "plans",
    "patient",
    "subscriber",
    "payer",
    "validationMessages",
    "requestingProvider",
    "status",
    "coverages",
]


@given(st.dictionaries(st.sampled_from(PLACES), JSON, max_size=6), JSON)
@settings(deadline=None, max_examples=150)
def test_no_shape_of_a_coverage_brings_the_reader_down(parts: dict[str, Any], benefit: object) -> None:
    body = write_coverage("T", QUESTION.subscriber)
    body["plans"][0]["benefits"].append(benefit)
    body["plans"].append(benefit)

    for coverage in read_coverages(read_json(json.dumps({**body, **parts}).encode())):
        assert coverage.status in set(CoverageStatus)


# submit once, then poll

Play = Reply | PayerFault | Callable[[Request], Reply]


class Script:
    """A sender that plays one part for each request in turn, the last one again and again."""

    def __init__(self, *plays: Play) -> None:
        self.requests: list[Request] = []
        self._plays = plays

    def send(self, request: Request, deadline: Deadline) -> Reply:  # noqa: ARG002 - as senders have it
        play = self._plays[min(len(self.requests), len(self._plays) - 1)]
        self.requests.append(request)
        if isinstance(play, PayerFault):
            raise play
        return play if isinstance(play, Reply) else play(request)

    @property
    def methods(self) -> str:
        return " ".join(request.method for request in self.requests)


class Hand:
    """A clock moved by pausing."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.pauses: list[float] = []

    def __call__(self) -> float:
        return self.seconds

    def pause(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.seconds += seconds


def reply(status: int, body: object = None, **headers: str) -> Reply:
    content = b"" if body is None else json.dumps(body).encode()
    return Reply(status, {"content-type": "application/json", **headers}, content)


TRACED = replace(QUESTION, trace="TRACE0001")
TAKEN = reply(202, {"id": "5550001", "status": "In Progress", "statusCode": "0"})
WAIT = reply(202, {"id": "5550001", "status": "In Progress", "statusCode": "0"})
DONE = reply(200, write_coverage("TRACE0001", QUESTION.subscriber))


def ask(
    script: Script, hand: Hand | None = None, seconds: float = 60.0, question: Question = TRACED
) -> Coverage:
    hand = hand or Hand()
    channel = Availity(SETTINGS, Tools(script), tokens=Known(), pause=hand.pause)
    return channel.ask(question, Deadline.after(seconds, hand))


def test_an_answer_is_asked_for_until_it_is_there_with_growing_pauses() -> None:
    script, hand = Script(TAKEN, WAIT, WAIT, reply(504), reply(429), DONE), Hand()

    coverage = ask(script, hand)

    assert coverage.status is CoverageStatus.ACTIVE
    assert script.methods == "POST GET GET GET GET GET"
    assert {request.url for request in script.requests[1:]} == {
        "https://availity.invalid/v1/coverages/5550001"
    }
    assert hand.pauses == [1.0, 1.5, 2.25, 3.375, 5.0625]


def test_a_summary_that_is_complete_is_not_the_answer() -> None:
    script = Script(
        reply(200, {"id": "5550001", "status": "Complete", "plans": [{"status": "Active"}]}), DONE
    )

    assert ask(script).benefits
    assert script.methods == "POST GET"


def test_the_id_may_stand_in_the_location_alone() -> None:
    script = Script(reply(202, None, location="/v1/coverages/5550001"), DONE)

    ask(script)

    assert script.requests[1].url.endswith("/coverages/5550001")


@pytest.mark.parametrize("identifier", ["../token", "a/b", "", "..", "x" * 101, "1?q=2"])
def test_an_id_that_could_lead_elsewhere_is_none(identifier: str) -> None:
    script = Script(reply(202, {"id": identifier, "statusCode": "0"}))

    with pytest.raises(BadReply, match="paid for"):
        ask(script)

    assert script.methods == "POST"


def test_a_submission_that_runs_out_of_time_is_not_made_again_and_may_be_paid_for() -> None:
    script = Script(PayerTimeout("No answer."))

    with pytest.raises(PayerTimeout, match="may have been taken and be paid for"):
        ask(script)

    assert script.methods == "POST"


def test_a_payers_time_out_at_the_submission_is_polled_where_there_is_an_id() -> None:
    script = Script(reply(504, None, location="/v1/coverages/5550001"), DONE)

    assert ask(script).status is CoverageStatus.ACTIVE
    assert script.methods == "POST GET"


def test_a_question_that_is_never_answered_ends_with_the_deadline_and_is_gone_on_with() -> None:
    hand = Hand()
    script = Script(TAKEN, *[WAIT] * 10, DONE)
    channel = Availity(SETTINGS, Tools(script), tokens=Known(), pause=hand.pause)

    with pytest.raises(PayerTimeout, match="asking again asks for that answer"):
        channel.ask(TRACED, Deadline.after(20, hand))
    again = channel.ask(replace(TRACED, trace="ANOTHER"), Deadline.after(60, hand))

    assert hand.seconds < 80
    assert again.status is CoverageStatus.ACTIVE
    assert script.methods.count("POST") == 1


def test_another_question_is_submitted_however_many_wait() -> None:
    hand = Hand()
    script = Script(TAKEN, WAIT)
    channel = Availity(SETTINGS, Tools(script), tokens=Known(), pause=hand.pause)

    for services in (("30",), ("CJ",)):
        with pytest.raises(PayerTimeout):
            channel.ask(replace(TRACED, service_types=services), Deadline.after(5, hand))

    assert script.methods.count("POST") == 2


@pytest.mark.parametrize(
    "fault", [PayerUnreachable("No connection."), PayerThrottled("Too many.", 429)], ids=["nobody", "429"]
)
def test_a_poll_that_finds_nobody_or_no_room_is_tried_again(fault: PayerFault) -> None:
    script = Script(TAKEN, fault, DONE)

    assert ask(script).status is CoverageStatus.ACTIVE
    assert script.methods == "POST GET GET"


@pytest.mark.parametrize(
    "fault", [PayerRefused("out of service"), BadReply("garbled")], ids=["503", "garbled"]
)
def test_a_poll_that_is_refused_ends_the_asking_and_the_next_one_goes_on(fault: PayerFault) -> None:
    hand = Hand()
    script = Script(TAKEN, fault, DONE)
    channel = Availity(SETTINGS, Tools(script), tokens=Known(), pause=hand.pause)

    with pytest.raises(type(fault)):
        channel.ask(TRACED, Deadline.after(60, hand))

    assert channel.ask(TRACED, Deadline.after(60, hand)).benefits
    assert script.methods == "POST GET GET"


ENVELOPE = {
    "userMessage": "W55500001 Ingrid Contractson was not found",
    "developerMessage": "W55500001",
    "reasonCode": 4,
    "statusCode": 422,
}


@pytest.mark.parametrize("after", [[], [TAKEN]], ids=["at once", "when polled"])
def test_a_422_is_the_payers_refusal(after: list[Reply]) -> None:
    script = Script(*after, reply(422, {**ENVELOPE, "errors": [{"code": "72", "errorMessage": "invalid"}]}))

    coverage = ask(script)

    assert coverage.status is CoverageStatus.REJECTED
    assert [each.code for each in coverage.rejections] == ["72"]


def test_a_422_that_cannot_be_read_is_a_refusal_of_the_call() -> None:
    with pytest.raises(PayerRefused, match="HTTP 422"):
        ask(Script(Reply(422, {"content-type": "text/html"}, b"<p>no</p>")))


def test_a_400_names_our_fields_and_repeats_no_word_of_theirs() -> None:
    errors = [
        {"field": "memberId", "errorMessage": "W55500001 is no id"},
        {"field": "Ingrid Contractson", "errorMessage": "x"},
        {"field": "patientBirthDate"},
    ]

    with pytest.raises(PayerRefused, match="did not accept memberId, patientBirthDate;") as refusal:
        ask(Script(reply(400, {**ENVELOPE, "errors": errors})))

    assert find_secrets(str(refusal.value)) == []


def test_a_canned_answer_nobody_ordered_is_refused_and_one_that_was_is_taken() -> None:
    canned = replace(DONE, headers={**DONE.headers, "x-api-mock-response": "true"})

    with pytest.raises(BadReply, match="canned"):
        ask(Script(canned))

    script = Script(canned)
    ordered = Availity(replace(SETTINGS, scenario="Coverages-Complete-i"), Tools(script), tokens=Known())
    assert ordered.ask(TRACED, Deadline.after(5)).benefits
    assert script.requests[0].headers["X-Api-Mock-Scenario-ID"] == "Coverages-Complete-i"


def test_a_token_that_ends_while_an_answer_is_waited_for_is_replaced() -> None:
    script, hand = Script(TAKEN, reply(401), DONE), Hand()
    channel = Availity(SETTINGS, Tools(script), tokens=Known("old", "new"), pause=hand.pause)

    assert channel.ask(TRACED, Deadline.after(60, hand)).benefits
    assert [request.headers["Authorization"] for request in script.requests] == [
        "Bearer old",
        "Bearer old",
        "Bearer new",
    ]


def test_no_token_to_poll_with_is_no_sign_that_nothing_was_asked(sender: HttpSender) -> None:
    granted: list[bytes] = []

    def play(stage: Stage) -> None:
        head = stage.read_request().partition(b"\r\n")[0]
        if b"/token" in head:
            granted.append(head)
            body, status = (
                b'{"access_token": "t1"}',
                "200 OK" if len(granted) == 1 else "429 Too Many Requests",
            )
        elif head.startswith(b"POST"):
            body, status = TAKEN.body, "202 Accepted"
        else:
            body, status = b"", "401 Unauthorized"
        stage.send(write_reply(body, status, {"Content-Type": "application/json"}))

    with FaultyServer(play) as server:
        channel = Availity(
            replace(SETTINGS, url=f"{server.url}/v1"), Tools(sender), pause=lambda _: time.sleep(0.01)
        )
        with pytest.raises(PayerTimeout, match="has taken the question") as fault:
            channel.ask(TRACED, Deadline.after(0.4))

    assert judge_fault(fault.value).reached
    assert len(granted) > 2
    assert sum(b"POST /v1/coverages" in request for request in server.requests) == 1


@pytest.mark.parametrize(
    "change",
    [
        {"url": "http://availity.invalid/v1"},
        {"client_id": ""},
        {"client_secret": " "},
        {"scope": ""},
        {"scenario": "two\r\nlines"},
    ],
)
def test_settings_that_would_fail_or_leak_are_refused_at_the_start(change: dict[str, str]) -> None:
    with pytest.raises(NotConfigured):
        replace(SETTINGS, **change)


def test_the_plug_builds_the_channel_from_settings_as_text_and_secrets_stay_out_of_sight() -> None:
    wanted = {"url": SETTINGS.url, "client_id": "us", "client_secret": "s3cret"}

    assert plug.build(wanted, Tools(Script())).name == plug.name == "availity"
    assert "s3cret" not in repr(SETTINGS)
    for broken in ({"url": SETTINGS.url}, {**wanted, "colour": "red"}):
        with pytest.raises(NotConfigured):
            plug.build(broken, Tools(Script()))


# against the simulated payer, over real HTTP


@pytest.fixture(name="simulator")
def _simulator() -> Iterator[Simulator]:
    with Simulator() as simulator:
        yield simulator


def question_about(simulator: Simulator, name: str) -> Question:
    scenario = next(each for each in simulator.scenarios if each.name == name)
    person = scenario.person
    member = Member(person.last_name, person.birth_date, person.first_name, person.id)
    return replace(QUESTION, payer_id=scenario.payer, subscriber=member, service_types=("30", "CJ"))


def converse(simulator: Simulator, sender: HttpSender, mood: str = "availity") -> Availity:
    settings = AvailitySettings(f"{simulator.url}/{mood}/v1", simulator.user_name, simulator.password)
    return Availity(settings, Tools(sender), pause=lambda seconds: time.sleep(min(seconds, 0.01)))


@pytest.mark.parametrize("mood", ["availity", "availity-at-once", "availity-late", "availity-forgetful"])
def test_an_answer_comes_over_every_way_and_is_paid_for_once(
    simulator: Simulator, sender: HttpSender, mood: str
) -> None:
    channel = converse(simulator, sender, mood)

    coverage = channel.ask(question_about(simulator, "copay_after_deductible"), Deadline.after(10))

    assert coverage.status is CoverageStatus.ACTIVE
    assert simulator.ledger.paid == 1


def test_a_payer_that_never_answers_is_a_time_out_within_the_deadline(
    simulator: Simulator, sender: HttpSender
) -> None:
    channel = converse(simulator, sender, "availity-never")
    question = question_about(simulator, "fully_covered")
    started = time.monotonic()

    for _ in range(2):
        with pytest.raises(PayerTimeout):
            channel.ask(question, Deadline.after(0.4))

    assert time.monotonic() - started < 1.3
    assert simulator.ledger.paid == 1


def test_a_wrong_secret_is_a_refusal_and_asks_nothing(simulator: Simulator, sender: HttpSender) -> None:
    settings = AvailitySettings(f"{simulator.url}/availity/v1", simulator.user_name, "wrong")

    with pytest.raises(PayerRefused):
        Availity(settings, Tools(sender)).ask(question_about(simulator, "fully_covered"), Deadline.after(5))

    assert simulator.ledger.received == 0
