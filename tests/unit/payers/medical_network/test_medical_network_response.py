"""Medical-network JSON as `Coverage`: a whole body by hand, published samples, and what is hostile."""

import copy
import json
import os
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from payers.kit.json_text import Node, read_json
from payers.medical_network.response import _read_json, _read_raw, read_coverages
from tests.payers.checks import compare, read_fixture
from verifier.errors import UnreadableReply
from verifier.model.coverage import (
    Benefit,
    CarveOut,
    Contact,
    Coverage,
    CoveredPerson,
    DateSpan,
    Delivery,
    Entity,
    PayerName,
    Plan,
    Reference,
    Source,
    Trace,
    bare_benefit,
)
from verifier.model.coverage import Warning as Remark
from verifier.model.vocabulary import (
    Authorization,
    BenefitKind,
    CoverageLevel,
    CoverageStatus,
    Network,
    Period,
    Retry,
)

ANSWER = read_fixture("answer")
SAMPLES = Path(os.environ.get("REFERENCE", Path(__file__).parents[5] / "shared")) / "data/samples/json"
HAS_SAMPLES = pytest.mark.skipif(not SAMPLES.is_dir(), reason="the reference samples are not on this machine")


def read(document: object) -> list[Coverage]:
    return read_coverages(read_json(json.dumps(document).encode()))


def source(pointer: str) -> Source:
    node = Node(ANSWER).at(*(int(step) if step.isdigit() else step for step in pointer.split("/")[1:]))
    return Source(None, node.write(), pointer)


def row(pointer: str, kind: BenefitKind, code: str, **said: Any) -> Benefit:  # noqa: ANN401 - fields of `Benefit`
    return bare_benefit(kind, source(pointer), code=code, **said)


VENDOR = Entity(
    role="vendor",
    code="VN",
    name="INVENTED BEHAVIORAL",
    id_qualifier="PI",
    id="IB1",
    contacts=(Contact("INTAKE", "phone", "5555550100"),),
    address="MANDEVILLE LA",
    source=source("/benefitsInformation/1/benefitsRelatedEntities/0"),
)
BENEFITS = (
    row(
        "/benefitsInformation/0",
        BenefitKind.ACTIVE,
        "1",
        services=("30", "MH"),
        insurance_type="PPO",
        plan_text="INVENTED PPO",
        network=Network.BOTH,
    ),
    row(
        "/benefitsInformation/1",
        BenefitKind.COPAY,
        "B",
        services=("CJ",),
        procedure="H0015",
        level=CoverageLevel.INDIVIDUAL,
        network=Network.IN,
        period=Period.VISIT,
        amount=Decimal("30.00"),
        authorization=Authorization.REQUIRED,
        delivery=(
            Delivery(Decimal(20), "visits", None, Period.CALENDAR_YEAR, None, "HSD*VS*20***23"),
            Delivery(Decimal(3), "visits", "week", None, None, "HSD*VS*3*WK*1"),
        ),
        places_of_service=("11", "02"),
        messages=("OFFICE * OR ~ TELEHEALTH",),
        dates=(
            DateSpan("benefit_begin", date(2026, 1, 1), date(2026, 1, 1), "20260101"),
            DateSpan("admission", date(2026, 1, 5), date(2026, 1, 7), "20260105-20260107"),
        ),
        references=(Reference("9F", "REF-1", None),),
        entities=(VENDOR,),
    ),
    row(
        "/benefitsInformation/2",
        BenefitKind.COINSURANCE,
        "A",
        services=("CJ",),
        rate=Decimal("0.2"),
        network=Network.OUT,
    ),
    row("/benefitsInformation/3", BenefitKind.OTHER, ""),
    row("/benefitsInformation/4", BenefitKind.OTHER, "ZZZ"),
)


