"""Subjects of papers, for tests: one verification in which nearly everything there is was said."""

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from tests.store.support import FACILITY, INQUIRY, NOON, PAPERS
from verifier.answering.notices import NO_GUARANTEE, PART_2
from verifier.estimation.estimator import estimate_coverage
from verifier.model import coverage as coverage_model
from verifier.model.coverage import (
    AnsweredBy,
    CarveOut,
    Contact,
    OtherCoverage,
    Plan,
    Rejection,
    Source,
)
from verifier.model.estimate import Figure, LaterBill
from verifier.model.fact import Call, FactCode
from verifier.model.fact import Fact as PhoneFact
from verifier.model.findings import FigureStatus, Remark, Rule, Unknown, Verdict
from verifier.model.paper import Banner, Block, Facts, Grid, Heading, Notice, Paper, Points, Sums, Text
from verifier.model.payment import AfterPrimary, Method, PlanKind, Turn
from verifier.model.review import Note, Review
from verifier.model.verification import (
    Attempt,
    Decision,
    Evidence,
    Exchange,
    Freshness,
    Origin,
    Outcome,
    Verification,
    VerificationStatus,
)
from verifier.model.vocabulary import (
    Authorization,
    BenefitKind,
    Network,
    Period,
    RejectionClass,
    Retry,
)
from verifier.papers.subject import Subject
from verifier.testing.builders import benefit, coverage

RULE = Rule("tricare", 2026, FigureStatus.PRINTED, "an invented citation")
ROWS = (
    benefit(kind=BenefitKind.ACTIVE, services=("CJ",), authorization=Authorization.REQUIRED),
    benefit(kind=BenefitKind.DEDUCTIBLE, amount=Decimal("1500.00"), period=Period.CALENDAR_YEAR),
    benefit(kind=BenefitKind.DEDUCTIBLE, amount=Decimal("1250.00"), period=Period.REMAINING),
    benefit(kind=BenefitKind.OUT_OF_POCKET, amount=Decimal("4000.00"), period=Period.CALENDAR_YEAR),
    benefit(kind=BenefitKind.COINSURANCE, services=("CJ",), rate=Decimal("0.2")),
    benefit(
        kind=BenefitKind.LIMITATION,
        services=("CJ",),
        quantity=Decimal(20),
        quantity_qualifier="visits",
        period=Period.CALENDAR_YEAR,
    ),
    benefit(kind=BenefitKind.COPAY, services=("CJ",), network=Network.OUT, amount=Decimal("75.00")),
)
COVERAGE = coverage(
    *ROWS,
    answered_by=(AnsweredBy("Simulated Payer", "caqh_core"),),
    plan=Plan("Gold PPO", "G-1", "Riverbend", "PPO", date(2026, 1, 1), date(2026, 12, 31)),
    rejections=(
        Rejection(
            "42",
            "Unable to respond",
            "R",
            "2100A",
            RejectionClass.PAYER_UNAVAILABLE,
            Retry.LATER,
            "Wait.",
            Source(9, "AAA*Y**42"),
        ),
    ),
    carve_outs=(
        CarveOut("Mind Matters", "77", ("MH",), (Contact(None, "phone", "555-0100"),), Source(8, "NM1*X3")),
    ),
    other_coverage=(
        OtherCoverage(
            "Second Plan", None, "secondary", "PPO", None, None, date(2026, 1, 1), None, Source(7, "EB*R")
        ),
    ),
    messages=("Benefits are not a promise.",),
    warnings=(coverage_model.Warning("SEGMENT_COUNT_WRONG", "The reply miscounts its segments."),),
    asked=("CJ", "30"),
    answered=("CJ",),
)
CALL = Call(NOON, "Dana R.", "4711")
BILL = LaterBill(
    "VA", Decimal("10.00"), Decimal("50.00"), "VA may bill later.", (Figure("copay", "50.00", RULE),)
)


