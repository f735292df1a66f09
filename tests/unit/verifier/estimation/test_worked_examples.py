"""Worked examples, each computed twice by independent means: the amounts of every session."""

from decimal import Decimal
from itertools import chain, repeat
from typing import Any

import pytest

from verifier.estimation.estimator import estimate_terms
from verifier.model.estimate import (
    Accumulator,
    AccumulatorPair,
    Copay,
    CopayPer,
    DeductibleRule,
    Estimate,
    Structure,
    Terms,
)
from verifier.model.program import WEEKDAYS
from verifier.testing.builders import program


def left(individual: str | None = None, family: str | None = None) -> AccumulatorPair:
    return AccumulatorPair(*(Accumulator(None, side and Decimal(side)) for side in (individual, family)))


def per_session(*runs: tuple[str, int]) -> list[Decimal]:
    return list(chain.from_iterable(repeat(Decimal(amount), times) for amount, times in runs))


EXAMPLES: dict[str, tuple[Terms, dict[str, Any], list[Decimal], str]] = {
    "E01 copay, deductible waived": (
        Terms("in", deductible_rule=DeductibleRule.WAIVED, deductible=left("1250"), copay=Copay(Decimal(30))),
        {},
        per_session(("30.00", 24)),
        "720.00",
    ),
    "E02 coinsurance after deductible": (
        Terms("in", deductible=left("1250"), out_of_pocket=left("4000"), coinsurance=Decimal("0.2")),
        {},
        per_session(("325.00", 3), ("285.00", 1), ("65.00", 20)),
        "2560.00",
    ),
    "E03 the out-of-pocket room ends": (
        Terms("in", deductible=left("500"), out_of_pocket=left("1800"), coinsurance=Decimal("0.3")),
        {"sessions": 36, "allowed_amount": Decimal("412.50")},
        per_session(("412.50", 1), ("185.00", 1), ("123.75", 9), ("88.75", 1), ("0.00", 24)),
        "1800.00",
    ),
    "E04 copay after deductible": (
        Terms("in", deductible=left("700"), copay=Copay(Decimal(50))),
        {"allowed_amount": Decimal(280)},
        per_session(("280.00", 2), ("190.00", 1), ("50.00", 21)),
        "1800.00",
    ),
    "E06 copay and a rate of the rest": (
        Terms("in", deductible=left("0"), copay=Copay(Decimal(25)), coinsurance=Decimal("0.1")),
        {"allowed_amount": Decimal(350)},
        per_session(("57.50", 24)),
        "1380.00",
    ),
    "E08 one deductible for the family": (
        Terms(
            "in", structure=Structure.AGGREGATE, deductible=left("100", "3150"), coinsurance=Decimal("0.1")
        ),
        {"sessions": 30, "weekdays": WEEKDAYS[:5], "allowed_amount": Decimal(375)},
        per_session(("375.00", 8), ("172.50", 1), ("37.50", 21)),
        "3960.00",
    ),
    "E10 twelve visits left": (
        Terms("in", deductible_rule=DeductibleRule.WAIVED, copay=Copay(Decimal(45)), visits_remaining=12),
        {"allowed_amount": Decimal(260)},
        per_session(("45.00", 12), ("260.00", 12)),
        "3660.00",
    ),
    "E11 out of network, balance billed": (
        Terms(
            "out",
            deductible=left("3000"),
            out_of_pocket=left("7500"),
            coinsurance=Decimal("0.4"),
            balance_billing=True,
        ),
        {"allowed_amount": Decimal(400), "billed_amount": Decimal(950)},
        per_session(("950.00", 7), ("830.00", 1), ("710.00", 16)),
        "18840.00",
    ),
    "E13 rounding a session": (
        Terms("in", coinsurance=Decimal("0.15")),
        {"code": "H2035", "allowed_amount": Decimal("187.11"), "units_per_session": Decimal(3)},
        per_session(("28.07", 24)),
        "673.68",
    ),
    "E16 Medicare part B": (
        Terms("in", deductible=left("283"), coinsurance=Decimal("0.2")),
        {"allowed_amount": Decimal(270)},
        per_session(("270.00", 1), ("64.40", 1), ("54.00", 22)),
        "1522.40",
    ),
    "E20 the plan's rate, deductible waived": (
        Terms(
            "in", deductible_rule=DeductibleRule.WAIVED, deductible=left("250"), coinsurance=Decimal("0.1")
        ),
        {"code": "S9480"},
        per_session(("32.50", 24)),
        "780.00",
    ),
}


