"""`Verifier`: what this service does, one method a use case."""

import logging
import secrets
from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, replace
from functools import partial
from typing import Final, Self

from verifier.answering.asked import Asked
from verifier.answering.background import Background
from verifier.answering.conclusion import Conclusion
from verifier.answering.consent_gate import ConsentGate
from verifier.answering.evidence import find_evidence
from verifier.answering.freshness import Life
from verifier.answering.notices import notices_for
from verifier.answering.pricing import settle_network
from verifier.answering.signing import add_note, sign_off
from verifier.answering.source import CoverageSource, Hold, Question
from verifier.answering.under_way import UnderWay
from verifier.clock import Clock
from verifier.contracts import apply_contract
from verifier.errors import Conflict, NotFound, VerifierError
from verifier.estimation.estimator import estimate_terms
from verifier.estimation.schedule import session_dates
from verifier.facilities import choose_facility
from verifier.model.coverage import Coverage
from verifier.model.estimate import Estimate, Terms
from verifier.model.fact import Fact
from verifier.model.inquiry import Facility, Inquiry
from verifier.model.program import Program
from verifier.model.review import Note, Review
from verifier.model.verification import Evidence, Exchange, Verification, VerificationStatus
from verifier.model.vocabulary import Network
from verifier.offers import fill_in
from verifier.ports import ANY, Contracts, CoverageCache, PayerGateway, Records, ReplyReader, Rulebook, Wanted
from verifier.progress import listening

STILL_ASKING: Final = "the payer has not answered yet"
STOPPED: Final = "The service was stopped before the payer was asked; verify again."
BROKEN: Final = "Something went wrong here, not at the payer. Ask again; if it stays, report it."
MOST_RECENT: Final = 200

Brought = tuple[Verification, tuple[Exchange, ...]]

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Limits:
    """How long one question to a payer may take in all, and how much may be under way at once."""

    payer_deadline: float = 60.0
    workers: int = 32
    waiting: int = 256


def new_id() -> str:
    """Make an id for a verification: 128 random bits, so that no id can be guessed."""
    return f"ver_{secrets.token_urlsafe(16)}"


