"""What holds for any plan: against a plain integer reckoning of the same rules, and in general."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import groupby
from math import floor

from hypothesis import given, settings
from hypothesis import strategies as st

from verifier.estimation.estimator import estimate_terms
from verifier.estimation.published import estimate_published
from verifier.estimation.waterfall import Day, walk
from verifier.model.coverage import Coverage
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
    Shares,
    Structure,
    Terms,
)
from verifier.model.program import WEEKDAYS
from verifier.model.published import Phase, Published, Variant
from verifier.model.vocabulary import CoverageStatus
from verifier.testing.builders import program

START = date(2026, 12, 7)
PARTS = ("deductible", "copay", "coinsurance")
amounts = st.integers(0, 120_000).map(lambda count: Decimal(count) / 100)
prices = st.integers(0, 100_000).map(lambda count: Decimal(count) / 100)
limits = st.none() | amounts
pairs = st.builds(
    AccumulatorPair,
    st.builds(Accumulator, st.none(), limits),
    st.builds(Accumulator, st.none(), limits),
)
rates = st.none() | st.integers(0, 1000).map(lambda count: Decimal(count) / 1000)
resets = st.lists(
    st.builds(Reset, st.integers(-5, 40).map(lambda offset: START + timedelta(offset)), pairs, pairs),
    max_size=2,
    unique_by=lambda reset: reset.date,
).map(tuple)
plans = st.builds(
    Terms,
    network=st.sampled_from(["in", "out", "unknown"]),
    covered=st.sampled_from([True, True, True, False]),
    deductible_rule=st.sampled_from(DeductibleRule),
    structure=st.sampled_from(Structure),
    deductible=pairs,
    out_of_pocket=pairs,
    copay=st.none()
    | st.builds(Copay, st.integers(0, 9000).map(lambda n: Decimal(n) / 100), st.sampled_from(CopayPer)),
    coinsurance=rates,
    coinsurance_base=st.sampled_from(CoinsuranceBase),
    counts_to_out_of_pocket=st.frozensets(st.sampled_from(Counted)),
    copay_counts_to_deductible=st.booleans(),
    first_visits_waived=st.integers(0, 3),
    visits_remaining=st.none() | st.integers(0, 12),
    after_limit_price=st.sampled_from(AfterLimitPrice),
    balance_billing=st.booleans(),
    resets=resets,
)
schedules = st.lists(st.integers(1, 3), min_size=1, max_size=14).map(
    lambda gaps: [START + timedelta(sum(gaps[:index])) for index in range(len(gaps))]
)
units = st.sampled_from([Decimal(1), Decimal(3), Decimal("2.5")])


class Reckoning:
    """The rules once more, in whole cents, both sides of each limit kept, nothing remembered or shortened."""

    def __init__(self, terms: Terms, unit_count: Decimal) -> None:
        self.terms = terms
        self.units = Fraction(unit_count)
        self.visits_used = 0
        self.copay_weeks: list[object] = []
        self.load(terms.deductible, terms.out_of_pocket)

    def load(self, deductible: AccumulatorPair, out_of_pocket: AccumulatorPair) -> None:
        self.deductible = {
            side: whole(getattr(deductible, side).remaining) for side in ("individual", "family")
        }
        self.out_of_pocket = {
            side: whole(getattr(out_of_pocket, side).remaining) for side in ("individual", "family")
        }

    def session(self, day: date, allowed: int, billed: int | None, *, is_first: bool) -> dict[str, int]:
        for reset in sorted(self.terms.resets, key=lambda each: each.date):
            if reset.date <= day and (is_first or reset.date > self.yesterday):
                self.load(reset.deductible, reset.out_of_pocket)
        self.yesterday = day
        limit = self.terms.visits_remaining
        if not self.terms.covered or (limit is not None and self.visits_used >= limit):
            is_billed = self.terms.after_limit_price is AfterLimitPrice.BILLED and billed is not None
            price = billed if is_billed and billed is not None else allowed
            return {"allowed": allowed, "not_covered": price, "patient": price}
        parts = self.cut(self.split(day, allowed))
        self.visits_used += 1
        self.accrue(parts)
        may_bill = self.terms.network == "out" and self.terms.balance_billing and billed is not None
        balance = max(0, (billed or 0) - allowed) if may_bill else 0
        owed = sum(parts.values())
        return {
            "allowed": allowed,
            **parts,
            "balance": balance,
            "patient": owed + balance,
            "plan": allowed - owed,
        }

    def split(self, day: date, allowed: int) -> dict[str, int]:
        is_waived = self.visits_used < self.terms.first_visits_waived
        rule = DeductibleRule.WAIVED if is_waived else self.terms.deductible_rule
        copay, room = self.copay(day), self.room()
        if rule is DeductibleRule.COPAY_FIRST:
            paid = min(copay, allowed)
            deductible = min(allowed - paid, room)
        else:
            deductible = 0 if rule is DeductibleRule.WAIVED else min(allowed, room)
            paid = min(copay, allowed - deductible)
        rest = allowed - deductible - paid
        is_full = (
            self.terms.coinsurance_base is CoinsuranceBase.FULL and rule is not DeductibleRule.COPAY_FIRST
        )
        base = rest + paid if is_full else rest
        share = floor(base * Fraction(self.terms.coinsurance or 0) + Fraction(1, 2))
        return {"deductible": deductible, "copay": paid, "coinsurance": min(share, rest)}

    def copay(self, day: date) -> int:
        copay = self.terms.copay
        if copay is None:
            return 0
        bought = {CopayPer.WEEK: day.isocalendar()[:2], CopayPer.EPISODE: "once"}.get(copay.per, day)
        if bought in self.copay_weeks:
            return 0
        self.copay_weeks.append(bought)
        times = self.units if copay.per is CopayPer.UNIT else 1
        return floor(Fraction(copay.amount) * 100 * times + Fraction(1, 2))

    def room(self) -> int:
        family = self.deductible["family"]
        if self.terms.structure is Structure.AGGREGATE:
            return family or 0
        return min((left for left in self.deductible.values() if left is not None), default=0)

    def cut(self, parts: dict[str, int]) -> dict[str, int]:
        room = min((left for left in self.out_of_pocket.values() if left is not None), default=None)
        if room is None:
            return parts
        over = max(0, sum(parts[part] for part in self.terms.counts_to_out_of_pocket) - room)
        for part in ("coinsurance", "copay", "deductible"):
            if part in self.terms.counts_to_out_of_pocket:
                taken = min(over, parts[part])
                parts[part] -= taken
                over -= taken
        return parts

    def accrue(self, parts: dict[str, int]) -> None:
        met = parts["deductible"] + (parts["copay"] if self.terms.copay_counts_to_deductible else 0)
        counted = sum(parts[part] for part in self.terms.counts_to_out_of_pocket)
        for limit, paid in ((self.deductible, met), (self.out_of_pocket, counted)):
            for side, left in limit.items():
                limit[side] = None if left is None else max(0, left - paid)


def whole(amount: Decimal | None) -> int | None:
    return None if amount is None else int(amount * 100)


def in_cents(shares: Shares) -> dict[str, int]:
    return {name: int(amount * 100) for name, amount in shares._asdict().items() if amount}


@settings(deadline=None, max_examples=300)
@given(plans, schedules, prices, st.none() | prices, units)
def test_the_waterfall_agrees_with_a_plain_reckoning(
    terms: Terms, schedule: list[date], allowed: Decimal, billed: Decimal | None, unit_count: Decimal
) -> None:
    reckoning = Reckoning(terms, unit_count)
    expected = [
        reckoning.session(day, int(allowed * 100), whole(billed), is_first=day is schedule[0])
        for day in schedule
    ]

    ledger = walk(terms, [Day(day, allowed, billed) for day in schedule], units=unit_count)

    assert [in_cents(cost.shares) for cost in ledger.sessions] == [
        {name: amount for name, amount in each.items() if amount} for each in expected
    ]


@settings(deadline=None, max_examples=100)
@given(plans, st.integers(1, 30), prices, st.none() | prices)
def test_everything_adds_up(terms: Terms, sessions: int, allowed: Decimal, billed: Decimal | None) -> None:
    found = estimate_terms(
        terms,
        program(
            start_date=START,
            weekdays=WEEKDAYS[:5],
            sessions=sessions,
            allowed_amount=allowed,
            billed_amount=billed,
        ),
    )

    covered = (sessions if terms.visits_remaining is None else terms.visits_remaining) if terms.covered else 0
    for number, (_, shares) in enumerate(found.sessions, 1):
        assert min(shares) >= 0
        assert all(amount == amount.quantize(Decimal("0.01")) for amount in shares)
        assert shares.patient == sum(getattr(shares, part) for part in (*PARTS, "not_covered", "balance"))
        if number <= covered:
            assert shares.patient + shares.plan == shares.allowed + shares.balance
    for periods in (found.weeks, found.plan_years):
        assert Shares(*map(sum, zip(*(each.shares for each in periods), strict=True))) == found.totals
        assert sum(each.sessions for each in periods) == sessions
        assert len({each.label for each in periods}) == len(periods)
    assert found.low == found.expected == found.high == found.totals.patient == found.collectable_by_provider


@settings(deadline=None, max_examples=100)
@given(plans, schedules, prices)
def test_what_counts_never_exceeds_the_out_of_pocket_room(
    terms: Terms, schedule: list[date], allowed: Decimal
) -> None:
    rooms = {None: terms.out_of_pocket} | {reset.date: reset.out_of_pocket for reset in terms.resets}
    costs = walk(terms, [Day(day, allowed) for day in schedule]).sessions

    def year(day: date) -> date | None:
        return max((reset.date for reset in terms.resets if reset.date <= day), default=None)

    for begins, group in groupby(costs, key=lambda cost: year(cost.date)):
        paid = sum(getattr(cost.shares, part) for cost in group for part in terms.counts_to_out_of_pocket)
        sides = [rooms[begins].individual.remaining, rooms[begins].family.remaining]
        assert all(side is None or paid <= side for side in sides)


@settings(deadline=None, max_examples=100)
@given(plans, schedules, prices, st.integers(0, 5000))
def test_a_dearer_copay_never_makes_a_program_cheaper(
    terms: Terms, schedule: list[date], allowed: Decimal, more: int
) -> None:
    # A copay that shortens the deductible, or that does not count to the maximum, may save money later.
    plain = replace(
        terms,
        copay=Copay(Decimal(20), terms.copay.per if terms.copay else CopayPer.DAY),
        copay_counts_to_deductible=False,
        counts_to_out_of_pocket=frozenset(Counted),
    )
    dear = replace(plain, copay=replace(plain.copay, amount=Decimal(20) + Decimal(more) / 100))
    days = [Day(day, allowed) for day in schedule]

    assert walk(plain, days).patient <= walk(dear, days).patient


@settings(deadline=None, max_examples=150)
@given(plans, prices, st.sets(st.integers(1, 11), max_size=4))
def test_a_year_told_in_phases_that_carry_costs_what_it_costs_in_one(
    terms: Terms, price: Decimal, cuts: set[int]
) -> None:
    even = replace(terms, resets=(), visits_remaining=None, first_visits_waived=0)
    copay = even.copay and replace(even.copay, per=CopayPer.DAY)
    even = replace(even, copay=copay, balance_billing=False)
    course = program(start_date=START, weekdays=WEEKDAYS, sessions=12, allowed_amount=price)
    begins = [START, *(START + timedelta(cut) for cut in sorted(cuts))]

    whole, parted = (
        estimate_published(
            Published("any", (Variant("one", tuple(Phase(day, even, carries=True) for day in days)),)),
            course,
            Coverage(CoverageStatus.ACTIVE),
        )
        for days in ([START], begins)
    )

    assert parted.sessions == whole.sessions == estimate_terms(even, course).sessions
    assert (parted.milestones, parted.low, parted.high) == (whole.milestones, whole.low, whole.high)