def test_a_whole_body_becomes_the_whole_coverage_written_by_hand() -> None:
    (coverage,) = read(ANSWER)

    expected = Coverage(
        status=CoverageStatus.ACTIVE,
        payer=PayerName("INVENTED HEALTH", "99999"),
        subscriber=CoveredPerson(
            relationship="self",
            id="W199003344",
            id_qualifier="MI",
            first_name="ANA",
            middle_name="M",
            last_name="O'BRIEN-PEREZ",
            suffix="III",
            birth_date=date(1988, 4, 12),
            sex="F",
            address="1 INVENTED WAY, UNIT 2, COVINGTON LA 704330000",
            references=(Reference("6P", "GRP-00217", "INVENTED WORKS"), Reference("18", "PLAN-7", None)),
        ),
        patient=CoveredPerson(
            relationship="child",
            first_name="JOSE",
            last_name="PEREZ",
            birth_date=date(2009, 11, 30),
            sex="M",
        ),
        plan=Plan(
            name="INVENTED PPO",
            group_number="GRP-00217",
            group_name="INVENTED WORKS",
            insurance_type="PPO",
            begins=date(2026, 1, 1),
            premium_paid_to=date(2026, 11, 30),
            dates=(
                DateSpan("plan_begin", date(2026, 1, 1), date(2026, 1, 1), "20260101"),
                DateSpan("premium_paid_to_end", date(2026, 11, 30), date(2026, 11, 30), "20261130"),
            ),
        ),
        benefits=BENEFITS,
        carve_outs=(
            CarveOut(
                "INVENTED BEHAVIORAL", "IB1", ("CJ",), VENDOR.contacts, source("/benefitsInformation/1")
            ),
        ),
        warnings=(
            Remark("NUMBER_UNREADABLE", "/benefitsInformation/4: an amount, rate or quantity is no number."),
            Remark("CLEARINGHOUSE_WARNING", "The group number looks odd."),
        ),
        trace=Trace(interchange="000009001", reference="TRACE-OF-THEIRS", numbers=("TRN-OF-THEIRS",)),
        extras={
            "check_id": "ec_0000",
            "control_number": "000009001",
            "search_id": "search-1",
            "trace_id": "TRACE-OF-THEIRS",
            "outbound_trace_id": "TRACE-OF-THEIRS",
        },
    )
    assert coverage == expected


REFUSALS = [
    ("payer", "2100A", "42", "Resubmission Allowed", ("42", "2100A", Retry.LATER, "/payer/aaaErrors/0")),
    ("provider", "Loop 2100B", "51", None, ("51", "2100B", Retry.WITH_CHANGES, "/provider/aaaErrors/0")),
    (
        "subscriber",
        "Loop 2100C",
        "75",
        "Please Correct and Resubmit",
        ("75", "2100C", Retry.WITH_CHANGES, "/subscriber/aaaErrors/0"),
    ),
    ("subscriber", "", "72", "N", ("72", "2100C", Retry.NEVER, "/subscriber/aaaErrors/0")),
    (
        "subscriber",
        "Loop 2110C",
        "63",
        None,
        ("63", "2110C", Retry.WITH_CHANGES, "/subscriber/aaaErrors/0"),
    ),
]


@pytest.mark.parametrize(("level", "location", "code", "action", "expected"), REFUSALS)
def test_a_refusal_is_told_once_with_its_loop_although_two_lists_have_it(
    level: str, location: str, code: str, action: str | None, expected: tuple[object, ...]
) -> None:
    error = {"field": "AAA", "code": code, "followupAction": action, "location": location}
    person = {"memberId": "W1", "lastName": "INVENTED", "dateOfBirth": "19900101"}
    document = {"subscriber": person, "errors": [error]}
    document[level] = {**(person if level == "subscriber" else {"name": "X"}), "aaaErrors": [error]}

    (coverage,) = read(document)

    told = [(each.code, each.loop, each.retry, each.source.pointer) for each in coverage.rejections]
    assert told == [expected]
    assert coverage.status is (CoverageStatus.UNKNOWN if code == "42" else CoverageStatus.REJECTED)


