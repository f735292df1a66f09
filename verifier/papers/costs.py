"""What the program costs, as the report shows it: week by week, session by session, and why."""

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import Final

from verifier.model.estimate import Estimate, Figure, LaterBill, PeriodCost, SessionCost, Shares
from verifier.model.paper import (
    Bar,
    Block,
    Cell,
    Chart,
    Column,
    Fact,
    Facts,
    Grid,
    Heading,
    Points,
    Text,
    Weight,
)
from verifier.model.payment import AfterPrimary, Turn
from verifier.money import ZERO
from verifier.papers.question import write_day
from verifier.papers.sources import cite_rule, cite_step, say, value_of
from verifier.papers.subject import Subject
from verifier.wording import counted, dollars, plain, say_value, us_day, weekday_of

NAMES: Final = ("Patient", "Plan", "What the patient pays, added up")
PARTS: Final = ("allowed", "deductible", "copay", "coinsurance", "not_covered", "balance", "patient", "plan")
ALWAYS: Final = frozenset({"allowed", "patient", "plan"})  # the others only where there are any
MOST_SESSIONS: Final = 400
QUIET: Final = Weight.QUIET


def show_costs(subject: Subject) -> Iterator[Block]:
    """Show the estimate, if there is one, and who else pays."""
    estimate = subject.verification.estimate
    if estimate:
        yield Heading("What it costs")
        yield from _chart(estimate)
        yield Facts(tuple(_summary(estimate)), "not within this program")
        yield from _plan_years(estimate)
        if estimate.later_bill:
            yield from _later(estimate.later_bill)
        yield from _ledger(estimate)
        yield from _reasons(subject, estimate)
    yield from _order(subject.verification.payment_order, subject.verification.after_primary)


def chart_of(estimate: Estimate, caption: str, text: str, names: tuple[str, str, str]) -> Chart:
    """Draw the weeks of an estimate, and how the patient's part adds up."""
    bars, total = [], ZERO
    for week in estimate.weeks:
        total += week.shares.patient
        bars.append(Bar(f"{week.begins:%m/%d}", week.shares.patient, week.shares.plan, total))
    met = estimate.milestones
    marks = ((met.deductible_met_on, "deductible met"), (met.out_of_pocket_met_on, "maximum met"))
    places = ((_week_of(estimate.weeks, day), name) for day, name in marks if day)
    found = tuple((place, name) for place, name in places if place is not None)
    return Chart(caption, text, tuple(bars), names, found)


def _chart(estimate: Estimate) -> Iterator[Block]:
    if len(estimate.weeks) > 1 and estimate.totals.patient:
        first, last = estimate.weeks[0].shares, estimate.weeks[-1].shares
        text = (
            f"In the first of {counted(len(estimate.weeks), 'week')} the patient pays "
            f"{dollars(first.patient)}, in the last {dollars(last.patient)}, "
            f"in all {dollars(estimate.totals.patient)}."
        )
        yield chart_of(estimate, "Cost by week", text, NAMES)


def _week_of(weeks: Sequence[PeriodCost], day: date) -> int | None:
    return next((place for place, week in enumerate(weeks) if week.begins <= day <= week.ends), None)


def _summary(estimate: Estimate) -> Iterator[Fact]:
    totals, met = estimate.totals, estimate.milestones
    for name in PARTS:
        if name in ALWAYS or getattr(totals, name):
            yield Fact(f"{plain(name).capitalize()}, in all", dollars(getattr(totals, name)))
    yield Fact("Provider may collect", dollars(estimate.collectable_by_provider))
    yield Fact("Deductible met on", write_day(met.deductible_met_on))
    yield Fact("Maximum met on", write_day(met.out_of_pocket_met_on))
    yield Fact("Visits run out on", write_day(met.visits_exhausted_on))


