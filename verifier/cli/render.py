"""Coverage, estimates and verifications as a person reads them on a terminal."""

from collections.abc import Iterable, Iterator
from decimal import Decimal

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from verifier.model.coverage import Benefit, CarveOut, Coverage, Source
from verifier.model.estimate import Estimate, LaterBill, PeriodCost
from verifier.model.findings import Rule
from verifier.model.payment import AfterPrimary, Turn
from verifier.model.verification import Verification

NOT_SAID = "-"
STATUS_STYLE = {
    "active": "bold green",
    "inactive": "bold red",
    "rejected": "bold yellow",
    "unknown": "bold yellow",
}
STATUS_MEANING = {
    "active": "the payer says coverage is active",
    "inactive": "the payer says coverage is not active",
    "rejected": "the payer refused the question; this says nothing about coverage",
    "unknown": "nobody could say; this is not a no",
}
VERDICT_STYLE = {"go": "bold green", "caution": "bold yellow", "stop": "bold red"}


def verification(answer: Verification) -> Iterator[RenderableType]:
    """Draw the whole answer: verdict, coverage, cost, what to ask by phone, the calls made."""
    if answer.decision:
        yield Text(f"{answer.decision.verdict.upper()}", style=VERDICT_STYLE[answer.decision.verdict])
        yield from _bullets(answer.decision.reasons)
    if answer.coverage:
        yield from coverage(answer.coverage, benefits=False)
    yield from _section("What the rules say", (f"{r.text}{_cite(r.rule)}" for r in answer.remarks))
    if answer.estimate:
        yield from estimate(answer.estimate)
    yield from _section("Who pays when", map(_turn, answer.payment_order))
    if answer.after_primary:
        yield from _after(answer.after_primary)
    yield from _section("What to do next", answer.actions)
    yield from _section("Ask the payer by phone", (unknown.question for unknown in answer.unknowns))
    yield from _section("Calls made", _attempts(answer))
    yield from _section("Please note", (notice.text for notice in answer.notices))


def coverage(found: Coverage, *, benefits: bool = True) -> Iterator[RenderableType]:
    """Draw a coverage: status, who and which plan, refusals, warnings, and each benefit."""
    yield Text.assemble(
        "Coverage: ",
        (found.status, STATUS_STYLE[found.status]),
        f" ({STATUS_MEANING[found.status]})",
    )
    yield _facts(
        ("payer", _named(found.payer.name, found.payer.id)),
        ("answered by", ", ".join(each.payer or NOT_SAID for each in found.answered_by)),
        (
            "actual payer",
            _named(found.actual_payer.name, found.actual_payer.id) if found.actual_payer else None,
        ),
        ("plan", _named(found.plan.name, found.plan.group_number)),
        ("type", found.plan.insurance_type),
        ("from", str(found.plan.begins or NOT_SAID)),
        ("to", str(found.plan.ends or NOT_SAID)),
        ("asked / answered", f"{_list(found.asked)} / {_list(found.answered)}" if found.asked else None),
    )
    yield from _section(
        "Refused", (f"{r.code or 'in words'}: {r.meaning}. {r.advice}" for r in found.rejections)
    )
    yield from _section("Administered elsewhere", (_elsewhere(found, each) for each in found.carve_outs))
    yield from _section("Other payers mentioned", (o.payer or NOT_SAID for o in found.other_coverage))
    yield from _section("Reading notes", (f"{w.code}: {w.text}" for w in found.warnings))
    if benefits and found.benefits:
        yield _benefits(found.benefits)


def estimate(found: Estimate) -> Iterator[RenderableType]:
    """Draw an estimate: the range, the weeks, the milestones, where each number came from."""
    yield Text(f"\nThe patient pays: {_range(found)}", style="bold")
    if found.totals.allowed:
        known = " as far as it is known" if found.incomplete else ""
        yield Text(f"The payer's part: {_money(found.totals.plan)} of {_money(found.totals.allowed)}{known}")
    yield Text(
        f"confidence {found.confidence.level} ({found.confidence.score} of 100)"
        + (", incomplete: something needed is unknown" if found.incomplete else "")
    )
    yield _periods(found.weeks)
    yield _facts(
        ("deductible met on", str(found.milestones.deductible_met_on or NOT_SAID)),
        ("out-of-pocket maximum met on", str(found.milestones.out_of_pocket_met_on or NOT_SAID)),
        ("visits used up on", str(found.milestones.visits_exhausted_on or NOT_SAID)),
    )
    if found.later_bill:
        yield from _later_bill(found.later_bill)
    yield from _section("Taken for granted", (assumption.text for assumption in found.assumptions))
    yield from _section(
        "Where the numbers come from",
        (f"{step.what} = {step.value}{_origin(step.source)}{_cite(step.rule)}" for step in found.steps),
    )


