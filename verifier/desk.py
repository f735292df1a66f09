"""`Desk`: the service as one caller uses it; each use case leaves its event before its result is handed over.

This is the one place where reading, searching, changing and being refused are recorded. What leaves for a
payer is recorded where it leaves, in `verifier.answering.departure`.
"""

import secrets
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from typing import Final

from verifier.answering.acting import acting
from verifier.answering.consent_gate import person_of
from verifier.answering.evidence import require_exchanges
from verifier.answering.intaking import follow
from verifier.answering.looks import looked_at
from verifier.answering.queue import Intakes
from verifier.clock import Clock
from verifier.errors import BadInput
from verifier.facilities import choose_facility
from verifier.model.audit import Action, Context, Person, Result
from verifier.model.consent import Consent
from verifier.model.coverage import Coverage
from verifier.model.estimate import Estimate, Terms
from verifier.model.fact import CallReport
from verifier.model.inquiry import Facility, Inquiry
from verifier.model.program import Program
from verifier.model.review import Note, Review
from verifier.model.verification import Evidence, Verification
from verifier.model.vocabulary import Network
from verifier.papers.phrases import Language
from verifier.papers.printers import Papers
from verifier.ports import ANY, Audit, Claims, Consents, Wanted
from verifier.recorded import Explained, Printed, Recorded, name_record
from verifier.service import Verifier

SKEW: Final = timedelta(minutes=5)  # by which a caller's clock may be ahead


@dataclass(frozen=True, slots=True)
class Office:
    """The rooms a desk stands on, shared by all callers."""

    verifier: Verifier
    consents: Consents
    claims: Claims
    audit: Audit
    clock: Clock
    papers: Papers
    intakes: Intakes | None = None  # none: no requests are taken in here

    def desk(self, context: Context) -> "Desk":
        """Open the desk of whoever acts in *context*."""
        return Desk(self, context)


