"""Deductible and out-of-pocket maximum: their totals and what is left, from the rows of a reply."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from itertools import groupby
from types import MappingProxyType
from typing import Final, NamedTuple

from verifier.estimation.findings import Findings
from verifier.estimation.messages import Remark, says
from verifier.estimation.select import PLAN_RANK, Candidate
from verifier.model.coverage import Benefit
from verifier.model.estimate import Accumulator, AccumulatorPair, Structure
from verifier.model.vocabulary import BenefitKind, CoverageLevel, Network, Period
from verifier.money import ZERO

NO_TOTALS: Final[Mapping[Period | None, str]] = MappingProxyType(
    {Period.REMAINING: "remaining", Period.YEAR_TO_DATE: "met"}
)
ONE_PERSON: Final = frozenset({CoverageLevel.INDIVIDUAL, CoverageLevel.EMPLOYEE, None})
WORDS: Final = MappingProxyType(
    {BenefitKind.DEDUCTIBLE: "deductible", BenefitKind.OUT_OF_POCKET: "out-of-pocket maximum"}
)
ASSUMED_FULL: Final = MappingProxyType(
    {
        BenefitKind.DEDUCTIBLE: "DED_REMAINING_ASSUMED_FULL",
        BenefitKind.OUT_OF_POCKET: "OOP_REMAINING_ASSUMED_FULL",
    }
)


class LawfulLimit(NamedTuple):
    """The yearly out-of-pocket limit for one person (45 CFR 156.130), and whether a source confirms it."""

    amount: Decimal
    confirmed: bool


ONE_PERSON_LIMITS: Final[Mapping[int, LawfulLimit]] = MappingProxyType(
    {
        2026: LawfulLimit(Decimal("10600.00"), confirmed=True),
        2027: LawfulLimit(Decimal("12000.00"), confirmed=False),
    }
)


class Limit(NamedTuple):
    """One side of a limit, and the row its total (or else what is left of it) was read from."""

    accumulator: Accumulator = Accumulator()
    row: Benefit | None = None
    assumed_full: bool = False


class Limits(NamedTuple):
    """Both sides of a limit."""

    individual: Limit
    family: Limit

    @property
    def pair(self) -> AccumulatorPair:
        """Return the accumulators alone."""
        return AccumulatorPair(self.individual.accumulator, self.family.accumulator)

    @property
    def is_stated(self) -> bool:
        """Tell whether the payer said anything of this limit, be it that there is none."""
        return bool(self.individual.row or self.family.row)

    @property
    def row(self) -> Benefit | None:
        """Return the row that tells the period best."""
        return self.individual.row or self.family.row

    @property
    def assumed_full(self) -> bool:
        """Tell whether what is left was not said."""
        return self.individual.assumed_full or self.family.assumed_full


def read_limits(rows: Sequence[Candidate], kind: BenefitKind, findings: Findings) -> Limits:
    """Read both sides of the limit *kind* from *rows*, best first."""
    told = sorted(
        (row for row in rows if row.benefit.kind is kind and not _only_waives(row)),
        key=lambda row: (row.standing, -(row.benefit.amount or ZERO)),
    )
    single = [row for row in told if row.benefit.level in ONE_PERSON]
    family = [row for row in told if row.benefit.level not in ONE_PERSON]
    return Limits(
        _read_side(single, kind, "individual", findings), _read_side(family, kind, "family", findings)
    )


def structure_of(limits: Limits, rows: Iterable[Candidate]) -> Structure:
    """Tell whether the family deductible stands alone: a message says so, or there is no individual one."""
    messages = (row.text for row in rows if row.benefit.kind is BenefitKind.DEDUCTIBLE and row.text)
    if limits.family.accumulator.remaining is None:
        return Structure.EMBEDDED
    if limits.individual.row is None or any(says(text, Remark.AGGREGATE) for text in messages):
        return Structure.AGGREGATE
    return Structure.EMBEDDED


def is_zero(row: Candidate) -> bool:
    """Tell whether a row says that there is nothing to meet; that nothing is *left* is another matter."""
    return row.benefit.amount == ZERO and row.benefit.period not in NO_TOTALS


def hold_to_law(pair: AccumulatorPair, network: Network, day: date, findings: Findings) -> AccumulatorPair:
    """Hold the individual room inside in-network family coverage to the lawful limit of *day*'s year."""
    limit = ONE_PERSON_LIMITS.get(day.year)
    family = pair.family.remaining
    if limit is None or network is not Network.IN or family is None or family <= limit.amount:
        return pair
    own = pair.individual
    if own.remaining is not None and own.remaining <= limit.amount:
        return pair
    findings.assume("ACA_LIMIT_APPLIED", *(() if limit.confirmed else ("ACA_LIMIT_UNCONFIRMED",)))
    findings.use_amount(
        "out-of-pocket limit for one person", limit.amount, note=f"45 CFR 156.130, {day.year}"
    )
    total = limit.amount if own.total is None else min(own.total, limit.amount)
    return AccumulatorPair(Accumulator(total, limit.amount), pair.family)


