"""What the page of a verification shows: unknown, none and zero stay apart; each number has an origin."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from verifier.estimation.estimator import estimate_coverage, estimate_terms
from verifier.model.coverage import Benefit, Coverage, Source, bare_benefit
from verifier.model.estimate import Accumulator, AccumulatorPair, Estimate, Reset, Shares, Terms
from verifier.model.findings import Unknown, Verdict
from verifier.model.inquiry import Inquiry, Member, Patient, Relationship
from verifier.model.program import Program, Weekday
from verifier.model.verification import (
    Attempt,
    Decision,
    Freshness,
    Origin,
    Outcome,
    Verification,
    VerificationStatus,
)
from verifier.model.vocabulary import (
    Authorization,
    BenefitKind,
    CoverageLevel,
    CoverageStatus,
    Network,
    Period,
)
from verifier.web.staff.result.answer import tell_calls, tell_freshness
from verifier.web.staff.result.chart import draw
from verifier.web.staff.result.glance import glance_at, tell_pays
from verifier.web.staff.result.ledger import write_ledger
from verifier.web.staff.result.networks import lay_out
from verifier.web.staff.result.whole import build_result, word_program

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
WEEKDAYS = (Weekday.MON, Weekday.WED, Weekday.FRI)
PROGRAM = Program("H0015", date(2026, 12, 7), WEEKDAYS, weeks=8, allowed_amount=Decimal("325.00"))
MEMBER = Member(last_name="Exampleton", first_name="Marigold", birth_date=date(1991, 6, 30), id="XQZ44")
INQUIRY = Inquiry(payer="sim-commercial", member=MEMBER, program=PROGRAM, network=Network.IN)
LINE = 10


def a_row(kind: BenefitKind, amount: str | None = None, segment: int = LINE, **changes: Any) -> Benefit:  # noqa: ANN401
    usual = {"code": "C", "services": ("30",), "level": CoverageLevel.INDIVIDUAL, "network": Network.IN}
    said = usual | {"amount": Decimal(amount) if amount else None} | changes
    return bare_benefit(kind, Source(segment, f"EB*{kind}*{segment}"), **said)


ACTIVE = a_row(BenefitKind.ACTIVE, services=("30", "MH", "AI"))
SHARE = a_row(BenefitKind.COINSURANCE, rate=Decimal("0.2"), services=("AI",), segment=11)
TOTAL = a_row(BenefitKind.DEDUCTIBLE, "1500.00", 12, period=Period.CALENDAR_YEAR)
LEFT = a_row(BenefitKind.DEDUCTIBLE, "1250.00", 13, period=Period.REMAINING)


def price(*rows: Benefit, program: Program = PROGRAM) -> Estimate:
    coverage = Coverage(CoverageStatus.ACTIVE, benefits=rows)
    return estimate_coverage(coverage, program, network=Network.IN, as_of=NOON.date())


def column(*rows: Benefit) -> Any:  # noqa: ANN401 - a column of the page
    (found,) = lay_out({Network.IN: price(*rows)}, Network.IN)
    return found


def a_verification(**changes: Any) -> Verification:  # noqa: ANN401
    coverage = Coverage(CoverageStatus.ACTIVE, benefits=(ACTIVE, SHARE, TOTAL, LEFT))
    whole = Verification(
        "ver_1",
        VerificationStatus.COMPLETE,
        INQUIRY,
        NOON,
        coverage=coverage,
        estimate=price(ACTIVE, SHARE, TOTAL, LEFT),
        as_of=NOON,
        freshness=Freshness(Origin.LIVE),
        decision=Decision(Verdict.GO, ("The payer says that coverage is active.",)),
    )
    return replace(whole, **changes)


def test_a_limit_is_told_with_its_total_what_is_met_and_what_is_left_and_where_each_stands() -> None:
    row = column(ACTIVE, SHARE, TOTAL, LEFT).limits[0]

    assert (row.total.value, row.met.value, row.remaining.value) == (
        Decimal("1500.00"),
        Decimal("250.00"),
        Decimal("1250.00"),
    )
    assert (row.total.origin.segment, row.remaining.origin.segment) == (TOTAL.source.text, LEFT.source.text)
    assert row.share == Decimal("16.67")
    assert row.in_words == "Deductible, person: $250.00 of $1,500.00 met"


def test_what_is_left_and_was_not_told_is_unknown_although_the_estimate_takes_all_of_it() -> None:
    row = column(ACTIVE, SHARE, TOTAL).limits[0]

    assert (row.total.kind, row.met.kind, row.remaining.kind, row.share) == (
        "known",
        "unknown",
        "unknown",
        None,
    )


def test_no_word_on_a_limit_is_unknown_and_a_word_that_there_is_none_is_not() -> None:
    silent = column(ACTIVE, SHARE).limits
    unlimited = column(
        ACTIVE, SHARE, a_row(BenefitKind.OUT_OF_POCKET, unlimited=True, period=Period.CALENDAR_YEAR)
    ).limits

    assert {row.label: row.total.kind for row in silent} == {
        "Deductible, person": "unknown",
        "Out-of-pocket maximum, person": "unknown",
    }
    assert {row.label: row.total.kind for row in unlimited}["Out-of-pocket maximum, person"] == "none"


def test_a_deductible_of_zero_is_zero_and_wholly_met() -> None:
    zero = a_row(BenefitKind.DEDUCTIBLE, "0", period=Period.CALENDAR_YEAR)._replace(amount=Decimal("0.00"))
    row = column(ACTIVE, SHARE, zero).limits[0]

    assert (row.total.kind, row.total.value, row.share) == ("known", Decimal("0.00"), Decimal(100))


def test_a_copay_that_nobody_named_is_none_beside_a_coinsurance_and_unknown_without_any_cost_share() -> None:
    told = {row.label: row.value for row in column(ACTIVE, SHARE, TOTAL, LEFT).shares}
    silent = {row.label: row.value for row in column(ACTIVE, TOTAL, LEFT).shares}

    assert (told["Coinsurance"], told["Copay"]) == ("20%", "none")
    assert (silent["Coinsurance"], silent["Copay"]) == (None, None)


def test_both_networks_stand_side_by_side_and_ours_is_marked() -> None:
    priced = {Network.IN: price(ACTIVE, SHARE, TOTAL, LEFT), Network.OUT: price(ACTIVE, SHARE)}

    columns = lay_out(priced, Network.OUT)

    assert [(each.title, each.is_ours) for each in columns] == [
        ("In network", False),
        ("Out of network", True),
    ]


def test_networks_that_do_not_differ_are_told_once() -> None:
    same = price(ACTIVE, SHARE)

    (only,) = lay_out({Network.IN: same, Network.OUT: same}, Network.IN)

    assert only.title == "In either network"


@pytest.mark.parametrize(
    ("status", "verdict", "look", "headline"),
    [
        ("active", "go", "go", "Covered"),
        ("active", "caution", "caution", "Covered, but settle this first"),
        ("active", "stop", "stop", "Not covered, says the payer"),
        ("inactive", "stop", "stop", "The plan is not active, says the payer"),
        ("rejected", "caution", "unknown", "The payer refused the question: this is no answer"),
        ("unknown", "caution", "unknown", "Not known: call the payer"),
        ("unknown", "go", "go", "Covered by what is on file"),
        ("unknown", "stop", "stop", "Not known: call the payer"),
    ],
)
def test_the_first_glance_never_takes_an_outage_or_a_refusal_for_a_no(
    status: str, verdict: str, look: str, headline: str
) -> None:
    coverage = Coverage(CoverageStatus(status))
    decision = Decision(Verdict(verdict), ("Because.",))

    glance = glance_at(a_verification(coverage=coverage, decision=decision), coverage)

    assert (glance.look, glance.headline) == (look, headline)


def test_without_an_estimate_the_cost_is_unknown_and_not_zero() -> None:
    assert tell_pays(None) is None


def test_an_estimate_of_which_nothing_is_known_tells_no_figure() -> None:
    nothing = estimate_terms(Terms("in", coinsurance=Decimal("0.2")), replace(PROGRAM, allowed_amount=None))

    assert nothing.incomplete
    assert tell_pays(nothing) is None


def test_nothing_to_pay_that_is_known_is_told_as_zero() -> None:
    pays = tell_pays(estimate_terms(Terms("in"), PROGRAM))

    assert pays
    assert (pays.expected, pays.is_range, pays.is_incomplete) == (Decimal("0.00"), False, False)


@pytest.mark.parametrize(
    ("said", "told"), [("required", "Required"), ("not_required", "Not required"), ("unknown", None)]
)
def test_authorization_is_required_not_required_or_unknown(said: str, told: str | None) -> None:
    row = SHARE._replace(authorization=Authorization(said))
    coverage = Coverage(CoverageStatus.ACTIVE, benefits=(ACTIVE, row))

    asked = (Unknown("authorization", "Does it need authorization?"),)

    fact = glance_at(a_verification(coverage=coverage, unknowns=asked), coverage).facts[0]

    assert fact.value == told
    assert (fact.origin is None) == (told is None)


def test_what_nobody_said_and_nobody_needs_to_ask_is_not_shown_as_a_gap() -> None:
    coverage = Coverage(CoverageStatus.ACTIVE, benefits=(ACTIVE,))

    facts = glance_at(a_verification(coverage=coverage), coverage).facts

    assert [fact.label for fact in facts] == ["Facility"]


def test_the_chart_marks_the_days_that_change_what_a_session_costs() -> None:
    chart = draw(price(ACTIVE, SHARE, TOTAL, LEFT))

    assert chart
    assert [mark.label for mark in chart.marks] == ["Deductible met 12/14", "New plan year 01/01"]
    assert len(chart.bars) == len(chart.rows) == 8
    assert chart.rows[-1].so_far == price(ACTIVE, SHARE, TOTAL, LEFT).expected
    assert "Deductible met on 12/14/2026." in chart.description


def test_no_bar_and_no_point_leaves_the_picture() -> None:
    chart = draw(price(ACTIVE, SHARE, TOTAL, LEFT))

    assert chart
    points = [tuple(map(Decimal, point.split(","))) for point in chart.line.split()]
    assert all(0 <= x <= 640 and 0 <= y <= 300 for x, y in points)
    assert all(bar.y >= 186 and bar.y + bar.height <= 276 and bar.x >= 56 for bar in chart.bars)


def unpriced(estimate: Estimate, since: date) -> Estimate:
    """Leave the sessions from *since* on without anybody's share, as rules of an unloaded year do."""

    def strip(shares: Shares) -> Shares:
        return Shares(allowed=shares.allowed)

    sessions = tuple(
        each._replace(shares=strip(each.shares)) if each.date >= since else each for each in estimate.sessions
    )
    weeks = tuple(
        each._replace(shares=strip(each.shares)) if each.begins >= since else each for each in estimate.weeks
    )
    return replace(estimate, sessions=sessions, weeks=weeks, incomplete=True)