def estimate(name: str) -> Estimate:
    terms, planned, *_ = EXAMPLES[name]
    return estimate_terms(terms, program(**planned))


@pytest.mark.parametrize("name", EXAMPLES)
def test_each_session_costs_what_was_worked_out(name: str) -> None:
    _, _, sessions, total = EXAMPLES[name]

    found = estimate(name)

    assert [cost.shares.patient for cost in found.sessions] == sessions
    assert (found.low, found.expected, found.high) == (Decimal(total),) * 3


def test_the_parts_of_a_program_after_deductible() -> None:
    found = estimate("E02 coinsurance after deductible")

    assert (found.totals.deductible, found.totals.coinsurance) == (Decimal("1250.00"), Decimal("1310.00"))
    assert found.totals.plan == Decimal("5240.00")
    assert str(found.milestones.deductible_met_on) == "2026-03-09"  # the fourth session


def test_what_is_billed_beyond_the_allowed_amount_stands_apart() -> None:
    found = estimate("E11 out of network, balance billed")

    assert (found.totals.deductible + found.totals.coinsurance, found.totals.balance) == (
        Decimal("5640.00"),
        Decimal("13200.00"),
    )


def test_sessions_past_the_limit_are_not_covered() -> None:
    found = estimate("E10 twelve visits left")

    assert (found.totals.copay, found.totals.not_covered) == (Decimal("540.00"), Decimal("3120.00"))
    assert str(found.milestones.visits_exhausted_on) == str(found.sessions[11].date)


def test_the_day_the_out_of_pocket_room_ends_is_told() -> None:
    found = estimate("E03 the out-of-pocket room ends")

    assert found.milestones.out_of_pocket_met_on == found.sessions[11].date


# Published examples: (allowed, deductible left, rate) to (deductible, coinsurance).
PUBLISHED = {
    "X1 coverage example of a birth, 2021 guide": ("12700", "1800", "0.2", "1800.00", "2180.00"),
    "X2 coverage example of a birth, 2017 guide": ("12800", "2900", "0.2", "2900.00", "1980.00"),
    "X3 coverage example of a fracture": ("2800", "3800", "0", "2800.00", "0.00"),
    "X4 a university's high-deductible example": ("12000", "5200", "0.2", "5200.00", "1360.00"),
    "X5 the same, deductible met": ("1500", "0", "0.2", "0.00", "300.00"),
}


@pytest.mark.parametrize("name", PUBLISHED)
def test_published_examples_come_out_as_printed(name: str) -> None:
    allowed, deductible, rate, expected_deductible, expected_rate = PUBLISHED[name]
    terms = Terms("in", deductible=left(deductible), coinsurance=Decimal(rate))

    found = estimate_terms(terms, program(sessions=1, allowed_amount=Decimal(allowed)))

    assert (found.totals.deductible, found.totals.coinsurance) == (
        Decimal(expected_deductible),
        Decimal(expected_rate),
    )
    assert found.expected == Decimal(expected_deductible) + Decimal(expected_rate)


@pytest.mark.parametrize("per", list(CopayPer))
def test_a_copay_above_the_price_is_the_price(per: CopayPer) -> None:
    terms = Terms("in", deductible_rule=DeductibleRule.WAIVED, copay=Copay(Decimal(500), per))

    found = estimate_terms(terms, program(sessions=1))

    assert found.expected == Decimal("325.00")
