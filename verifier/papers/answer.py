"""What the payer answered, as the report shows it: coverage, plan, both networks, and what else it named."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from verifier.answering.networks import Limit, Said, Share, Side, compare_networks
from verifier.errors import BadInput
from verifier.model.coverage import Benefit, CarveOut, Coverage, OtherCoverage, Rejection, Source
from verifier.model.paper import Block, Cell, Column, Fact, Facts, Grid, Heading, Points, Text, Weight
from verifier.model.vocabulary import Authorization, CoverageStatus, Period
from verifier.papers.question import service, write_day
from verifier.papers.sources import MOST, cite, some
from verifier.papers.subject import Subject
from verifier.wording import dollars, percent, plain, us_day, us_moment

MISSING: Final = "the payer did not say"
SILENT: Final = "The payer gave no deductible, copay, coinsurance or limit for either network."
NOBODY: Final = "Nobody has answered."
STATUSES: Final = {
    CoverageStatus.ACTIVE: "Active",
    CoverageStatus.INACTIVE: "Not active, says the payer",
    CoverageStatus.REJECTED: "The payer refused the question; this says nothing about coverage",
    CoverageStatus.UNKNOWN: "Unknown: nobody could say; this is not a no",
}
NETWORKS: Final = {"in": "In network", "out": "Out of network"}
NEEDS: Final = {
    Authorization.REQUIRED: "required",
    Authorization.NOT_REQUIRED: "not required",
    Authorization.UNKNOWN: None,
}
COVERED: Final = {True: "covered", False: "not covered", None: "not clear from the reply"}
QUIET: Final = Weight.QUIET
COLUMNS: Final = (
    Column("", 1.6),
    Column("Total", 1, is_numeric=True),
    Column("Met", 1, is_numeric=True),
    Column("Remaining", 1, is_numeric=True),
    Column("Where it stands", 3.2),
)


def show_answer(subject: Subject) -> Iterator[Block]:
    """Show what came back."""
    coverage = subject.verification.coverage
    yield Heading("What the payer answered")
    if coverage is None:
        yield Text(NOBODY)
        return
    yield Facts((*_coverage(subject, coverage), *_plan(coverage)), MISSING)
    yield from _networks(subject, coverage)
    yield from _else_named(coverage)


def _coverage(subject: Subject, coverage: Coverage) -> Iterator[Fact]:
    verification = subject.verification
    yield Fact("Coverage", STATUSES[coverage.status])
    as_of = us_moment(verification.as_of, subject.time_zone) if verification.as_of else None
    freshness = verification.freshness
    yield Fact("Answered", as_of, plain(freshness.origin) + _reason(freshness.reason) if freshness else "")
    names = dict.fromkeys(each.payer or MISSING for each in coverage.answered_by[:MOST])
    wires = dict.fromkeys(each.channel for each in coverage.answered_by[:MOST])
    yield Fact("By", "; ".join(names) or None, "; ".join(wires))
    if coverage.actual_payer:
        actual = coverage.actual_payer
        yield Fact("Plan that pays", actual.name, f"{plain(actual.kind)}; {cite(actual.source)}")
    yield Fact("Service types answered", "; ".join(map(service, coverage.answered)) or None)


def _reason(reason: str | None) -> str:
    return f": {reason}" if reason else ""


def _plan(coverage: Coverage) -> Iterator[Fact]:
    plan = coverage.plan
    yield Fact("Plan", plan.name)
    yield Fact("Kind of plan", plan.insurance_type)
    yield Fact("Group", plan.group_number, plan.group_name or "")
    yield Fact("Begins", write_day(plan.begins))
    yield Fact("Ends", write_day(plan.ends))
    yield Fact("Premium paid to", write_day(plan.premium_paid_to))


def _networks(subject: Subject, coverage: Coverage) -> Iterator[Block]:
    try:
        sides = compare_networks(coverage, subject.inquiry.program)
    except BadInput:  # days that cannot be planned; the decision says that the cost is missing
        return
    if sides and all(side.is_silent for side in sides):
        yield Text(SILENT, QUIET)
        return
    for side in sides:
        name = NETWORKS[side.network]
        own = " (the facility's)" if side.network is subject.inquiry.network else ""
        yield Heading(f"{name}{own}", 2)
        if side.is_silent:
            yield Text("The payer said nothing of this network.", QUIET)
            continue
        yield Grid(f"Benefits {name.lower()}", COLUMNS, tuple(_rows(side, coverage)))


def _rows(side: Side, coverage: Coverage) -> Iterator[tuple[Cell, ...]]:
    yield _row("Program", COVERED[side.is_covered])
    for limit in side.limits:
        yield _limit_row(limit, coverage)
    for name, shares, wording in (
        ("Copay", side.copays, dollars),
        ("Coinsurance", side.coinsurances, percent),
    ):
        yield from (_share_row(name, share, wording(share.value), coverage) for share in shares)
        if not shares:
            yield _row(name, None)
    for benefit in side.visits[:MOST]:
        yield _row("Visits or days", _visits(benefit), where=cite(benefit.source, coverage.answered_by))
    yield _row("Authorization", NEEDS[side.authorization], where=_cite(side.authorized_by, coverage))


def _row(name: str, value: str | None, met: str = "", left: str = "", where: str = "") -> tuple[Cell, ...]:
    shown = Cell("not said", QUIET) if value is None else Cell(value)
    return Cell(name, Weight.STRONG), shown, Cell(met), Cell(left), Cell(where, QUIET)


def _limit_row(limit: Limit, coverage: Coverage) -> tuple[Cell, ...]:
    name = Cell(limit.name.capitalize(), Weight.STRONG)
    if limit.unlimited:
        return (
            name,
            Cell("no limit"),
            Cell(""),
            Cell(""),
            Cell(cite(limit.unlimited, coverage.answered_by), QUIET),
        )
    parts = (limit.total, limit.met, limit.remaining)
    if not any(parts):
        return name, Cell("not said", QUIET), Cell(""), Cell(""), Cell("")
    sources = dict.fromkeys(_cite(part.source, coverage) for part in parts if part and not part.is_derived)
    return name, *map(_amount, parts), Cell("; ".join(filter(None, sources)), QUIET)


def _amount(said: Said | None) -> Cell:
    if said is None:
        return Cell("not said", QUIET)
    return Cell(dollars(said.value), note="worked out" if said.is_derived else "")


def _share_row(name: str, share: Share, value: str, coverage: Coverage) -> tuple[Cell, ...]:
    per = f" a {plain(share.period)}" if share.period else ""
    return _row(name, f"{value}{per}", where=cite(share.source, coverage.answered_by))


def _visits(benefit: Benefit) -> str:
    told = [_quantity(benefit.quantity, benefit.quantity_qualifier, None, benefit.period)]
    told += [_quantity(each.quantity, each.qualifier, each.per, each.period) for each in benefit.delivery]
    return "; ".join(part for part in told if part)


def _quantity(number: Decimal | None, of: str | None, per: str | None, period: Period | None) -> str:
    if number is None:
        return ""
    words = (f"{number:f}", plain(of or ""), f"a {per}" if per else "", plain(period or ""))
    return " ".join(word for word in words if word)


def _cite(source: Source | None, coverage: Coverage) -> str:
    return cite(source, coverage.answered_by)


def _else_named(coverage: Coverage) -> Iterator[Block]:
    """List refusals, administrators, other payers and what was odd in the reply."""
    lists = (
        ("Why the question was refused", map(_refusal, coverage.rejections)),
        ("Who else administers benefits", map(_carve_out, coverage.carve_outs)),
        ("Other coverage the reply mentions", map(_other, coverage.other_coverage)),
        ("What the payer adds", coverage.messages),
        ("What was odd in the reply", (f"{each.text} ({each.code})" for each in coverage.warnings)),
    )
    for title, texts in lists:
        if items := some(texts):
            yield Heading(title, 2)
            yield Points(items)


def _refusal(rejection: Rejection) -> str:
    code = f"{rejection.code}: " if rejection.code else ""
    return f"{code}{rejection.meaning}. {rejection.advice} ({cite(rejection.source)})"


def _carve_out(carve_out: CarveOut) -> str:
    services = ", ".join(map(service, carve_out.services)) or "behavioral health"
    answered = "answered" if carve_out.answered_by is not None else "has not answered"
    ways = "".join(f"; {contact.kind} {contact.value}" for contact in carve_out.contacts[:MOST])
    return f"{carve_out.administrator or 'Somebody not named'} for {services}; {answered}{ways}"


def _other(other: OtherCoverage) -> str:
    span = " to ".join(us_day(each) for each in (other.begins, other.ends) if each)
    told = (other.payer or "another payer", other.role, other.insurance_type, span)
    return f"{', '.join(part for part in told if part)} ({cite(other.source)})"
