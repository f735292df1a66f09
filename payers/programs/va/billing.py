"""What VA may bill the Veteran afterwards; the provider collects none of it.

A day of outpatient care costs the Veteran at most one copay. In each calendar year the first three outpatient
mental health or SUD visits are free, wherever they are (VA or community), through 2027-12-29. Which copay an
intensive outpatient day has, nobody outside VA can tell: it is a range. What exempts from it comes first.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import groupby
from operator import attrgetter
from typing import Final, NamedTuple

from payers.programs.va.copays import PROGRAM, Cell, cite, find, is_loaded
from verifier.model.estimate import Figure, LaterBill
from verifier.model.findings import FigureStatus, Rule, Unknown
from verifier.model.military import VaFacts
from verifier.money import ZERO, write_amount

CRISIS_DAYS: Final = 90  # of outpatient care: 38 USC 1720J(c)
EXEMPTING_PERCENT: Final = 10
PAYING: Final = frozenset({"6", "7", "8"})
IOP_DAY: Final = "copay of an intensive outpatient day"


@dataclass(frozen=True, slots=True)
class Copayer:
    """Whom VA may bill: the desk's facts, and the combined rating in percent, by VA where it told."""

    facts: VaFacts
    percent: int | None = None
    crisis_ends: date | None = None  # the last day of care in an acute crisis, where there is one

    def is_in_crisis(self, day: date) -> bool:
        """Tell whether *day* lies in the days of crisis care."""
        return self.crisis_ends is not None and day <= self.crisis_ends


Test = Callable[[Copayer, date], bool]


def _is_in_group(number: str) -> Test:
    return lambda veteran, _: veteran.facts.priority_group == number


EXEMPTIONS: Final[tuple[tuple[Cell, Test], ...]] = (  # the best known first
    (Cell.SERVICE_CONNECTED_10, lambda veteran, _: (veteran.percent or 0) >= EXEMPTING_PERCENT),
    (Cell.PRIORITY_1, _is_in_group("1")),
    (Cell.PRIORITY_2, _is_in_group("2")),
    (Cell.PRIORITY_3, _is_in_group("3")),
    (Cell.PRIORITY_4, _is_in_group("4")),
    (Cell.PRIORITY_5, _is_in_group("5")),
    (Cell.SERVICE_CONNECTED_CARE, lambda veteran, _: veteran.facts.is_service_connected_care is True),
    (Cell.SPECIAL_AUTHORITY, lambda veteran, _: veteran.facts.is_copay_exempt is True),
    (Cell.ACUTE_CRISIS, lambda veteran, day: veteran.is_in_crisis(day)),
)


class Charge(NamedTuple):
    """What one day may cost the Veteran; ``None`` where its year's amount is not loaded."""

    low: Decimal | None
    high: Decimal | None
    figures: tuple[Figure, ...]


@dataclass(frozen=True, slots=True)
class Bill:
    """The charge of each planned day, in order."""

    days: tuple[date, ...]
    charges: tuple[Charge, ...]

    @property
    def low(self) -> Decimal:
        """Sum the least VA may bill, as far as it is known."""
        return sum((charge.low or ZERO for charge in self.charges), ZERO)

    @property
    def high(self) -> Decimal:
        """Sum the most VA may bill, as far as it is known."""
        return sum((charge.high or ZERO for charge in self.charges), ZERO)

    @property
    def unknown(self) -> tuple[date, ...]:
        """List the days whose charge is not known."""
        return tuple(day for day, charge in zip(self.days, self.charges, strict=True) if charge.high is None)

    @property
    def is_open(self) -> bool:
        """Tell whether anything may be billed."""
        return self.high > ZERO or bool(self.unknown)

    def write(self) -> LaterBill:
        """Write the bill with its figures."""
        figures = dict.fromkeys(figure for charge in self.charges for figure in charge.figures)
        return LaterBill(
            "VA", self.low, self.high, self._word(), tuple(figures), incomplete=bool(self.unknown)
        )

    def _word(self) -> str:
        if not self.is_open:
            return "VA bills the Veteran nothing for these days, as far as the facts given go."
        words = (
            "VA, and nobody else, may bill the Veteran for these days afterwards; the program collects none "
            "of it. Every other mental health or SUD visit in a year uses up a free one."
        )
        if not self.unknown:
            return words
        return (
            f"{words} Not counted: {len(self.unknown)} days from {self.unknown[0]} on, for which no copay is "
            "loaded."
        )


