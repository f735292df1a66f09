"""`Desk`: the service as one caller uses it; each use case leaves its event before its result is handed over.

This is the one place where reading, searching, changing and being refused are recorded. What leaves for a
payer is recorded where it leaves, in `verifier.answering.departure`.
"""

import re
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from typing import Final, TypeVar

from verifier.answering.acting import acting
from verifier.answering.consent_gate import person_of
from verifier.answering.intaking import follow
from verifier.answering.queue import Intakes
from verifier.clock import Clock
from verifier.errors import BadInput, ConsentNeeded, VerifierError
from verifier.facilities import choose_facility
from verifier.model.audit import Action, Context, Event, Person, Result
from verifier.model.consent import Consent
from verifier.model.coverage import Coverage
from verifier.model.estimate import Estimate, Terms
from verifier.model.fact import CallReport
from verifier.model.inquiry import Facility, Inquiry
from verifier.model.program import Program
from verifier.model.review import Note, Review
from verifier.model.verification import Evidence, Verification
from verifier.model.vocabulary import Network
from verifier.ports import ANY, Audit, Claims, Consents, Wanted
from verifier.service import Verifier

Done = TypeVar("Done")

OWN_ID: Final = re.compile(r"[a-z]{3}_[\w-]{22}", re.ASCII)  # any other text of a caller may name a person
SKEW: Final = timedelta(minutes=5)  # by which a caller's clock may be ahead
DENIALS: Final = (ConsentNeeded,)


@dataclass(frozen=True, slots=True)
class Office:
    """The rooms a desk stands on, shared by all callers."""

    verifier: Verifier
    consents: Consents
    claims: Claims
    audit: Audit
    clock: Clock
    intakes: Intakes | None = None  # none: no requests are taken in here

    def desk(self, context: Context) -> "Desk":
        """Open the desk of whoever acts in *context*."""
        return Desk(self, context)


