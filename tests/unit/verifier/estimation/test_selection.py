"""Which rows of a reply price the program: one case for each rule, with the range it leads to.

The program is 24 sessions of addiction IOP at $325.00, in network, in one plan year, unless said otherwise.
"""

from datetime import date
from decimal import Decimal

import pytest

from verifier.estimation.estimator import estimate_coverage
from verifier.model.coverage import Benefit, DateSpan
from verifier.model.estimate import CopayPer, DeductibleRule, Estimate
from verifier.model.vocabulary import BenefitKind, CoverageLevel, Network, Period
from verifier.testing.builders import benefit, coverage, program

KINDS = {
    "A": BenefitKind.COINSURANCE,
    "B": BenefitKind.COPAY,
    "C": BenefitKind.DEDUCTIBLE,
    "G": BenefitKind.OUT_OF_POCKET,
}


def row(code: str, services: str, value: str, *messages: str, **fields: object) -> Benefit:
    """Write a row as a payer does: EB01, service types, amount or rate, messages."""
    number = {"rate": Decimal(value)} if code == "A" else {"amount": Decimal(value)}
    period = {"B": Period.VISIT, "C": Period.CALENDAR_YEAR, "G": Period.CALENDAR_YEAR}.get(code)
    return benefit(
        **{"kind": KINDS[code], "services": tuple(services.split()), "period": period, "messages": messages}
        | number
        | fields
    )


def left(code: str, amount: str, **fields: object) -> Benefit:
    return row(code, "30", amount, **{"period": Period.REMAINING, **fields})


PLAN = (row("C", "30", "1000"), left("C", "400"), row("G", "30", "5000"), left("G", "4000"))
FREE = row("C", "CJ CH", "0")
FAMILY = {"level": CoverageLevel.FAMILY}
OUT = {"network": Network.OUT}
ACTIVE = benefit(kind=BenefitKind.ACTIVE, network=Network.UNKNOWN, plan_text="CHOICE")


def estimate(*rows: Benefit, network: Network = Network.IN, **planned: object) -> Estimate:
    return estimate_coverage(coverage(*rows), program(**planned), network=network)


def span(found: Estimate) -> tuple[str, str, str]:
    return (f"{found.low}", f"{found.expected}", f"{found.high}")


def codes(found: Estimate) -> set[str]:
    return {each.code for each in found.assumptions}