def test_a_week_that_nobody_can_price_is_unknown_and_no_bar_of_zero() -> None:
    chart = draw(unpriced(price(ACTIVE, SHARE, TOTAL, LEFT), date(2027, 1, 1)))

    assert chart
    assert [row.patient is None for row in chart.rows] == [False] * 3 + [True] * 5
    assert [row.so_far is None for row in chart.rows] == [False] * 3 + [True] * 5
    assert [bar.is_known for bar in chart.bars] == [True] * 3 + [False] * 5
    assert "For 5 weeks nobody knows it." in chart.description


def test_a_session_that_nobody_can_price_has_no_amounts_in_the_ledger() -> None:
    ledger = write_ledger(unpriced(price(ACTIVE, SHARE, TOTAL, LEFT), date(2027, 1, 1)))
    first, last = ledger.lines[0], ledger.lines[-1]

    assert (first.patient, first.plan) == (Decimal("325.00"), Decimal("0.00"))
    assert (last.patient, last.plan, last.so_far, set(last.parts)) == (None, None, None, {None})
    assert last.allowed == Decimal("325.00")
    assert not ledger.is_complete


def test_the_ledger_has_the_columns_that_hold_something_and_notes_on_its_days() -> None:
    ledger = write_ledger(price(ACTIVE, SHARE, TOTAL, LEFT))

    assert ledger.headings == ("Deductible", "Coinsurance")
    assert {line.date: line.note for line in ledger.lines if line.note} == {
        date(2026, 12, 14): "Deductible met",
        date(2027, 1, 1): "New plan year",
    }
    assert [line.date for line in ledger.lines if line.is_new_year] == [date(2027, 1, 1)]
    assert sum(line.patient or 0 for line in ledger.lines) == ledger.patient == ledger.lines[-1].so_far


