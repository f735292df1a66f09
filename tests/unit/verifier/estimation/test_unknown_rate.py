"""A program whose allowed amount nobody gave: what can still be told, and what cannot."""

from decimal import Decimal

import pytest

from verifier.estimation.estimator import estimate_coverage, estimate_terms
from verifier.model.coverage import Benefit
from verifier.model.estimate import (
    Accumulator,
    AccumulatorPair,
    Copay,
    CopayPer,
    DeductibleRule,
    Estimate,
    Terms,
)
from verifier.model.vocabulary import BenefitKind, Network, Period
from verifier.testing.builders import benefit, coverage, program

BOTH = {"network": Network.BOTH}
FREE = benefit(kind=BenefitKind.DEDUCTIBLE, services=("CJ",), amount=Decimal(0), **BOTH)
COPAY = benefit(services=("CJ",), period=Period.VISIT, amount=Decimal(30), **BOTH)
RATE = benefit(kind=BenefitKind.COINSURANCE, services=("CJ",), rate=Decimal("0.2"), **BOTH)
DEDUCTIBLE = benefit(kind=BenefitKind.DEDUCTIBLE, amount=Decimal(500), period=Period.REMAINING, **BOTH)
MAXIMUM = benefit(kind=BenefitKind.OUT_OF_POCKET, amount=Decimal(2000), period=Period.REMAINING, **BOTH)
BILLED = Decimal("950.00")


def estimate(*rows: Benefit, billed: Decimal | None = None, network: Network = Network.IN) -> Estimate:
    planned = program(allowed_amount=None, billed_amount=billed)
    return estimate_coverage(coverage(*rows), planned, network=network)


def span(found: Estimate) -> tuple[str, str, str]:
    return (f"{found.low}", f"{found.expected}", f"{found.high}")


def codes(found: Estimate) -> set[str]:
    return {each.code for each in found.assumptions}


def test_a_copay_alone_needs_no_rate() -> None:
    found = estimate(FREE, COPAY)

    assert span(found) == ("720.00",) * 3
    assert found.incomplete
    assert "RATE_UNKNOWN" in codes(found)
    assert (found.totals.allowed, found.totals.plan) == (Decimal("720.00"), Decimal(0))


def test_a_rate_of_an_unknown_price_ends_at_the_out_of_pocket_maximum() -> None:
    found = estimate(DEDUCTIBLE, RATE, MAXIMUM)

    assert span(found) == ("0.00", "0.00", "2000.00")
    assert found.incomplete


def test_without_a_maximum_the_high_figure_leaves_out_what_has_no_limit() -> None:
    found = estimate(DEDUCTIBLE, RATE)

    assert span(found) == ("0.00", "0.00", "0.00")
    assert found.incomplete


def test_a_copay_after_a_deductible_is_at_most_the_deductible_more() -> None:
    found = estimate(DEDUCTIBLE, COPAY._replace(messages=("AFTER DEDUCTIBLE",)))

    # At a price beyond any, the deductible and a copay fall on the first day.
    assert span(found) == ("720.00", "720.00", "1220.00")


def test_the_billed_amount_is_the_most_the_allowed_one_can_be() -> None:
    found = estimate(FREE, RATE, billed=BILLED)

    assert span(found) == ("0.00", "4560.00", "4560.00")
    assert not found.incomplete
    assert codes(found) >= {"RATE_ESTIMATED"}
    assert found.confidence.score == 75


def test_out_of_network_the_whole_bill_may_fall_to_the_patient() -> None:
    found = estimate(FREE, RATE, billed=BILLED, network=Network.OUT)

    # Nothing allowed, all of it balance: 24 times 950.00.
    assert span(found) == ("4560.00", "4560.00", "22800.00")


def test_a_weekly_copay_alone_is_priced_by_the_week() -> None:
    found = estimate(FREE, COPAY._replace(period=Period.WEEK))

    assert span(found) == ("240.00",) * 3


def test_what_is_not_covered_cannot_be_priced_without_a_price() -> None:
    found = estimate(benefit(kind=BenefitKind.NOT_COVERED, services=("CJ",)))

    assert span(found) == ("0.00",) * 3
    assert found.incomplete
    assert codes(found) >= {"NOT_COVERED", "RATE_UNKNOWN"}


@pytest.mark.parametrize(
    ("billed", "expected", "code", "is_incomplete"),
    [(None, "240.00", "RATE_UNKNOWN", True), (BILLED, "3760.00", "RATE_ESTIMATED", False)],
)
def test_given_terms_are_priced_as_far_as_they_can_be(
    billed: Decimal | None, expected: str, code: str, is_incomplete: object
) -> None:
    terms = Terms(
        "in",
        deductible_rule=DeductibleRule.WAIVED,
        copay=Copay(Decimal(10), CopayPer.UNIT),
        coinsurance=Decimal("0.2"),
        out_of_pocket=AccumulatorPair(Accumulator(None, Decimal(3760))),
    )

    found = estimate_terms(terms, program(allowed_amount=None, billed_amount=billed))

    assert span(found) == (expected,) * 3
    assert (codes(found), found.incomplete) == ({code}, is_incomplete)


def test_fractions_of_a_cent_are_rounded_before_they_are_shared() -> None:
    found = estimate_terms(
        Terms("in", coinsurance=Decimal("0.5")), program(allowed_amount=Decimal("100.005"))
    )

    assert found.sessions[0].shares.allowed == Decimal("100.01")
    assert found.sessions[0].shares.coinsurance == Decimal("50.01")
