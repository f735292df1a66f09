"""The waterfall: session by session, who pays which part of the price, to the cent.

The order of the parts follows HL7 Da Vinci CostShareOption; rounding is half up to the cent, once a session.

Of the individual and the family side of a limit only the smaller rest matters, and every payment lowers
both alike, so one number a limit is enough between two resets.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Final, NamedTuple, TypeAlias

from verifier.model.estimate import (
    AccumulatorPair,
    AfterLimitPrice,
    CoinsuranceBase,
    CopayPer,
    Counted,
    DeductibleRule,
    Milestones,
    SessionCost,
    Shares,
    Structure,
    Terms,
)
from verifier.money import ONE, ZERO, cents


class Day(NamedTuple):
    """One session to be paid for: its date, the allowed and the billed amount of the whole session."""

    date: date
    allowed: Decimal
    billed: Decimal | None = None


class Ledger(NamedTuple):
    """What every session costs, in order, and the days on which that changed."""

    sessions: tuple[SessionCost, ...]
    milestones: Milestones

    @property
    def patient(self) -> Decimal:
        """Sum what the patient owes."""
        return sum((cost.shares.patient for cost in self.sessions), ZERO)


class Parts(NamedTuple):
    """The patient's share of a covered session; ``counted`` of it counts to the out-of-pocket maximum."""

    deductible: Decimal
    copay: Decimal
    coinsurance: Decimal
    counted: Decimal


Split: TypeAlias = Callable[[Terms, Decimal, Decimal, Decimal], tuple[Decimal, Decimal, Decimal]]


def walk(
    terms: Terms, days: Iterable[Day], *, units: Decimal = ONE, copay_beside_deductible: bool = True
) -> Ledger:
    """Price *days*, sorted by date, one after the other under *terms*, taken as they are.

    *units* multiply a copay per unit. Without *copay_beside_deductible* a session that pays into the
    deductible owes no copay: some plans read "after deductible" so.
    """
    payer = _Walk(terms, units, copay_beside_deductible=copay_beside_deductible)
    sessions = tuple([SessionCost(day.date, payer.pay(day)) for day in days])
    return Ledger(sessions, payer.milestones())


class _Walk:
    """The state between two sessions.

    Most sessions repeat the one before: the last split and shares are kept with what they came from.
    """

    def __init__(self, terms: Terms, units: Decimal, *, copay_beside_deductible: bool) -> None:
        self.terms = terms
        self.copay = _copay_amount(terms, units)
        self.copay_beside_deductible = copay_beside_deductible
        self.resets = sorted(terms.resets, key=lambda reset: reset.date, reverse=True)
        self.visits_left = terms.visits_remaining
        self.sessions_covered = 0
        self.copays_taken: set[object] = set()
        self.met_on: dict[str, date] = {}
        self.last_split: tuple[object, Parts] | None = None
        self.last_shares: tuple[object, Shares] | None = None
        self.replace_limits(terms.deductible, terms.out_of_pocket)

    def replace_limits(self, deductible: AccumulatorPair, out_of_pocket: AccumulatorPair) -> None:
        """Take these limits instead of what is left."""
        aggregate = self.terms.structure is Structure.AGGREGATE
        self.deductible_room = _smaller(deductible, family_only=aggregate) or ZERO
        self.out_of_pocket_room = _smaller(out_of_pocket)

    def pay(self, day: Day) -> Shares:
        """Split the price of *day* and remember what it used up."""
        while self.resets and self.resets[-1].date <= day.date:
            reset = self.resets.pop()
            self.replace_limits(reset.deductible, reset.out_of_pocket)
        if not self.terms.covered or self.visits_left == 0:
            return _price_uncovered(self.terms, day)
        parts = self.split(day, self.copay_due(day.date))
        room = self.out_of_pocket_room
        if room is not None and parts.counted > room:
            parts = _trim(self.terms, parts, room)
        self.remember(day.date, parts)
        return self.share(day, parts)

    def copay_due(self, day: date) -> Decimal:
        """Tell the copay that falls due on *day*: a weekly one on the first covered session of its week."""
        if self.terms.copay is None:
            return ZERO
        bought = BOUGHT_BY_ONE_COPAY[self.terms.copay.per](day)
        if bought in self.copays_taken:
            return ZERO
        self.copays_taken.add(bought)
        return self.copay

    def split(self, day: Day, copay: Decimal) -> Parts:
        """Split the allowed amount by the rule of this session, as if the out-of-pocket room had no end."""
        terms = self.terms
        is_waived = self.sessions_covered < terms.first_visits_waived
        rule = DeductibleRule.WAIVED if is_waived else terms.deductible_rule
        if (
            not self.copay_beside_deductible
            and rule is DeductibleRule.DEDUCTIBLE_FIRST
            and self.deductible_room
        ):
            copay = ZERO
        key = (rule, day.allowed, self.deductible_room, copay)
        if self.last_split is None or self.last_split[0] != key:
            parts = SPLITS[rule](terms, day.allowed, self.deductible_room, copay)
            self.last_split = key, Parts(*parts, _counted(terms, parts))
        return self.last_split[1]

    def remember(self, day: date, parts: Parts) -> None:
        """Take what was paid off every limit."""
        self.sessions_covered += 1
        if self.visits_left is not None:
            self.visits_left -= 1
            self.note("visits", day, is_met=self.visits_left == 0)
        if self.deductible_room:
            self.use_deductible(day, parts)
        if self.out_of_pocket_room:
            self.out_of_pocket_room -= parts.counted
            self.note("out_of_pocket", day, is_met=not self.out_of_pocket_room)

    def use_deductible(self, day: date, parts: Parts) -> None:
        """Lower the deductible by what was paid into it."""
        paid = parts.deductible + (parts.copay if self.terms.copay_counts_to_deductible else ZERO)
        self.deductible_room = max(ZERO, self.deductible_room - paid)
        self.note("deductible", day, is_met=not self.deductible_room)

    def share(self, day: Day, parts: Parts) -> Shares:
        """Tell how the price of *day* falls apart."""
        key = (day.allowed, day.billed, parts)
        if self.last_shares is None or self.last_shares[0] != key:
            self.last_shares = key, _share(day, parts, _balance(self.terms, day))
        return self.last_shares[1]

    def note(self, limit: str, day: date, *, is_met: bool) -> None:
        """Keep the first day on which *limit* is met."""
        if is_met:
            self.met_on.setdefault(limit, day)

    def milestones(self) -> Milestones:
        """Tell the first day each limit was met."""
        return Milestones(
            deductible_met_on=self.met_on.get("deductible"),
            out_of_pocket_met_on=self.met_on.get("out_of_pocket"),
            visits_exhausted_on=self.met_on.get("visits"),
        )


