"""What admissions may do next: go, caution or stop, with every reason in plain words, the gravest first.

An outage or a refusal is never a stop: it says nothing about coverage.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Final, NamedTuple

from verifier.answering.relevance import WHOLE_PLAN, Relevant
from verifier.model.estimate import ConfidenceLevel, Estimate
from verifier.model.findings import Remark, Verdict
from verifier.model.published import Published
from verifier.model.verification import Decision, Freshness, Origin
from verifier.model.vocabulary import Authorization, BenefitKind, CoverageStatus, Network

ORDER: Final = (Verdict.STOP, Verdict.CAUTION, Verdict.GO)
REFUSED: Final = (BenefitKind.NOT_COVERED, BenefitKind.EXCLUSION)


@dataclass(frozen=True, slots=True)
class Case:
    """Everything a decision rests on; ``estimate`` is ``None`` where nothing tells what it costs."""

    relevant: Relevant
    freshness: Freshness
    as_of: date
    estimate: Estimate | None = None
    published: Published | None = None  # what the program's rules say, where a reply does not say all
    remarks: tuple[Remark, ...] = ()  # what the order of payment says

    @property
    def first_session(self) -> date:
        """Return the day of the first session."""
        sessions = self.estimate.sessions if self.estimate else ()
        return sessions[0].date if sessions else self.relevant.inquiry.program.start_date

    @property
    def last_session(self) -> date:
        """Return the day of the last session, as far as one is planned."""
        sessions = self.estimate.sessions if self.estimate else ()
        return sessions[-1].date if sessions else self.first_session


class Reason(NamedTuple):
    """One reason and what it leads to."""

    verdict: Verdict
    text: str


def decide(case: Case) -> Decision:
    """Weigh every rule; the gravest reason gives the verdict."""
    is_proven = case.published is not None and case.published.proof is not None
    rules = (WITH_PROOF if is_proven else RULES)[case.relevant.coverage.status]
    reasons = [reason for rule in (_say_rules, *rules, _doubt_old_answers) for reason in rule(case)]
    reasons.sort(key=lambda reason: ORDER.index(reason.verdict))
    return Decision(reasons[0].verdict, tuple(dict.fromkeys(reason.text for reason in reasons)))


def _caution(text: str) -> Reason:
    return Reason(Verdict.CAUTION, text)


def _stop(text: str) -> Reason:
    return Reason(Verdict.STOP, text)


def _say_rules(case: Case) -> Iterator[Reason]:
    """Give the remarks of published rules that lead to something; a proof always does."""
    published = case.published or Published("")
    for remark in (*published.all_remarks, *case.remarks):
        verdict = remark.verdict or (Verdict.CAUTION if remark is published.proof else None)
        if verdict:
            yield Reason(verdict, remark.text)


def _say_active(_: Case) -> Iterator[Reason]:
    yield Reason(Verdict.GO, "The payer says that coverage is active.")


def _say_unknown(_: Case) -> Iterator[Reason]:
    yield _caution("The payer could not answer, so nobody knows yet whether the patient is covered.")
    yield _caution("Ask again later, or call the payer.")


def _say_rejected(case: Case) -> Iterator[Reason]:
    yield _caution("The payer refused the question; this says nothing about coverage.")
    for rejection in case.relevant.coverage.rejections:
        yield _caution(f"{rejection.meaning}. {rejection.advice}".strip())


def _say_inactive(case: Case) -> Iterator[Reason]:
    yield _stop("The payer says that coverage is not active.")
    yield _stop("Call the payer to confirm, and ask the patient about other coverage.")
    yield from _name_other_payers(case)


def _doubt_old_answers(case: Case) -> Iterator[Reason]:
    if case.freshness.origin is Origin.STALE:
        reason = case.freshness.reason or "the payer could not answer"
        yield _caution(f"This is the payer's answer of {case.as_of}: now {reason}.")


def _check_covered(case: Case) -> Iterator[Reason]:
    terms = case.estimate.terms if case.estimate else None
    refused = any(map(case.relevant.names_program, case.relevant.of_kind(*REFUSED)))
    if terms and not terms.covered:
        yield _stop("The payer lists this program as not covered; call to confirm before saying no.")
    elif refused:
        yield _caution("The payer calls some services of this kind not covered; ask about this program.")


def _check_plan_dates(case: Case) -> Iterator[Reason]:
    plan = case.relevant.coverage.plan
    if plan.begins and plan.begins > case.first_session:
        yield _caution(f"The plan begins on {plan.begins}, after the first session.")
    if plan.ends and plan.ends < case.last_session:
        before = "the first session" if plan.ends < case.first_session else "the last session"
        yield _caution(f"The plan ends on {plan.ends}, before {before}; ask about the coverage after it.")
    if plan.premium_paid_to and plan.premium_paid_to < case.last_session:
        yield _caution(f"Premiums are paid to {plan.premium_paid_to} only; coverage may be taken back.")


def _check_authorization(case: Case) -> Iterator[Reason]:
    said = {benefit.authorization for benefit in case.relevant.benefits}
    if Authorization.REQUIRED in said:
        yield _caution("The payer requires authorization; get it before the first session.")
    elif Authorization.NOT_REQUIRED not in said:
        yield _caution("The payer did not say whether it requires authorization; ask it first.")


def _check_carve_outs(case: Case) -> Iterator[Reason]:
    for carve_out in case.relevant.coverage.open_carve_outs:
        name = carve_out.administrator or "somebody else"
        yield _caution(f"Behavioral health is administered by {name}; ask there.")


def _check_answered(case: Case) -> Iterator[Reason]:
    coverage = case.relevant.coverage
    if case.published and case.published.is_priced:
        return  # the rules say what the reply does not
    asked, answered = set(coverage.asked) - {WHOLE_PLAN}, set(coverage.answered) - {WHOLE_PLAN}
    if asked and not answered:
        yield _caution("The payer answered for the plan as a whole, not for the services asked about.")


def _check_network(case: Case) -> Iterator[Reason]:
    if case.published and not case.published.has_network:
        return
    if case.relevant.inquiry.network is Network.OUT:
        yield _caution("The facility is out of network; the patient may owe more than the plan allows.")
    elif case.relevant.inquiry.network is Network.UNKNOWN:
        yield _caution("Whether the facility is in network is not known.")


def _name_other_payers(case: Case) -> Iterator[Reason]:
    if case.relevant.inquiry.other_coverage:
        return  # the order of payment tells more
    for other in case.relevant.coverage.other_coverage:
        name = other.payer or "another payer"
        yield _caution(f"The reply mentions {name}; settle which plan pays first.")


def _check_estimate(case: Case) -> Iterator[Reason]:
    if case.estimate is None:
        yield _caution("The cost could not be estimated.")
        return
    if case.estimate.milestones.visits_exhausted_on:
        yield _caution(f"Covered visits run out on {case.estimate.milestones.visits_exhausted_on}.")
    if any(assumption.code == "NETWORK_CONTRADICTED" for assumption in case.estimate.assumptions):
        yield _caution(
            "The payer's words on the facility's network contradict ours; settle it before quoting."
        )
    if case.estimate.incomplete:
        yield _caution("The cost estimate leaves out what is not known.")
    if case.estimate.confidence.level is ConfidenceLevel.LOW:
        yield _caution("The cost estimate is uncertain; give the range, not one figure.")


Rule = Callable[[Case], Iterator[Reason]]
Rules = MappingProxyType[CoverageStatus, tuple[Rule, ...]]
RULES: Final[Rules] = MappingProxyType(
    {
        CoverageStatus.ACTIVE: (
            _say_active,
            _check_covered,
            _check_plan_dates,
            _check_authorization,
            _check_carve_outs,
            _check_network,
            _name_other_payers,
            _check_answered,
            _check_estimate,
        ),
        CoverageStatus.INACTIVE: (_say_inactive,),
        CoverageStatus.REJECTED: (_say_rejected,),
        CoverageStatus.UNKNOWN: (_say_unknown,),
    }
)
# Where something other than a reply proves the coverage, only a reply that denies it counts.
WITH_PROOF: Final[Rules] = MappingProxyType(
    dict.fromkeys(CoverageStatus, (_check_estimate,)) | {CoverageStatus.INACTIVE: (_say_inactive,)}
)