class Verifier:
    """Verifies benefits and estimates what a program costs the patient; close it after use."""

    def __init__(  # noqa: PLR0913 - the ports it stands on, each by name
        self,
        *,
        gateway: PayerGateway,
        cache: CoverageCache,
        records: Records,
        replies: ReplyReader,
        facilities: Mapping[str, Facility],
        clock: Clock,
        gate: ConsentGate,
        rulebook: Rulebook | None = None,
        contracts: Contracts | None = None,
        hold: Hold | None = None,
        life: Life | None = None,
        limits: Limits | None = None,
        new_id: Callable[[], str] = new_id,
    ) -> None:
        """Stand on these ports; an inquiry that names no facility is about the first of *facilities*.

        Without a *rulebook* every payer's reply is taken to say all there is; without *contracts* nobody but
        the caller knows what a session is allowed.
        """
        limits = limits or Limits()
        self._source = CoverageSource(
            gateway, cache, clock, life=life or Life(), deadline=limits.payer_deadline, hold=hold
        )
        self._records = records
        self._replies = replies
        self.contracts = contracts
        self._conclusion = Conclusion(records, facilities, rulebook, contracts)
        self.facilities = facilities
        self._clock = clock
        self._gate = gate
        self._new_id = new_id
        self._background = Background(workers=limits.workers, waiting=limits.waiting)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Begin nothing more, and return when what is under way has been answered or given up."""
        self._background.close()

    def verify(self, inquiry: Inquiry, *, refresh: bool = False, as_id: str | None = None) -> Verification:
        """Verify *inquiry* now, however long the payer takes; past the cache with *refresh*.

        The answer replaces what stands under *as_id*, where one is given.

        A payer's fault gives an older answer marked stale, or coverage that is unknown; it is no error.

        Raises:
            BadInput: no such facility; or this payer needs more than the inquiry says.
            ConsentNeeded: it reveals addiction treatment, and no active consent covers that.
            NotFound: the directory knows no such payer.
            NotConfigured: no route to this payer is configured here.
        """
        return self._keep(*self._ask(self._begin(inquiry, as_id or self._new_id()), refresh=refresh))

    def submit(self, inquiry: Inquiry, *, wait: float, as_id: str | None = None) -> Verification:
        """Verify *inquiry*; pending when it takes longer than *wait* seconds, and then finished by itself.

        What was done before under *as_id* is not done again.

        Raises:
            Busy: too much is under way; nothing was begun.
            VerifierError: what `verify` raises, if it is known within *wait*.
        """
        asked = self._begin(inquiry, as_id or self._new_id())
        if as_id and (kept := self._find_done(as_id)):
            return kept
        if found := self._source.find_fresh(asked.question):
            return self._keep(self._conclusion.draw(asked, found))
        return self._ask_within(asked, wait, refresh=False)

    def refresh(self, verification_id: str, *, wait: float | None = None) -> Verification:
        """Ask the payer again, past the cache; the answer replaces what stands under the id.

        Pending when it takes longer than *wait* seconds; without *wait* it is done when this returns.

        Raises:
            NotFound: there is none under this id.
            VerifierError: what `submit` raises.
        """
        kept = self._records.find(verification_id)
        asked = self._begin(kept.inquiry, kept.id).beside(kept)
        if wait is None:
            return self._keep(*self._ask(asked, refresh=True))
        return self._ask_within(asked, wait, refresh=True)

    def find(self, verification_id: str) -> Verification:
        """Return the verification.

        Raises:
            NotFound: there is none under this id, or it is past its retention.
        """
        return self._records.find(verification_id)

    def find_all(self, verification_ids: Collection[str]) -> Mapping[str, Verification]:
        """Return verifications by id; one that is past its retention or cannot be trusted is left out."""
        return self._records.find_all(verification_ids)

    def evidence(self, verification_id: str) -> Evidence:
        """Return a verification and what went over the wire for it; see `find_evidence`."""
        return find_evidence(self._records, self.facilities, verification_id)

    def recent(
        self, *, limit: int = 50, before: str | None = None, wanted: Wanted = ANY
    ) -> Sequence[Verification]:
        """Return at most *limit* (up to 200) of those *wanted*, newest first, older than the one *before*."""
        most = max(1, min(limit, MOST_RECENT))
        return self._records.recent(limit=most, before=before, wanted=wanted)

    def normalize(self, reply: bytes) -> list[Coverage]:
        """Read a payer's reply, whatever its wire: one coverage for each transaction and patient.

        Raises:
            UnreadableReply: the bytes hold nothing readable.
        """
        return list(self._replies.read(reply))

    def estimate(self, terms: Terms, program: Program) -> Estimate:
        """Price *program* under known *terms*.

        Raises:
            BadInput: no schedule can be made of the program.
        """
        return estimate_terms(terms, program)

    def estimate_verification(
        self, verification_id: str, program: Program, *, network: Network | None = None
    ) -> Estimate:
        """Price *program*, instead of the one asked about, under the coverage a verification found.

        With *network* as if the facility stood there, whatever was said of it.

        Raises:
            NotFound: there is no such verification.
            Conflict: it found nothing to price by: no active coverage, and no published rules that apply.
            BadInput: no schedule can be made of the program, or its facility is no longer configured.
        """
        estimate = self._conclusion.price(self._records.find(verification_id), program, network)
        if estimate is None:
            raise Conflict("This verification holds no active coverage, so there is nothing to price by.")
        return estimate

    def price_networks(self, kept: Verification) -> Mapping[Network, Estimate]:
        """Price what a verification in hand found, in network and out of it; empty where that tells nothing.

        Raises:
            BadInput: its facility is no longer configured.
        """
        priced = {
            each: self._conclusion.price(kept, kept.inquiry.program, each)
            for each in (Network.IN, Network.OUT)
        }
        return {each: estimate for each, estimate in priced.items() if estimate}

    def add_facts(self, verification_id: str, facts: Sequence[Fact]) -> Verification:
        """Keep what was answered by phone beside what the wire said, and conclude anew from both.

        Raises:
            NotFound: there is no such verification.
            Conflict: the payer has not answered yet, or something went wrong here: then verify again first.
        """
        return self._records.change(verification_id, partial(self._conclusion.add_facts, facts=facts))

    def add_note(self, verification_id: str, note: Note) -> Verification:
        """Keep a note of staff.

        Raises:
            NotFound: there is no such verification.
        """
        return self._records.change(verification_id, partial(add_note, note=note))

    def sign_off(self, verification_id: str, review: Review, revision: str) -> Verification:
        """Put a reviewer's name under a verification as they saw it, at *revision*.

        Raises:
            NotFound: there is no such verification.
            Conflict: it is not complete, or has changed since.
        """
        return self._records.change(verification_id, partial(sign_off, review=review, revision=revision))

    def _find_done(self, verification_id: str) -> Verification | None:
        try:
            kept = self._records.find(verification_id)
        except NotFound:
            return None
        return None if kept.status is VerificationStatus.PENDING else kept

    def _begin(self, inquiry: Inquiry, verification_id: str) -> Asked:
        facility = choose_facility(self.facilities, inquiry.facility)
        program = fill_in(inquiry.program, facility)
        session_dates(program)  # a program that cannot be scheduled is refused before a call is paid for
        network = settle_network(inquiry)
        resolved = replace(inquiry, facility=facility.id, program=program, network=network)
        if self.contracts:
            resolved = apply_contract(resolved, self.contracts)
        notices = notices_for(resolved, facility, self._gate.check(resolved, facility))
        return Asked(verification_id, Question(resolved, facility), self._clock.now(), notices=notices)

    def _ask(self, asked: Asked, *, refresh: bool) -> Brought:
        found = self._source.find(asked.question, refresh=refresh)
        return self._conclusion.draw(asked, found), found.exchanges

    def _ask_audibly(self, asked: Asked, under_way: UnderWay, *, refresh: bool) -> Brought:
        with listening(under_way.note):
            return self._ask(asked, refresh=refresh)

    def _ask_within(self, asked: Asked, wait: float, *, refresh: bool) -> Verification:
        if held := self._source.find_held(asked.question):
            return self._keep(self._conclusion.draw(asked, held))
        under_way = UnderWay(asked.id, self._records)
        ask = partial(self._ask_audibly, asked, under_way, refresh=refresh)
        started = self._background.start(ask, lane=asked.question.inquiry.payer)
        future = started.future
        try:  # nobody is kept waiting for a payer that is taking all the time it may have
            return self._keep(*future.result(timeout=0.0 if started.waits else max(0.0, wait)))
        except TimeoutError:
            if future.done():
                return self._keep(*future.result())
        pending = self._keep(under_way.show(self._describe_pending(asked)))
        future.add_done_callback(
            partial(self._keep_late, asked)
        )  # after the line above, whose record it replaces
        return pending

    def _describe_pending(self, asked: Asked) -> Verification:
        older = self._source.find_older(asked.question, STILL_ASKING)
        if older is None:
            return asked.open(VerificationStatus.PENDING)
        return replace(self._conclusion.draw(asked, older), status=VerificationStatus.PENDING)

    def _keep_late(self, asked: Asked, future: Future[Brought]) -> None:
        if future.cancelled():
            self._keep(asked.open(VerificationStatus.FAILED, problem=STOPPED))
        elif error := future.exception():
            log.warning("verification %s failed (%s)", asked.id, type(error).__name__)
            problem = error.detail if isinstance(error, VerifierError) else BROKEN
            self._keep(asked.open(VerificationStatus.FAILED, problem=problem))
        else:
            self._keep(*future.result())

    def _keep(self, verification: Verification, exchanges: Sequence[Exchange] = ()) -> Verification:
        carry_over = partial(self._conclusion.carry_over, verification)
        return self._records.change(verification.id, carry_over, exchanges)
