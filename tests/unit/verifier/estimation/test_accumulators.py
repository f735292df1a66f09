"""What is left of deductible and out-of-pocket maximum, and what a new plan year brings."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from verifier.estimation.estimator import estimate_coverage
from verifier.model.coverage import Benefit, Coverage, Plan
from verifier.model.estimate import Accumulator, AccumulatorPair, Estimate, Structure, Terms
from verifier.model.vocabulary import BenefitKind, CoverageLevel, Network, Period
from verifier.testing.builders import benefit, coverage, program

ONE, FAMILY = CoverageLevel.INDIVIDUAL, CoverageLevel.FAMILY
YEAR, LEFT, MET = Period.CALENDAR_YEAR, Period.REMAINING, Period.YEAR_TO_DATE
RATE = benefit(kind=BenefitKind.COINSURANCE, services=("CJ",), rate=Decimal("0.2"))


def deductible(
    amount: object, period: Period | None = YEAR, level: CoverageLevel | None = ONE, **fields: object
) -> Benefit:
    kind = {"kind": BenefitKind.DEDUCTIBLE} | fields
    return benefit(amount=Decimal(str(amount)), period=period, level=level, **kind)


def maximum(
    amount: object, period: Period | None = YEAR, level: CoverageLevel = ONE, **fields: object
) -> Benefit:
    return deductible(amount, period, level, kind=BenefitKind.OUT_OF_POCKET, **fields)


def estimate(
    *rows: Benefit, as_of: date | None = None, plan: Plan | None = None, **planned: object
) -> Estimate:
    reply = coverage(*rows, RATE, plan=plan or Plan())
    return estimate_coverage(reply, program(**planned), network=Network.IN, as_of=as_of)


def terms_of(found: Estimate) -> Terms:
    assert found.terms is not None
    return found.terms


def codes(found: Estimate) -> set[str]:
    return {each.code for each in found.assumptions}


def told(total: object, remaining: object) -> Accumulator:
    return Accumulator(*(None if each is None else Decimal(str(each)) for each in (total, remaining)))


NONE = Accumulator()
READINGS: dict[str, tuple[list[Benefit], Accumulator, str]] = {
    "what is left, as told": ([deductible(1000), deductible(400, LEFT)], told(1000, 400), ""),
    "what is left, told alone": ([deductible(400, LEFT)], told(None, 400), ""),
    "the total less what is met": ([deductible(1000), deductible(250, MET)], told(1000, 750), ""),
    "more met than the total": ([deductible(1000), deductible(1250, MET)], told(1000, 0), ""),
    "the total alone is all left": ([deductible(1000)], told(1000, 1000), "DED_REMAINING_ASSUMED_FULL"),
    "a total of nothing needs no guess": ([deductible(0)], told(0, 0), ""),
    "more left than the total": (
        [deductible(1000), deductible(1200, LEFT)],
        told(1000, 1000),
        "REMAINING_ABOVE_TOTAL",
    ),
    "what is met alone says nothing": ([deductible(250, MET)], NONE, "DEDUCTIBLE_NOT_STATED"),
    "no limit": ([deductible(999999, unlimited=True), deductible(5, LEFT)], NONE, ""),
    "a row for employees counts as one person's": (
        [deductible(1000, level=CoverageLevel.EMPLOYEE), deductible(400, LEFT, None)],
        told(1000, 400),
        "",
    ),
    "an individual's row before an employee's": (
        [deductible(900, level=CoverageLevel.EMPLOYEE), deductible(1000), deductible(400, LEFT)],
        told(1000, 400),
        "",
    ),
    "the other network's rows are not read": (
        [deductible(1000), deductible(400, LEFT), deductible(1, LEFT, network=Network.OUT)],
        told(1000, 400),
        "",
    ),
    "a row that names no network holds for both": (
        [deductible(1000, network=Network.UNKNOWN), deductible(400, LEFT, network=Network.BOTH)],
        told(1000, 400),
        "",
    ),
    "the service's own deductible before the plan's": (
        [
            deductible(1000),
            deductible(400, LEFT),
            deductible(200, services=("CJ",)),
            deductible(50, LEFT, services=("CJ",)),
        ],
        told(200, 50),
        "",
    ),
    "the service's own total without what is left of it": (
        [deductible(1000), deductible(400, LEFT), deductible(200, services=("CJ",))],
        told(200, 200),
        "DED_REMAINING_ASSUMED_FULL",
    ),
    "the service repeats the plan's total, the plan says what is left": (
        [deductible(1000), deductible(400, LEFT), deductible(1000, services=("CJ",))],
        told(1000, 400),
        "",
    ),
    "the service repeats what is left, the plan says the total": (
        [deductible(1000), deductible(400, LEFT), deductible(400, LEFT, services=("CJ",))],
        told(1000, 400),
        "",
    ),
    "of two totals alike the larger": (
        [deductible(800), deductible(1000), deductible(400, LEFT)],
        told(1000, 400),
        "",
    ),
}


@pytest.mark.parametrize("name", READINGS)
def test_what_is_left_of_a_deductible(name: str) -> None:
    rows, expected, code = READINGS[name]

    found = estimate(*rows)

    assert terms_of(found).deductible.individual == expected
    guesses = {"DED_REMAINING_ASSUMED_FULL", "REMAINING_ABOVE_TOTAL", "DEDUCTIBLE_NOT_STATED"}
    assert codes(found) & guesses == ({code} if code else set())


def test_a_deductible_assumed_full_may_be_met_already() -> None:
    found = estimate(deductible(1000))

    assert (found.low, found.expected) == (Decimal("1560.00"), Decimal("2360.00"))
    assert found.high == found.expected


def test_the_family_side_binds_when_less_is_left_of_it() -> None:
    found = estimate(
        deductible(1500),
        deductible(1000, LEFT),
        deductible(3000, YEAR, FAMILY),
        deductible(400, LEFT, FAMILY),
    )

    assert terms_of(found).structure is Structure.EMBEDDED
    assert found.totals.deductible == Decimal("400.00")


@pytest.mark.parametrize(
    "words", ["AGGREGATE DEDUCTIBLE", "Non-embedded", "DEDUCTIBLE IS MET WHEN FAMILY AMOUNT IS SATISFIED"]
)
def test_a_message_makes_the_family_deductible_the_only_one(words: str) -> None:
    message = (words,)
    found = estimate(
        deductible(1500),
        deductible(100, LEFT),
        deductible(3000, YEAR, FAMILY, messages=message),
        deductible(400, LEFT, FAMILY),
    )

    assert terms_of(found).structure is Structure.AGGREGATE
    assert found.totals.deductible == Decimal("400.00")


def test_a_family_deductible_alone_is_aggregate() -> None:
    assert terms_of(estimate(deductible(400, LEFT, FAMILY))).structure is Structure.AGGREGATE


@pytest.mark.parametrize(
    ("individual", "family", "year", "expected"),
    [
        (15000, 20000, 2026, ("10600.00", {"ACA_LIMIT_APPLIED"})),
        (None, 20000, 2026, ("10600.00", {"ACA_LIMIT_APPLIED"})),
        (15000, 20000, 2027, ("12000.00", {"ACA_LIMIT_APPLIED", "ACA_LIMIT_UNCONFIRMED"})),
        (9000, 20000, 2026, ("9000", set())),
        (15000, None, 2026, ("15000", set())),
        (15000, 10000, 2026, ("15000", set())),
        (15000, 20000, 2031, ("15000", set())),
    ],
)
def test_one_person_inside_family_coverage_owes_no_more_than_the_law_allows(
    individual: int | None, family: int | None, year: int, expected: tuple[str, set[str]]
) -> None:
    rows = [maximum(amount, LEFT, level) for amount, level in ((individual, ONE), (family, FAMILY)) if amount]

    found = estimate(*rows, start_date=date(year, 3, 2))

    assert terms_of(found).out_of_pocket.individual.remaining == Decimal(expected[0])
    assert {code for code in codes(found) if code.startswith("ACA")} == expected[1]


def test_the_law_holds_in_network_only() -> None:
    rows = [
        maximum(amount, LEFT, level, network=Network.BOTH)
        for amount, level in ((15000, ONE), (20000, FAMILY))
    ]

    found = estimate_coverage(
        coverage(*rows, RATE._replace(network=Network.OUT)), program(), network=Network.OUT
    )

    assert terms_of(found).out_of_pocket.individual.remaining == Decimal(15000)


LIMITS = (deductible(1000), deductible(400, LEFT), maximum(3000), maximum(2500, LEFT))
RENEWED = (AccumulatorPair(told(1000, 1000)), AccumulatorPair(told(3000, 3000)))
WINTER = {"start_date": date(2026, 12, 7)}


def resets(found: Estimate) -> list[str]:
    return [reset.date.isoformat() for reset in terms_of(found).resets]


def test_a_calendar_year_begins_anew_on_the_first_of_january() -> None:
    found = estimate(*LIMITS, **WINTER)

    assert resets(found) == ["2027-01-01"]
    reset = terms_of(found).resets[0]
    assert (reset.deductible, reset.out_of_pocket) == RENEWED
    assert "RESET_USES_CURRENT_DESIGN" in codes(found)
    assert found.confidence.score == 90
    assert [(year.label, year.shares.deductible) for year in found.plan_years] == [
        ("2026-01-01", Decimal("400.00")),
        ("2027-01-01", Decimal("1000.00")),
    ]


@pytest.mark.parametrize("period", [Period.SERVICE_YEAR, Period.CONTRACT])
def test_a_plan_year_begins_anew_on_its_anniversary(period: Period) -> None:
    rows = [row._replace(period=period) if row.period is YEAR else row for row in LIMITS]

    found = estimate(*rows, plan=Plan(begins=date(2024, 4, 1)))

    assert resets(found) == ["2026-04-01"]
    assert [year.label for year in found.plan_years] == ["2025-04-01", "2026-04-01"]


def test_an_anniversary_on_a_leap_day_comes_every_year() -> None:
    rows = [row._replace(period=Period.CONTRACT) if row.period is YEAR else row for row in LIMITS]

    found = estimate(*rows, plan=Plan(begins=date(2024, 2, 29)), start_date=date(2026, 2, 2))

    assert resets(found) == ["2026-02-28"]


@pytest.mark.parametrize("period", [Period.CONTRACT, None])
def test_a_plan_year_nobody_dated_is_taken_as_the_calendars(period: Period | None) -> None:
    rows = [row._replace(period=period) if row.period is YEAR else row for row in LIMITS]

    found = estimate(*rows, **WINTER)

    assert resets(found) == ["2027-01-01"]
    assert "PLAN_YEAR_ASSUMED_CALENDAR" in codes(found)


def test_no_plan_year_ends_inside_a_spring_program() -> None:
    found = estimate(*LIMITS)

    assert resets(found) == []
    assert [year.label for year in found.plan_years] == ["2026-01-01"]


def test_only_what_is_left_known_renews_to_at_least_that() -> None:
    found = estimate(deductible(400, LEFT), **WINTER)

    assert terms_of(found).resets[0].deductible.individual == told(None, 400)
    assert "RESET_TOTAL_UNKNOWN" in codes(found)


def test_a_plan_year_between_the_answer_and_the_first_session_counts() -> None:
    january = {"start_date": date(2027, 1, 4)}

    assert estimate(*LIMITS, as_of=date(2026, 12, 1), **january).totals.deductible == Decimal("1000.00")
    assert estimate(*LIMITS, **january).totals.deductible == Decimal("400.00")


def test_the_law_of_the_new_year_holds_from_the_new_year() -> None:
    rows = [
        maximum(15000, YEAR),
        maximum(15000, LEFT),
        maximum(20000, YEAR, FAMILY),
        maximum(20000, LEFT, FAMILY),
    ]

    terms = terms_of(estimate(*rows, **WINTER))

    assert terms.out_of_pocket.individual == told("10600.00", "10600.00")
    assert terms.resets[0].out_of_pocket.individual == told("12000.00", "12000.00")


def test_terms_read_from_a_reply_never_leave_more_than_their_total() -> None:
    found = estimate(deductible(1000), deductible(1200, LEFT), maximum(15000), maximum(16000, LEFT), **WINTER)
    pairs = [terms_of(found).deductible, terms_of(found).out_of_pocket]

    assert all(
        side.total is None or (side.remaining or 0) <= side.total
        for pair in pairs
        for side in (pair.individual, pair.family)
    )


def test_a_reply_without_limits_has_no_resets() -> None:
    found = estimate_coverage(replace_rows(coverage(RATE), ()), program(**WINTER), network=Network.IN)

    assert resets(found) == []


def replace_rows(reply: Coverage, rows: tuple[Benefit, ...]) -> Coverage:
    return replace(reply, benefits=(*rows, *reply.benefits))
