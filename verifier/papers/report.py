"""The report on a verification: what was asked, what was answered, what it costs, and the evidence of each.

It names no day of printing and nobody who prints it: the same verification always gives the same report.
"""

from collections.abc import Callable, Iterator
from typing import Final

from verifier.model.fact import ANSWER
from verifier.model.fact import Fact as PhoneFact
from verifier.model.findings import Rule, Verdict
from verifier.model.paper import Banner, Block, Heading, Notice, Paper, Points, Sum, Sums, Tone
from verifier.model.verification import Verification, VerificationStatus
from verifier.papers.answer import show_answer
from verifier.papers.costs import show_costs
from verifier.papers.proof import show_proof
from verifier.papers.question import show_question
from verifier.papers.sources import cite_rule, say, say_all, some
from verifier.papers.subject import Subject
from verifier.wording import counted, dollars, plain, us_moment

TITLE: Final = "Verification of benefits"
TONES: Final = {Verdict.GO: Tone.GOOD, Verdict.CAUTION: Tone.CARE, Verdict.STOP: Tone.GRAVE}
VERDICTS: Final = {
    Verdict.GO: "Go: nothing stands in the way",
    Verdict.CAUTION: "Caution: settle this first",
    Verdict.STOP: "Stop: do not promise coverage",
}
NOT_DONE: Final = {
    VerificationStatus.PENDING: "The payer has not answered yet; this report is not complete",
    VerificationStatus.FAILED: "The question could not be put; this says nothing about coverage",
}
NO_ESTIMATE: Final = "The cost could not be estimated; that is not the same as no cost."
INCOMPLETE: Final = " Something needed is unknown and is left out of these figures."


def make_report(subject: Subject) -> Paper:
    """Write the report on a verification."""
    blocks = [block for part in PARTS for block in part(subject)]
    asked = us_moment(subject.verification.created_at, subject.time_zone)
    return Paper(
        title=TITLE,
        subtitle=f"{subject.facility_name}; asked {asked}",
        language="en-US",
        blocks=tuple(blocks),
        foot=f"{subject.verification.id}; an estimate is not a guarantee of payment",
    )


def _show_first(subject: Subject) -> Iterator[Block]:
    verification = subject.verification
    if verification.status is not VerificationStatus.COMPLETE:
        reasons = say_all((verification.problem,) if verification.problem else ())
        yield Banner(NOT_DONE[verification.status], Tone.PLAIN, reasons)
    if verification.decision:
        verdict = verification.decision.verdict
        yield Banner(VERDICTS[verdict], TONES[verdict], say_all(verification.decision.reasons))
    if verification.estimate:
        yield _sums(verification)
    elif verification.status is VerificationStatus.COMPLETE:
        yield Banner(NO_ESTIMATE, Tone.PLAIN)


def _sums(verification: Verification) -> Sums:
    estimate = verification.estimate
    assert estimate  # noqa: S101 - asked by the one who calls
    score = estimate.confidence
    note = (
        f"What the patient pays for {counted(len(estimate.sessions), 'session')}. "
        f"Confidence {score.level}, {score.score} of 100."
    )
    return Sums(
        (
            Sum("At the least", dollars(estimate.low)),
            Sum("Expected", dollars(estimate.expected), is_main=True),
            Sum("At the most", dollars(estimate.high)),
        ),
        note + (INCOMPLETE if estimate.incomplete else ""),
    )


def _show_open(subject: Subject) -> Iterator[Block]:
    """Say what is still open and what to do next."""
    verification = subject.verification
    if verification.actions:
        yield Heading("What to do next")
        yield Points(say_all(verification.actions), is_numbered=True)
    if verification.unknowns:
        yield Heading("What nobody has answered")
        yield Points(say_all(unknown.question for unknown in verification.unknowns))
    if verification.facts:
        yield Heading("What was learned by phone")
        yield Points(some(map(_tell, verification.facts)))
    if verification.remarks:
        yield Heading("What the published rules say")
        yield Points(say_all(f"{each.text}{_cite(each.rule)}" for each in verification.remarks))


def _tell(fact: PhoneFact) -> str:
    told = ", ".join(text if part == ANSWER else f"{plain(part)} {text}" for part, text in fact.value.items())
    name = plain(fact.code).capitalize()
    return f"{name}: {told} ({say(fact.call.origin)}; written down by {fact.recorded_by})"


def _cite(rule: Rule | None) -> str:
    return f" ({cite_rule(rule)})" if rule else ""


def _show_notices(subject: Subject) -> Iterator[Block]:
    verification = subject.verification
    notices = dict.fromkeys((*verification.notices, *subject.evidence.notices))
    if notices:
        yield Heading("Notices")
    for notice in notices:
        yield Notice(notice.text)


Part = Callable[[Subject], Iterator[Block]]
PARTS: Final[tuple[Part, ...]] = (
    _show_first,
    show_question,
    show_answer,
    show_costs,
    _show_open,
    show_proof,
    _show_notices,
)
