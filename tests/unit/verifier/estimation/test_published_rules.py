"""Published rules priced to the cent: phases, what carries, what is not known, variants, what replies add."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from verifier.estimation.published import estimate_published
from verifier.model.coverage import Coverage, Source
from verifier.model.estimate import (
    Accumulator,
    AccumulatorPair,
    ConfidenceLevel,
    Copay,
    Counted,
    Estimate,
    Figure,
    LaterBill,
    Reset,
    Terms,
)
from verifier.model.findings import FigureStatus, Remark, Rule, Verdict
from verifier.model.program import Program, Weekday
from verifier.model.published import Phase, Published, Variant
from verifier.model.vocabulary import BenefitKind, CoverageLevel, CoverageStatus, Period
from verifier.testing.builders import benefit

WEEK = (Weekday.MON, Weekday.WED, Weekday.FRI)
DECEMBER = Program("H0015", date(2026, 12, 21), WEEK, sessions=8, allowed_amount=Decimal("325.00"))
# The eight days: 21, 23, 25, 28, 30 December 2026 and 1, 4, 6 January 2027.
OLD, NEW, MIDWEEK = date(2026, 1, 1), date(2027, 1, 1), date(2026, 12, 28)
ACTIVE, FAULT = Coverage(CoverageStatus.ACTIVE), Coverage(CoverageStatus.UNKNOWN)
PAGE = "https://example.org/costs"


def limit(individual: str | None, family: str | None = None) -> AccumulatorPair:
    sides = (None if side is None else Decimal(side) for side in (individual, family))
    return AccumulatorPair(*(Accumulator(side, side) for side in sides))


def terms(
    copay: str | None = "39.00",
    deductible: str | None = None,
    cap: str | None = None,
    **more: Any,  # noqa: ANN401
) -> Terms:
    owed = None if copay is None else Copay(Decimal(copay))
    return Terms("in", copay=owed, deductible=limit(deductible), out_of_pocket=limit(cap), **more)


def figure(
    value: str | None = "39.00", status: FigureStatus = FigureStatus.PRINTED, year: int = 2026
) -> Figure:
    return Figure("specialty copay a day", value, Rule("tricare", year, status, PAGE))


UNKNOWN = figure(None, FigureStatus.UNKNOWN)


def price(*phases: Phase, coverage: Coverage = ACTIVE, program: Program = DECEMBER, **more: Any) -> Estimate:  # noqa: ANN401
    published = Published("tricare", (Variant("Group A", phases),), **more)
    return estimate_published(published, program, coverage)


def owed(estimate: Estimate) -> list[str]:
    return [str(session.shares.patient) for session in estimate.sessions]


YEAR_END, NEXT_SUMMER = (
    Reset(day, limit(None), limit("100.00")) for day in (date(2026, 12, 25), date(2027, 7, 1))
)
FULL_PRICE = terms(None, "500.00", "800.00", coinsurance=Decimal("0.20"))


@pytest.mark.parametrize(
    ("phases", "patient"),
    [
        ([Phase(OLD, terms())], ["39.00"] * 8),
        # the deductible first, then the copay of what is left of the session
        ([Phase(OLD, terms(deductible="340.00"))], ["325.00", "54.00", *["39.00"] * 6]),
        # a new year begins its deductible and its copay anew
        (
            [Phase(OLD, terms(deductible="325.00")), Phase(NEW, terms("40.00", "100.00"))],
            ["325.00", *["39.00"] * 4, "140.00", "40.00", "40.00"],
        ),
        # mid-year change: the deductible that was met stays met, the rest of the cap is what is left of it
        (
            [Phase(OLD, FULL_PRICE), Phase(MIDWEEK, FULL_PRICE, carries=True)],
            ["325.00", "205.00", "65.00", "65.00", "65.00", "65.00", "10.00", "0.00"],
        ),
        # the same change without carrying begins anew
        (
            [Phase(OLD, FULL_PRICE), Phase(MIDWEEK, FULL_PRICE)],
            ["325.00", "205.00", "65.00", "325.00", "205.00", "65.00", "65.00", "65.00"],
        ),
        # three phases of one year carry what both before used
        (
            [
                Phase(OLD, terms("39.00", cap="100.00")),
                Phase(date(2026, 12, 23), terms("39.00", cap="100.00"), carries=True),
                Phase(MIDWEEK, terms("39.00", cap="100.00"), carries=True),
            ],
            ["39.00", "39.00", "22.00", *["0.00"] * 5],
        ),
        # a year that holds no session still ends what was carried
        (
            [
                Phase(OLD, terms("39.00", cap="117.00")),
                Phase(date(2026, 12, 26), terms("39.00", cap="117.00")),
                Phase(MIDWEEK, terms("39.00", cap="117.00"), carries=True),
            ],
            ["39.00"] * 6 + ["0.00"] * 2,
        ),
        # what does not count to the cap uses nothing of it
        (
            [
                Phase(OLD, terms("162.50", cap="100.00", counts_to_out_of_pocket=frozenset())),
                Phase(MIDWEEK, terms("39.00", cap="100.00"), carries=True),
            ],
            ["162.50"] * 3 + ["39.00", "39.00", "22.00", "0.00", "0.00"],
        ),
        # a plan year that begins within a phase begins its limits anew there, and only there
        (
            [
                Phase(OLD, terms("39.00", cap="100.00", resets=(YEAR_END, NEXT_SUMMER))),
                Phase(MIDWEEK, terms("39.00", cap="100.00"), carries=True),
            ],
            ["39.00", "39.00", "39.00", "39.00", "22.00", "0.00", "0.00", "0.00"],
        ),
        # where copays count to the deductible they use it up for the next phase, too
        (
            [
                Phase(
                    OLD,
                    terms("100.00", "300.00", deductible_rule="copay_first", copay_counts_to_deductible=True),
                ),
                Phase(MIDWEEK, terms("39.00", "350.00"), carries=True),
            ],
            ["325.00", "100.00", "100.00", *["39.00"] * 5],
        ),
    ],
    ids=[
        "one",
        "deductible",
        "new year",
        "carried",
        "anew",
        "three",
        "empty",
        "outside the cap",
        "resets",
        "copay counts",
    ],
)
def test_phases_are_walked_one_after_the_other(phases: list[Phase], patient: list[str]) -> None:
    found = price(*phases)

    assert owed(found) == patient
    assert found.expected == found.low == found.high == sum(map(Decimal, patient))
    assert found.collectable_by_provider == found.expected
    assert not found.incomplete


def test_the_years_of_an_estimate_are_calendar_years() -> None:
    found = price(Phase(OLD, terms(deductible="325.00")), Phase(NEW, terms("40.00")))

    assert [(year.label, year.sessions, str(year.shares.patient)) for year in found.plan_years] == [
        ("2026-01-01", 5, "481.00"),
        ("2027-01-01", 3, "120.00"),
    ]
    assert found.milestones.deductible_met_on == date(2026, 12, 21)


UNPRICED = "3 sessions from 2027-01-01 on are listed without a patient's share."
LEFT_OUT = "the figures leave out what depends on it. Look it up at"
OWN_PAGE = "the program's own publication"
NOT_LOADED = Figure("TRICARE cost table", None, Rule("tricare", 2027, FigureStatus.UNKNOWN, PAGE))


@pytest.mark.parametrize(
    ("figures", "code", "words"),
    [
        (
            (NOT_LOADED,),
            "RULE_YEAR_NOT_LOADED",
            f"The TRICARE figures of 2027 are not loaded: {UNPRICED} Load them from: {PAGE}.",
        ),
        (
            (),
            "RULE_YEAR_NOT_LOADED",
            f"The published figures of 2027 are not loaded: {UNPRICED} Load them from: {OWN_PAGE}.",
        ),
        (
            (figure("150.00", year=2027), figure(None, FigureStatus.UNKNOWN, 2027)),
            "RULE_FIGURE_UNKNOWN",
            f"No source gives the specialty copay a day of TRICARE for 2027; {LEFT_OUT}: {PAGE}.",
        ),
    ],
)
def test_sessions_no_figure_is_known_for_are_listed_and_never_priced(
    figures: tuple[Figure, ...], code: str, words: str
) -> None:
    found = price(Phase(OLD, terms(), (figure(),)), Phase(NEW, None, figures))

    assert owed(found) == ["39.00"] * 5 + ["0.00"] * 3
    assert [str(session.shares.allowed) for session in found.sessions] == ["325.00"] * 8
    assert [str(session.shares.plan) for session in found.sessions] == ["286.00"] * 5 + ["0.00"] * 3
    assert found.incomplete
    assert [(each.code, each.text) for each in found.assumptions] == [(code, words)]
    assert found.confidence.score == 70


def test_a_session_before_every_phase_is_not_priced_either() -> None:
    found = price(Phase(MIDWEEK, terms()))

    assert owed(found) == ["0.00"] * 3 + ["39.00"] * 5
    assert found.incomplete


def test_a_figure_unknown_in_a_phase_that_is_priced_makes_the_estimate_incomplete() -> None:
    found = price(Phase(OLD, terms(), (figure(), UNKNOWN)))

    assert owed(found) == ["39.00"] * 8
    assert found.incomplete
    assert [(step.what, step.value) for step in found.steps][1:3] == [
        ("specialty copay a day", "39.00"),
        ("specialty copay a day", "not known"),
    ]


@pytest.mark.parametrize(
    ("statuses", "codes", "score"),
    [
        ([FigureStatus.PRINTED, FigureStatus.DERIVED], [], 100),
        ([FigureStatus.INFERRED], ["RULE_FIGURE_INFERRED"], 90),
        ([FigureStatus.UNCONFIRMED], ["RULE_FIGURE_UNCONFIRMED"], 85),
        (
            [FigureStatus.INFERRED, FigureStatus.UNCONFIRMED, FigureStatus.INFERRED],
            ["RULE_FIGURE_INFERRED", "RULE_FIGURE_UNCONFIRMED"],
            75,
        ),
    ],
)
def test_a_figure_that_is_not_printed_costs_confidence_and_says_so(
    statuses: list[FigureStatus], codes: list[str], score: int
) -> None:
    figures = tuple(figure(status=status) for status in statuses)
    found = price(Phase(OLD, terms(), figures))

    assert [each.code for each in found.assumptions] == codes
    assert found.confidence.score == score
    assert {step.rule.status for step in found.steps if step.rule} == set(statuses)


GROUPS = Published(
    "tricare",
    (
        Variant("Group A", (Phase(OLD, terms("39.00"), (figure("39.00"),)),)),
        Variant("Group B", (Phase(OLD, terms("52.00"), (figure("52.00"),)),)),
        Variant("point of service", (Phase(OLD, terms("162.50"), (figure("162.50"),)),), is_expected=False),
    ),
)


def test_variants_span_the_range_and_the_dearest_expected_one_is_told() -> None:
    found = estimate_published(GROUPS, DECEMBER, ACTIVE)

    assert (found.low, found.expected, found.high) == (Decimal(312), Decimal(416), Decimal(1300))
    assert owed(found) == ["52.00"] * 8
    assert [each.code for each in found.assumptions] == ["RULE_OPEN"]
    assert [(step.value, step.note) for step in found.steps] == [
        ("Group B", "tricare"),
        ("52.00", None),
        ("39.00", "Group A"),
        ("162.50", "point of service"),
        ("325.00", "as given"),
    ]


def test_a_variant_that_cannot_be_priced_leaves_no_estimate_complete() -> None:
    hole = Variant("Group A retiree", (Phase(OLD, None, (figure("150.00"), UNKNOWN)),))
    found = estimate_published(replace(GROUPS, variants=(*GROUPS.variants, hole)), DECEMBER, ACTIVE)

    assert (found.expected, found.incomplete) == (Decimal(416), True)
    assert "RULE_FIGURE_UNKNOWN" in [each.code for each in found.assumptions]


def test_without_a_price_the_fixed_copays_are_known_and_the_cap_is_the_most() -> None:
    unpriced = replace(DECEMBER, allowed_amount=None)
    found = price(
        Phase(OLD, terms("39.00", "200.00", "500.00")),
        Phase(MIDWEEK, terms("39.00", "200.00", "500.00"), carries=True),
        program=unpriced,
    )

    assert (found.low, found.expected, found.high) == (Decimal(312), Decimal(312), Decimal(500))
    assert found.incomplete


def test_what_the_provider_may_collect_and_who_bills_later_stand_apart() -> None:
    later = LaterBill("VA", Decimal(0), Decimal(250), "The VA may bill a copay.", (figure("50.00"),))
    found = price(Phase(OLD, terms("0.00")), collectable=Decimal("0.00"), later_bill=later)

    assert (found.expected, found.high, found.collectable_by_provider) == (0, 0, 0)
    assert found.later_bill == later


def told(amount: str, kind: BenefitKind = BenefitKind.DEDUCTIBLE, **changes: Any) -> Coverage:  # noqa: ANN401
    row = benefit(
        kind=kind, amount=Decimal(amount), period=Period.REMAINING, source=Source(9, "EB*C"), **changes
    )
    return replace(ACTIVE, benefits=(row,))


RULED = terms("39.00", "198.00", "400.00")
YEARS = Phase(OLD, RULED, takes_told=True), Phase(NEW, RULED, takes_told=True)


@pytest.mark.parametrize(
    ("coverage", "patient"),
    [
        (ACTIVE, ["237.00", "39.00", "39.00", "39.00", "39.00", "237.00", "39.00", "39.00"]),
        (told("50.00"), ["89.00", *["39.00"] * 4, "237.00", "39.00", "39.00"]),
        (told("0.00"), ["39.00"] * 5 + ["237.00", "39.00", "39.00"]),
        (told("10.00", BenefitKind.OUT_OF_POCKET), ["10.00", *["0.00"] * 4, "237.00", "39.00", "39.00"]),
        # a family limit the rules do not know is none
        (told("0.00", level=CoverageLevel.FAMILY), ["237.00", *["39.00"] * 4, "237.00", "39.00", "39.00"]),
        # a total alone says nothing of what is left
        (
            replace(ACTIVE, benefits=(benefit(kind=BenefitKind.DEDUCTIBLE, amount=Decimal(50)),)),
            ["237.00", *["39.00"] * 4, "237.00", "39.00", "39.00"],
        ),
    ],
    ids=["nothing", "some", "met", "cap", "family", "total"],
)
def test_what_the_payer_says_is_left_wins_in_the_year_it_speaks_of(
    coverage: Coverage, patient: list[str]
) -> None:
    assert owed(price(*YEARS, coverage=coverage)) == patient


def test_an_answer_of_last_year_says_nothing_of_this_ones_limits() -> None:
    later = replace(DECEMBER, start_date=date(2027, 1, 4), sessions=2)
    published = Published("tricare", (Variant("Group A", YEARS),))

    found = estimate_published(published, later, told("0.00"), as_of=date(2026, 12, 20))

    assert owed(found) == ["237.00", "39.00"]


def test_two_phases_of_one_year_name_the_row_once() -> None:
    phases = Phase(OLD, RULED, takes_told=True), Phase(MIDWEEK, RULED, carries=True, takes_told=True)
    found = price(*phases, coverage=told("50.00"))

    assert owed(found) == ["89.00", *["39.00"] * 7]
    assert [step.what for step in found.steps if step.source] == ["deductible, individual, remaining"]


def test_a_limit_of_another_kind_takes_nothing_from_the_reply_and_a_step_names_the_row_otherwise() -> None:
    apart = price(Phase(OLD, RULED), coverage=told("0.00"))
    taken = price(Phase(OLD, RULED, takes_told=True), coverage=told("50.00"))

    assert owed(apart)[0] == "237.00"
    assert [step.what for step in taken.steps if step.source] == ["deductible, individual, remaining"]
    assert [step for step in apart.steps if step.source] == []


@pytest.mark.parametrize(
    ("coverage", "proof", "codes"),
    [
        (ACTIVE, None, []),
        (FAULT, None, ["COVERAGE_UNPROVEN"]),
        (FAULT, Remark("REFERRAL", "The VA referred.", Verdict.GO), []),
    ],
)
def test_figures_of_a_coverage_nobody_confirmed_say_so(
    coverage: Coverage, proof: Remark | None, codes: list[str]
) -> None:
    found = price(Phase(OLD, terms()), coverage=coverage, proof=proof)

    assert owed(found) == ["39.00"] * 8
    assert [each.code for each in found.assumptions] == codes
    assert (found.confidence.level is ConfidenceLevel.HIGH) is not bool(codes)


def test_what_counts_to_the_cap_is_taken_part_by_part() -> None:
    only = terms(
        None,
        "100.00",
        "100.00",
        coinsurance=Decimal("0.20"),
        counts_to_out_of_pocket=frozenset({Counted.DEDUCTIBLE}),
    )
    found = price(Phase(OLD, only), Phase(MIDWEEK, terms("39.00", cap="150.00"), carries=True))

    assert owed(found) == ["145.00", "65.00", "65.00", "39.00", "11.00", "0.00", "0.00", "0.00"]
