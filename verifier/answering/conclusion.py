"""`Conclusion`: from an answer, by wire and by phone, to a verification; pure but for looking rates up."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Final

from verifier.answering.asked import Asked
from verifier.answering.decision import Case, decide
from verifier.answering.hearing import Heard, hear
from verifier.answering.payment import arrange
from verifier.answering.pricing import price, price_if_possible
from verifier.answering.relevance import select_relevant
from verifier.answering.signing import NO_SUCH, is_same
from verifier.answering.source import Found, Question
from verifier.answering.telling import tell
from verifier.answering.unknowns import list_unknowns
from verifier.contracts import apply_contract
from verifier.errors import Conflict, NotFound, VerifierError
from verifier.estimation.estimator import estimate_terms
from verifier.facilities import choose_facility
from verifier.model.coverage import Coverage
from verifier.model.estimate import Estimate
from verifier.model.fact import Fact, FactCode
from verifier.model.inquiry import Facility, Inquiry
from verifier.model.payment import OtherPlan, PlanKind
from verifier.model.program import Program
from verifier.model.published import Published
from verifier.model.verification import Answer, Verification, VerificationStatus
from verifier.model.vocabulary import Network
from verifier.ports import Contracts, Records, Rulebook, Snapshot

OF_NETWORK: Final = frozenset({FactCode.NETWORK, FactCode.TRICARE_NETWORK})
WITHIN_ONE_NETWORK: Final = OF_NETWORK | {  # told of the network the facility is in, and of no other
    FactCode.COST_SHARE,
    FactCode.COPAY_PERIOD,
    FactCode.DEDUCTIBLE_REMAINING,
    FactCode.OUT_OF_POCKET_REMAINING,
}


@dataclass(frozen=True, slots=True)
class Conclusion:
    """Draws what follows from answers; without *rulebook* or *contracts* from the answers alone."""

    records: Records
    facilities: Mapping[str, Facility]
    rulebook: Rulebook | None = None
    contracts: Contracts | None = None

    def draw(self, asked: Asked, found: Found) -> Verification:
        """Conclude from what was *found* over a wire and from the facts *asked* carries along."""
        snapshot = found.snapshot
        coverage, as_of = snapshot.answer.coverage, asked.question.facility.day(snapshot.as_of)
        heard = self._hear(asked.question.inquiry, coverage, snapshot.as_of, asked.facts)
        inquiry = heard.inquiry
        published = self._read_rules(inquiry, asked.question.facility, heard.coverage)
        relevant = select_relevant(inquiry, heard.coverage)
        estimate = price_if_possible(inquiry, heard.coverage, published, as_of)
        kind = self.rulebook.kind(inquiry.payer) if self.rulebook else None
        pay = partial(self._price_other, inquiry.program)
        payment = arrange(inquiry, kind or PlanKind.COMMERCIAL, estimate, pay)
        remarks = (*heard.remarks, *payment.remarks)
        case = Case(relevant, found.freshness, as_of, estimate, published, remarks)
        unknowns = list_unknowns(relevant, published, payment.questions)
        return replace(
            asked.open(VerificationStatus.COMPLETE),
            coverage=coverage,
            estimate=estimate,
            as_of=snapshot.as_of,
            freshness=found.freshness,
            decision=decide(case),
            unknowns=tuple(each for each in unknowns if each.code not in heard.answered),
            attempts=found.attempts,
            remarks=(*(published.all_remarks if published else ()), *remarks),
            actions=published.actions if published else (),
            payment_order=payment.order,
            after_primary=payment.after_primary,
        )

    def add_facts(self, kept: Verification | None, facts: Sequence[Fact]) -> Verification:
        """Add facts to what is *kept*, and conclude from all there are now.

        Raises:
            NotFound: nothing is kept.
            Conflict: it holds no answer that facts could stand beside.
        """
        if kept is None:
            raise NotFound(NO_SUCH)
        if kept.status is not VerificationStatus.COMPLETE:
            raise Conflict(
                f"This verification is {kept.status}; add what the phone said once it is complete."
            )
        facility = self.facilities.get(kept.inquiry.facility or "")
        told = [fact.by(facility.zone) for fact in facts] if facility else facts
        return self._draw_again(replace(kept, facts=(*kept.facts, *told)))

    def carry_over(self, drawn: Verification, kept: Verification | None) -> Verification:
        """Take along what staff added to what is *kept* while *drawn* was under way."""
        if kept is None:
            return drawn
        if (kept.facts, kept.notes) != (drawn.facts, drawn.notes):
            drawn = self._draw_again(replace(drawn, facts=kept.facts, notes=kept.notes))
        return replace(drawn, review=kept.review) if kept.review and is_same(drawn, kept) else drawn

    def _draw_again(self, kept: Verification) -> Verification:
        """Conclude from the answer that is kept; a sign-off of what stood there before is gone."""
        if kept.coverage is None or kept.as_of is None or kept.freshness is None:
            return kept
        question = Question(kept.inquiry, choose_facility(self.facilities, kept.inquiry.facility))
        asked = Asked(kept.id, question, kept.created_at, kept.facts, kept.notes, kept.notices)
        snapshot = Snapshot(Answer(kept.coverage), kept.as_of)
        return replace(self.draw(asked, Found(snapshot, kept.freshness, kept.attempts)), status=kept.status)

    def price(self, kept: Verification, program: Program, network: Network | None = None) -> Estimate | None:
        """Price another *program*, or in another *network*, by what is *kept*; ``None``: that tells no price.

        Raises:
            BadInput: no schedule can be made of the program, or its facility is no longer configured.
        """
        if kept.coverage is None or kept.as_of is None:
            return None
        inquiry, facts = replace(kept.inquiry, program=program), kept.facts
        if network:
            inquiry = self._stand_in(network, inquiry)
            is_other = tell(kept.inquiry, facts).network not in {network, Network.UNKNOWN}
            left_out = WITHIN_ONE_NETWORK if is_other else OF_NETWORK
            facts = tuple(each for each in facts if each.code not in left_out)
        told = hear(inquiry, kept.coverage, kept.as_of, facts)
        facility = choose_facility(self.facilities, inquiry.facility)
        published = self._read_rules(told.inquiry, facility, told.coverage)
        return price(told.inquiry, told.coverage, published, facility.day(kept.as_of))

    def _stand_in(self, network: Network, inquiry: Inquiry) -> Inquiry:
        """Let the facility stand in *network*, and its contract there say what a session is allowed."""
        military = replace(inquiry.tricare, network=network is Network.IN) if inquiry.tricare else None
        standing = replace(inquiry, network=network, tricare=military)
        if self.contracts is None or network is inquiry.network:
            return standing
        return apply_contract(standing, self.contracts)

    def _hear(self, inquiry: Inquiry, coverage: Coverage, as_of: datetime, facts: Sequence[Fact]) -> Heard:
        """Hear the facts; a network that one of them tells may have a contract rate."""
        told = tell(inquiry, facts)
        if self.contracts and told.network is not inquiry.network:
            inquiry = replace(inquiry, program=apply_contract(told, self.contracts).program)
        return hear(inquiry, coverage, as_of, facts)

    def _price_other(self, program: Program, plan: OtherPlan) -> Estimate | None:
        """Price *program* under another plan alone, by its terms or an earlier verification of it."""
        priced = replace(program, allowed_amount=plan.allowed_amount or program.allowed_amount)
        if plan.terms:
            return estimate_terms(plan.terms, priced)
        try:
            return (
                self.price(self.records.find(plan.verification_id), priced) if plan.verification_id else None
            )
        except VerifierError:  # no longer kept, or without coverage: what this plan pays is not known
            return None

    def _read_rules(self, inquiry: Inquiry, facility: Facility, coverage: Coverage) -> Published | None:
        return self.rulebook.read(inquiry, facility, coverage) if self.rulebook else None
