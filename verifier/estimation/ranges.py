"""Low, expected, high: every reading priced in every corner, at every price where the rate is not known."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Final, NamedTuple, TypeAlias

from verifier.estimation.readings import Corner, Reading
from verifier.estimation.waterfall import Day, Ledger, walk
from verifier.model.estimate import DeductibleRule
from verifier.model.program import Program
from verifier.money import ONE, ZERO, cents

BEYOND_ANY_PRICE: Final = Decimal(10_000_000)  # a session at this price meets every limit there is
BEYOND_ANY_LIMIT: Final = Decimal(100_000)  # a share above this knows no limit


@dataclass(frozen=True, slots=True)
class Pricing:
    """The days of a program and the prices known of a session."""

    dates: tuple[date, ...]
    allowed: Decimal | None
    billed: Decimal | None
    units: Decimal
    contract: str | None = None  # where the allowed amount comes from, when nobody gave it

    def walk(self, corner: Corner) -> Ledger:
        """Price the program as expected: at the allowed amount, else the billed one, else copays only."""
        price = self.billed if self.allowed is None else self.allowed
        return _patient_only(self.walk_copays(corner)) if price is None else self.walk_at(price, corner)

    def walk_at(self, price: Decimal, corner: Corner) -> Ledger:
        """Price the program at the allowed amount *price* for a session."""
        days = [Day(day, price, self.billed) for day in self.dates]
        return walk(
            corner.terms, days, units=self.units, copay_beside_deductible=corner.copay_beside_deductible
        )

    def walk_copays(self, corner: Corner) -> Ledger:
        """Price the fixed copays alone, at the least price that holds one."""
        terms = corner.terms
        copay = terms.copay.amount if terms.copay and terms.covered else ZERO
        fixed = replace(terms, coinsurance=None, deductible_rule=DeductibleRule.WAIVED)
        return self.walk_at(cents(copay * max(self.units, ONE)), Corner(fixed))

    def walk_dearest(self, corner: Corner) -> Ledger:
        """Price the program as if every limit were met."""
        return self.walk_at(BEYOND_ANY_PRICE, corner)

    def totals(self, patient_by: Callable[["Way"], Decimal]) -> Iterator[Decimal]:
        """Yield what the patient may owe at each price that is possible; *patient_by* prices in one way."""
        if self.allowed is not None:
            yield patient_by(Pricing.walk)
            return
        yield patient_by(Pricing.walk_copays)
        if self.billed is not None:
            yield patient_by(Pricing.walk)
        elif (most := patient_by(Pricing.walk_dearest)) < BEYOND_ANY_LIMIT:
            yield most


Way: TypeAlias = Callable[[Pricing, Corner], Ledger]


def _patient_only(ledger: Ledger) -> Ledger:
    """Leave out what the plan pays and allows: without a price it is not known."""
    costs = tuple(
        cost._replace(shares=cost.shares._replace(allowed=cost.shares.patient, plan=ZERO))
        for cost in ledger.sessions
    )
    return Ledger(costs, ledger.milestones)


class Range(NamedTuple):
    """The reading expected, its ledger, and the least and the most any reading makes of it."""

    reading: Reading
    ledger: Ledger
    low: Decimal
    high: Decimal


def price_program(program: Program, dates: tuple[date, ...]) -> Pricing:
    """Take the prices of *program*, in cents."""
    allowed, billed = program.allowed_amount, program.billed_amount
    return Pricing(
        dates,
        None if allowed is None else cents(allowed),
        None if billed is None else cents(billed),
        program.units_per_session,
        contract=program.contract,
    )


def span(readings: Sequence[Reading], pricing: Pricing) -> Range:
    """Price every reading; of those expected the dearest is the one to tell."""
    expected = [(reading, pricing.walk(Corner(reading.terms))) for reading in readings if reading.is_expected]
    reading, ledger = max(expected, key=lambda pair: pair[1].patient)
    totals = list(_totals(readings, pricing))
    return Range(reading, ledger, min(totals), max(totals))


def _totals(readings: Iterable[Reading], pricing: Pricing) -> Iterator[Decimal]:
    corners = dict.fromkeys(corner for reading in readings for corner in reading.corners())
    for corner in corners:
        yield from pricing.totals(partial(_price, pricing, corner))


def _price(pricing: Pricing, corner: Corner, way: Way) -> Decimal:
    return way(pricing, corner).patient