class Desk(Recorded):
    """Every use case for one caller; raises what `Verifier` raises, and AuditUnavailable before it serves."""

    def __init__(self, office: Office, context: Context) -> None:
        """Act in *context*."""
        super().__init__(office.audit, office.clock, context)
        self._office = office
        self._verifier = office.verifier

    @property
    def facilities(self) -> Mapping[str, Facility]:
        """Return the treatment programs by id."""
        return self._verifier.facilities

    def verify(self, inquiry: Inquiry, *, refresh: bool = False, as_id: str | None = None) -> Verification:
        """Verify *inquiry* now; see `Verifier.verify`."""
        work = partial(self._verifier.verify, inquiry, refresh=refresh, as_id=as_id)
        return self.leave(Action.CHANGE, "verification", work, whose=person_of(inquiry))

    def submit(self, inquiry: Inquiry, *, wait: float, as_id: str | None = None) -> Verification:
        """Verify *inquiry*, waiting so long; see `Verifier.submit`."""
        work = partial(self._verifier.submit, inquiry, wait=wait, as_id=as_id)
        return self.leave(Action.CHANGE, "verification", work, whose=person_of(inquiry))

    def refresh(self, verification_id: str, *, wait: float | None = None) -> Verification:
        """Ask the payer again; see `Verifier.refresh`."""
        work = partial(self._verifier.refresh, verification_id, wait=wait)
        return self.leave(Action.CHANGE, name_record("verification", verification_id), self._follow(work))

    def find(self, verification_id: str, *, action: Action = Action.READ) -> Verification:
        """Look at a verification, or with another *action* take it out; see `Verifier.find`."""
        work = partial(self._verifier.find, verification_id)
        return self.leave(action, name_record("verification", verification_id), work)

    def find_all(self, verification_ids: Collection[str]) -> Mapping[str, Verification]:
        """Look at many verifications at once; see `Verifier.find_all`. Each is recorded."""
        with acting(self._context):
            found = self._verifier.find_all(verification_ids)
        if found:
            self._audit.record(*looked_at(found.values(), self._context, self._clock.now()))
        return found

    def evidence(self, verification_id: str) -> Evidence:
        """Take out what went over the wire.

        Raises:
            NotFound: there is no such verification, or nothing is kept for it.
        """
        work = partial(self._require_exchanges, verification_id)
        return self.leave(Action.EXPORT, name_record("verification", verification_id), work)

    def report(self, verification_id: str) -> bytes:
        """Print the report on a verification, as a PDF.

        Raises:
            NotFound: there is none under this id.
        """
        work = partial(self._print_report, verification_id)
        return self.leave(Action.EXPORT, name_record("report of verification", verification_id), work).content

    def explain(self, verification_id: str, language: Language) -> Explained:
        """Explain a verification to its patient: as a paper for a page, and as a PDF.

        Raises:
            NotFound: there is none under this id.
        """
        work = partial(self._explain, verification_id, language)
        return self.leave(Action.EXPORT, name_record("explanation of verification", verification_id), work)

    def recent(
        self, *, limit: int = 50, before: str | None = None, wanted: Wanted = ANY
    ) -> Sequence[Verification]:
        """List verifications, or look for those of a person; see `Verifier.recent`."""
        work = partial(self._verifier.recent, limit=limit, before=before, wanted=wanted)
        return self.leave(Action.SEARCH, "verifications", work, whose=_sought(wanted))

    def normalize(self, reply: bytes) -> list[Coverage]:
        """Read a payer's reply; see `Verifier.normalize`."""
        return self.leave(Action.READ, "payer reply", partial(self._verifier.normalize, reply))

    def estimate(self, terms: Terms, program: Program) -> Estimate:
        """Price *program*; no person is in it, so nothing is recorded; see `Verifier.estimate`."""
        return self._verifier.estimate(terms, program)

    def estimate_verification(
        self, verification_id: str, program: Program, *, network: Network | None = None
    ) -> Estimate:
        """Price *program* by a verification; see `Verifier.estimate_verification`."""
        work = partial(self._verifier.estimate_verification, verification_id, program, network=network)
        return self.leave(Action.READ, name_record("verification", verification_id), work)

    def price_networks(self, kept: Verification) -> Mapping[Network, Estimate]:
        """Price what was handed over already, in both networks; see `Verifier.price_networks`."""
        return self._verifier.price_networks(kept)

    def add_facts(self, verification_id: str, report: CallReport) -> Verification:
        """Keep what a call brought; see `Verifier.add_facts`.

        Raises:
            BadInput: the call lies in the future.
        """
        now = self._office.clock.now()
        if report.called_at and report.called_at > now + SKEW:
            raise BadInput(
                "A call is told of once it has ended.", {"/called_at": "must not be in the future"}
            )
        facts = report.write_down(self._context.who, now)
        work = partial(self._verifier.add_facts, verification_id, facts)
        return self.leave(Action.CHANGE, name_record("verification", verification_id), self._follow(work))

    def add_note(self, verification_id: str, text: str) -> Verification:
        """Keep a note; see `Verifier.add_note`."""
        note = Note(self._context.who, self._office.clock.now(), text)
        work = partial(self._verifier.add_note, verification_id, note)
        return self.leave(Action.CHANGE, name_record("verification", verification_id), work)

    def sign_off(self, verification_id: str, revision: str) -> Verification:
        """Sign a verification off; see `Verifier.sign_off`."""
        review = Review(self._context.who, self._office.clock.now())
        work = partial(self._verifier.sign_off, verification_id, review, revision)
        return self.leave(Action.CHANGE, name_record("verification", verification_id), self._follow(work))

    def _follow(self, work: Callable[[], Verification]) -> Callable[[], Verification]:
        """Let the requests that led to a verification go where *work* brings it."""

        def carry_out() -> Verification:
            done = work()
            if intakes := self._office.intakes:
                for intake_id in intakes.of_verification(done.id):
                    intakes.change(intake_id, partial(follow, verification=done))
            return done

        return carry_out

    def hand_over_again(self, record_id: str) -> None:
        """Note that an answer given before, about this record if it has an id of ours, is given again."""
        self._record(Action.READ, name_record("answer about", record_id), None, Result.DONE)

    def give_consent(self, consent: Consent, *, as_id: str | None = None) -> Consent:
        """Record a signed *consent* under an id of its own, and return it so.

        Raises:
            BadInput: there is no such facility.
        """
        own_id = as_id or f"cns_{secrets.token_urlsafe(16)}"
        recorded = replace(consent, id=own_id, recorded_at=self._office.clock.now())
        work = partial(self._add_consent, recorded)
        return self.leave(Action.CONSENT, name_record("consent", recorded.id), work)

    def find_consent(self, consent_id: str) -> Consent:
        """Look at a consent.

        Raises:
            NotFound: there is none under this id.
        """
        work = partial(self._office.consents.find, consent_id)
        return self.leave(Action.READ, name_record("consent", consent_id), work)

    def revoke_consent(self, consent_id: str) -> Consent:
        """Note that the patient revoked it: from now on no payer is asked under it.

        Raises:
            NotFound: there is none under this id.
        """
        work = partial(self._office.consents.revoke, consent_id, self._office.clock.now())
        return self.leave(Action.CONSENT, name_record("consent", consent_id), work)

    def _gather(self, verification_id: str) -> tuple[Evidence, Facility | None]:
        evidence = self._verifier.evidence(verification_id)
        return evidence, self._verifier.facilities.get(evidence.verification.inquiry.facility or "")

    def _explain(self, verification_id: str, language: Language) -> Explained:
        evidence, facility = self._gather(verification_id)
        paper = self._office.papers.explanation(evidence, facility, language)
        return Explained("explanation", evidence.verification, self._office.papers.press.print(paper), paper)

    def _require_exchanges(self, verification_id: str) -> Evidence:
        return require_exchanges(self._verifier.evidence(verification_id))

    def _print_report(self, verification_id: str) -> Printed:
        evidence, facility = self._gather(verification_id)
        content = self._office.papers.report(evidence, facility)
        return Printed("report", evidence.verification, content)

    def _add_consent(self, consent: Consent) -> Consent:
        choose_facility(self._verifier.facilities, consent.facility)
        self._office.consents.add(consent)
        return consent


def _sought(wanted: Wanted) -> Person | None:
    """Name the person looked for, as far as the search does."""
    last_name, birth_date = wanted.patient or (None, None)
    found = Person(wanted.member_id, last_name, None, birth_date)
    return None if found == Person() else found