# What each rule decides: rows, and low, expected, high. A copay of 1 is 24.00, of 2 is 48.00, and so on.
CHOICES: dict[str, tuple[tuple[Benefit, ...], tuple[str, str, str]]] = {
    "the program's own procedure before any service type": (
        (FREE, row("B", "CJ", "1"), row("B", "60", "2", procedure="H0015")),
        ("48.00", "48.00", "48.00"),
    ),
    "another procedure's row is not ours": (
        (FREE, row("B", "CJ", "1"), row("B", "CJ", "2", procedure="90853")),
        ("24.00", "24.00", "24.00"),
    ),
    "a row that names the program before its neighbours": (
        (FREE, row("B", "CJ", "1"), row("B", "MH", "2", "INTENSIVE OUTPATIENT PROGRAM")),
        ("48.00", "48.00", "48.00"),
    ),
    "a row of an odd service type that names the program": (
        (FREE, row("B", "CJ", "1"), row("B", "98", "2", "IOP, per diem")),
        ("48.00", "48.00", "48.00"),
    ),
    "an inpatient row never, whatever it names": (
        (FREE, row("B", "CJ", "1"), row("B", "CI", "2", "IOP")),
        ("24.00", "24.00", "24.00"),
    ),
    "partial hospitalization is another service": (
        (FREE, row("B", "CJ", "1"), row("B", "BB", "2"), row("B", "CJ", "3", "PARTIAL HOSPITALIZATION")),
        ("24.00", "24.00", "24.00"),
    ),
    "the facility type before the addiction type before mental health": (
        (FREE, row("B", "MH", "3"), row("B", "AI", "2"), row("B", "CJ", "1")),
        ("24.00", "24.00", "24.00"),
    ),
    "the addiction type where the facility type is missing": (
        (row("C", "AI", "0"), row("B", "MH", "3"), row("B", "AI", "2"), row("B", "30", "9")),
        ("48.00", "48.00", "48.00"),
    ),
    "a repeated service type counts as its nearest": (
        (FREE, row("B", "30 60 CJ", "1"), row("B", "AI", "2")),
        ("24.00", "24.00", "24.00"),
    ),
    "a row at our place before one without": (
        (FREE, row("B", "CJ", "2"), row("B", "CJ", "1", places_of_service=("57",))),
        ("24.00", "24.00", "24.00"),
    ),
    "a row without a place before one at another facility, which may hold": (
        (FREE, row("B", "CJ", "1"), row("B", "CJ", "2", places_of_service=("22",))),
        ("24.00", "24.00", "48.00"),
    ),
    "a row at the office or for telehealth is not a facility's": (
        (
            FREE,
            row("B", "CJ", "1"),
            row("B", "CJ", "2", places_of_service=("11",)),
            row("B", "CJ", "3", places_of_service=("02", "10")),
        ),
        ("24.00", "24.00", "24.00"),
    ),
    "messages for another setting": (
        (
            FREE,
            row("B", "CJ", "1"),
            row("B", "CJ", "2", "TELEHEALTH"),
            row("B", "CJ", "3", "INPATIENT ONLY"),
            row("B", "CJ", "4", "RESIDENTIAL TREATMENT"),
            row("B", "CJ", "5", "EMERGENCY ROOM"),
            row("B", "CJ", "6", "LAB"),
            row("B", "CJ", "7", "ABA THERAPY"),
            row("B", "CJ", "8", "TMS"),
            row("B", "CJ", "9", "ECT"),
            row("B", "CJ", "10", "PSYCHOLOGICAL TESTING"),
        ),
        ("24.00", "24.00", "24.00"),
    ),
    "a message that names outpatient care beside another setting": (
        (FREE, row("B", "CJ", "1", "INPATIENT AND OUTPATIENT")),
        ("24.00", "24.00", "24.00"),
    ),
    "a message on the plan's limits does not take them away": (
        (
            row("C", "30", "100", "DOES NOT APPLY TO EMERGENCY ROOM"),
            left("C", "100"),
            row("A", "CJ", "0"),
        ),
        ("0.00", "100.00", "100.00"),
    ),
    "the network asked for before both before none told": (
        (
            FREE,
            row("B", "CJ", "3", network=Network.UNKNOWN),
            row("B", "CJ", "2", network=Network.BOTH),
            row("B", "CJ", "1"),
        ),
        ("24.00", "24.00", "72.00"),
    ),
    "the other network never": (
        (FREE, row("B", "CJ", "1"), row("B", "CJ", "2", **OUT)),
        ("24.00", "24.00", "24.00"),
    ),
    "a row for a special tier after the plain one, but it may hold": (
        (FREE, row("B", "CJ", "1", "MAXIMUM SAVINGS DESIGNATED PROVIDERS"), row("B", "CJ", "3")),
        ("24.00", "72.00", "72.00"),
    ),
    "an individual's row before a family's": (
        (FREE, row("B", "CJ", "2", **FAMILY), row("B", "CJ", "1")),
        ("24.00", "24.00", "48.00"),
    ),
    "a row of the plan that is active before another plan's": (
        (ACTIVE, FREE, row("B", "CJ", "2", plan_text="RIDER"), row("B", "CJ", "1", plan_text="CHOICE")),
        ("24.00", "24.00", "48.00"),
    ),
    "a row of the insurance that is active before another's": (
        (
            ACTIVE._replace(insurance_type="PPO"),
            FREE,
            row("B", "CJ", "2", insurance_type="Indemnity"),
            row("B", "CJ", "1", insurance_type="PPO"),
        ),
        ("24.00", "24.00", "48.00"),
    ),
    "hospital insurance pays no outpatient program": (
        (
            row("C", "30", "1676", insurance_type="Medicare Part A"),
            row("C", "30", "100", insurance_type="Medicare Part B"),
            left("C", "0", insurance_type="Medicare Part B"),
            row("A", "30", "0.2", insurance_type="Medicare Part B"),
        ),
        ("1560.00", "1560.00", "1560.00"),
    ),
    "rows alike: the dearer is expected": (
        (FREE, row("B", "CJ", "1"), row("B", "CJ", "4"), row("B", "CJ", "2")),
        ("24.00", "96.00", "96.00"),
    ),
    "coinsurance rows alike: both stay in the range": (
        (FREE, row("A", "CJ", "0.1"), row("A", "CJ", "0.2")),
        ("780.00", "1560.00", "1560.00"),
    ),
    "a zero copay is a real one": ((FREE, row("B", "CJ", "0")), ("0.00", "0.00", "0.00")),
    "a last year's row is none": (
        (
            FREE,
            row("B", "CJ", "1"),
            row("B", "CJ", "2", dates=(DateSpan("benefit", date(2025, 1, 1), date(2025, 12, 31), ""),)),
            row("B", "CJ", "3", dates=(DateSpan("benefit_end", date(2026, 2, 1), date(2026, 2, 1), ""),)),
            row("B", "CJ", "4", dates=(DateSpan("plan_begin", date(2027, 1, 1), date(2027, 1, 1), ""),)),
        ),
        ("24.00", "24.00", "24.00"),
    ),
    "a row dated once or for these days is one": (
        (
            FREE,
            row("B", "CJ", "1", dates=(DateSpan("benefit_begin", date(2020, 1, 1), date(2020, 1, 1), ""),)),
            row("B", "CJ", "1", dates=(DateSpan("service", date(2026, 1, 5), date(2026, 1, 5), ""),)),
            row("B", "CJ", "1", dates=(DateSpan("plan", date(2026, 1, 1), None, ""),)),
        ),
        ("24.00", "24.00", "24.00"),
    ),
    "the facility's other outpatient share before a therapist's copay": (
        (row("B", "A6", "20"), row("A", "50", "0.1"), row("C", "50", "0")),
        ("480.00", "780.00", "780.00"),
    ),
    "a copay that says office visit comes last": (
        (FREE, row("B", "CJ", "20", "OFFICE VISIT"), row("A", "30", "0.1")),
        ("480.00", "780.00", "780.00"),
    ),
    "an office copay where nothing else is given": (
        (row("C", "A6", "0"), row("B", "A6", "20")),
        ("480.00", "480.00", "480.00"),
    ),
}


