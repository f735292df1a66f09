"""`read_facts`: what a verification told, in words that do not depend on how a reply is laid out."""

from collections.abc import Iterable, Iterator
from datetime import date
from types import MappingProxyType
from typing import Final

from verifier.answering.freshness import is_partial
from verifier.answering.pricing import price_if_possible
from verifier.answering.relevance import select_relevant, track_of
from verifier.codes import service_types
from verifier.errors import BadInput
from verifier.estimation.accumulators import NOTES
from verifier.estimation.schedule import session_dates
from verifier.estimation.verdicts import said_networks
from verifier.model.change import Fact, Facts, Told, Topic
from verifier.model.coverage import Benefit, Coverage, DateSpan, Source
from verifier.model.estimate import Estimate, Step
from verifier.model.inquiry import Inquiry
from verifier.model.verification import Origin, Verification, VerificationStatus
from verifier.model.vocabulary import (
    Authorization,
    BenefitKind,
    CoverageStatus,
    Network,
    RejectionClass,
)
from verifier.money import write_amount, write_rate

ANSWERS: Final = frozenset({CoverageStatus.ACTIVE, CoverageStatus.INACTIVE})
SAID_BY: Final = MappingProxyType(
    {CoverageStatus.ACTIVE: BenefitKind.ACTIVE, CoverageStatus.INACTIVE: BenefitKind.INACTIVE}
)
STANDINGS: Final = frozenset({Network.IN, Network.OUT})
LIMITS: Final = tuple(topic for topic in Topic if topic.value.endswith((", total", ", remaining")))
TAKEN_FOR_FULL: Final = NOTES["full"]


def read_facts(verification: Verification) -> Facts | None:
    """Read what *verification* told; ``None`` when nobody was asked or nobody could say.

    An outage, an older answer served instead, and a refusal that is not about the member tell nothing.
    """
    coverage, as_of = verification.coverage, verification.as_of
    is_done = verification.status is VerificationStatus.COMPLETE
    if not is_done or coverage is None or as_of is None or _is_stale(verification):
        return None
    told = tuple(_read(verification, coverage, as_of.date()))
    return Facts(verification.id, as_of.date(), told) if told else None


def _is_stale(verification: Verification) -> bool:
    return verification.freshness is not None and verification.freshness.origin is Origin.STALE


def _read(verification: Verification, coverage: Coverage, on: date) -> Iterator[Fact]:
    if coverage.status is CoverageStatus.REJECTED:
        yield from _read_refusal(coverage)
    if coverage.status not in ANSWERS:
        return
    kind = SAID_BY[coverage.status]
    yield _fact(Topic.STATUS, coverage.status, _source_of(coverage.benefits, kind))
    yield from _read_plan(coverage)
    yield from _read_payers(coverage, verification.inquiry, on)
    yield from _read_standing(coverage, verification.inquiry)
    yield from _read_program(verification.inquiry)
    if coverage.status is CoverageStatus.ACTIVE and not is_partial(verification.attempts):
        yield from _read_authorization(coverage, verification.inquiry)
        yield from _read_answered(coverage)
        yield from _read_price(_estimate_by_wire(verification, coverage, on), verification.inquiry, on)


def _read_refusal(coverage: Coverage) -> Iterator[Fact]:
    refusals = (each for each in coverage.rejections if each.category is RejectionClass.MEMBER)
    for refusal in sorted(refusals, key=lambda each: (each.code or "", each.meaning))[:1]:
        yield _fact(Topic.STATUS, CoverageStatus.REJECTED, refusal.source)


def _read_plan(coverage: Coverage) -> Iterator[Fact]:
    plan = coverage.plan
    for topic, day in ((Topic.ENDS, plan.ends), (Topic.PREMIUM_PAID_TO, plan.premium_paid_to)):
        if day:
            yield _fact(topic, day.isoformat(), _dated(plan.dates, day))
    named = {
        Topic.PLAN: plan.name,
        Topic.GROUP: plan.group_number,
        Topic.INSURANCE_TYPE: plan.insurance_type,
    }
    for topic, name in named.items():
        if name:
            yield _fact(topic, name, _naming(coverage.benefits, name))
    yield from (_fact(Topic.CHANNEL, each.channel) for each in coverage.answered_by[:1])