def a_verification(**changes: Any) -> Verification:  # noqa: ANN401 - each field has its own type
    program = INQUIRY.program
    estimate = estimate_coverage(COVERAGE, program, network=Network.IN, as_of=NOON.date())
    told = Verification(
        id="ver_AAAAAAAAAAAAAAAAAAAAAA",
        status=VerificationStatus.COMPLETE,
        inquiry=replace(INQUIRY, facility=FACILITY.id, consent_id="cns_AAAAAAAAAAAAAAAAAAAAAA"),
        created_at=NOON,
        coverage=COVERAGE,
        estimate=replace(estimate, later_bill=BILL),
        as_of=NOON,
        freshness=Freshness(Origin.LIVE),
        decision=Decision(Verdict.CAUTION, ("The payer requires authorization; get it before 2026-12-07.",)),
        unknowns=(Unknown("visits_left", "How many visits are left?"),),
        notices=(PART_2, NO_GUARANTEE),
        attempts=(Attempt("caqh_core", ("CJ", "30"), Outcome.ANSWERED, 0.25, None, "sim-commercial"),),
        facts=(PhoneFact(FactCode.NETWORK, {"answer": "in"}, CALL, "user:usr_A", NOON),),
        notes=(Note("user:usr_A", NOON, "Kept to ourselves."),),
        review=Review("user:usr_B", NOON),
        remarks=(Remark("RULE", "What the rules say.", None, RULE),),
        actions=("Ask for authorization.",),
        payment_order=(
            Turn(
                PlanKind.COMMERCIAL,
                "sim-commercial",
                is_this=True,
                position=1,
                is_billed=True,
                rule="A rule",
                reason="It is first.",
                is_confirmed=False,
            ),
        ),
        after_primary=AfterPrimary(
            Decimal(0),
            Decimal("5.00"),
            Decimal("9.00"),
            Method.STANDARD,
            is_primary_known=True,
            text="As a second plan.",
        ),
    )
    return replace(told, **changes)


def a_subject(**changes: Any) -> Subject:  # noqa: ANN401 - see above
    wire = (
        Exchange("caqh_core", NOON, b"ISA*asked", b"ISA*answered"),
        Exchange("caqh_core", NOON, b"ISA*again"),
    )
    return Subject(Evidence(a_verification(**changes), wire), FACILITY, PAPERS.colophon)


def poison(value: Any, change: Callable[[str], str]) -> Any:  # noqa: ANN401 - any part of the model
    """Replace every text in *value*, however deep, but no word of a closed vocabulary."""
    if type(value) is str:
        return change(value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        parts = {
            field.name: poison(getattr(value, field.name), change) for field in dataclasses.fields(value)
        }
        return replace(value, **parts)
    if isinstance(value, Mapping):
        return {key: poison(part, change) for key, part in value.items()}
    if isinstance(value, tuple):
        parts = [poison(part, change) for part in value]
        return type(value)(*parts) if hasattr(value, "_fields") else tuple(parts)
    return value


def words(block: Block) -> list[str]:  # noqa: PLR0911 - one case a kind of block
    """Write a block as lines of text, so that a whole paper can be compared."""
    match block:
        case Heading(text, level):
            return ["", f"{'#' * level} {text}"]
        case Text(text) | Notice(text):
            return [text]
        case Points(items):
            return [f"- {item}" for item in items]
        case Facts(rows, missing):
            return [
                " | ".join(filter(None, (name, value or f"[{missing}]", note))) for name, value, note in rows
            ]
        case Grid(_, columns, rows):
            heading = " | ".join(column.title for column in columns)
            cells = [
                " | ".join(" / ".join(filter(None, (cell.text, cell.note))) for cell in row) for row in rows
            ]
            return [heading, *cells]
        case Banner(title, _, points):
            return [title, *(f"- {point}" for point in points)]
        case Sums(sums, note):
            return [*(f"{each.name} | {each.amount}" for each in sums), note]
        case _:
            return [block.text]


def write(paper: Paper) -> str:
    lines = [
        paper.title,
        paper.subtitle,
        *(line for block in paper.blocks for line in words(block)),
        paper.foot,
    ]
    return "\n".join(line.rstrip() for line in lines) + "\n"
