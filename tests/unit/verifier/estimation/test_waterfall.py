"""Every exact rule of the waterfall, one named case each."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from verifier.estimation.waterfall import Day, walk
from verifier.model.estimate import (
    Accumulator,
    AccumulatorPair,
    AfterLimitPrice,
    CoinsuranceBase,
    Copay,
    CopayPer,
    Counted,
    DeductibleRule,
    Reset,
    Structure,
    Terms,
)
from verifier.money import ONE

WAIVED, FIRST, COPAY_FIRST = DeductibleRule
DATES = [date(2026, 12, day) for day in (7, 9, 11, 14, 16)] + [date(2027, 1, day) for day in (4, 6)]


def left(individual: object = None, family: object = None) -> AccumulatorPair:
    sides = (None if side is None else Decimal(str(side)) for side in (individual, family))
    return AccumulatorPair(*(Accumulator(None, side) for side in sides))


def copay(amount: object, per: CopayPer = CopayPer.DAY) -> Copay:
    return Copay(Decimal(str(amount)), per)


def owed(
    terms: Terms,
    *prices: object,
    billed: object = None,
    units: Decimal = ONE,
    copay_beside_deductible: bool = True,
) -> list[str]:
    """Price a session a day and write what each costs the patient: deductible/copay/coinsurance, and more."""
    full = None if billed is None else Decimal(str(billed))
    days = [Day(day, Decimal(str(price)), full) for day, price in zip(DATES, prices, strict=False)]
    written = []
    for _, shares in walk(terms, days, units=units, copay_beside_deductible=copay_beside_deductible).sessions:
        text = f"{shares.deductible:f}/{shares.copay:f}/{shares.coinsurance:f}"
        text += f" not covered {shares.not_covered:f}" if shares.not_covered else ""
        written.append(text + (f" balance {shares.balance:f}" if shares.balance else ""))
    return [each.replace(".00", "") for each in written]


BASE = Terms("in", coinsurance=Decimal("0.2"))
RULES: dict[str, tuple[Terms, tuple[object, ...], list[str]]] = {
    "a missing deductible is none": (BASE, (100,), ["0/0/20"]),
    "of individual and family deductible the smaller counts": (
        replace(BASE, deductible=left(150, 120)),
        (100, 100),
        ["100/0/0", "20/0/16"],
    ),
    "a missing individual deductible is left out": (
        replace(BASE, deductible=left(None, 30)),
        (100,),
        ["30/0/14"],
    ),
    "an aggregate plan reads the family deductible only": (
        replace(BASE, structure=Structure.AGGREGATE, deductible=left(10, 130)),
        (100, 100),
        ["100/0/0", "30/0/14"],
    ),
    "an aggregate plan without a family deductible has none": (
        replace(BASE, structure=Structure.AGGREGATE, deductible=left(500, None)),
        (100,),
        ["0/0/20"],
    ),
    "of individual and family out-of-pocket room the smaller counts, aggregate or not": (
        replace(BASE, structure=Structure.AGGREGATE, out_of_pocket=left(15, 900)),
        (100, 100),
        ["0/0/15", "0/0/0"],
    ),
    "a missing out-of-pocket maximum is no limit": (
        replace(BASE, coinsurance=Decimal(1)),
        (90000, 90000),
        ["0/0/90000", "0/0/90000"],
    ),
    "waived: copay, then the rate on the rest; the deductible is not touched": (
        replace(BASE, deductible_rule=WAIVED, deductible=left(500), copay=copay(30)),
        (100,),
        ["0/30/14"],
    ),
    "deductible first: copay and rate on what it leaves": (
        replace(BASE, deductible=left(40), copay=copay(30)),
        (100,),
        ["40/30/6"],
    ),
    "copay first: the rest accrues to the deductible": (
        replace(BASE, deductible_rule=COPAY_FIRST, deductible=left(50), copay=copay(30)),
        (100, 100),
        ["50/30/4", "0/30/14"],
    ),
    "a copay is at most what is left": (
        replace(BASE, deductible=left(85), copay=copay(30)),
        (100, 20),
        ["85/15/0", "0/20/0"],
    ),
    "a unit copay is taken for every unit": (
        replace(BASE, coinsurance=None, copay=copay(10, CopayPer.UNIT)),
        (100,),
        ["0/10/0"],
    ),
    "a weekly copay falls due on the first covered session of its ISO week": (
        replace(BASE, coinsurance=None, copay=copay(40, CopayPer.WEEK)),
        (100, 100, 100, 100, 100, 100, 100),
        ["0/40/0", "0/0/0", "0/0/0", "0/40/0", "0/0/0", "0/40/0", "0/0/0"],
    ),
    "a weekly copay is not carried on when the deductible leaves no room for it": (
        replace(BASE, coinsurance=None, deductible=left(130), copay=copay(40, CopayPer.WEEK)),
        (100, 100, 100, 100),
        ["100/0/0", "30/0/0", "0/0/0", "0/40/0"],
    ),
    "an episode copay falls due once": (
        replace(BASE, coinsurance=None, copay=copay(40, CopayPer.EPISODE)),
        (100, 100),
        ["0/40/0", "0/0/0"],
    ),
    "an episode copay lost in the deductible is lost": (
        replace(BASE, coinsurance=None, deductible=left(100), copay=copay(40, CopayPer.EPISODE)),
        (100, 100),
        ["100/0/0", "0/0/0"],
    ),
    "the first visits are waived, the others follow the plan's rule": (
        replace(BASE, deductible=left(100), first_visits_waived=2, copay=copay(30)),
        (100, 100, 100, 100),
        ["0/30/14", "0/30/14", "100/0/0", "0/30/14"],
    ),
    "the full base is what the deductible leaves, before the copay": (
        replace(BASE, deductible=left(40), copay=copay(30), coinsurance_base=CoinsuranceBase.FULL),
        (100,),
        ["40/30/12"],
    ),
    "the full base when waived is the whole price": (
        replace(BASE, deductible_rule=WAIVED, copay=copay(30), coinsurance_base=CoinsuranceBase.FULL),
        (100,),
        ["0/30/20"],
    ),
    "the full base never takes more than the copay leaves": (
        replace(BASE, coinsurance=Decimal("0.9"), copay=copay(30), coinsurance_base=CoinsuranceBase.FULL),
        (100,),
        ["0/30/70"],
    ),
    "with the copay first the base is always what is left": (
        replace(
            BASE,
            deductible_rule=COPAY_FIRST,
            deductible=left(20),
            copay=copay(30),
            coinsurance_base=CoinsuranceBase.FULL,
        ),
        (100,),
        ["20/30/10"],
    ),
    "rounding is half up, per session": (
        replace(BASE, coinsurance=Decimal("0.15")),
        ("187.10", "187.11"),
        ["0/0/28.07", "0/0/28.07"],
    ),
    "what counts is trimmed: coinsurance first": (
        replace(BASE, copay=copay(30), out_of_pocket=left(35)),
        (100,),
        ["0/30/5"],
    ),
    "what counts is trimmed: copay second": (
        replace(BASE, deductible=left(50), copay=copay(30), out_of_pocket=left(60)),
        (100,),
        ["50/10/0"],
    ),
    "what counts is trimmed: deductible last": (
        replace(BASE, deductible=left(50), copay=copay(30), out_of_pocket=left(45)),
        (100,),
        ["45/0/0"],
    ),
    "a copay that does not count is not trimmed": (
        replace(
            BASE,
            deductible=left(50),
            copay=copay(30),
            out_of_pocket=left(50),
            counts_to_out_of_pocket=frozenset({Counted.DEDUCTIBLE, Counted.COINSURANCE}),
        ),
        (100, 100),
        ["50/30/0", "0/30/0"],
    ),
    "when nothing counts the room never ends": (
        replace(BASE, out_of_pocket=left(0), counts_to_out_of_pocket=frozenset()),
        (100,),
        ["0/0/20"],
    ),
    "a copay may count to the deductible, which never falls below nothing": (
        replace(
            BASE,
            coinsurance=None,
            deductible_rule=COPAY_FIRST,
            deductible=left(110),
            copay=copay(30),
            copay_counts_to_deductible=True,
        ),
        (100, 100),
        ["70/30/0", "10/30/0"],
    ),
    "a copay that does not count leaves the deductible alone": (
        replace(BASE, coinsurance=None, deductible_rule=COPAY_FIRST, deductible=left(110), copay=copay(30)),
        (100, 100),
        ["70/30/0", "40/30/0"],
    ),
    "a waived copay may still count to the deductible": (
        replace(
            BASE,
            coinsurance=None,
            deductible=left(45),
            copay=copay(30),
            first_visits_waived=1,
            copay_counts_to_deductible=True,
        ),
        (100, 100),
        ["0/30/0", "15/30/0"],
    ),
    "not covered: the allowed amount, and nothing accrues": (
        replace(BASE, covered=False, deductible=left(50)),
        (100, 100),
        ["0/0/0 not covered 100", "0/0/0 not covered 100"],
    ),
    "past the limit: the allowed amount": (
        replace(BASE, visits_remaining=1, deductible=left(50)),
        (100, 100),
        ["50/0/10", "0/0/0 not covered 100"],
    ),
    "no visit left from the start": (
        replace(BASE, visits_remaining=0),
        (100,),
        ["0/0/0 not covered 100"],
    ),
    "a reset replaces both limits before the first session on or after its date": (
        replace(
            BASE,
            deductible=left(0),
            out_of_pocket=left(25),
            resets=(Reset(date(2027, 1, 1), left(120), left(300)),),
        ),
        (100,) * 7,
        ["0/0/20", "0/0/5", "0/0/0", "0/0/0", "0/0/0", "100/0/0", "20/0/16"],
    ),
    "a reset on the session's own day comes before it": (
        replace(BASE, resets=(Reset(DATES[1], left(70), left()),)),
        (100, 100),
        ["0/0/20", "70/0/6"],
    ),
    "of two resets on the way the later holds, in whatever order they come": (
        replace(BASE, resets=(Reset(DATES[2], left(30), left()), Reset(DATES[1], left(70), left()))),
        (100, 100, 100),
        ["0/0/20", "70/0/6", "30/0/14"],
    ),
    "a reset before the program replaces what it began with": (
        replace(BASE, deductible=left(500), resets=(Reset(date(2026, 1, 1), left(10), left()),)),
        (100,),
        ["10/0/18"],
    ),
    "a reset starts neither copay weeks, episodes nor visits anew": (
        replace(
            BASE,
            coinsurance=None,
            copay=copay(40, CopayPer.EPISODE),
            visits_remaining=2,
            resets=(Reset(DATES[1], left(), left()),),
        ),
        (100, 100, 100),
        ["0/40/0", "0/0/0", "0/0/0 not covered 100"],
    ),
}


@pytest.mark.parametrize("rule", RULES)
def test_rule(rule: str) -> None:
    terms, prices, expected = RULES[rule]

    assert owed(terms, *prices) == expected


def test_units_multiply_a_unit_copay_and_nothing_else() -> None:
    by_unit = replace(BASE, coinsurance=None, copay=copay("10.01", CopayPer.UNIT))
    by_day = replace(by_unit, copay=copay("10.01"))

    assert owed(by_unit, 100, units=Decimal("2.5")) == ["0/25.03/0"]
    assert owed(by_day, 100, units=Decimal("2.5")) == ["0/10.01/0"]


@pytest.mark.parametrize(
    ("network", "is_allowed", "expected"),
    [
        ("out", True, ["0/0/20 balance 50"]),
        ("out", False, ["0/0/20"]),
        ("in", True, ["0/0/20"]),
        ("unknown", True, ["0/0/20"]),
    ],
)
def test_a_balance_is_billed_only_out_of_network_and_only_where_it_may(
    network: str, is_allowed: object, expected: list[str]
) -> None:
    terms = replace(BASE, network=network, balance_billing=bool(is_allowed))

    assert owed(terms, 100, billed=150) == expected
    assert owed(terms, 100, billed=90) == ["0/0/20"]
    assert owed(terms, 100) == ["0/0/20"]


def test_a_balance_reaches_no_limit() -> None:
    terms = replace(BASE, network="out", balance_billing=True, out_of_pocket=left(30))

    assert owed(terms, 100, 100, billed=150) == ["0/0/20 balance 50", "0/0/10 balance 50"]


@pytest.mark.parametrize(
    ("price", "billed", "expected"),
    [
        (AfterLimitPrice.BILLED, 150, ["0/0/0 not covered 150"]),
        (AfterLimitPrice.BILLED, None, ["0/0/0 not covered 100"]),
        (AfterLimitPrice.ALLOWED, 150, ["0/0/0 not covered 100"]),
    ],
)
def test_an_uncovered_session_costs_the_price_the_contract_names_and_no_balance(
    price: AfterLimitPrice, billed: int | None, expected: list[str]
) -> None:
    terms = replace(BASE, network="out", balance_billing=True, covered=False, after_limit_price=price)

    assert owed(terms, 100, billed=billed) == expected


def test_the_plan_pays_the_rest_of_a_covered_session_and_nothing_of_another() -> None:
    terms = replace(BASE, deductible=left(40), visits_remaining=1)
    days = [Day(day, Decimal(100)) for day in DATES[:2]]

    assert [cost.shares.plan for cost in walk(terms, days).sessions] == [Decimal(48), Decimal(0)]


def test_a_plan_may_take_no_copay_from_a_session_that_pays_into_the_deductible() -> None:
    terms = replace(BASE, coinsurance=None, deductible=left(130), copay=copay(30))

    assert owed(terms, 100, 100, 100, copay_beside_deductible=False) == ["100/0/0", "30/0/0", "0/30/0"]
    assert owed(terms, 100, 100, 100) == ["100/0/0", "30/30/0", "0/30/0"]


def test_days_are_told_on_which_limits_are_met() -> None:
    terms = replace(BASE, deductible=left(150), out_of_pocket=left(180), visits_remaining=5)
    ledger = walk(terms, [Day(day, Decimal(100)) for day in DATES])

    assert ledger.milestones.deductible_met_on == DATES[1]
    assert ledger.milestones.out_of_pocket_met_on == DATES[2]
    assert ledger.milestones.visits_exhausted_on == DATES[4]


def test_a_limit_met_before_the_program_is_met_on_no_day_of_it() -> None:
    ledger = walk(replace(BASE, deductible=left(0), out_of_pocket=left(0)), [Day(DATES[0], Decimal(100))])

    assert ledger.milestones.deductible_met_on is None
    assert ledger.milestones.out_of_pocket_met_on is None


@pytest.mark.parametrize(
    ("limit", "billed", "balance"),
    [("0.15", 150, "15"), ("0.15", 110, "10"), ("0", 150, None), (None, 150, "50")],
)
def test_a_balance_is_billed_up_to_its_limit(limit: str | None, billed: int, balance: str | None) -> None:
    most = None if limit is None else Decimal(limit)
    terms = replace(BASE, network="out", balance_billing=True, balance_limit=most)

    assert owed(terms, 100, billed=billed) == ["0/0/20" + (f" balance {balance}" if balance else "")]