def _read_payers(coverage: Coverage, inquiry: Inquiry, on: date) -> Iterator[Fact]:
    """Read who pays, who else may, and who administers the program's services."""
    for topic, name in ((Topic.PAYER, coverage.payer.name), (Topic.PAYER_ID, coverage.payer.id)):
        if name:
            yield _fact(topic, name)
    if (actual := coverage.actual_payer) and (actual.name or actual.id):
        yield _fact(Topic.ACTUAL_PAYER, actual.name or actual.id or "", actual.source)
    track = track_of(inquiry)
    for carve_out in coverage.carve_outs:
        is_ours = any(service_types.rank(code, track) for code in carve_out.services)
        if is_ours or not carve_out.services:
            name = (
                carve_out.administrator or carve_out.administrator_id or "an administrator it does not name"
            )
            yield _fact(Topic.CARVE_OUT, name, carve_out.source)
    for other in coverage.other_coverage:
        if other.ends is None or other.ends >= on:
            name = other.payer or other.payer_id or other.insurance_type or "another payer it does not name"
            yield _fact(Topic.OTHER_COVERAGE, name, other.source)


def _read_standing(coverage: Coverage, inquiry: Inquiry) -> Iterator[Fact]:
    said = dict(said_networks(coverage))
    if len(said) == 1:  # a payer that says both says nothing
        network, row = said.popitem()
        yield _fact(Topic.STANDING, network, row.source if row else None)
    if inquiry.network in STANDINGS:
        yield _fact(Topic.CONTRACT, inquiry.network)


def _read_program(inquiry: Inquiry) -> Iterator[Fact]:
    program = inquiry.program
    what = (program.code.upper(), inquiry.network, program.place_of_service or "")
    yield _fact(Topic.PROGRAM, " ".join(what).strip())
    if days := _days(inquiry):
        yield _fact(Topic.LAST_SESSION, days[-1].isoformat())


def _read_authorization(coverage: Coverage, inquiry: Inquiry) -> Iterator[Fact]:
    rows = select_relevant(inquiry, coverage).benefits
    for word in (Authorization.REQUIRED, Authorization.NOT_REQUIRED):
        saying = [row for row in rows if row.authorization is word]
        if saying:
            yield _fact(Topic.AUTHORIZATION, word, min(saying, key=_place).source)
            return


def _read_answered(coverage: Coverage) -> Iterator[Fact]:
    return (_fact(Topic.ANSWERED, code) for code in sorted(set(coverage.answered)))


def _read_price(estimate: Estimate | None, inquiry: Inquiry, on: date) -> Iterator[Fact]:
    """Read what the program costs; what an estimate had to take for granted was not told."""
    if estimate is None or estimate.terms is None:
        return
    steps = {step.what: step for step in reversed(estimate.steps)}
    terms = estimate.terms
    yield _fact(Topic.COVERED, "yes" if terms.covered else "no", _step_source(steps.get("covered")))
    if terms.copay:
        source = _step_source(steps.get(f"copay a {terms.copay.per}"))
        yield _fact(Topic.COPAY, f"{write_amount(terms.copay.amount)} a {terms.copay.per}", source)
    if terms.coinsurance is not None:
        yield _fact(Topic.COINSURANCE, write_rate(terms.coinsurance), _step_source(steps.get("coinsurance")))
    for topic in LIMITS:
        step = steps.get(topic)
        if step and step.note != TAKEN_FOR_FULL:
            yield _fact(topic, step.value, step.source)
    if terms.visits_remaining is not None:
        ahead = [day for day in _days(inquiry) if day >= on][terms.visits_remaining :]
        first = ahead[0].isoformat() if ahead else ""
        yield _fact(Topic.VISITS_END, first, _step_source(steps.get("visits left")))


def _estimate_by_wire(verification: Verification, coverage: Coverage, on: date) -> Estimate | None:
    """Return the estimate as it is without what was learned by phone; that is no answer of tonight's."""
    estimate = verification.estimate
    if not verification.facts or estimate is None:
        return estimate
    if any(step.rule for step in estimate.steps):
        return None  # priced by published rules, which phone facts chose among
    return price_if_possible(verification.inquiry, coverage, None, on)


def _days(inquiry: Inquiry) -> tuple[date, ...]:
    try:
        return session_dates(inquiry.program)
    except BadInput:  # no schedule can be made of it; then nothing is told of its days
        return ()


def _fact(topic: Topic, value: str, source: Source | None = None) -> Fact:
    return Fact(topic, Told(str(value), source))


def _source_of(benefits: Iterable[Benefit], kind: BenefitKind) -> Source | None:
    rows = [row for row in benefits if row.kind is kind]
    return min(rows, key=_place).source if rows else None


def _naming(benefits: Iterable[Benefit], name: str) -> Source | None:
    """Find the first row that calls the plan, or its type, so."""
    rows = [row for row in benefits if name in {row.plan_text, row.insurance_type}]
    return min(rows, key=_place).source if rows else None


def _dated(spans: Iterable[DateSpan], day: date) -> Source | None:
    return next((Source(None, span.text) for span in spans if span.ends == day), None)


def _place(row: Benefit) -> tuple[int, int, str]:
    return (row.source.reply, row.source.segment or 0, row.source.text)


def _step_source(step: Step | None) -> Source | None:
    return step.source if step else None
