"""What a program of sessions costs by published rules: phase by phase, over every variant that may apply."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from itertools import chain, pairwise
from typing import Final, NamedTuple

from verifier.estimation.assumptions import assume, confidence_in
from verifier.estimation.estimator import LEFT_OUT, note_balance, note_rate
from verifier.estimation.findings import Findings
from verifier.estimation.plan_years import CALENDAR_YEAR
from verifier.estimation.ranges import Pricing, Way, price_program
from verifier.estimation.readings import Corner
from verifier.estimation.schedule import session_dates
from verifier.estimation.setting import describe
from verifier.estimation.summaries import add_up, by_plan_year, by_week
from verifier.estimation.told import Told
from verifier.estimation.waterfall import Ledger
from verifier.model.coverage import Coverage
from verifier.model.estimate import (
    Accumulator,
    AccumulatorPair,
    Assumption,
    Counted,
    Estimate,
    Figure,
    Milestones,
    SessionCost,
    Shares,
    Terms,
)
from verifier.model.findings import FigureStatus
from verifier.model.program import Program
from verifier.model.published import Phase, Published, Variant
from verifier.model.vocabulary import CoverageStatus, Network
from verifier.money import ZERO

DOUBTED: Final = {
    FigureStatus.INFERRED: "RULE_FIGURE_INFERRED",
    FigureStatus.UNCONFIRMED: "RULE_FIGURE_UNCONFIRMED",
}
INCOMPLETE: Final = LEFT_OUT | {"RULE_YEAR_NOT_LOADED", "RULE_FIGURE_UNKNOWN", "SESSIONS_PAID_BY_NOBODY"}


def estimate_published(
    published: Published, program: Program, coverage: Coverage, *, as_of: date | None = None
) -> Estimate:
    """Price *program* under *published* rules, which have at least one variant.

    The figures told are those of the dearest expected variant, low and high those of all. A session in a
    phase without terms, or before the first phase, is listed with its allowed amount and no share of the
    patient's. *coverage* gives what the payer said is left of a limit, in the year of *as_of* (the program's
    start date unless given).

    Raises:
        BadInput: the program's days cannot be planned.
    """
    pricing = price_program(program, session_dates(program))
    told = Told(coverage, min(as_of or program.start_date, program.start_date))
    courses = [_Course(variant, pricing, program, told) for variant in published.variants]
    expected = [course for course in courses if course.variant.is_expected]
    return _conclude(published, courses, max(expected or courses, key=_Course.patient), coverage)


class _Stage(NamedTuple):
    """A phase with the session days that fall into it."""

    phase: Phase
    days: tuple[date, ...]


@dataclass
class _Course:
    """The sessions as one variant prices them."""

    variant: Variant
    pricing: Pricing
    program: Program
    told: Told

    def __post_init__(self) -> None:
        self.findings = Findings()
        self.walked: dict[Way, Ledger] = {}
        self.stages = tuple(_set_out(self.variant.phases, self.pricing.dates))
        setting = describe(self.program, self.pricing.dates[-1])
        year = self.told.day.year
        self.terms = [
            self.told.lower(stage.phase.terms, setting, self.findings)
            if stage.phase.terms and stage.phase.takes_told and stage.days and stage.days[0].year == year
            else stage.phase.terms
            for stage in self.stages
        ]

    @property
    def first_terms(self) -> Terms | None:
        """Return the first terms that are known."""
        return next((terms for terms in self.terms if terms), None)

    def walk(self, way: Way = Pricing.walk) -> Ledger:
        """Price every stage by *way*, once."""
        if way not in self.walked:
            self.walked[way] = self._walk(way)
        return self.walked[way]

    def _walk(self, way: Way) -> Ledger:
        """Price the stages in turn; one that carries begins with what those before it used up."""
        used = _Used()
        ledgers: list[Ledger] = []
        for stage, terms in zip(self.stages, self.terms, strict=True):
            used = used if stage.phase.carries else _Used()
            ledger = self._walk_stage(stage, terms and used.lower(terms), way)
            used = used.add(terms, ledger) if terms else used
            ledgers.append(ledger)
        return _join(ledgers)

    def patient(self, way: Way = Pricing.walk) -> Decimal:
        """Sum what the patient owes."""
        return self.walk(way).patient

    def gaps(self) -> Iterator[Assumption]:
        """Put into words which figures are not known, and where to look them up."""
        for stage in self.stages:
            missing = [figure for figure in stage.phase.figures if figure.value is None]
            if stage.phase.unpaid and stage.days:
                yield _miss_payer(stage, stage.phase.unpaid)
            elif stage.phase.terms is None and len(missing) == len(stage.phase.figures) and stage.days:
                yield _miss_year(stage)
            elif stage.days:
                yield from (_miss_figure(figure, stage.days[0]) for figure in missing)

    def figures(self) -> Iterator[Figure]:
        """List the figures of every phase that holds sessions."""
        return chain.from_iterable(stage.phase.figures for stage in self.stages if stage.days)

    def _walk_stage(self, stage: _Stage, terms: Terms | None, way: Way) -> Ledger:
        if terms is None:
            price = Shares(allowed=self.pricing.allowed or self.pricing.billed or ZERO)
            return Ledger(tuple(SessionCost(day, price) for day in stage.days), Milestones())
        return way(replace(self.pricing, dates=stage.days), Corner(terms))


class _Used(NamedTuple):
    """What counted to the deductible and to the out-of-pocket maximum so far in one year."""

    deductible: Decimal = ZERO
    out_of_pocket: Decimal = ZERO

    def add(self, terms: Terms, ledger: Ledger) -> "_Used":
        """Add what was paid in *ledger*, since the last reset of its *terms*."""
        last = ledger.sessions[-1].date if ledger.sessions else date.min
        since = max((reset.date for reset in terms.resets if reset.date <= last), default=date.min)
        paid = add_up(cost for cost in ledger.sessions if cost.date >= since)
        copay = paid.copay if terms.copay_counts_to_deductible else ZERO
        counted = (getattr(paid, part) for part in Counted if part in terms.counts_to_out_of_pocket)
        return _Used(self.deductible + paid.deductible + copay, sum(counted, self.out_of_pocket))

    def lower(self, terms: Terms) -> Terms:
        """Take off the limits of *terms* what was used."""
        return replace(
            terms,
            deductible=_take_off(terms.deductible, self.deductible),
            out_of_pocket=_take_off(terms.out_of_pocket, self.out_of_pocket),
        )


def _take_off(pair: AccumulatorPair, used: Decimal) -> AccumulatorPair:
    return AccumulatorPair(
        *(
            Accumulator(side.total, None if side.remaining is None else max(ZERO, side.remaining - used))
            for side in (pair.individual, pair.family)
        )
    )


def _set_out(phases: Sequence[Phase], dates: Sequence[date]) -> Iterator[_Stage]:
    """Lay the days out over the phases; a phase without days stays, for what it does to the limits."""
    whole = (Phase(date.min, None), *phases, Phase(date.max, None))
    for phase, following in pairwise(whole):
        yield _Stage(phase, tuple(day for day in dates if phase.begins <= day < following.begins))


def _join(ledgers: Sequence[Ledger]) -> Ledger:
    milestones = [ledger.milestones for ledger in ledgers]
    return Ledger(
        tuple(chain.from_iterable(ledger.sessions for ledger in ledgers)),
        Milestones(
            deductible_met_on=_first(each.deductible_met_on for each in milestones),
            out_of_pocket_met_on=_first(each.out_of_pocket_met_on for each in milestones),
            visits_exhausted_on=_first(each.visits_exhausted_on for each in milestones),
        ),
    )


def _first(days: Iterable[date | None]) -> date | None:
    return next((day for day in days if day), None)


def _miss_payer(stage: _Stage, why: str) -> Assumption:
    return assume("SESSIONS_PAID_BY_NOBODY", count=len(stage.days), begins=stage.days[0], why=why)


def _miss_year(stage: _Stage) -> Assumption:
    first = stage.days[0]
    sources = dict.fromkeys(figure.rule.source for figure in stage.phase.figures)
    programs = dict.fromkeys(figure.rule.program.upper() for figure in stage.phase.figures)
    return assume(
        "RULE_YEAR_NOT_LOADED",
        program=" ".join(programs) or "published",
        year=first.year,
        count=len(stage.days),
        begins=first,
        source="; ".join(source.rstrip(".") for source in sources) or "the program's own publication",
    )


def _miss_figure(figure: Figure, first: date) -> Assumption:
    rule = figure.rule
    return assume(
        "RULE_FIGURE_UNKNOWN",
        what=figure.what,
        program=rule.program.upper(),
        year=rule.year or first.year,
        source=rule.source.rstrip("."),
    )


def _note(published: Published, courses: Sequence[_Course], chosen: _Course, coverage: Coverage) -> Findings:
    """Note the rule that was followed, every figure of it and of its rivals, and what is in doubt."""
    findings = Findings()
    findings.use("rules", chosen.variant.label, note=published.program)
    findings.steps.extend(chosen.findings.steps)
    findings.assume(*chosen.findings.codes)
    for figure in chosen.figures():
        findings.follow(figure)
        if figure.rule.status in DOUBTED:
            findings.assume(DOUBTED[figure.rule.status])
    _note_rivals(courses, chosen, findings)
    if coverage.status is not CoverageStatus.ACTIVE and published.proof is None:
        findings.assume("COVERAGE_UNPROVEN")
    if published.collectable is None or chosen.pricing.allowed is not None:  # else no price decides anything
        _note_prices(chosen, findings)
    return findings


def _note_rivals(courses: Sequence[_Course], chosen: _Course, findings: Findings) -> None:
    known = set(chosen.figures())
    for course in courses:
        for figure in course.figures():
            if figure not in known:
                findings.follow(figure, course.variant.label)
    if len(courses) > 1:
        findings.assume("RULE_OPEN")


def _note_prices(chosen: _Course, findings: Findings) -> None:
    note_rate(chosen.pricing, findings)
    if chosen.first_terms:
        note_balance(chosen.first_terms, chosen.pricing, findings)
        if chosen.first_terms.network == Network.OUT and chosen.pricing.allowed is not None:
            findings.assume("RATE_NOT_CONTRACTED")


def _conclude(
    published: Published, courses: Sequence[_Course], chosen: _Course, coverage: Coverage
) -> Estimate:
    findings, ledger = _note(published, courses, chosen, coverage), chosen.walk()
    gaps = tuple(dict.fromkeys(chain.from_iterable(course.gaps() for course in (chosen, *courses))))
    codes = [*findings.codes, *(gap.code for gap in gaps)]
    totals, sessions = add_up(ledger.sessions), ledger.sessions
    owed = list(chain.from_iterable(course.pricing.totals(course.patient) for course in courses))
    return Estimate(
        low=min(owed),
        expected=totals.patient,
        high=max(owed),
        confidence=confidence_in(codes),
        totals=totals,
        sessions=sessions,
        weeks=by_week(sessions),
        plan_years=by_plan_year(sessions, (), CALENDAR_YEAR),
        milestones=ledger.milestones,
        collectable_by_provider=totals.patient if published.collectable is None else published.collectable,
        assumptions=(*map(assume, findings.codes), *gaps),
        steps=tuple(findings.steps),
        incomplete=not INCOMPLETE.isdisjoint(codes),
        terms=chosen.first_terms,
        later_bill=published.later_bill,
    )