def test_without_a_price_allowed_and_plan_amounts_are_unknown() -> None:
    program = replace(PROGRAM, allowed_amount=None)
    copay = a_row(BenefitKind.COPAY, "30.00", services=("AI",), period=Period.DAY)

    ledger = write_ledger(price(ACTIVE, copay, TOTAL, LEFT, program=program))

    assert (ledger.allowed, ledger.plan) == (None, None)
    assert {(line.allowed, line.plan) for line in ledger.lines} == {(None, None)}


@pytest.mark.parametrize(
    ("outcome", "look"),
    [
        (Outcome.ANSWERED, "go"),
        (Outcome.REJECTED, "caution"),
        (Outcome.TIMEOUT, "unknown"),
        (Outcome.THROTTLED, "unknown"),
        (Outcome.HELD, "unknown"),
    ],
)
def test_each_call_is_told_with_how_it_ended(outcome: Outcome, look: str) -> None:
    (call,) = tell_calls((Attempt("caqh_core", ("MH",), outcome, 1.25, payer="sim-commercial"),))

    assert (call.look, call.asked, call.seconds) == (look, "Mental Health", "1.2 s")


def test_how_old_an_answer_is_is_told_in_words_and_in_the_facilitys_time() -> None:
    found = tell_freshness(a_verification(), NOON + timedelta(hours=3), "America/Chicago")

    assert found
    assert (found.text, found.as_of) == ("Asked 3 hours ago", "11/24/2026, 6:00 AM CST")


