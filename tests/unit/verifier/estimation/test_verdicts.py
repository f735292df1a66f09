"""Coverage, network, visits, carve-outs and other payers: what is settled before a price."""

from datetime import date
from decimal import Decimal

import pytest

from verifier.errors import BadInput
from verifier.estimation.estimator import estimate_coverage
from verifier.model.coverage import AnsweredBy, Benefit, CarveOut, Delivery, OtherCoverage, Plan, Source
from verifier.model.estimate import ConfidenceLevel, Estimate
from verifier.model.vocabulary import Authorization, BenefitKind, CoverageStatus, Network, Period
from verifier.testing.builders import benefit, coverage, program

NOWHERE = Source(None, "")
FREE = benefit(kind=BenefitKind.DEDUCTIBLE, services=("CJ",), amount=Decimal(0), network=Network.BOTH)
COPAY = benefit(services=("CJ",), period=Period.VISIT, amount=Decimal(10))
REFUSAL = benefit(kind=BenefitKind.NOT_COVERED, services=("CJ",))
ACTIVE = benefit(kind=BenefitKind.ACTIVE, services=("30",), network=Network.UNKNOWN)


def estimate(*rows: Benefit, network: Network = Network.IN, **reply: object) -> Estimate:
    planned = program(billed_amount=Decimal("950.00"))
    return estimate_coverage(coverage(*rows, **reply), planned, network=network)


def codes(found: Estimate) -> set[str]:
    return {each.code for each in found.assumptions}


def span(found: Estimate) -> tuple[str, str, str]:
    return (f"{found.low}", f"{found.expected}", f"{found.high}")


WHOLE, FIXED = ("7800.00",) * 3, ("240.00",) * 3
JUDGEMENTS: dict[str, tuple[tuple[Benefit, ...], tuple[str, str, str], str]] = {
    "promised": ((ACTIVE, FREE, COPAY), FIXED, ""),
    "refused at the service": ((ACTIVE, REFUSAL), WHOLE, "NOT_COVERED"),
    "excluded at the service": ((ACTIVE, REFUSAL._replace(kind=BenefitKind.EXCLUSION)), WHOLE, "NOT_COVERED"),
    "refused for the whole plan": ((REFUSAL._replace(services=("30",)),), WHOLE, "NOT_COVERED"),
    "refused for the plan, promised at the service": (
        (REFUSAL._replace(services=("30",)), FREE, COPAY),
        FIXED,
        "",
    ),
    "refused for the plan, which is active": (
        (ACTIVE, REFUSAL._replace(services=("30",)), FREE, COPAY._replace(services=("AI",))),
        FIXED,
        "",
    ),
    "refused and promised for the plan": (
        (ACTIVE, REFUSAL._replace(services=("30",)), FREE),
        ("0.00", "0.00", "7800.00"),
        "",
    ),
    "refused at the service, promised farther off": (
        (REFUSAL, FREE, COPAY._replace(services=("MH",))),
        WHOLE,
        "NOT_COVERED",
    ),
    "refused and promised at once": (
        (REFUSAL, FREE, COPAY),
        ("240.00", "240.00", "7800.00"),
        "COVERAGE_CONTRADICTED",
    ),
    "refused where the service is only loosely ours": (
        (ACTIVE, FREE, REFUSAL._replace(services=("50",)), COPAY._replace(services=("30",))),
        ("0.00", "240.00", "7800.00"),
        "COVERAGE_CONTRADICTED",
    ),
    "refused for the other network": ((REFUSAL._replace(network=Network.OUT), FREE, COPAY), FIXED, ""),
    "refused for another setting": ((REFUSAL._replace(messages=("TELEHEALTH",)), FREE, COPAY), FIXED, ""),
    "refused for other services": ((REFUSAL._replace(services=("33", "BB")), FREE, COPAY), FIXED, ""),
}


@pytest.mark.parametrize("case", JUDGEMENTS)
def test_whether_the_program_is_covered(case: str) -> None:
    rows, expected, code = JUDGEMENTS[case]

    found = estimate(*rows)

    assert span(found) == expected
    assert codes(found) & {"NOT_COVERED", "COVERAGE_CONTRADICTED"} == ({code} if code else set())


def test_inactive_coverage_leaves_the_whole_price_to_the_patient() -> None:
    found = estimate(COPAY, status=CoverageStatus.INACTIVE)

    assert span(found) == WHOLE
    assert found.totals.not_covered == Decimal("7800.00")