class Desk:
    """Every use case for one caller; raises what `Verifier` raises, and AuditUnavailable before it serves."""

    def __init__(self, office: Office, context: Context) -> None:
        """Act in *context*."""
        self._office = office
        self._verifier = office.verifier
        self._context = context

    @property
    def facilities(self) -> Mapping[str, Facility]:
        """Return the treatment programs by id."""
        return self._verifier.facilities

    def verify(self, inquiry: Inquiry, *, refresh: bool = False) -> Verification:
        """Verify *inquiry* now; see `Verifier.verify`."""
        work = partial(self._verifier.verify, inquiry, refresh=refresh)
        return self._leave(Action.CHANGE, "verification", work, whose=person_of(inquiry))

    def submit(self, inquiry: Inquiry, *, wait: float, as_id: str | None = None) -> Verification:
        """Verify *inquiry*, waiting so long; see `Verifier.submit`."""
        work = partial(self._verifier.submit, inquiry, wait=wait, as_id=as_id)
        return self._leave(Action.CHANGE, "verification", work, whose=person_of(inquiry))

    def refresh(self, verification_id: str, *, wait: float | None = None) -> Verification:
        """Ask the payer again; see `Verifier.refresh`."""
        work = partial(self._verifier.refresh, verification_id, wait=wait)
        return self._leave(Action.CHANGE, _name("verification", verification_id), self._follow(work))

    def find(self, verification_id: str, *, action: Action = Action.READ) -> Verification:
        """Look at a verification, or with another *action* take it out; see `Verifier.find`."""
        work = partial(self._verifier.find, verification_id)
        return self._leave(action, _name("verification", verification_id), work)

    def evidence(self, verification_id: str) -> Evidence:
        """Take out what went over the wire; see `Verifier.evidence`."""
        work = partial(self._verifier.evidence, verification_id)
        return self._leave(Action.EXPORT, _name("verification", verification_id), work)

    def recent(
        self, *, limit: int = 50, before: str | None = None, wanted: Wanted = ANY
    ) -> Sequence[Verification]:
        """List verifications, or look for those of a person; see `Verifier.recent`."""
        work = partial(self._verifier.recent, limit=limit, before=before, wanted=wanted)
        return self._leave(Action.SEARCH, "verifications", work, whose=_sought(wanted))

    def normalize(self, reply: bytes) -> list[Coverage]:
        """Read a payer's reply; see `Verifier.normalize`."""
        return self._leave(Action.READ, "payer reply", partial(self._verifier.normalize, reply))

    def estimate(self, terms: Terms, program: Program) -> Estimate:
        """Price *program*; no person is in it, so nothing is recorded; see `Verifier.estimate`."""
        return self._verifier.estimate(terms, program)

    def estimate_verification(
        self, verification_id: str, program: Program, *, network: Network | None = None
    ) -> Estimate:
        """Price *program* by a verification; see `Verifier.estimate_verification`."""
        work = partial(self._verifier.estimate_verification, verification_id, program, network=network)
        return self._leave(Action.READ, _name("verification", verification_id), work)

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
        return self._leave(Action.CHANGE, _name("verification", verification_id), self._follow(work))

    def add_note(self, verification_id: str, text: str) -> Verification:
        """Keep a note; see `Verifier.add_note`."""
        note = Note(self._context.who, self._office.clock.now(), text)
        work = partial(self._verifier.add_note, verification_id, note)
        return self._leave(Action.CHANGE, _name("verification", verification_id), work)

    def sign_off(self, verification_id: str, revision: str) -> Verification:
        """Sign a verification off; see `Verifier.sign_off`."""
        review = Review(self._context.who, self._office.clock.now())
        work = partial(self._verifier.sign_off, verification_id, review, revision)
        return self._leave(Action.CHANGE, _name("verification", verification_id), self._follow(work))

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
        self._record(Action.READ, _name("answer about", record_id), None, Result.DONE)

    def give_consent(self, consent: Consent, *, as_id: str | None = None) -> Consent:
        """Record a signed *consent* under an id of its own, and return it so.

        Raises:
            BadInput: there is no such facility.
        """
        own_id = as_id or f"cns_{secrets.token_urlsafe(16)}"
        recorded = replace(consent, id=own_id, recorded_at=self._office.clock.now())
        work = partial(self._add_consent, recorded)
        return self._leave(Action.CONSENT, _name("consent", recorded.id), work)

    def find_consent(self, consent_id: str) -> Consent:
        """Look at a consent.

        Raises:
            NotFound: there is none under this id.
        """
        work = partial(self._office.consents.find, consent_id)
        return self._leave(Action.READ, _name("consent", consent_id), work)

    def revoke_consent(self, consent_id: str) -> Consent:
        """Note that the patient revoked it: from now on no payer is asked under it.

        Raises:
            NotFound: there is none under this id.
        """
        work = partial(self._office.consents.revoke, consent_id, self._office.clock.now())
        return self._leave(Action.CONSENT, _name("consent", consent_id), work)

    def _add_consent(self, consent: Consent) -> Consent:
        choose_facility(self._verifier.facilities, consent.facility)
        self._office.consents.add(consent)
        return consent

    def _leave(
        self, action: Action, what: str, work: Callable[[], Done], *, whose: Person | None = None
    ) -> Done:
        """Do *work* and leave its event; without the event nothing is handed over."""
        try:
            with acting(self._context):
                done = work()
        except DENIALS:
            self._record(Action.DENIAL, what, whose, Result.REFUSED)
            raise
        except VerifierError:
            self._record(action, what, whose, Result.FAILED)
            raise
        self._record(action, *_describe(done, what, whose), Result.DONE)
        return done

    leave = _leave  # for what stands on a desk

    def _record(self, action: Action, what: str, whose: Person | None, result: Result) -> None:
        event = Event(action, what, self._context, self._office.clock.now(), result, whose)
        self._office.audit.record(event)


def _name(kind: str, record_id: str) -> str:
    return f"{kind} {record_id}" if OWN_ID.fullmatch(record_id) else kind


def _describe(done: object, what: str, whose: Person | None) -> tuple[str, Person | None]:
    """Say which record came of it, and whose it is."""
    if isinstance(done, Evidence):
        return f"exchange of verification {done.verification.id}", person_of(done.verification.inquiry)
    if isinstance(done, Verification):
        return f"verification {done.id}", person_of(done.inquiry)
    if isinstance(done, Consent):
        return f"consent {done.id}", done.patient
    return what, whose


def _sought(wanted: Wanted) -> Person | None:
    """Name the person looked for, as far as the search does."""
    last_name, birth_date = wanted.patient or (None, None)
    found = Person(wanted.member_id, last_name, None, birth_date)
    return None if found == Person() else found
