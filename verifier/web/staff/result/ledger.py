"""The ledger: each session with its shares and what they add up to, plan year by plan year."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final, NamedTuple

from verifier.model.estimate import Estimate, Shares
from verifier.money import ZERO
from verifier.web.staff.result.chart import is_priced, milestones

PARTS: Final = (
    ("deductible", "Deductible"),
    ("copay", "Copay"),
    ("coinsurance", "Coinsurance"),
    ("not_covered", "Not covered"),
    ("balance", "Balance bill"),
)


class Line(NamedTuple):
    """One session; amounts are ``None`` where nobody knows them. ``note`` says what happens on its day."""

    number: int
    date: date
    allowed: Decimal | None
    parts: tuple[Decimal | None, ...]
    patient: Decimal | None
    plan: Decimal | None
    so_far: Decimal | None
    note: str
    is_new_year: bool


@dataclass(frozen=True, slots=True)
class Ledger:
    """The sessions, the columns that hold anything, and the sums."""

    headings: tuple[str, ...]
    lines: tuple[Line, ...]
    totals: tuple[Decimal, ...]
    allowed: Decimal | None
    patient: Decimal
    plan: Decimal | None
    is_complete: bool


def write_ledger(estimate: Estimate) -> Ledger:
    """Write the ledger of *estimate*; columns that are zero all through are left out."""
    used = [(name, title) for name, title in PARTS if getattr(estimate.totals, name)]
    names = [name for name, _ in used]
    is_priceless = _lacks_price(estimate)
    lines = tuple(_lines(estimate, names, is_priceless=is_priceless))
    totals = estimate.totals
    return Ledger(
        tuple(title for _, title in used),
        lines,
        tuple(getattr(totals, name) for name in names),
        None if is_priceless else totals.allowed,
        totals.patient,
        None if is_priceless else totals.plan,
        all(line.patient is not None for line in lines) and not estimate.incomplete,
    )


def _lacks_price(estimate: Estimate) -> bool:
    """Tell whether nobody knows what a session is allowed; allowed and plan amounts then mean nothing."""
    return any(each.code == "RATE_UNKNOWN" for each in estimate.assumptions)


def _lines(estimate: Estimate, names: list[str], *, is_priceless: bool) -> Iterator[Line]:
    so_far: Decimal | None = ZERO
    notes = dict(_notes(estimate))
    years = {year.begins for year in estimate.plan_years[1:]}
    for number, (day, shares) in enumerate(estimate.sessions, 1):
        known = is_priced(shares)
        so_far = so_far + shares.patient if so_far is not None and known else None
        yield Line(
            number,
            day,
            None if is_priceless else shares.allowed,
            tuple(getattr(shares, name) if known else None for name in names),
            shares.patient if known else None,
            _plan(shares, known=known and not is_priceless),
            so_far,
            notes.get(day, ""),
            day in years,
        )


def _notes(estimate: Estimate) -> Iterator[tuple[date, str]]:
    found: dict[date, list[str]] = {}
    for day, what in milestones(estimate):
        found.setdefault(day, []).append(what)
    return ((day, ", ".join(words)) for day, words in found.items())


def _plan(shares: Shares, *, known: bool) -> Decimal | None:
    return shares.plan if known else None