def test_an_older_answer_says_so_with_its_reason() -> None:
    stale = Freshness(Origin.STALE, 3600, "the payer is down")

    found = tell_freshness(a_verification(freshness=stale), NOON + timedelta(hours=1), None)

    assert found
    assert (found.is_old, found.reason) == (True, "the payer is down")
    assert "older answer" in found.text


def test_the_page_names_the_patient_and_not_the_member() -> None:
    child = Patient(Relationship.CHILD, "Fern", "Exampleton", birth_date=date(2010, 1, 1))
    verification = a_verification(inquiry=replace(INQUIRY, patient=child))

    result = build_result(verification, {}, payer="Simulated", facility=None, now=NOON)

    assert result.person == "Fern Exampleton"


def test_a_program_is_told_in_words() -> None:
    assert word_program(PROGRAM).endswith("(H0015), Mon, Wed and Fri, 8 weeks from 12/07/2026")


def test_a_pending_verification_shows_its_calls_and_no_verdict() -> None:
    pending = Verification("ver_1", VerificationStatus.PENDING, INQUIRY, NOON)

    result = build_result(pending, {}, payer="Simulated", facility=None, now=NOON)

    assert (result.is_pending, result.glance.headline, result.glance.pays) == (
        True,
        "The payer is being asked",
        None,
    )


def test_a_plan_year_with_a_new_limit_stands_in_the_chart() -> None:
    full = AccumulatorPair(Accumulator(Decimal(500), Decimal(500)))
    terms = Terms("in", deductible=full, resets=(Reset(date(2027, 1, 1), full, AccumulatorPair()),))

    chart = draw(estimate_terms(terms, PROGRAM))

    assert chart
    assert any(mark.label.startswith("New plan year") for mark in chart.marks)
