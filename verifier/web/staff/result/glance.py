"""The first glance: covered, not, or needs a call; what the patient pays; authorization; network."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, NamedTuple

from verifier.answering.relevance import select_relevant
from verifier.model.coverage import Coverage
from verifier.model.estimate import Estimate
from verifier.model.findings import Verdict
from verifier.model.inquiry import Inquiry
from verifier.model.verification import Decision, Verification, VerificationStatus
from verifier.model.vocabulary import Authorization, CoverageStatus, Network
from verifier.web.staff.result.origins import Origin, of_source

UNKNOWN: Final = "unknown"
STOP: Final = Verdict.STOP.value
CAUTION: Final = Verdict.CAUTION.value
NOBODY_KNOWS: Final = "Not known: call the payer"
HEADLINES: Final = {
    (CoverageStatus.ACTIVE, Verdict.GO): "Covered",
    (CoverageStatus.ACTIVE, Verdict.CAUTION): "Covered, but settle this first",
    (CoverageStatus.ACTIVE, Verdict.STOP): "Not covered, says the payer",
    (CoverageStatus.INACTIVE, Verdict.STOP): "The plan is not active, says the payer",
    (CoverageStatus.REJECTED, Verdict.CAUTION): "The payer refused the question: this is no answer",
    (CoverageStatus.UNKNOWN, Verdict.CAUTION): NOBODY_KNOWS,
    (CoverageStatus.UNKNOWN, Verdict.GO): "Covered by what is on file",
}
# As if nobody had said anything: what a refusal or an outage looks like.
LOOKS: Final = {CoverageStatus.REJECTED: UNKNOWN, CoverageStatus.UNKNOWN: UNKNOWN}
AUTHORIZATIONS: Final = {
    Authorization.REQUIRED: "Required",
    Authorization.NOT_REQUIRED: "Not required",
    Authorization.UNKNOWN: None,
}
OPEN_AS: Final = {"Authorization": "authorization", "Facility": "network"}  # the question it leaves
NETWORKS: Final = {Network.IN: "In network", Network.OUT: "Out of network"}


class Fact(NamedTuple):
    """One fact of the glance; ``value`` is ``None`` where nobody said."""

    label: str
    value: str | None
    origin: Origin | None = None


@dataclass(frozen=True, slots=True)
class Pays:
    """What the patient pays in all; ``None`` for nothing known at all."""

    low: Decimal
    expected: Decimal
    high: Decimal
    level: str
    score: int
    is_incomplete: bool
    collectable: Decimal

    @property
    def is_range(self) -> bool:
        """Tell whether there is more than one figure to give."""
        return self.low != self.high


@dataclass(frozen=True, slots=True)
class Glance:
    """What somebody with a caller on the phone reads first."""

    look: str  # go, caution, stop, unknown
    headline: str
    reasons: tuple[str, ...]
    pays: Pays | None
    facts: tuple[Fact, ...]


def glance_at(verification: Verification, heard: Coverage | None) -> Glance:
    """Sum up *verification*; *heard* is its coverage with what was said by phone beside it."""
    decision = verification.decision
    if decision is None or heard is None:
        return Glance(UNKNOWN, _name_failure(verification), _list_problem(verification), None, ())
    told = (
        _tell_authorization(verification, heard),
        _tell_network(verification),
        _tell_plan(heard),
    )
    open_questions = {each.code for each in verification.unknowns}
    facts = tuple(each for each in told if each.value or OPEN_AS.get(each.label) in open_questions)
    look, headline = _judge(heard.status, decision)
    return Glance(look, headline, decision.reasons, tell_pays(verification.estimate), facts)


def tell_pays(estimate: Estimate | None) -> Pays | None:
    """Take from an estimate what the patient pays; ``None`` without one, or where all of it is unknown."""
    if estimate is None or _is_empty(estimate):
        return None
    return Pays(
        estimate.low,
        estimate.expected,
        estimate.high,
        estimate.confidence.level.value,
        estimate.confidence.score,
        estimate.incomplete,
        estimate.collectable_by_provider,
    )


def _judge(status: CoverageStatus, decision: Decision) -> tuple[str, str]:
    """Return how it looks, and the headline; a verdict of stop always looks like one."""
    verdict = decision.verdict
    headline = HEADLINES.get((status, verdict), HEADLINES[status, Verdict.CAUTION] if _has(status) else "")
    look = STOP if verdict is Verdict.STOP else LOOKS.get(status, verdict.value)
    if status is CoverageStatus.UNKNOWN and verdict is Verdict.GO:
        look = verdict.value
    return look, headline or verdict.value.capitalize()


def _has(status: CoverageStatus) -> bool:
    return (status, Verdict.CAUTION) in HEADLINES


def _is_empty(estimate: Estimate) -> bool:
    """Tell whether an incomplete estimate holds no figure at all."""
    return (
        estimate.incomplete
        and not any((estimate.low, estimate.expected, estimate.high))
        and not (estimate.totals.plan)
    )


def _name_failure(verification: Verification) -> str:
    if verification.status is VerificationStatus.PENDING:
        return "The payer is being asked"
    return "The payer was not asked"


def _list_problem(verification: Verification) -> tuple[str, ...]:
    return (verification.problem,) if verification.problem else ()


def _tell_authorization(verification: Verification, heard: Coverage) -> Fact:
    relevant = select_relevant(verification.inquiry, heard).benefits
    said = {benefit.authorization: benefit.source for benefit in reversed(relevant)}
    for each in (Authorization.REQUIRED, Authorization.NOT_REQUIRED):
        if each in said:
            return Fact("Authorization", AUTHORIZATIONS[each], of_source(said[each]))
    return Fact("Authorization", None)


def _tell_network(verification: Verification) -> Fact:
    terms = verification.estimate.terms if verification.estimate else None
    stated = verification.inquiry.network
    if stated in NETWORKS:
        return Fact("Facility", NETWORKS[stated], Origin(_word_standing(verification.inquiry)))
    told = NETWORKS.get(Network(terms.network)) if terms and terms.network in set(Network) else None
    phone = any(fact.code.value == "network" and fact.is_known for fact in verification.facts)
    return Fact("Facility", told if phone else None)


def _word_standing(inquiry: Inquiry) -> str:
    contract = inquiry.program.contract
    return f"{contract.capitalize()}." if contract else "As given here: the facility's own contract says it."


def _tell_plan(heard: Coverage) -> Fact:
    words: Iterable[str | None] = (heard.plan.name, heard.plan.insurance_type)
    return Fact("Plan", " · ".join(dict.fromkeys(each for each in words if each)) or None)