def _plan_years(estimate: Estimate) -> Iterator[Block]:
    if len(estimate.plan_years) < 2:  # noqa: PLR2004 - one year needs no table
        return
    columns = (
        Column("Plan year", 1.4),
        Column("Sessions", 1, is_numeric=True),
        Column("Allowed", 1, is_numeric=True),
        Column("Patient", 1, is_numeric=True),
    )
    yield Heading("The program runs into another plan year", 2)
    rows = [
        (
            Cell(f"{us_day(year.begins)} to {us_day(year.ends)}"),
            Cell(str(year.sessions)),
            Cell(dollars(year.shares.allowed)),
            Cell(dollars(year.shares.patient)),
        )
        for year in estimate.plan_years
    ]
    yield Grid("Cost by plan year", columns, tuple(rows))


def _later(bill: LaterBill) -> Iterator[Block]:
    yield Heading(f"What {bill.by} may bill afterwards", 2)
    known = " of what is known" if bill.incomplete else ""
    yield Text(f"{dollars(bill.low)} to {dollars(bill.high)}{known}. {say(bill.text)}")
    yield Points(tuple(map(_figure, bill.figures)))


def _figure(figure: Figure) -> str:
    value = "not known" if figure.value is None else say_value(figure.what, figure.value)
    return f"{figure.what}: {value} ({cite_rule(figure.rule)})"


def _ledger(estimate: Estimate) -> Iterator[Block]:
    if not estimate.sessions:
        return
    shown = [name for name in PARTS if name in ALWAYS or getattr(estimate.totals, name)]
    columns = (
        Column("Session", 1.5),
        *(Column(plain(name).capitalize(), 1, is_numeric=True) for name in shown),
        Column("Patient so far", 1.1, is_numeric=True),
    )
    yield Heading("Session by session", 2)
    rows = tuple(_sessions(estimate.sessions[:MOST_SESSIONS], shown))
    total = _amounts(estimate.totals, shown, Weight.STRONG)
    last = (Cell("In all", Weight.STRONG), *total, Cell(dollars(estimate.totals.patient), Weight.STRONG))
    yield Grid("Cost of each session", columns, (*rows, last))


def _sessions(sessions: Sequence[SessionCost], shown: Sequence[str]) -> Iterator[tuple[Cell, ...]]:
    total = ZERO
    for session in sessions:
        total += session.shares.patient
        amounts = _amounts(session.shares, shown, Weight.NORMAL)
        yield Cell(weekday_of(session.date)), *amounts, Cell(dollars(total), QUIET)


def _amounts(shares: Shares, shown: Sequence[str], weight: Weight) -> tuple[Cell, ...]:
    values: list[Decimal] = [getattr(shares, name) for name in shown]
    return tuple(Cell(dollars(value), weight) for value in values)


def _reasons(subject: Subject, estimate: Estimate) -> Iterator[Block]:
    coverage = subject.verification.coverage
    answered_by = coverage.answered_by if coverage else ()
    if estimate.steps:
        columns = (
            Column("What was used", 1.5),
            Column("Value", 0.9, is_numeric=True),
            Column("Where it comes from", 3.4),
        )
        yield Heading("Where each figure comes from", 2)
        steps = [
            (Cell(step.what), Cell(value_of(step)), Cell(cite_step(step, answered_by), QUIET))
            for step in estimate.steps
        ]
        yield Grid("Sources of the estimate", columns, tuple(steps))
    if estimate.assumptions:
        yield Heading("What was taken for granted", 2)
        yield Points(tuple(f"{say(each.text)} ({each.code})" for each in estimate.assumptions))


def _order(turns: Sequence[Turn], after: AfterPrimary | None) -> Iterator[Block]:
    if turns:
        yield Heading("Which plan pays when", 2)
        yield Points(tuple(map(_turn, turns)))
    if after:
        low, high = dollars(after.low), dollars(after.high)
        yield Text(
            f"After the plans that pay before: {dollars(after.expected)}, from {low} to {high}. "
            f"{say(after.text)}"
        )


def _turn(turn: Turn) -> str:
    place = f"{turn.position}. " if turn.position else "Not decided: "
    name = f"{turn.payer or plain(turn.kind)}{' (this plan)' if turn.is_this else ''}"
    checked = "" if turn.is_confirmed else " Not confirmed by a source; check it."
    return f"{place}{name}. {say(turn.reason)} ({turn.rule}).{checked}"
