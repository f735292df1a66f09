"""The days on which a patient's terms change: a new year, another status, the end of the coverage."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final, NamedTuple, Protocol

from payers.programs.tricare.table import Table
from payers.programs.tricare.tariff import PRIMES, Person, Priced, end_coverage, miss_year, price
from verifier.model.military import Beneficiary, EnlistmentGroup, TricareFacts, TricarePlan
from verifier.model.published import Phase

TRANSITIONAL_DAYS: Final = 180  # of transitional assistance: from general knowledge, read nowhere
SURVIVOR_YEARS: Final = 3  # a spouse counts as active duty family: copy of a fact sheet of 2020
ENDED: Final = "the coverage has ended: verify anew which plan follows"


class Tables(Protocol):
    """The cost tables by year."""

    def find(self, year: int) -> Table | None:
        """Return the table of *year*, ``None`` where none is loaded."""
        ...


class Span(NamedTuple):
    """The first and last day of the planned sessions, and the last day of the coverage where it is known."""

    begins: date
    ends: date
    covered_to: date | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """What is known or taken for granted of a patient; no field that a price depends on is ``None``."""

    facts: TricareFacts
    is_child: bool

    def describe(self, day: date) -> Person:
        """Say who the patient is on *day*."""
        facts = self._on(day)
        return Person(
            plan=facts.plan or TricarePlan.SELECT,
            beneficiary=facts.beneficiary or Beneficiary.RETIREE_FAMILY,
            group=facts.group or EnlistmentGroup.B,
            is_junior=bool(facts.is_junior_enlisted),
            in_network=bool(facts.network),
            has_referral=bool(facts.has_referral),
            medicare_covers=bool(facts.medicare_covers),
        )

    def list_days(self, span: Span) -> list[date]:
        """List the days within *span* on which the terms begin or may change."""
        years = [date(year, 1, 1) for year in range(span.begins.year + 1, span.ends.year + 1)]
        changes = [change.date for change in self.facts.changes]
        ends = [span.covered_to + timedelta(days=1)] if span.covered_to else []
        days = {span.begins, *years, *changes, *ends, *self._list_survivor_days()}
        return sorted(day for day in days if span.begins <= day <= span.ends)

    def _on(self, day: date) -> TricareFacts:
        facts = self.facts
        for change in sorted(facts.changes, key=lambda change: change.date):
            if change.date <= day:
                facts = replace(facts, beneficiary=change.beneficiary, plan=change.plan or facts.plan)
        if facts.beneficiary is Beneficiary.TRANSITIONAL_SURVIVOR:
            over = any(each <= day for each in self._list_survivor_days())
            return replace(facts, beneficiary=Beneficiary.SURVIVOR) if over else facts
        return facts

    def _list_survivor_days(self) -> Iterator[date]:
        since = self.facts.survivor_since
        if since and not self.is_child:
            yield add_years(since, SURVIVOR_YEARS)


def lay_out(case: Case, span: Span, tables: Tables) -> tuple[Phase, ...]:
    """Lay *case* out over *span*: one phase from each day on which the terms change."""
    phases: list[Phase] = []
    for day in case.list_days(span):
        priced = _price(case, day, span, tables)
        same_year = bool(phases) and phases[-1].begins.year == day.year
        if not (same_year and _is_same(phases[-1], priced)):
            phases.append(Phase(day, *priced, carries=same_year, takes_told=_is_regular(priced)))
    return tuple(phases)


def _price(case: Case, day: date, span: Span, tables: Tables) -> Priced:
    if span.covered_to and day > span.covered_to:
        return end_coverage(day.year, ENDED)
    table = tables.find(day.year)
    return price(case.describe(day), table) if table else miss_year(day.year)


def _is_regular(priced: Priced) -> bool:
    """Tell whether the limits are those a reply is about: point of service has a deductible of its own."""
    return priced.terms is not None and bool(priced.terms.counts_to_out_of_pocket)


def _is_same(phase: Phase, priced: Priced) -> bool:
    return (phase.terms, phase.figures) == priced


def find_end(facts: TricareFacts, told: date | None) -> date | None:
    """Return the last day of the coverage: of transitional assistance, or as the reply told it.

    What the reply told does not count where another status follows upon it.
    """
    last = max(facts.changes, key=lambda change: change.date, default=None)
    plan, since = (last.plan, last.date) if last else (facts.plan, None)
    since = facts.transitional_from or since
    goes_on = told is not None and any(each.date <= told + timedelta(days=1) for each in facts.changes)
    ends = [told] if told and not goes_on else []
    if since and plan is TricarePlan.TRANSITIONAL:
        ends.append(since + timedelta(days=TRANSITIONAL_DAYS - 1))
    return min(ends, default=None)


def add_years(day: date, years: int) -> date:
    """Return the same day *years* later; 29 February becomes 1 March in a year without one."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)


def follow_plan(plan: TricarePlan | None, beneficiary: Beneficiary) -> Sequence[TricarePlan]:
    """List the plans a patient of *plan* may have who becomes *beneficiary*: active duty is in Prime."""
    if beneficiary is Beneficiary.ACTIVE_DUTY:
        return (TricarePlan.PRIME,)
    if plan in {TricarePlan.PRIME, TricarePlan.SELECT}:
        return (plan,)
    if plan in PRIMES:
        return (TricarePlan.PRIME,)
    return (TricarePlan.PRIME, TricarePlan.SELECT)