@pytest.mark.parametrize("rule", CHOICES)
def test_the_row_chosen(rule: str) -> None:
    rows, expected = CHOICES[rule]

    assert span(estimate(*rows)) == expected


# How the deductible stands to the share: rows, rule, and low, expected, high.
W, F, B4 = DeductibleRule.WAIVED, DeductibleRule.DEDUCTIBLE_FIRST, DeductibleRule.COPAY_FIRST
RULINGS: dict[str, tuple[tuple[Benefit, ...], DeductibleRule, tuple[str, str, str]]] = {
    "zero at the service waives it": ((*PLAN, FREE, row("B", "CJ", "10")), W, ("240.00", "240.00", "240.00")),
    "nothing left at the service is a met deductible, not a waived one": (
        (*PLAN, row("C", "CJ", "0", period=Period.REMAINING), row("A", "CJ", "0.1")),
        F,
        ("780.00", "780.00", "780.00"),
    ),
    "an amount at the service applies": (
        (*PLAN, row("C", "CJ", "200"), row("C", "CJ", "100", period=Period.REMAINING), row("B", "CJ", "10")),
        F,
        # 100.00, with the first day's copay or without
        ("330.00", "340.00", "340.00"),
    ),
    "coinsurance inherits the plan's": ((*PLAN, row("A", "CJ", "0.1")), F, ("1140.00", "1140.00", "1140.00")),
    "a copay is taken plain, after the deductible at most": (
        (*PLAN, row("B", "CJ", "10")),
        W,
        ("240.00", "240.00", "630.00"),
    ),
    "a copay beside no coinsurance likewise": (
        (*PLAN, row("B", "CJ", "10"), row("A", "CJ", "0")),
        W,
        ("240.00", "240.00", "630.00"),
    ),
    "coinsurance beside a copay of nothing inherits the plan's": (
        (*PLAN, row("B", "CJ", "0"), row("A", "CJ", "0.1")),
        F,
        ("1140.00", "1140.00", "1140.00"),
    ),
    "no coinsurance at all may be after the deductible": (
        (*PLAN, row("A", "CJ", "0")),
        F,
        ("0.00", "400.00", "400.00"),
    ),
    "words: waived": (
        (*PLAN, row("A", "CJ", "0.1", "DEDUCTIBLE WAIVED")),
        W,
        ("780.00", "780.00", "780.00"),
    ),
    "words: does not apply": (
        (*PLAN, row("B", "CJ", "10", "Deductible does not apply")),
        W,
        ("240.00", "240.00", "240.00"),
    ),
    "words on the out-of-pocket maximum are none on the deductible": (
        (*PLAN, row("A", "CJ", "0.1", "Deductible does not apply to member's out-of-pocket maximum")),
        F,
        ("1140.00", "1140.00", "1140.00"),
    ),
    "words: after deductible": (
        (*PLAN, row("B", "CJ", "10", "COPAY APPLIES AFTER DEDUCTIBLE")),
        F,
        ("620.00", "630.00", "630.00"),
    ),
    "words: before deductible": (
        (*PLAN, row("B", "CJ", "10", "COPAY BEFORE DEDUCTIBLE")),
        B4,
        ("640.00", "640.00", "640.00"),
    ),
    "words: with deductible says nothing of the order": (
        (*PLAN, row("B", "CJ", "10", "COPAY WITH DEDUCTIBLE")),
        F,
        ("620.00", "630.00", "640.00"),
    ),
    "words: the first visits": (
        (*PLAN, row("B", "CJ", "10", "DEDUCTIBLE WAIVED FOR FIRST 3 VISITS")),
        F,
        ("620.00", "630.00", "630.00"),
    ),
    "a health savings account's plan pays nothing before its deductible": (
        (*PLAN, row("B", "CJ", "10"), ACTIVE._replace(plan_text="HSA HDHP 3400")),
        F,
        ("620.00", "630.00", "630.00"),
    ),
}