def test_a_refusal_that_only_the_list_of_all_has_is_told_too() -> None:
    document = {
        "payer": {"aaaErrors": [{"code": "42", "location": "2100A"}]},
        "errors": [{"code": "42", "location": "2100A"}, {"code": "79", "location": "2100A"}],
    }

    (coverage,) = read(document)

    assert [(each.code, each.source.pointer) for each in coverage.rejections] == [
        ("42", "/payer/aaaErrors/0"),
        ("79", "/errors/1"),
    ]
    assert coverage.status is CoverageStatus.UNKNOWN


def test_a_refusal_outside_any_loop_names_nobody() -> None:
    error = {"code": "71", "description": "Parse errors", "location": "subscriber_level_HL_loop"}

    (coverage,) = read({"errors": [error], "status": "ERROR"})

    assert (coverage.status, coverage.patient) == (CoverageStatus.REJECTED, None)
    assert [(each.code, each.loop) for each in coverage.rejections] == [("71", None)]


def test_a_refusal_with_a_code_of_their_own_keeps_it() -> None:
    (coverage,) = read({"payer": {"name": "X"}, "errors": [{"code": "??", "location": "2100A"}]})

    assert coverage.status is CoverageStatus.REJECTED
    assert coverage.rejections[0].code == "??"


@pytest.mark.parametrize(
    ("value", "status", "codes"),
    [
        ("eligible", CoverageStatus.ACTIVE, []),
        ("ineligible", CoverageStatus.INACTIVE, []),
        ("payer_unavailable", CoverageStatus.UNKNOWN, ["42"]),
        ("processing_error", CoverageStatus.UNKNOWN, ["42"]),
        ("payer_not_in_system", CoverageStatus.REJECTED, ["79"]),
        ("patient_unknown", CoverageStatus.REJECTED, ["75"]),
    ],
)
def test_a_summary_without_x12_is_read_from_its_one_word(
    value: str, status: CoverageStatus, codes: list[str]
) -> None:
    (coverage,) = read({"id": "rte-1", "status": {"value": value}, "subscriber": {"memberId": "W1"}})

    assert coverage.status is status
    assert [each.code for each in coverage.rejections] == codes


PLANS = {
    "id": "ec_1",
    "payer": {"name": {"organization": "INVENTED HEALTH"}, "type": "PAYER", "identification": "60054"},
    "subscriber": {
        "name": {"person": {"firstName": "ANA", "lastName": "INVENTED"}},
        "memberId": "W1",
        "dateOfBirth": "1988-04-12",
        "gender": "FEMALE",
        "dates": {"plan": {"start": "2026-01-01"}, "service": {"start": "2026-11-20", "end": "2026-11-30"}},
        "additionalInformation": {"group": {"number": "G1", "name": "WORKS"}, "mbi": "1A22BB3CC44"},
    },
    "plans": [
        {
            "name": "INVENTED GOLD",
            "benefits": {
                "statuses": [
                    {
                        "status": "ACTIVE_COVERAGE",
                        "coverageLevel": "INDIVIDUAL",
                        "insuranceType": "PREFERRED_PROVIDER_ORGANIZATION_PPO",
                        "network": {"indicator": "IN_AND_OUT_OF_NETWORK"},
                        "service": {"system": "STC", "value": "30"},
                    }
                ],
                "coPayment": [
                    {
                        "amount": "30",
                        "coverageLevel": "INDIVIDUAL",
                        "timePeriod": "VISIT",
                        "priorAuthIndicator": "REQUIRED",
                        "network": {"indicator": "IN_NETWORK"},
                        "service": {"system": "HCPCS", "value": "H0015"},
                        "messages": ["OFFICE"],
                        "placesOfService": [{"code": "11"}],
                        "serviceLimits": [
                            {
                                "delivery": {
                                    "quantity": {"value": "20", "qualifier": "VISITS"},
                                    "period": {"qualifier": "CALENDAR_YEAR"},
                                }
                            }
                        ],
                        "relatedEntities": [
                            {
                                "type": "VENDOR",
                                "name": {"organization": "INVENTED BEHAVIORAL"},
                                "payerId": "IB1",
                                "contacts": [{"phoneNumbers": ["5555550100"]}],
                            }
                        ],
                    }
                ],
                "somethingNew": [{"coverageLevel": "FAMILY", "amount": "1"}],
                "invalidEntries": {"coInsurance": [{"coverageLevel": "FAMILY", "percent": "0.1"}]},
            },
        }
    ],
}


