"""The explanation for the patient: one page in plain words, in the patient's language.

Nothing a payer wrote stands in it but names, so all of it is in that language; figures are the estimate's.
988 is the Suicide and Crisis Lifeline, in service since July 2022, with 2 for Spanish (SAMHSA).
"""

from collections.abc import Callable, Iterator
from decimal import Decimal
from itertools import groupby
from typing import Final

from verifier.answering.networks import compare_networks
from verifier.answering.notices import PART_2
from verifier.errors import BadInput
from verifier.model.estimate import Estimate, Terms
from verifier.model.findings import Verdict
from verifier.model.paper import (
    Banner,
    Block,
    Cell,
    Column,
    Grid,
    Heading,
    Notice,
    Paper,
    Points,
    Sum,
    Sums,
    Text,
    Tone,
)
from verifier.model.vocabulary import Authorization, CoverageStatus, Network
from verifier.papers.phrases import Language, Phrases
from verifier.papers.subject import Subject
from verifier.wording import dollars, percent

TONES: Final = {
    "covered": Tone.GOOD,
    "steps": Tone.CARE,
    "not_covered": Tone.GRAVE,
    "inactive": Tone.GRAVE,
    "rejected": Tone.CARE,
    "unknown": Tone.CARE,
}
MOST_QUESTIONS: Final = 6
MOST_MONTHS: Final = 8
OTHER: Final = "ask_other"


def make_explanation(subject: Subject, language: Language) -> Paper:
    """Explain a verification to the patient in *language*."""
    phrases, verification = Phrases(language), subject.verification
    blocks = [block for part in PARTS for block in part(subject, phrases)]
    people = {"patient": subject.patient_name, "payer": subject.payer_name}
    subtitle = (
        phrases.say("subtitle", **people, day=phrases.day(subject.day_of(verification.as_of)))
        if verification.as_of
        else phrases.say("subtitle_open", **people)
    )
    return Paper(
        title=phrases.say("title"),
        subtitle=subtitle,
        language=f"{language}-US",
        blocks=tuple(blocks),
        foot=phrases.say("foot", facility=subject.facility_name, id=verification.id),
        page_words=phrases.raw("page"),
        is_one_page=True,
    )


def _judge(subject: Subject) -> str:
    """Say in one word how it stands; whatever is not proven is unknown."""
    verification = subject.verification
    status = verification.coverage.status if verification.coverage else CoverageStatus.UNKNOWN
    verdict = verification.decision.verdict if verification.decision else None
    terms = verification.estimate.terms if verification.estimate else None
    if status is CoverageStatus.INACTIVE:
        return "inactive"
    if verdict is Verdict.STOP or (terms and not terms.covered):
        return "not_covered"
    if verdict is Verdict.GO:
        return "covered"
    return {CoverageStatus.ACTIVE: "steps", CoverageStatus.REJECTED: "rejected"}.get(status, "unknown")


def _show_coverage(subject: Subject, phrases: Phrases) -> Iterator[Block]:
    how = _judge(subject)
    points = [phrases.say(f"{how}_more")]
    points += [phrases.say(key) for key, holds in _circumstances(subject).items() if holds]
    yield Banner(phrases.say(how), TONES[how], tuple(points))


def _circumstances(subject: Subject) -> dict[str, bool]:
    return {
        "approval": _needs_approval(subject),
        "out_of_network": subject.inquiry.network is Network.OUT,
    }


def _needs_approval(subject: Subject) -> bool:
    coverage = subject.verification.coverage
    if coverage is None:
        return False
    try:
        sides = compare_networks(coverage, subject.inquiry.program)
    except BadInput:  # days that cannot be planned
        return False
    other = {Network.IN: Network.OUT, Network.OUT: Network.IN}.get(subject.inquiry.network)
    return any(side.authorization is Authorization.REQUIRED for side in sides if side.network is not other)


def _show_amounts(subject: Subject, phrases: Phrases) -> Iterator[Block]:
    estimate = subject.verification.estimate
    yield Heading(phrases.say("what_you_pay"), 2)
    if estimate is None:
        yield Text(phrases.say("no_estimate"))
        return
    note = phrases.say("whole", count=len(estimate.sessions))
    yield Sums(
        tuple(_sums(estimate, phrases)),
        f"{note} {phrases.say('incomplete')}" if estimate.incomplete else note,
    )
    if bill := estimate.later_bill:
        words = {"by": bill.by, "low": dollars(bill.low), "high": dollars(bill.high)}
        yield Text(phrases.say("later_bill" if estimate.totals.patient else "later_bill_only", **words))
    if after := subject.verification.after_primary:
        yield Text(phrases.say("after_primary", amount=dollars(after.expected)))