@pytest.mark.parametrize("rule", RULINGS)
def test_how_the_deductible_stands_to_the_share(rule: str) -> None:
    rows, expected_rule, expected = RULINGS[rule]

    found = estimate(*rows)

    assert found.terms is not None
    assert (found.terms.deductible_rule, span(found)) == (expected_rule, expected)


@pytest.mark.parametrize(
    ("period", "per"),
    [
        (Period.VISIT, CopayPer.DAY),
        (Period.DAY, CopayPer.DAY),
        (Period.TWENTY_FOUR_HOURS, CopayPer.DAY),
        (Period.WEEK, CopayPer.WEEK),
        (Period.EPISODE, CopayPer.EPISODE),
        (Period.ADMISSION, CopayPer.EPISODE),
        (Period.HOUR, CopayPer.UNIT),
    ],
)
def test_what_one_copay_buys(period: Period, per: CopayPer) -> None:
    found = estimate(FREE, row("B", "CJ", "10", period=period))

    assert found.terms is not None
    assert found.terms.copay is not None
    assert found.terms.copay.per is per
    assert "COPAY_PERIOD_ASSUMED_DAY" not in codes(found)


@pytest.mark.parametrize("period", [None, Period.CALENDAR_YEAR, Period.OTHER])
def test_a_copay_without_a_usable_period_is_a_days_and_says_so(period: Period | None) -> None:
    found = estimate(FREE, row("B", "CJ", "10", period=period))

    assert found.expected == Decimal("240.00")
    assert "COPAY_PERIOD_ASSUMED_DAY" in codes(found)


@pytest.mark.parametrize(
    ("rate", "message", "network", "expected"),
    [
        ("0.8", "PLAN PAYS 80%", Network.IN, "1560.00"),
        ("0.8", "COVERED AT 80%", Network.IN, "1560.00"),
        ("0.8", "", Network.IN, "6240.00"),
        ("0.8", "PLAN PAYS 80%", Network.OUT, "6240.00"),
        ("0.2", "PLAN PAYS 80%", Network.IN, "1560.00"),
    ],
)
def test_the_plans_share_is_told_from_the_patients(
    rate: str, message: str, network: Network, expected: str
) -> None:
    rows = (FREE._replace(network=network), row("A", "CJ", rate, message, network=network))

    found = estimate(*rows, network=network)

    assert found.expected == Decimal(expected)
    assert ("COINSURANCE_INVERTED" in codes(found)) == (expected == "1560.00" and rate == "0.8")


def test_a_copay_a_month_is_taken_as_one_a_week_and_says_so() -> None:
    found = estimate(FREE, row("B", "CJ", "10", period=Period.MONTH))

    assert found.expected == Decimal("80.00")
    assert "COPAY_PERIOD_APPROXIMATED" in codes(found)