def _later_bill(bill: LaterBill) -> Iterator[RenderableType]:
    amounts = _money(bill.high) if bill.low == bill.high else f"{_money(bill.low)} to {_money(bill.high)}"
    yield from _section(
        f"{bill.by} may bill the patient later: {amounts}",
        (
            bill.text,
            *(f"{each.what} = {each.value or 'not known'}{_cite(each.rule)}" for each in bill.figures),
        ),
    )


def _turn(turn: Turn) -> str:
    place = f"{turn.position}." if turn.position else ("order open:" if turn.is_billed else "not billed:")
    name = f"{turn.kind} ({turn.payer})" if turn.payer else str(turn.kind)
    doubt = "" if turn.is_confirmed else " [not confirmed]"
    return f"{place} {name}{', this plan' if turn.is_this else ''}: {turn.reason}{doubt}"


def _after(after: AfterPrimary) -> Iterator[RenderableType]:
    yield Text(f"\nAfter the plans that pay first, the patient pays: {_range(after)}", style="bold")
    yield Text(after.text)


def _elsewhere(found: Coverage, carve_out: CarveOut) -> str:
    state = "not asked yet" if carve_out in found.open_carve_outs else "asked too"
    return f"{carve_out.administrator or NOT_SAID}: {_list(carve_out.services)} ({state})"


def _range(found: Estimate | AfterPrimary) -> str:
    if found.low == found.high:
        return _money(found.expected)
    return f"{_money(found.expected)} expected, {_money(found.low)} at least, {_money(found.high)} at most"


def _periods(weeks: Iterable[PeriodCost]) -> Table:
    columns = (
        "week",
        "from",
        "sessions",
        "allowed",
        "deductible",
        "copay",
        "coinsurance",
        "other",
        "patient pays",
    )
    table = Table(*columns, box=None, header_style="dim")
    for column in table.columns[2:]:
        column.justify = "right"
    for week in weeks:
        shares = week.shares
        other = shares.not_covered + shares.balance
        amounts = (shares.allowed, shares.deductible, shares.copay, shares.coinsurance, other, shares.patient)
        table.add_row(week.label, str(week.begins), str(week.sessions), *map(_money, amounts))
    return table


def _benefits(benefits: Iterable[Benefit]) -> Table:
    columns = ("benefit", "services", "level", "network", "period", "value", "authorization", "said as")
    table = Table(*columns, box=None, header_style="dim")
    for benefit in benefits:
        row = (
            benefit.kind,
            _list(benefit.services),
            benefit.level,
            benefit.network,
            benefit.period,
            _value(benefit),
            benefit.authorization,
            benefit.source.text,
        )
        table.add_row(*(Text(str(cell or NOT_SAID)) for cell in row))
    return table


def _value(benefit: Benefit) -> str:
    if benefit.unlimited:
        return "no limit"
    parts = (
        _money(benefit.amount) if benefit.amount is not None else "",
        f"{benefit.rate:%}".replace(".000000", "") if benefit.rate is not None else "",
        f"{benefit.quantity} {benefit.quantity_qualifier or ''}" if benefit.quantity is not None else "",
    )
    return " ".join(part for part in parts if part)


def _attempts(answer: Verification) -> Iterator[str]:
    for call in answer.attempts:
        detail = f": {call.detail}" if call.detail else ""
        yield f"{call.channel}, {_list(call.service_types)}, {call.outcome}, {call.seconds:.2f} s{detail}"


def _section(title: str, lines: Iterable[str]) -> Iterator[RenderableType]:
    found = tuple(lines)
    if found:
        yield Text(f"\n{title}", style="bold")
        yield from _bullets(found)


def _bullets(lines: Iterable[str]) -> Iterator[RenderableType]:
    for line in lines:
        yield Text(f"  • {line}")


def _facts(*pairs: tuple[str, str | None]) -> Table:
    table = Table(box=None, show_header=False)
    for name, value in pairs:
        if value:
            table.add_row(Text(name, style="dim"), Text(value))
    return table


def _origin(source: Source | None) -> str:
    if source is None:
        return ""
    place = f"segment {source.segment}" if source.segment is not None else source.pointer
    return f"   [{place}: {source.text}]"


def _cite(rule: Rule | None) -> str:
    """Say which published rule a figure follows, of which year, and how well it is known."""
    if rule is None:
        return ""
    year = "" if rule.year is None else f" {rule.year}"
    return f"   [{rule.program.upper()}{year}, {rule.status}: {rule.source}]"


def _named(name: str | None, identifier: str | None) -> str | None:
    return f"{name or NOT_SAID} ({identifier})" if identifier else name


def _list(words: Iterable[str]) -> str:
    return " ".join(words) or NOT_SAID


def _money(amount: Decimal) -> str:
    return f"${amount:,.2f}"