@pytest.mark.parametrize("status", [CoverageStatus.REJECTED, CoverageStatus.UNKNOWN])
def test_of_a_payer_that_did_not_answer_no_figure_is_told(status: CoverageStatus) -> None:
    with pytest.raises(BadInput, match=status):
        estimate(COPAY, status=status)


ABOUT_US = {
    "Provider is out of network based on NPI ID sent": Network.OUT,
    "PROVIDER IS OUT OF NETWORK FOR MEMBER": Network.OUT,
    "The provider is not participating": Network.OUT,
    "Provider is in network": Network.IN,
    "Out of network providers may bill more": None,
}
BOTH = (FREE, COPAY, COPAY._replace(network=Network.OUT, amount=Decimal(20)))


@pytest.mark.parametrize("message", ABOUT_US)
def test_a_message_decides_the_network_nobody_told(message: str) -> None:
    said = ABOUT_US[message]

    found = estimate(ACTIVE._replace(messages=(message,)), *BOTH, network=Network.UNKNOWN)

    assert found.terms is not None
    assert found.terms.network == (said or Network.OUT)  # where nothing is said the dearer is expected
    assert ("NETWORK_FROM_MSG" in codes(found)) == (said is not None)
    assert ("NETWORK_UNKNOWN" in codes(found)) == (said is None)


def test_a_message_outside_any_row_decides_too() -> None:
    found = estimate(*BOTH, network=Network.UNKNOWN, messages=("Provider is out of network",))

    assert codes(found) >= {"NETWORK_FROM_MSG", "BALANCE_INCLUDED"}


def test_without_any_word_both_networks_enter_the_range() -> None:
    found = estimate(*BOTH, network=Network.UNKNOWN)

    assert span(found) == ("240.00", "15480.00", "15480.00")  # 20.00 and a balance of 625.00, 24 times
    assert found.confidence.score == 55  # network 20, and the rate is not contracted there 25


def test_a_reply_of_one_network_is_read_as_that() -> None:
    found = estimate(FREE, COPAY, network=Network.UNKNOWN)

    assert span(found) == FIXED
    assert "NETWORK_UNKNOWN" in codes(found)


def test_a_row_without_a_network_costs_confidence() -> None:
    found = estimate(FREE, COPAY._replace(network=Network.UNKNOWN))

    assert found.confidence.score == 90


def test_balance_billing_may_be_forbidden() -> None:
    reply = coverage(*BOTH)

    found = estimate_coverage(
        reply, program(billed_amount=Decimal(950)), network=Network.OUT, balance_billing=False
    )

    assert span(found) == ("480.00",) * 3


def test_a_balance_nobody_can_price_is_said_to_be_missing() -> None:
    found = estimate_coverage(coverage(*BOTH), program(), network=Network.OUT)

    assert found.incomplete
    assert "BALANCE_NOT_PRICED" in codes(found)


def limitation(count: int, period: Period | None, what: str = "visits", **fields: object) -> Benefit:
    row = benefit(kind=BenefitKind.LIMITATION, services=("CJ",), period=period)
    return row._replace(**{"quantity": Decimal(count), "quantity_qualifier": what, **fields})


def delivery(count: int, period: Period | None, per: str | None = None) -> Benefit:
    sent = Delivery(Decimal(count), "visits", per, period, None, "")
    return limitation(0, None, quantity=None, quantity_qualifier=None, delivery=(sent,))