def test_the_redesigned_shape_is_read_in_the_same_words() -> None:
    (coverage,) = read(PLANS)

    told = [
        (row.kind, row.code, row.services, row.procedure, row.amount, row.rate, row.network, row.period)
        for row in coverage.benefits
    ]
    assert told == [
        (BenefitKind.ACTIVE, "1", ("30",), None, None, None, Network.BOTH, None),
        (BenefitKind.COPAY, "B", (), "H0015", Decimal("30.00"), None, Network.IN, Period.VISIT),
        (BenefitKind.OTHER, "somethingNew", (), None, Decimal("1.00"), None, Network.UNKNOWN, None),
        (BenefitKind.COINSURANCE, "A", (), None, None, Decimal("0.1"), Network.UNKNOWN, None),
    ]
    assert [row.source.pointer for row in coverage.benefits] == [
        "/plans/0/benefits/statuses/0",
        "/plans/0/benefits/coPayment/0",
        "/plans/0/benefits/somethingNew/0",
        "/plans/0/benefits/invalidEntries/coInsurance/0",
    ]
    copay = coverage.benefits[1]
    assert copay.authorization is Authorization.REQUIRED
    assert (copay.messages, copay.places_of_service) == (("OFFICE",), ("11",))
    assert (copay.delivery[0].quantity, copay.delivery[0].period) == (Decimal(20), Period.CALENDAR_YEAR)
    assert [(each.role, each.id, each.contacts[0].value) for each in copay.entities] == [
        ("vendor", "IB1", "5555550100")
    ]
    assert copay.entities[0].source.pointer == "/plans/0/benefits/coPayment/0/relatedEntities/0"
    assert coverage.plan.name == "INVENTED GOLD"
    assert (coverage.plan.insurance_type, coverage.plan.group_name) == ("PPO", "WORKS")
    assert coverage.plan.begins == date(2026, 1, 1)
    assert coverage.subscriber is not None
    assert coverage.subscriber.birth_date == date(1988, 4, 12)
    assert Reference("F6", "1A22BB3CC44", None) in coverage.subscriber.references


def test_a_refusal_in_the_redesigned_shape_has_its_loop() -> None:
    error = {
        "code": "75",
        "description": "Not found",
        "followupAction": "Please Correct and Resubmit",
        "location": "SUBSCRIBER",
    }

    (coverage,) = read({"id": "ec_2", "subscriber": PLANS["subscriber"], "plans": [], "errors": [error]})

    assert [(each.code, each.loop, each.follow_up) for each in coverage.rejections] == [("75", "2100C", "C")]


UNANSWERED: list[object] = [
    {},
    [],
    None,
    "inactive",
    {"errors": []},
    {"errors": "none"},
    {"errors": ["75"]},
    {"errors": [{"code": "INVALID", "message": "another API's error"}]},
    {"x12": ""},
    {"x12": "ISA*00*"},
    {"x12": 271},
    {"status": "COMPLETED", "items": []},
    {"items": [{"state": "COMPLETED"}]},
    {"benefitsInformation": "none"},
    {"plans": {}},
    {"message": "Not found"},
]


@pytest.mark.parametrize("document", UNANSWERED, ids=json.dumps)
def test_json_without_an_answer_is_none(document: object) -> None:
    with pytest.raises(UnreadableReply):
        read(document)


def test_a_message_cut_off_gives_way_to_the_json_beside_it() -> None:
    (coverage,) = read(
        {**ANSWER, "x12": "ISA*00*          *00*          *ZZ*A*ZZ*B*261124*1530*^*00501*1*0*P*:~GS*HB"}
    )

    assert coverage.benefits == BENEFITS


