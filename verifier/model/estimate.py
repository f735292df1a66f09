"""`Terms` in, `Estimate` out: everything the cost arithmetic takes and gives.

Money is `Decimal` dollars and cents. An accumulator that does not exist is ``None``: no such limit.
"""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from verifier.model.coverage import Source
from verifier.model.findings import Rule
from verifier.money import ZERO


class DeductibleRule(StrEnum):
    """In which order deductible and cost share fall (HL7 Da Vinci CostShareOption)."""

    WAIVED = "waived"
    DEDUCTIBLE_FIRST = "deductible_first"
    COPAY_FIRST = "copay_first"


class Structure(StrEnum):
    """How individual and family deductible work together."""

    EMBEDDED = "embedded"
    AGGREGATE = "aggregate"


class CopayPer(StrEnum):
    """What one copay buys."""

    DAY = "day"
    UNIT = "unit"
    WEEK = "week"
    EPISODE = "episode"


class CoinsuranceBase(StrEnum):
    """On what the coinsurance rate is taken."""

    AFTER_COPAY = "after_copay"
    FULL = "full"


class AfterLimitPrice(StrEnum):
    """What a session past the limit costs."""

    ALLOWED = "allowed"
    BILLED = "billed"


class Counted(StrEnum):
    """A part of the patient's share that may count to the out-of-pocket maximum."""

    DEDUCTIBLE = "deductible"
    COPAY = "copay"
    COINSURANCE = "coinsurance"


@dataclass(frozen=True, slots=True)
class Accumulator:
    """A yearly limit and what is left of it; ``remaining`` ``None`` means no such limit."""

    total: Decimal | None = None
    remaining: Decimal | None = None


@dataclass(frozen=True, slots=True)
class AccumulatorPair:
    """The individual and the family side of one limit."""

    individual: Accumulator = field(default_factory=Accumulator)
    family: Accumulator = field(default_factory=Accumulator)


@dataclass(frozen=True, slots=True)
class Copay:
    """A fixed amount and what it buys."""

    amount: Decimal
    per: CopayPer = CopayPer.DAY


@dataclass(frozen=True, slots=True)
class Reset:
    """From *date* on, both accumulator pairs are replaced by these."""

    date: date
    deductible: AccumulatorPair
    out_of_pocket: AccumulatorPair


@dataclass(frozen=True, slots=True)
class Terms:
    """What the estimator needs to know of a plan, whatever the payer."""

    network: str  # in, out, unknown
    covered: bool = True
    deductible_rule: DeductibleRule = DeductibleRule.DEDUCTIBLE_FIRST
    structure: Structure = Structure.EMBEDDED
    deductible: AccumulatorPair = field(default_factory=AccumulatorPair)
    out_of_pocket: AccumulatorPair = field(default_factory=AccumulatorPair)
    copay: Copay | None = None
    coinsurance: Decimal | None = None
    coinsurance_base: CoinsuranceBase = CoinsuranceBase.AFTER_COPAY
    counts_to_out_of_pocket: frozenset[Counted] = frozenset(Counted)
    copay_counts_to_deductible: bool = False
    first_visits_waived: int = 0
    visits_remaining: int | None = None
    after_limit_price: AfterLimitPrice = AfterLimitPrice.ALLOWED
    balance_billing: bool = False
    resets: tuple[Reset, ...] = ()
    balance_limit: Decimal | None = None  # the most of a balance bill, as a share of the allowed amount


class Shares(NamedTuple):
    """How the price of one session, week, year or program falls apart; dollars."""

    allowed: Decimal = ZERO
    deductible: Decimal = ZERO
    copay: Decimal = ZERO
    coinsurance: Decimal = ZERO
    not_covered: Decimal = ZERO
    balance: Decimal = ZERO
    patient: Decimal = ZERO
    plan: Decimal = ZERO


class SessionCost(NamedTuple):
    """One session's date and its shares."""

    date: date
    shares: Shares


class PeriodCost(NamedTuple):
    """A week or plan year: first and last session day in it, sessions, shares."""

    label: str  # ISO week "2026-W50", or the plan year's first day
    begins: date
    ends: date
    sessions: int
    shares: Shares


@dataclass(frozen=True, slots=True)
class Milestones:
    """The dates that change what a session costs; ``None``: not within the program."""

    deductible_met_on: date | None = None
    out_of_pocket_met_on: date | None = None
    visits_exhausted_on: date | None = None


class Assumption(NamedTuple):
    """Something the payer did not say and the estimate had to take for granted."""

    code: str
    text: str


class Step(NamedTuple):
    """One value an estimate used and where it came from; the caller's word has neither source nor rule."""

    what: str
    value: str
    source: Source | None
    note: str | None = None
    rule: Rule | None = None  # the published rule it follows, with year and status


class Figure(NamedTuple):
    """One published figure as it was used; ``value`` is ``None`` where no source gives it."""

    what: str  # e.g. "network specialty copay a day"
    value: str | None  # money as "52.00", a rate as "0.25", else words
    rule: Rule


@dataclass(frozen=True, slots=True)
class LaterBill:
    """What somebody other than the provider may bill the patient afterwards; the desk never collects it."""

    by: str  # who may bill, e.g. "VA"
    low: Decimal
    high: Decimal
    text: str
    figures: tuple[Figure, ...] = ()
    incomplete: bool = False  # for some days no figure is known; low and high leave them out


class ConfidenceLevel(StrEnum):
    """How far to trust an estimate: 80 and more high, 55 and more medium, else low."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


@dataclass(frozen=True, slots=True)
class Confidence:
    """A score of 100 less what is uncertain."""

    score: int

    @property
    def level(self) -> ConfidenceLevel:
        """Name the score."""
        if self.score >= 80:  # noqa: PLR2004 - the bounds stand in the class above
            return ConfidenceLevel.HIGH
        return ConfidenceLevel.MEDIUM if self.score >= 55 else ConfidenceLevel.LOW  # noqa: PLR2004


@dataclass(frozen=True, slots=True)
class Estimate:
    """What the patient will owe: a range, its ledger, and why."""

    low: Decimal
    expected: Decimal
    high: Decimal
    confidence: Confidence
    totals: Shares
    sessions: tuple[SessionCost, ...]
    weeks: tuple[PeriodCost, ...]
    plan_years: tuple[PeriodCost, ...]
    milestones: Milestones
    collectable_by_provider: Decimal
    assumptions: tuple[Assumption, ...] = ()
    steps: tuple[Step, ...] = ()
    incomplete: bool = False  # something needed is unknown; the figures leave it out
    terms: Terms | None = None  # those of the expected reading
    currency: str = "USD"
    later_bill: LaterBill | None = None  # by somebody other than the provider; in none of the figures above