YEAR, LEFT = Period.CALENDAR_YEAR, Period.REMAINING
VISITS: dict[str, tuple[tuple[Benefit, ...], int | None, str]] = {
    "what is left": ((limitation(20, YEAR), limitation(12, LEFT)), 12, ""),
    "what is left of days": ((limitation(12, LEFT, "days"),), 12, ""),
    "the total less what is used": ((limitation(20, YEAR), limitation(5, None, "used")), 15, ""),
    "the total less the year to date": ((limitation(20, YEAR), limitation(5, Period.YEAR_TO_DATE)), 15, ""),
    "the total alone": ((limitation(20, YEAR),), 20, "LIMIT_REMAINING_ASSUMED_FULL"),
    "used up": ((limitation(20, Period.EXCEEDED),), 0, ""),
    "told in deliveries": ((delivery(30, YEAR), delivery(18, LEFT)), 18, ""),
    "shared with other services": (
        (limitation(12, LEFT, messages=("MH AND SUD VISITS COMBINED",)),),
        12,
        "LIMIT_SHARED",
    ),
    "a delivery without a number says nothing": (
        (limitation(12, LEFT, delivery=(Delivery(None, "visits", None, YEAR, None, ""),)),),
        12,
        "",
    ),
    "so many a week is no total": ((delivery(3, YEAR, "week"),), None, "LIMIT_NOT_APPLIED"),
    "so many in a week is no total": ((limitation(3, Period.WEEK),), None, "LIMIT_NOT_APPLIED"),
    "hours are no visits": ((limitation(60, YEAR, "hours"),), None, "LIMIT_NOT_APPLIED"),
    "dollars are no visits": (
        (limitation(0, YEAR, quantity=None, amount=Decimal(5000)),),
        None,
        "LIMIT_NOT_APPLIED",
    ),
    "nine hundred ninety-nine are no limit": ((limitation(999, YEAR),), None, ""),
    "no limit": ((limitation(20, YEAR, unlimited=True),), None, ""),
    "unlimited": (
        (limitation(12, LEFT), benefit(kind=BenefitKind.UNLIMITED, services=("CJ",))),
        None,
        "",
    ),
    "an office limit is not ours": ((limitation(12, LEFT, services=("A6", "98")),), None, ""),
    "the nearest limit": ((limitation(30, LEFT, services=("MH",)), limitation(12, LEFT)), 12, ""),
    "of several alike the least": ((limitation(30, LEFT), limitation(12, LEFT)), 12, ""),
}


@pytest.mark.parametrize("case", VISITS)
def test_how_many_visits_are_left(case: str) -> None:
    rows, expected, code = VISITS[case]

    found = estimate(FREE, COPAY, *rows)

    assert found.terms is not None
    assert found.terms.visits_remaining == expected
    assert ("LIMIT_PARITY_SUSPECT" in codes(found)) == (expected is not None)
    noted = {"LIMIT_REMAINING_ASSUMED_FULL", "LIMIT_NOT_APPLIED", "LIMIT_SHARED"}
    assert codes(found) & noted == ({code} if code else set())


CARVE_OUT = CarveOut("SAMPLE BEHAVIORAL", "SB1", ("MH",), (), NOWHERE)
ELSEWHERE = OtherCoverage("SAMPLE MUTUAL", None, None, None, None, None, None, None, NOWHERE)
CIRCUMSTANCES: dict[str, tuple[dict[str, object], str, int]] = {
    "somebody else administers it": ({"carve_outs": (CARVE_OUT,)}, "CARVE_OUT_UNRESOLVED", 70),
    "somebody else, for services not named": (
        {"carve_outs": (CARVE_OUT._replace(services=()),)},
        "CARVE_OUT_UNRESOLVED",
        70,
    ),
    "somebody else administers the pharmacy": (
        {"carve_outs": (CARVE_OUT._replace(services=("88",)),)},
        "",
        100,
    ),
    "the administrator has answered": (
        {"carve_outs": (CARVE_OUT,), "answered_by": (AnsweredBy("SAMPLE BEHAVIORAL", "x"),)},
        "",
        100,
    ),
    "another payer": ({"other_coverage": (ELSEWHERE,)}, "COB_ORDER_UNCONFIRMED", 85),
    "the plan ends": ({"plan": Plan(ends=date(2026, 3, 31))}, "PLAN_ENDS_BEFORE_PROGRAM", 100),
}


@pytest.mark.parametrize("case", CIRCUMSTANCES)
def test_what_stands_beside_the_price_is_said(case: str) -> None:
    reply, code, score = CIRCUMSTANCES[case]

    found = estimate(FREE, COPAY, **reply)

    assert (codes(found), found.confidence.score) == ({code} - {""} | {"OOP_NOT_STATED"}, score)
    assert span(found) == FIXED


def test_a_required_authorization_is_taken_as_given_and_said() -> None:
    found = estimate(FREE, COPAY._replace(authorization=Authorization.REQUIRED))

    assert "AUTHORIZATION_ASSUMED" in codes(found)


def test_doubts_add_up_to_low_confidence_and_never_below_nothing() -> None:
    refused = REFUSAL._replace(services=("50",))
    reply = coverage(ACTIVE, refused, carve_outs=(CARVE_OUT,), other_coverage=(ELSEWHERE,))

    every = estimate_coverage(reply, program(allowed_amount=None), network=Network.UNKNOWN)

    assert every.confidence.score == 0
    assert every.confidence.level is ConfidenceLevel.LOW
