"""Pairs of verifications: a base coverage and what is edited before and after; expected changes in one line.

A change is written ``kind severity before > after``; ``-`` stands for nothing told.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from verifier.answering.pricing import price_if_possible
from verifier.changes.compare import compare
from verifier.model.change import Change
from verifier.model.coverage import (
    ActualPayer,
    AnsweredBy,
    Benefit,
    CarveOut,
    Coverage,
    DateSpan,
    Delivery,
    OtherCoverage,
    PayerName,
    Plan,
    Rejection,
    Source,
    Trace,
)
from verifier.model.inquiry import Inquiry, Member
from verifier.model.verification import Attempt, Freshness, Origin, Outcome, Verification, VerificationStatus
from verifier.model.vocabulary import (
    Authorization,
    BenefitKind,
    CoverageLevel,
    CoverageStatus,
    Network,
    Period,
    RejectionClass,
    Retry,
)
from verifier.testing.builders import benefit, coverage, program

FIRST_NIGHT, NEXT_NIGHT = date(2026, 3, 10), date(2026, 3, 11)  # of a program from 2 March to 24 April
SOMEWHERE = Source(40, "EB*X")


@dataclass
class Draft:
    """A verification being written."""

    on: date
    rows: dict[str, Benefit] = field(default_factory=dict)
    parts: dict[str, Any] = field(default_factory=dict)  # of the coverage
    plan: dict[str, Any] = field(default_factory=dict)
    program: dict[str, Any] = field(default_factory=dict)
    network: Network = Network.IN
    status: VerificationStatus = VerificationStatus.COMPLETE
    origin: Origin = Origin.LIVE
    outcome: Outcome = Outcome.ANSWERED

    def finish(self, id_: str) -> Verification:
        """Price what was written, as the service does."""
        planned, plan = program(**self.program), Plan(**self.plan)
        inquiry = Inquiry("example", Member("Testcase", date(1988, 4, 12)), planned, network=self.network)
        found: Coverage = coverage(*self.rows.values(), **{"plan": plan, **self.parts})
        as_of = datetime(self.on.year, self.on.month, self.on.day, 9, tzinfo=UTC)
        estimate = price_if_possible(inquiry, found, None, self.on)
        attempts = (Attempt("caqh_core", ("CJ",), self.outcome, 1.0),)
        return Verification(
            id_,
            self.status,
            inquiry,
            as_of,
            found,
            estimate,
            as_of,
            Freshness(self.origin),
            attempts=attempts,
        )


Edit = Callable[[Draft], object]


def base(on: date) -> Draft:
    """Write an active coverage: $40 a day, deductible and maximum partly used, no authorization needed."""

    def limit(kind: BenefitKind, level: CoverageLevel, total: str, left: str) -> dict[str, Benefit]:
        said = {"": (Period.CALENDAR_YEAR, total), " left": (Period.REMAINING, left)}
        name = f"{'family ' if level is CoverageLevel.FAMILY else ''}{kind.value}"
        return {
            f"{name}{end}": benefit(kind=kind, level=level, period=period, amount=Decimal(amount))
            for end, (period, amount) in said.items()
        }

    one, family = CoverageLevel.INDIVIDUAL, CoverageLevel.FAMILY
    rows = {
        "active": benefit(kind=BenefitKind.ACTIVE, services=("30", "MH", "CJ"), plan_text="Choice Plus"),
        "copay": benefit(
            services=("CJ",),
            amount=Decimal("40.00"),
            period=Period.DAY,
            authorization=Authorization.NOT_REQUIRED,
        ),
        **limit(BenefitKind.DEDUCTIBLE, one, "1500", "800"),
        **limit(BenefitKind.DEDUCTIBLE, family, "3000", "2000"),
        **limit(BenefitKind.OUT_OF_POCKET, one, "5000", "3000"),
        **limit(BenefitKind.OUT_OF_POCKET, family, "10000", "7000"),
    }
    plan = {
        "name": "Choice Plus",
        "group_number": "0012345",
        "insurance_type": "PPO",
        "begins": date(2026, 1, 1),
    }
    parts = {
        "payer": PayerName("Example Health Plan", "60054"),
        "answered_by": (AnsweredBy("Example Health Plan", "caqh_core"),),
        "asked": ("CJ", "30"),
        "answered": ("CJ", "30"),
    }
    return Draft(on, rows, parts, plan)


def row(name: str, **changes: Any) -> Edit:  # noqa: ANN401 - each field has its own type
    """Change a row, or add one."""

    def edit(draft: Draft) -> None:
        draft.rows[name] = draft.rows.get(name, benefit(services=("CJ",)))._replace(**changes)

    return edit


def amount(name: str, dollars: str) -> Edit:
    """Give a row another amount."""
    return row(name, amount=Decimal(dollars))


def rate(share: str) -> Edit:
    """Let the payer name a coinsurance."""
    return row("coinsurance", kind=BenefitKind.COINSURANCE, rate=Decimal(share))


def no(*names: str) -> Edit:
    """Leave rows out."""
    return lambda draft: [draft.rows.pop(name) for name in names]


def shuffled() -> Edit:
    """Send the rows the other way round."""

    def edit(draft: Draft) -> None:
        draft.rows = dict(reversed(draft.rows.items()))

    return edit


def plan(**changes: Any) -> Edit:  # noqa: ANN401 - each field has its own type
    """Change the plan."""
    return lambda draft: draft.plan.update(changes)


def ends(day: str | None) -> Edit:
    """Let the plan end."""
    return plan(ends=date.fromisoformat(day) if day else None)


def paid_to(day: str) -> Edit:
    """Say to when premiums are paid."""
    return plan(premium_paid_to=date.fromisoformat(day))


def part(**changes: Any) -> Edit:  # noqa: ANN401 - each field has its own type
    """Change a part of the coverage."""
    return lambda draft: draft.parts.update(changes)


def payer(name: str | None, number: str | None = "60054") -> Edit:
    """Let another payer answer."""
    return part(payer=PayerName(name, number))


def wire(channel: str) -> Edit:
    """Answer over another wire."""
    return part(answered_by=(AnsweredBy("Example Health Plan", channel),))


def status(word: CoverageStatus) -> Edit:
    """Give coverage another status; who is not covered has no benefits."""

    def edit(draft: Draft) -> None:
        draft.parts["status"] = word
        if word is CoverageStatus.INACTIVE:
            draft.rows = {"inactive": benefit(kind=BenefitKind.INACTIVE, source=Source(None, "EB*6**30"))}
        elif word is not CoverageStatus.ACTIVE:
            draft.rows = {}

    return edit


inactive, unknown = status(CoverageStatus.INACTIVE), status(CoverageStatus.UNKNOWN)


def rejected(category: RejectionClass = RejectionClass.MEMBER, code: str = "75") -> Edit:
    """Let the payer refuse the question."""

    def edit(draft: Draft) -> None:
        status(CoverageStatus.REJECTED)(draft)
        refusal = Rejection(code, "refused", "C", "2100C", category, Retry.WITH_CHANGES, "", SOMEWHERE)
        draft.parts["rejections"] = (refusal,)

    return edit


def carve_out(*administrators: str | None, services: tuple[str, ...] = ("MH",)) -> Edit:
    """Let somebody else administer services."""
    return part(carve_outs=tuple(CarveOut(each, None, services, (), SOMEWHERE) for each in administrators))


def other(*payers: str | None, until: str | None = None, kind: str | None = None) -> Edit:
    """Mention other payers."""
    last = date.fromisoformat(until) if until else None
    mentioned = (OtherCoverage(each, None, None, kind, None, None, None, last, SOMEWHERE) for each in payers)
    return part(other_coverage=tuple(mentioned))


def paid_by(name: str) -> Edit:
    """Name the plan that pays instead."""
    return part(actual_payer=ActualPayer(name, "H1234", None, "medicare_advantage", SOMEWHERE))


def says(*messages: str) -> Edit:
    """Add messages of the payer."""
    return part(messages=messages)


def on(day: str) -> Edit:
    """Ask on another day."""

    def edit(draft: Draft) -> None:
        draft.on = date.fromisoformat(day)

    return edit


def planned(**changes: Any) -> Edit:  # noqa: ANN401 - each field has its own type
    """Plan the program otherwise."""
    return lambda draft: draft.program.update(changes)


def contracted(network: Network) -> Edit:
    """Give the facility another standing by its contract."""

    def edit(draft: Draft) -> None:
        draft.network = network

    return edit


def partly() -> Edit:
    """Leave a part of the question unanswered."""

    def edit(draft: Draft) -> None:
        draft.outcome = Outcome.TIMEOUT

    return edit


def served_stale() -> Edit:
    """Serve an older answer because the payer failed."""

    def edit(draft: Draft) -> None:
        draft.origin = Origin.STALE

    return edit


def in_state(word: VerificationStatus) -> Edit:
    """Leave the verification unfinished."""

    def edit(draft: Draft) -> None:
        draft.status = word

    return edit


def visits(left: str, total: str = "40") -> Edit:
    """Limit the visits, and say how many are left."""

    def edit(draft: Draft) -> None:
        limit = benefit(kind=BenefitKind.LIMITATION, services=("CJ",), quantity_qualifier="visits")
        whole = limit._replace(quantity=Decimal(total), period=Period.CALENDAR_YEAR)
        draft.rows |= {
            "visits": whole,
            "visits left": limit._replace(quantity=Decimal(left), period=Period.REMAINING),
        }

    return edit


def needs(word: Authorization) -> Edit:
    """Say of authorization."""
    return row("copay", authorization=word)


def traced(number: str) -> Edit:
    """Give the reply other control numbers."""
    return part(trace=Trace(number, number, number, number, (number,)))


def dated(qualifier: str, first: str, last: str) -> DateSpan:
    """Build a dated fact."""
    return DateSpan(
        qualifier, date.fromisoformat(first), date.fromisoformat(last), f"DTP*{qualifier}*RD8*{last}"
    )


def daily(quantity: str, qualifier: str, period: Period) -> Delivery:
    """Build a delivery."""
    return Delivery(Decimal(quantity), qualifier, None, period, None, f"HSD*VS*{quantity}")


@dataclass(frozen=True)
class Pair:
    """Two verifications and the changes expected between them."""

    title: str
    after: Sequence[Edit]
    expected: Sequence[str] = ()
    before: Sequence[Edit] = ()

    def build(self) -> tuple[Verification, Verification]:
        """Write both."""
        return write("ver_before", FIRST_NIGHT, *self.before), write("ver_after", NEXT_NIGHT, *self.after)

    def found(self) -> list[str]:
        """Compare them."""
        return [show(change) for change in compare(*self.build())]


def write(id_: str, on_: date, *edits: Edit) -> Verification:
    """Write the base of a night with these edits."""
    draft = base(on_)
    for edit in edits:
        edit(draft)
    return draft.finish(id_)


def show(change: Change) -> str:
    """Write a change in one line."""
    before, after = (told.value if told else "-" for told in (change.before, change.after))
    return f"{change.kind} {change.severity} {before} > {after}"


def again(verification: Verification) -> Verification:
    """Return the same reply, asked for on the next night under another id."""
    return replace(verification, id="ver_again")