def renew(pair: AccumulatorPair, findings: Findings) -> AccumulatorPair:
    """Give both sides what a new plan year brings: the whole limit, else at least what was left."""
    return AccumulatorPair(_renew_side(pair.individual, findings), _renew_side(pair.family, findings))


def _renew_side(side: Accumulator, findings: Findings) -> Accumulator:
    if side.total is None and side.remaining is not None:
        findings.assume("RESET_TOTAL_UNKNOWN")
        return side
    return Accumulator(side.total, side.total)


def _only_waives(row: Candidate) -> bool:
    """Tell whether the row says no more than that the service has no deductible."""
    return row.rank < PLAN_RANK and is_zero(row)


def _read_side(rows: list[Candidate], kind: BenefitKind, side: str, findings: Findings) -> Limit:
    told = _tell(rows)
    if not told:
        return Limit()
    what = f"{WORDS[kind]}, {side}"
    source = (told.get("total") or next(iter(told.values()))).benefit
    if "total" not in told and "remaining" not in told:
        return Limit()
    if any(row.benefit.unlimited for name, row in told.items() if name == "total" or "total" not in told):
        findings.use(what, "no limit", source)
        return Limit(row=source)
    amounts = {name: row.benefit.amount for name, row in told.items()}
    total = amounts.get("total")
    remaining, code = _derive(total, amounts.get("remaining"), amounts.get("met"))
    findings.assume(*({"full": (ASSUMED_FULL[kind],), "above": ("REMAINING_ABOVE_TOTAL",)}.get(code, ())))
    findings.use_amount(f"{what}, total", total, source)
    origin = told.get("remaining") or told.get("met")
    findings.use_amount(
        f"{what}, remaining", remaining, origin.benefit if origin else source, NOTES.get(code)
    )
    return Limit(Accumulator(total, remaining), source, assumed_full=code == "full")


def _derive(total: Decimal | None, left: Decimal | None, met: Decimal | None) -> tuple[Decimal | None, str]:
    """Derive what is left, and how it was found; as told, else the total less what is met, else the total."""
    if left is not None:
        return (left, "told") if total is None or left <= total else (total, "above")
    if total is not None and met is not None:
        return max(ZERO, total - met), "less"
    return total, "full" if total else "told"


NOTES: Final = MappingProxyType(
    {
        "above": "the payer gave more left than the whole limit",
        "less": "the total less what is met",
        "full": "not said; the whole limit was taken",
    }
)


def _tell(rows: list[Candidate]) -> dict[str, Candidate]:
    """Collect total, remaining and met from the nearest service; one farther off adds what agrees with it."""
    told: dict[str, Candidate] = {}
    for _, group in groupby(rows, key=lambda row: row.service):
        these: dict[str, Candidate] = {}
        for row in group:
            if row.benefit.amount is not None or row.benefit.unlimited:
                these.setdefault(NO_TOTALS.get(row.benefit.period, "total"), row)
        if not told or _agree(told, these):
            told = these | told
    return told


def _agree(nearer: dict[str, Candidate], farther: dict[str, Candidate]) -> bool:
    shared = nearer.keys() & farther.keys()
    return bool(shared) and all(
        nearer[name].benefit.amount == farther[name].benefit.amount for name in shared
    )