def _sums(estimate: Estimate, phrases: Phrases) -> Iterator[Sum]:
    is_range = estimate.low != estimate.high
    if is_range:
        yield Sum(phrases.say("at_least"), dollars(estimate.low))
    yield Sum(phrases.say("likely"), dollars(estimate.expected), is_main=True)
    if is_range:
        yield Sum(phrases.say("at_most"), dollars(estimate.high))


def _show_times(subject: Subject, phrases: Phrases) -> Iterator[Block]:
    estimate = subject.verification.estimate
    if estimate is None or not estimate.totals.patient:
        return
    columns = (
        Column(phrases.say("column_month"), 2),
        Column(phrases.say("column_visits"), 1, is_numeric=True),
        Column(phrases.say("column_pay"), 1.4, is_numeric=True),
    )
    yield Heading(phrases.say("when"), 2)
    rows = tuple(_months(estimate, phrases))[:MOST_MONTHS]
    yield Grid(phrases.say("when"), columns, rows)
    if points := tuple(_milestones(estimate, phrases)):
        yield Points(points)


def _months(estimate: Estimate, phrases: Phrases) -> Iterator[tuple[Cell, ...]]:
    for _, group in groupby(estimate.sessions, key=lambda session: session.date.replace(day=1)):
        sessions = list(group)
        amount = sum((session.shares.patient for session in sessions), Decimal(0))
        yield Cell(phrases.month(sessions[0].date)), Cell(str(len(sessions))), Cell(dollars(amount))


def _milestones(estimate: Estimate, phrases: Phrases) -> Iterator[str]:
    met = estimate.milestones
    days = {
        "deductible_met": met.deductible_met_on,
        "maximum_met": met.out_of_pocket_met_on,
        "visits_end": met.visits_exhausted_on,
    }
    yield from (phrases.say(key, day=phrases.day(day)) for key, day in days.items() if day)
    resets = estimate.terms.resets if estimate.terms else ()
    yield from (phrases.say("new_year", day=phrases.day(reset.date)) for reset in resets[:1])


def _show_terms(subject: Subject, phrases: Phrases) -> Iterator[Block]:
    estimate = subject.verification.estimate
    if estimate is None or estimate.terms is None or not estimate.totals.patient:
        return
    points = tuple(_terms(estimate.terms, phrases))
    if points:
        yield Heading(phrases.say("how"), 2)
        yield Points(points)


def _terms(terms: Terms, phrases: Phrases) -> Iterator[str]:
    left = terms.deductible.individual.remaining
    if left is not None:
        key = "deductible" if left else "no_deductible"
        yield phrases.say(key, amount=dollars(left))
    if terms.copay and terms.copay.amount:
        yield phrases.say(f"copay_{terms.copay.per}", amount=dollars(terms.copay.amount))
    if terms.coinsurance is not None:
        yield phrases.say("coinsurance", rate=percent(terms.coinsurance))
    room = terms.out_of_pocket.individual.remaining
    if room is not None:
        yield phrases.say("maximum", amount=dollars(room))


def _show_open(subject: Subject, phrases: Phrases) -> Iterator[Block]:
    keys = (f"ask_{unknown.code}" for unknown in subject.verification.unknowns)
    asked = list(dict.fromkeys(key if phrases.knows(key) else OTHER for key in keys))
    if len(asked) > MOST_QUESTIONS:
        asked = [*asked[: MOST_QUESTIONS - 1], OTHER]
    if asked:
        yield Heading(phrases.say("not_known"), 2)
        yield Points(tuple(map(phrases.say, asked)))


def _show_calls(subject: Subject, phrases: Phrases) -> Iterator[Block]:
    yield Heading(phrases.say("call"), 2)
    phone = subject.facility.phone if subject.facility else None
    ways = ("call_us_at" if phone else "call_us", "call_plan", "call_988")
    words = {"facility": subject.facility_name, "phone": phone or ""}
    yield Points(tuple(phrases.say(key, **words) for key in ways))
    yield Notice(phrases.say("no_promise"))
    if PART_2 in (*subject.verification.notices, *subject.evidence.notices):
        yield Text(phrases.say("privacy", statement=PART_2.text))


Part = Callable[[Subject, Phrases], Iterator[Block]]
PARTS: Final[tuple[Part, ...]] = (
    _show_coverage,
    _show_amounts,
    _show_times,
    _show_terms,
    _show_open,
    _show_calls,
)
