"""What a person reads on the terminal of published rules and of several plans, word by word."""

from datetime import UTC, date, datetime
from decimal import Decimal
from io import StringIO

from rich.console import Console

from verifier.cli import render
from verifier.estimation.published import estimate_published
from verifier.model.coverage import Coverage
from verifier.model.estimate import Copay, Figure, LaterBill, Terms
from verifier.model.findings import FigureStatus, Remark, Rule, Verdict
from verifier.model.inquiry import Inquiry, Member
from verifier.model.payment import AfterPrimary, Method, PlanKind, Turn
from verifier.model.published import Phase, Published, Variant
from verifier.model.verification import Verification, VerificationStatus
from verifier.model.vocabulary import CoverageStatus
from verifier.testing.builders import program

STATUTE = Rule("va", None, FigureStatus.PRINTED, "38 USC 1703")
PAGE = Rule("tricare", 2026, FigureStatus.INFERRED, "a page")
LATER = LaterBill("VA", Decimal(0), Decimal(50), "Never collected here.", (Figure("copay", None, STATUTE),))
PUBLISHED = Published(
    "tricare",
    (
        Variant(
            "Select",
            (
                Phase(
                    date(2026, 1, 1),
                    Terms("in", copay=Copay(Decimal(39))),
                    (Figure("copay a day", "39.00", PAGE),),
                ),
            ),
        ),
    ),
    later_bill=LATER,
)
PROGRAM = program(sessions=2)
NOON = datetime(2026, 2, 1, 12, tzinfo=UTC)
VERIFICATION = Verification(
    "ver_1",
    VerificationStatus.COMPLETE,
    Inquiry("sim", Member("Exampleton", None), PROGRAM),
    NOON,
    estimate=estimate_published(PUBLISHED, PROGRAM, Coverage(CoverageStatus.ACTIVE)),
    remarks=(Remark("REFERRAL", "VA referred.", Verdict.GO, STATUTE), Remark("NOTE", "Group A.")),
    actions=("Send the form.",),
    payment_order=(
        Turn(PlanKind.MEDICARE, None, False, 1, True, "r", "It pays first.", True),  # noqa: FBT003 - a row
        Turn(PlanKind.TRICARE, "sim", True, 2, True, "r", "It pays after.", False),  # noqa: FBT003
        Turn(PlanKind.COMMERCIAL, None, False, None, True, "r", "Ask.", False),  # noqa: FBT003
        Turn(PlanKind.CHAMPVA, None, False, None, False, "r", "Never.", True),  # noqa: FBT003
    ),
    after_primary=AfterPrimary(
        Decimal(0),
        Decimal(13),
        Decimal(39),
        Method.STANDARD,
        is_primary_known=True,
        text="After Medicare.",
    ),
)


def read(verification: Verification) -> list[str]:
    console = Console(file=StringIO(), width=200)
    for part in render.verification(verification):
        console.print(part)
    text = console.file.getvalue()  # type: ignore[attr-defined]
    return [line.strip() for line in text.splitlines() if line.strip()]


def test_every_figure_is_shown_with_program_year_status_and_source() -> None:
    lines = read(VERIFICATION)

    assert "• copay a day = 39.00   [TRICARE 2026, inferred: a page]" in lines
    assert lines[lines.index("What the rules say") + 1 :][:2] == [
        "• VA referred.   [VA, printed: 38 USC 1703]",
        "• Group A.",
    ]


def test_a_later_bill_stands_apart_from_what_the_patient_pays() -> None:
    lines = read(VERIFICATION)

    assert "The patient pays: $78.00" in lines
    assert lines[lines.index("VA may bill the patient later: $0.00 to $50.00") + 1 :][:2] == [
        "• Never collected here.",
        "• copay = not known   [VA, printed: 38 USC 1703]",
    ]


def test_the_order_of_payment_is_read_from_top_to_bottom() -> None:
    lines = read(VERIFICATION)
    begin = lines.index("Who pays when")

    assert lines[begin + 1 : begin + 9] == [
        "• 1. medicare: It pays first.",
        "• 2. tricare (sim), this plan: It pays after. [not confirmed]",
        "• order open: commercial: Ask. [not confirmed]",
        "• not billed: champva: Never.",
        "After the plans that pay first, the patient pays: $13.00 expected, $0.00 at least, $39.00 at most",
        "After Medicare.",
        "What to do next",
        "• Send the form.",
    ]