def test_unknown_details_of_copay_and_coinsurance_widen_the_range() -> None:
    met = (row("C", "30", "1000"), left("C", "0"))

    found = estimate(*met, row("B", "CJ", "25"), row("A", "CJ", "0.1"))

    # A session is 25.00 and 30.00 of the rest; on the whole it is 25.00 and 32.50.
    assert span(found) == ("1320.00", "1320.00", "1380.00")
    assert "COINSURANCE_BASE_ASSUMED" in codes(found)


def test_told_that_the_copay_comes_off_first_the_range_closes() -> None:
    met = (row("C", "30", "1000"), left("C", "0"))

    found = estimate(*met, row("B", "CJ", "25"), row("A", "CJ", "0.1", "COINSURANCE APPLIES AFTER COPAY"))

    assert span(found) == ("1320.00", "1320.00", "1320.00")


@pytest.mark.parametrize(
    ("message", "high"),
    [
        ("", "2400.00"),
        ("Copay does apply to member's out-of-pocket maximum", "1000.00"),
        ("COPAY INCLUDED IN OOP", "1000.00"),
        ("COPAYMENTS ARE NOT INCLUDED IN THE OUT OF POCKET", "2400.00"),
    ],
)
def test_whether_the_copay_counts_to_the_out_of_pocket_maximum(message: str, high: str) -> None:
    rows = (FREE, row("B", "CJ", "100"), row("G", "30", "1000", message), left("G", "1000"))

    assert estimate(*rows).high == Decimal(high)


def test_nothing_told_of_the_share_is_never_nothing_owed() -> None:
    found = estimate(ACTIVE, *PLAN)

    # The deductible is certain; the rest lies between nothing and all, and ends at the out-of-pocket maximum.
    assert span(found) == ("400.00", "400.00", "4000.00")
    assert found.incomplete
    assert "COST_SHARE_UNKNOWN" in codes(found)
    assert found.confidence.score == 80


def test_a_rate_without_any_deductible_told_is_incomplete_and_its_range_open() -> None:
    found = estimate(row("A", "CJ", "0.1"), row("G", "30", "5000"), left("G", "2000"))

    assert span(found) == ("780.00", "780.00", "2000.00")
    assert found.incomplete
    assert "DEDUCTIBLE_NOT_STATED" in codes(found)


def test_a_weak_service_type_lets_every_other_weak_row_into_the_range() -> None:
    found = estimate(row("C", "A0", "0"), row("A", "A0", "0.2"), row("A", "30", "0.3"))

    assert span(found) == ("1560.00", "1560.00", "2340.00")
    assert "SERVICE_TYPE_WEAK" in codes(found)


@pytest.mark.parametrize(
    ("code", "revenue_code", "service", "expected"),
    [
        ("H0015", None, "CJ", "24.00"),
        ("S9480", None, "CH", "24.00"),
        ("X9999", "0906", "CJ", "24.00"),
        ("X9999", "0905", "CH", "24.00"),
    ],
)
def test_the_track_picks_the_facility_type(
    code: str, revenue_code: str | None, service: str, expected: str
) -> None:
    others = [row("B", each, "5") for each in ("CJ", "CH") if each != service]

    found = estimate(FREE, row("B", service, "1"), *others, code=code, revenue_code=revenue_code)

    assert found.expected == Decimal(expected)
    assert "TRACK_UNKNOWN" not in codes(found)


def test_a_partial_hospitalization_program_takes_its_own_rows() -> None:
    rows = (
        row("C", "BB", "0"),
        row("B", "BB", "2"),
        row("B", "CH", "1", "INTENSIVE OUTPATIENT"),
    )

    assert estimate(*rows, code="H0035").expected == Decimal("48.00")


def test_every_value_says_which_row_it_came_from() -> None:
    rows = (*PLAN, row("A", "CJ", "0.1"))

    steps = {step.what: (step.value, step.source and step.source.segment) for step in estimate(*rows).steps}

    assert steps == {
        "network": ("in", None),
        "deductible, individual, total": ("1000.00", 1),
        "deductible, individual, remaining": ("400.00", 2),
        "out-of-pocket maximum, individual, total": ("5000.00", 3),
        "out-of-pocket maximum, individual, remaining": ("4000.00", 4),
        "coinsurance": ("0.1", 5),
        "deductible rule": ("deductible_first", None),
        "allowed amount a session": ("325.00", None),
    }