def charge_days(veteran: Copayer, days: Sequence[date]) -> Bill:
    """Charge each of *days*, which are the planned sessions in order."""
    charges: list[Charge] = []
    for year, group in groupby(days, attrgetter("year")):
        used = veteran.facts.mental_health_visits_this_year if year == days[0].year else 0
        charges += _charge_year(veteran, tuple(group), used)
    return Bill(tuple(days), tuple(charges))


def _charge_year(veteran: Copayer, days: Sequence[date], used: int | None) -> Iterator[Charge]:
    """Charge the days of one calendar year, before which *used* visits were had; ``None``: nobody said."""
    for place, day in enumerate(days):
        yield _exempt(veteran, day) or _charge_day(veteran, day, place, used)


def _exempt(veteran: Copayer, day: date) -> Charge | None:
    """Charge nothing where something exempts; ``None`` where nothing does."""
    figures = tuple(find(cell, day) for cell, holds in EXEMPTIONS if holds(veteran, day))
    if known := [figure for figure in figures if figure.value is not None]:
        return Charge(ZERO, ZERO, (known[0],))
    return Charge(None, None, figures) if figures else None


def _charge_day(veteran: Copayer, day: date, place: int, used: int | None) -> Charge:
    """Charge the session number *place* (from 0) of its year."""
    free = find(Cell.FREE_VISITS, day)
    count = int(free.value or 0)
    least, most = place + (used or 0), place + (count if used is None else used)
    notes = (free,) if least < count else ()
    if most < count:
        return Charge(ZERO, ZERO, notes)
    return _price(veteran, day, notes, may_be_free=least < count)


def _price(veteran: Copayer, day: date, notes: tuple[Figure, ...], *, may_be_free: bool) -> Charge:
    tiers = (find(Cell.PRIMARY_VISIT, day), find(Cell.SPECIALTY_VISIT, day))
    amounts = [Decimal(tier.value) for tier in tiers if tier.value is not None]
    if len(amounts) < len(tiers):
        return Charge(None, None, (*notes, *tiers))
    is_certain = veteran.facts.priority_group in PAYING and not may_be_free
    low, high = min(amounts) if is_certain else ZERO, max(amounts)
    words = f"{write_amount(low)} to {write_amount(high)}"
    day_figure = Figure(IOP_DAY, words, Rule(PROGRAM, day.year, FigureStatus.INFERRED, cite("iop-day")))
    return Charge(low, high, (*notes, *tiers, day_figure))


def list_questions(veteran: Copayer, bill: Bill) -> Iterator[Unknown]:
    """Ask for what would narrow an open bill."""
    if not bill.is_open:
        return
    facts, first = veteran.facts, bill.days[0]
    if facts.priority_group is None:
        words = "In which priority group is the Veteran, and what is the combined disability rating?"
        yield Unknown("priority_group", words)
    if facts.is_service_connected_care is None and facts.is_copay_exempt is None:
        yield Unknown(
            "copay_exemption",
            "Is the condition treated service-connected, or is the Veteran exempt from copays for it: "
            "special authority, military sexual trauma, former POW, catastrophic disability?",
        )
    if facts.mental_health_visits_this_year is None and is_loaded(Cell.FREE_VISITS, first):
        yield Unknown(
            "mental_health_visits",
            f"How many outpatient mental health or SUD visits has the Veteran had in {first.year}, at VA and "
            "in the community, before the first session?",
        )


def end_of_crisis(begins: date) -> date:
    """Return the last day of outpatient care in an acute crisis that is treated from *begins* on."""
    return begins + timedelta(days=CRISIS_DAYS - 1)
