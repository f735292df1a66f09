"""What CHAMPVA's published rules say of a patient: costs by year, what comes before it, what to ask."""

from datetime import date
from typing import Final

from payers.programs.champva.costs import PROGRAM, find_figures, find_terms
from verifier.estimation.schedule import session_dates
from verifier.model.findings import FigureStatus, Remark, Rule, Unknown, Verdict
from verifier.model.inquiry import Inquiry
from verifier.model.program import Program
from verifier.model.published import Phase, Published, Variant

TRICARE: Final = Remark(
    "CHAMPVA_WITHOUT_TRICARE",
    "Who is eligible for TRICARE has no CHAMPVA.",
    rule=Rule(PROGRAM, None, FigureStatus.PRINTED, "38 USC 1781(a)"),
)
MEDICARE: Final = Remark(
    "CHAMPVA_AFTER_MEDICARE",
    "Medicare pays first, and CHAMPVA the difference; with Medicare, part B is needed for CHAMPVA.",
    rule=Rule(PROGRAM, None, FigureStatus.PRINTED, "38 USC 1781(d)"),
)
IN_FULL: Final = Remark(
    "CHAMPVA_PAYMENT_IN_FULL",
    "CHAMPVA has no network; what it allows is payment in full, and nothing above it may be asked for.",
    rule=Rule(PROGRAM, None, FigureStatus.PRINTED, "38 USC 1781(e)"),
)
COVERED: Final = Remark(
    "CHAMPVA_IOP_UNCONFIRMED",
    "No source read says whether CHAMPVA covers an intensive outpatient program.",
    Verdict.CAUTION,
    Rule(PROGRAM, None, FigureStatus.UNKNOWN, "confirm with CHAMPVA by phone"),
)
AUTHORIZATION: Final = Remark(
    "CHAMPVA_AUTHORIZATION",
    "An older guide asks for authorization of mental health care; whether it still holds is not known.",
    Verdict.CAUTION,
    Rule(PROGRAM, 2017, FigureStatus.UNCONFIRMED, "CHAMPVA guide of 2017"),
)
REMARKS: Final = (TRICARE, MEDICARE, IN_FULL, COVERED, AUTHORIZATION)
OTHERS: Final = Unknown(
    "champva_other_coverage",
    "Ask the patient: is there Medicare (with part B), eligibility for TRICARE, or any other insurance?",
)
QUESTIONS: Final = (
    Unknown("covered", "Does CHAMPVA cover this intensive outpatient program at this facility?"),
    Unknown("authorization", "Does CHAMPVA have to authorize it before the first session?"),
)
ACTIONS: Final = (
    "Call CHAMPVA: is the program covered, and authorized? Note name, date and reference number.",
)


def publish(inquiry: Inquiry) -> Published:
    """Apply the rules to *inquiry*; one phase a calendar year."""
    others = () if inquiry.other_coverage else (OTHERS,)
    variant = Variant("CHAMPVA, outpatient", tuple(map(_lay_out, _list_years(inquiry.program))))
    return Published(PROGRAM, (variant,), (*others, *QUESTIONS), REMARKS, ACTIONS, has_network=False)


def _list_years(program: Program) -> range:
    days = session_dates(program)
    return range(days[0].year, days[-1].year + 1)


def _lay_out(year: int) -> Phase:
    return Phase(date(year, 1, 1), find_terms(year), find_figures(year), takes_told=True)
