"""The whole JSON of what goes out, field by field."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from types import MappingProxyType

import pytest

from schemas.coverage import dump_coverage
from schemas.estimate import dump_estimate
from schemas.problem import dump_problem
from schemas.verification import dump_summary, dump_verification
from verifier.errors import BadInput, NotFound
from verifier.model import coverage as c
from verifier.model import estimate as e
from verifier.model import verification as v
from verifier.model.findings import FigureStatus, Remark, Rule
from verifier.model.inquiry import Inquiry, Member
from verifier.model.payment import AfterPrimary, Method, PlanKind, SecondPayment, Turn
from verifier.model.program import Program, Weekday

SOURCE = c.Source(17, "EB*C*IND*30***23*1500*****Y")
SOURCE_JSON = {
    "segment": 17,
    "text": "EB*C*IND*30***23*1500*****Y",
    "pointer": None,
    "reply": 0,
    "answered_by": 0,
}
CONTACT = c.Contact(None, "phone", "5550100")
CONTACT_JSON = {"name": None, "kind": "phone", "value": "5550100"}
REFERENCE = c.Reference("plan_number", "P-1", None)
REFERENCE_JSON = {"qualifier": "plan_number", "value": "P-1", "description": None}
DATES = (
    c.DateSpan("plan", date(2026, 1, 1), date(2026, 12, 31), "20260101-20261231"),
    c.DateSpan("eligibility", date(2026, 3, 1), None, "20260301"),
    c.DateSpan("plan", date(2027, 1, 1), date(2027, 1, 1), "20270101"),
    c.DateSpan("plan", None, date(2028, 1, 1), "20280101"),
    c.DateSpan("admission", None, None, "2026XX01"),
)
DATES_JSON = {
    "plan": ["2026-01-01/2026-12-31", "2027-01-01", "../2028-01-01"],
    "eligibility": ["2026-03-01/.."],
    "admission": ["2026XX01"],
}
BENEFIT = c.Benefit(
    kind=c.BenefitKind.DEDUCTIBLE,
    code="C",
    services=("30", "MH"),
    procedure="H0015",
    level=c.CoverageLevel.INDIVIDUAL,
    network=c.Network.IN,
    period=c.Period.TWENTY_FOUR_HOURS,
    amount=Decimal("1500.00"),
    rate=Decimal("0.20"),
    quantity=Decimal("1E+1"),
    quantity_qualifier="visits",
    authorization=c.Authorization.REQUIRED,
    unlimited=True,
    insurance_type="PPO",
    plan_text="INVENTED GOLD",
    delivery=(
        c.Delivery(Decimal("20.50"), "visits", "week", c.Period.CALENDAR_YEAR, Decimal(1), "HSD*VS*20"),
    ),
    places_of_service=("22",),
    messages=("NOT COVERED <b>HERE</b>",),
    dates=DATES,
    references=(REFERENCE,),
    entities=(c.Entity("vendor", "VN", "Carved Out Co", "PI", "77", (CONTACT,), "1 Road", SOURCE),),
    source=c.Source(None, "", pointer="/benefits/0", reply=1, answered_by=2),
)
BENEFIT_JSON = {
    "kind": "deductible",
    "code": "C",
    "services": ["30", "MH"],
    "procedure": "H0015",
    "level": "individual",
    "network": "in",
    "period": "24_hours",
    "amount": "1500.00",
    "rate": "0.2",
    "quantity": "10",
    "quantity_qualifier": "visits",
    "authorization": "required",
    "unlimited": True,
    "insurance_type": "PPO",
    "plan_text": "INVENTED GOLD",
    "delivery": [
        {
            "quantity": "20.5",
            "qualifier": "visits",
            "per": "week",
            "period": "calendar_year",
            "period_count": "1",
            "text": "HSD*VS*20",
        }
    ],
    "places_of_service": ["22"],
    "messages": ["NOT COVERED <b>HERE</b>"],
    "dates": DATES_JSON,
    "references": [REFERENCE_JSON],
    "entities": [
        {
            "role": "vendor",
            "code": "VN",
            "name": "Carved Out Co",
            "id_qualifier": "PI",
            "id": "77",
            "contacts": [CONTACT_JSON],
            "address": "1 Road",
            "source": SOURCE_JSON,
        }
    ],
    "source": {"segment": None, "text": "", "pointer": "/benefits/0", "reply": 1, "answered_by": 2},
}
PERSON = c.CoveredPerson(
    "child", "XQ1", "MI", "FERN", None, "EXAMPLETON", None, date(2004, 2, 29), "F", None, (REFERENCE,)
)
PERSON_JSON = {
    "relationship": "child",
    "id": "XQ1",
    "id_qualifier": "MI",
    "first_name": "FERN",
    "middle_name": None,
    "last_name": "EXAMPLETON",
    "suffix": None,
    "birth_date": "2004-02-29",
    "sex": "F",
    "address": None,
    "references": [REFERENCE_JSON],
}
COVERAGE = c.Coverage(
    status=c.CoverageStatus.ACTIVE,
    payer=c.PayerName("SIM", "S1"),
    answered_by=(c.AnsweredBy("sim", "caqh_core"),),
    patient=PERSON,
    plan=c.Plan("GOLD", "G", "GN", "PPO", date(2026, 1, 1), None, None, DATES[:1]),
    benefits=(BENEFIT,),
    rejections=(
        c.Rejection(
            "72",
            "Invalid",
            "C",
            "2100C",
            c.RejectionClass.MEMBER,
            c.Retry.WITH_CHANGES,
            "Check the id.",
            SOURCE,
        ),
    ),
    other_coverage=(
        c.OtherCoverage("OTHER", None, "primary", "HM", "M", None, date(2026, 1, 1), None, SOURCE),
    ),
    carve_outs=(c.CarveOut("Carved Out Co", "77", ("MH",), (CONTACT,), SOURCE, answered_by=1),),
    warnings=(c.Warning("SEGMENT_COUNT_WRONG", "SE01 says 9, there are 8."),),
    asked=("MH", "30"),
    answered=("30",),
    messages=("HELLO",),
    trace=c.Trace("1", "2", "0001", "R", ("T1",)),
    extras=MappingProxyType({"tax": "x"}),
    superseded=(BENEFIT,),
    actual_payer=c.ActualPayer("MCO", "M1", "mco", "medicaid_managed_care", SOURCE, answered_by=1),
)
COVERAGE_JSON = {
    "status": "active",
    "payer": {"name": "SIM", "id": "S1"},
    "answered_by": [{"payer": "sim", "channel": "caqh_core"}],
    "subscriber": None,
    "patient": PERSON_JSON,
    "plan": {
        "name": "GOLD",
        "group_number": "G",
        "group_name": "GN",
        "insurance_type": "PPO",
        "begins": "2026-01-01",
        "ends": None,
        "premium_paid_to": None,
        "dates": {"plan": ["2026-01-01/2026-12-31"]},
    },
    "benefits": [BENEFIT_JSON],
    "rejections": [
        {
            "code": "72",
            "meaning": "Invalid",
            "follow_up": "C",
            "loop": "2100C",
            "class": "member",
            "retry": "with_changes",
            "advice": "Check the id.",
            "source": SOURCE_JSON,
        }
    ],
    "other_coverage": [
        {
            "payer": "OTHER",
            "payer_id": None,
            "role": "primary",
            "insurance_type": "HM",
            "member_id": "M",
            "group_number": None,
            "begins": "2026-01-01",
            "ends": None,
            "source": SOURCE_JSON,
        }
    ],
    "carve_outs": [
        {
            "administrator": "Carved Out Co",
            "administrator_id": "77",
            "services": ["MH"],
            "contacts": [CONTACT_JSON],
            "source": SOURCE_JSON,
            "answered_by": 1,
        }
    ],
    "warnings": [{"code": "SEGMENT_COUNT_WRONG", "text": "SE01 says 9, there are 8."}],
    "asked": ["MH", "30"],
    "answered": ["30"],
    "messages": ["HELLO"],
    "trace": {"interchange": "1", "group": "2", "transaction": "0001", "reference": "R", "numbers": ["T1"]},
    "extras": {"tax": "x"},
    "superseded": [BENEFIT_JSON],
    "actual_payer": {
        "name": "MCO",
        "id": "M1",
        "payer": "mco",
        "kind": "medicaid_managed_care",
        "source": SOURCE_JSON,
        "answered_by": 1,
    },
}
SHARES = e.Shares(*(Decimal(f"{number}.10") for number in range(8)))
SHARES_JSON = {
    "allowed": "0.10",
    "deductible": "1.10",
    "copay": "2.10",
    "coinsurance": "3.10",
    "not_covered": "4.10",
    "balance": "5.10",
    "patient": "6.10",
    "plan": "7.10",
}
RULE = Rule("tricare", 2026, FigureStatus.INFERRED, "10 USC 1075")
RULE_JSON = {"program": "tricare", "year": 2026, "status": "inferred", "source": "10 USC 1075"}
PERIOD = e.PeriodCost("2026-W50", date(2026, 12, 7), date(2026, 12, 11), 3, SHARES)
PERIOD_JSON = {
    "label": "2026-W50",
    "begins": "2026-12-07",
    "ends": "2026-12-11",
    "sessions": 3,
    **SHARES_JSON,
}
ESTIMATE = e.Estimate(
    low=Decimal(0),
    expected=Decimal("780.5"),
    high=Decimal("1005.00"),
    confidence=e.Confidence(70),
    totals=SHARES,
    sessions=(e.SessionCost(date(2026, 12, 7), SHARES),),
    weeks=(PERIOD,),
    plan_years=(PERIOD,),
    milestones=e.Milestones(deductible_met_on=date(2026, 12, 14)),
    collectable_by_provider=Decimal("780.50"),
    assumptions=(e.Assumption("DED_REMAINING_ASSUMED_FULL", "Taken as full."),),
    steps=(
        e.Step("deductible remaining", "1250.00", SOURCE),
        e.Step("order", "copay first", None, "a rule"),
        e.Step("copay a day", "39.00", None, None, RULE),
    ),
    incomplete=True,
    later_bill=e.LaterBill(
        "VA",
        Decimal(0),
        Decimal("150.00"),
        "The VA may bill a copay.",
        (e.Figure("specialty copay", None, RULE),),
        incomplete=True,
    ),
)
ESTIMATE_JSON = {
    "currency": "USD",
    "low": "0.00",
    "expected": "780.50",
    "high": "1005.00",
    "confidence": {"score": 70, "level": "medium"},
    "totals": SHARES_JSON,
    "sessions": [{"date": "2026-12-07", **SHARES_JSON}],
    "weeks": [PERIOD_JSON],
    "plan_years": [PERIOD_JSON],
    "milestones": {
        "deductible_met_on": "2026-12-14",
        "out_of_pocket_met_on": None,
        "visits_exhausted_on": None,
    },
    "collectable_by_provider": "780.50",
    "assumptions": [{"code": "DED_REMAINING_ASSUMED_FULL", "text": "Taken as full."}],
    "steps": [
        {"what": "deductible remaining", "value": "1250.00", "from": SOURCE_JSON, "note": None, "rule": None},
        {"what": "order", "value": "copay first", "from": None, "note": "a rule", "rule": None},
        {"what": "copay a day", "value": "39.00", "from": None, "note": None, "rule": RULE_JSON},
    ],
    "incomplete": True,
    "terms": None,
    "later_bill": {
        "by": "VA",
        "low": "0.00",
        "high": "150.00",
        "text": "The VA may bill a copay.",
        "figures": [{"what": "specialty copay", "value": None, "rule": RULE_JSON}],
        "incomplete": True,
    },
}
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
INQUIRY = Inquiry(
    "sim", Member("Exampleton", None), Program("H0015", date(2026, 12, 7), (Weekday.MON,), weeks=1)
)
VERIFICATION = v.Verification(
    id="ver_1",
    status=v.VerificationStatus.COMPLETE,
    inquiry=INQUIRY,
    created_at=NOON,
    coverage=COVERAGE,
    estimate=ESTIMATE,
    as_of=NOON,
    freshness=v.Freshness(v.Origin.STALE, 7200, "the payer did not answer"),
    decision=v.Decision(v.Verdict.CAUTION, ("Ask by phone.",)),
    unknowns=(v.Unknown("AUTHORIZATION", "Is authorization needed?"),),
    notices=(v.Notice("PART_2", "42 CFR Part 2 prohibits."),),
    attempts=(v.Attempt("caqh_core", ("MH",), v.Outcome.TIMEOUT, 60.00049, "no answer", "sim"),),
    problem=None,
    remarks=(Remark("GROUP", "Group A.", v.Verdict.CAUTION, RULE), Remark("PLAN", "Select.")),
    actions=("Ask for a referral.",),
    payment_order=(
        Turn(PlanKind.MEDICARE, None, False, 1, True, "medicare_before_tricare", "It does.", True),  # noqa: FBT003
        Turn(PlanKind.TRICARE, "sim", True, None, False, "none", "It does not.", False),  # noqa: FBT003
    ),
    after_primary=AfterPrimary(
        Decimal(0),
        Decimal("13.5"),
        Decimal("20.00"),
        Method.STANDARD,
        is_primary_known=True,
        text="After Medicare.",
        sessions=(SecondPayment(date(2026, 12, 7), Decimal(65), Decimal("51.50"), Decimal("13.50")),),
    ),
)


def test_a_coverage_is_written_whole() -> None:
    assert dump_coverage(COVERAGE) == COVERAGE_JSON


def test_an_empty_coverage_says_nothing_rather_than_zero_or_no() -> None:
    written = dump_coverage(c.Coverage(c.CoverageStatus.UNKNOWN))
    lists = ("answered_by", "benefits", "rejections", "other_coverage", "carve_outs", "warnings")
    assert {name: written[name] for name in lists} == {name: [] for name in lists}
    assert written["plan"] == dict.fromkeys(written["plan"]) | {"dates": {}}


def test_an_estimate_is_written_whole() -> None:
    assert dump_estimate(ESTIMATE) == ESTIMATE_JSON


def test_the_terms_of_an_estimate_are_written_as_they_are_read() -> None:
    terms = e.Terms(network="in", structure=e.Structure.AGGREGATE, coinsurance=Decimal("0.10"))
    written = dump_estimate(replace(ESTIMATE, terms=terms))["terms"]
    assert (written["network"], written["coinsurance"]) == ("in", "0.1")
    assert written["deductible"]["structure"] == "aggregate"


def test_a_verification_is_written_whole() -> None:
    written = dump_verification(VERIFICATION)
    assert written.pop("inquiry")["member"]["last_name"] == "Exampleton"
    assert written == {
        "id": "ver_1",
        "status": "complete",
        "created_at": "2026-11-24T12:00:00+00:00",
        "coverage": COVERAGE_JSON,
        "estimate": ESTIMATE_JSON,
        "as_of": "2026-11-24T12:00:00+00:00",
        "freshness": {"origin": "stale", "age": 7200, "reason": "the payer did not answer"},
        "decision": {"verdict": "caution", "reasons": ["Ask by phone."]},
        "unknowns": [{"code": "AUTHORIZATION", "question": "Is authorization needed?"}],
        "notices": [{"code": "PART_2", "text": "42 CFR Part 2 prohibits."}],
        "attempts": [
            {
                "channel": "caqh_core",
                "service_types": ["MH"],
                "outcome": "timeout",
                "duration": 60.0,
                "detail": "no answer",
                "payer": "sim",
            }
        ],
        "problem": None,
        "remarks": [
            {"code": "GROUP", "text": "Group A.", "verdict": "caution", "rule": RULE_JSON},
            {"code": "PLAN", "text": "Select.", "verdict": None, "rule": None},
        ],
        "actions": ["Ask for a referral."],
        "payment_order": [
            {
                "position": 1,
                "kind": "medicare",
                "payer": None,
                "is_this": False,
                "is_billed": True,
                "rule": "medicare_before_tricare",
                "reason": "It does.",
                "is_confirmed": True,
            },
            {
                "position": None,
                "kind": "tricare",
                "payer": "sim",
                "is_this": True,
                "is_billed": False,
                "rule": "none",
                "reason": "It does not.",
                "is_confirmed": False,
            },
        ],
        "after_primary": {
            "low": "0.00",
            "expected": "13.50",
            "high": "20.00",
            "method": "standard",
            "is_primary_known": True,
            "text": "After Medicare.",
            "sessions": [{"date": "2026-12-07", "left": "65.00", "paid": "51.50", "patient": "13.50"}],
        },
        "facts": [],
        "notes": [],
        "review": None,
        "revision": "complete 2026-11-24T12:00:00+00:00 0",
    }


def test_a_pending_verification_has_no_answer_yet() -> None:
    written = dump_verification(v.Verification("ver_2", v.VerificationStatus.PENDING, INQUIRY, NOON))
    absent = ("coverage", "estimate", "as_of", "freshness", "decision", "problem")
    assert {name: written[name] for name in absent} == dict.fromkeys(absent)


def test_a_summary_names_no_person() -> None:
    written = dump_summary(VERIFICATION)
    assert (written["payer"], written["coverage"], written["estimate"]["expected"]) == (
        "sim",
        "active",
        "780.50",
    )
    assert not [word for word in ("Exampleton", "EXAMPLETON", "XQ1", "2004") if word in json.dumps(written)]


def test_a_summary_of_a_pending_verification_has_no_answer_yet() -> None:
    written = dump_summary(v.Verification("ver_2", v.VerificationStatus.PENDING, INQUIRY, NOON))
    assert (written["coverage"], written["estimate"]) == (None, None)


@pytest.mark.parametrize(
    ("error", "extra"),
    [
        (NotFound("Search again."), {"code": "not_found", "title": "Not found", "detail": "Search again."}),
        (
            BadInput("Change it.", {"/payer": "is missing"}),
            {
                "code": "bad_input",
                "title": "The request cannot be used as it is",
                "detail": "Change it.",
                "errors": [{"pointer": "/payer", "detail": "is missing"}],
            },
        ),
    ],
)
def test_a_problem_says_what_to_do_next(error: NotFound | BadInput, extra: dict[str, object]) -> None:
    kind = f"urn:benefits-verifier:problem:{extra['code']}"
    expected = {"type": kind, "status": 400, "request_id": "r1", **extra}
    assert dump_problem(error, status=400, request_id="r1") == expected