def test_words_that_look_like_an_envelope_do_not_part_a_message() -> None:
    document = copy.deepcopy(ANSWER)
    document["benefitsInformation"][0]["additionalInformation"] = [
        {"description": "SEE ISA*00*1 ISA/2026/ PLAN\nIEA*1*1~SE*1*1~EB*6**30"}
    ]

    (coverage,) = read(document)

    assert len(coverage.benefits) == len(BENEFITS)
    assert coverage.status is CoverageStatus.ACTIVE
    assert coverage.benefits[0].messages[0].startswith("SEE ISA *00*1 ISA /2026/ PLAN IEA*1*1~SE*1*1~EB*6")


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=40)
    | st.sampled_from(["30", "A", "1", "Payer"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)


@settings(deadline=None, max_examples=200)
@given(data=st.data(), value=JSON)
def test_a_field_of_any_other_shape_never_breaks_the_reading(data: st.DataObject, value: object) -> None:
    document = copy.deepcopy(data.draw(st.sampled_from([ANSWER, PLANS])))
    place: Any = document
    while isinstance(place, dict | list) and place:
        steps = list(place) if isinstance(place, dict) else list(range(len(place)))
        step = data.draw(st.sampled_from(steps))
        if not isinstance(place[step], dict | list) or not place[step] or data.draw(st.booleans()):
            place[step] = value
            break
        place = place[step]

    try:
        coverages = read(document)
    except UnreadableReply:
        return
    assert all(coverage.status in CoverageStatus for coverage in coverages)


@HAS_SAMPLES
@pytest.mark.parametrize(
    ("name", "path", "count"),
    [
        ("vendor__stedi_EligibilityCheck_response200_example1", (), 41),
        ("vendor__stedi_batch_BatchEligibilityPolling_response200_example1", ("items", 1), 40),
    ],
)
def test_json_and_the_x12_beside_it_give_the_same_benefits(
    name: str, path: tuple[str | int, ...], count: int
) -> None:
    document = read_json((SAMPLES / f"{name}.json").read_bytes()).at(*path)

    (from_x12,), (from_json,) = _read_raw(document), _read_json(document)

    assert compare(from_json)["benefits"] == compare(from_x12)["benefits"]
    assert len(from_json.benefits) == count
    assert [row.source.pointer for row in from_x12.benefits] == [
        row.source.pointer for row in from_json.benefits
    ]


@HAS_SAMPLES
@pytest.mark.parametrize(
    "name",
    [
        "vendor__stedi_EligibilityCheck_response200_example1",
        "vendor__stedi_EligibilityCheck_response400_example2",
    ],
)
def test_json_and_the_x12_beside_it_give_the_same_coverage(name: str) -> None:
    document = read_json((SAMPLES / f"{name}.json").read_bytes())

    (from_x12,), (from_json,) = _read_raw(document), _read_json(document)

    assert compare(from_json) == compare(from_x12)


SAMPLE_STATUSES = {
    "vendor__stedi_EligibilityCheck_response200_example1": ["active"],
    "vendor__stedi_EligibilityCheck_response400_example2": ["rejected"],
    "vendor__stedi_EligibilityRawX12Check_response400_example2": ["rejected"],
    "vendor__stedi_batch_BatchEligibilityPolling_response200_example1": ["rejected", "active"],
    "vendor__stedi_CoordinationOfBenefits_response200_example1": ["active"],
    "vendor__stedi_InsuranceDiscoveryCheck_response200_example1": ["active"],
    "vendor__optum_enhanced_RTEEligibilityResponseHMO": ["active"],
    "vendor__optum_enhanced_RTEEligibilityResponseIneligible": ["inactive"],
    "vendor__optum_enhanced_RTEEligibilityResponsePatientUnknown": ["rejected"],
}


@HAS_SAMPLES
@pytest.mark.parametrize(("name", "statuses"), SAMPLE_STATUSES.items(), ids=SAMPLE_STATUSES)
def test_every_published_answer_is_read(name: str, statuses: list[str]) -> None:
    coverages = read_coverages(read_json((SAMPLES / f"{name}.json").read_bytes()))

    assert [str(coverage.status) for coverage in coverages] == statuses