def _copay_amount(terms: Terms, units: Decimal) -> Decimal:
    if terms.copay is None:
        return ZERO
    return (
        cents(terms.copay.amount * units) if terms.copay.per is CopayPer.UNIT else cents(terms.copay.amount)
    )


def _smaller(pair: AccumulatorPair, *, family_only: bool = False) -> Decimal | None:
    sides = (pair.family,) if family_only else (pair.individual, pair.family)
    return min((side.remaining for side in sides if side.remaining is not None), default=None)


def _price_uncovered(terms: Terms, day: Day) -> Shares:
    is_billed = terms.after_limit_price is AfterLimitPrice.BILLED and day.billed is not None
    price = day.billed if is_billed and day.billed is not None else day.allowed
    return Shares(allowed=day.allowed, not_covered=price, patient=price)


def _balance(terms: Terms, day: Day) -> Decimal:
    if not terms.balance_billing or terms.network != "out" or day.billed is None:
        return ZERO
    balance = max(ZERO, day.billed - day.allowed)
    return balance if terms.balance_limit is None else min(balance, cents(day.allowed * terms.balance_limit))


def _share(day: Day, parts: Parts, balance: Decimal) -> Shares:
    owed = parts.deductible + parts.copay + parts.coinsurance
    return Shares(
        allowed=day.allowed,
        deductible=parts.deductible,
        copay=parts.copay,
        coinsurance=parts.coinsurance,
        balance=balance,
        patient=owed + balance,
        plan=day.allowed - owed,
    )


def _counted(terms: Terms, parts: tuple[Decimal, Decimal, Decimal]) -> Decimal:
    counts = terms.counts_to_out_of_pocket
    return sum((part for name, part in zip(Counted, parts, strict=True) if name in counts), ZERO)


def _trim(terms: Terms, parts: Parts, room: Decimal) -> Parts:
    """Cut what goes beyond the out-of-pocket *room*: coinsurance first, then copay, then deductible."""
    over = parts.counted - room
    kept = {
        Counted.DEDUCTIBLE: parts.deductible,
        Counted.COPAY: parts.copay,
        Counted.COINSURANCE: parts.coinsurance,
    }
    for name in TRIMMED_IN_ORDER:
        if name in terms.counts_to_out_of_pocket:
            cut = min(over, kept[name])
            kept[name] -= cut
            over -= cut
    return Parts(kept[Counted.DEDUCTIBLE], kept[Counted.COPAY], kept[Counted.COINSURANCE], room)


def _split_waived(
    terms: Terms, allowed: Decimal, _room: Decimal, copay: Decimal
) -> tuple[Decimal, Decimal, Decimal]:
    paid = min(copay, allowed)
    return ZERO, paid, _coinsurance(terms, allowed, allowed - paid)


def _split_deductible_first(
    terms: Terms, allowed: Decimal, room: Decimal, copay: Decimal
) -> tuple[Decimal, Decimal, Decimal]:
    deductible = min(allowed, room)
    rest = allowed - deductible
    paid = min(copay, rest)
    return deductible, paid, _coinsurance(terms, rest, rest - paid)


def _split_copay_first(
    terms: Terms, allowed: Decimal, room: Decimal, copay: Decimal
) -> tuple[Decimal, Decimal, Decimal]:
    paid = min(copay, allowed)
    deductible = min(allowed - paid, room)
    rest = allowed - paid - deductible
    return deductible, paid, _coinsurance(terms, rest, rest)


def _coinsurance(terms: Terms, before_copay: Decimal, rest: Decimal) -> Decimal:
    if not terms.coinsurance:
        return ZERO
    base = before_copay if terms.coinsurance_base is CoinsuranceBase.FULL else rest
    return min(cents(base * terms.coinsurance), rest)


SPLITS: Final[Mapping[DeductibleRule, Split]] = MappingProxyType(
    {
        DeductibleRule.WAIVED: _split_waived,
        DeductibleRule.DEDUCTIBLE_FIRST: _split_deductible_first,
        DeductibleRule.COPAY_FIRST: _split_copay_first,
    }
)
TRIMMED_IN_ORDER: Final = (Counted.COINSURANCE, Counted.COPAY, Counted.DEDUCTIBLE)
# What one copay buys: days with the same value are paid for by one copay.
BOUGHT_BY_ONE_COPAY: Final[Mapping[CopayPer, Callable[[date], object]]] = MappingProxyType(
    {
        CopayPer.DAY: lambda day: day,
        CopayPer.UNIT: lambda day: day,
        CopayPer.WEEK: lambda day: day.isocalendar()[:2],
        CopayPer.EPISODE: lambda _day: None,
    }
)
