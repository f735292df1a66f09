"""Use cases leave their events: the one mechanism of every desk.

Reading, searching, changing and being refused are recorded here, before a result is handed over.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, TypeVar

from verifier.answering.acting import acting
from verifier.answering.consent_gate import person_of
from verifier.clock import Clock
from verifier.errors import Busy, ConsentNeeded, VerifierError
from verifier.model.audit import Action, Context, Event, Person, Result
from verifier.model.consent import Consent
from verifier.model.paper import Paper
from verifier.model.roster import Entry
from verifier.model.verification import Evidence, Verification
from verifier.ports import Audit

Done = TypeVar("Done")

OWN_ID: Final = re.compile(r"[a-z]{3}_[\w-]{22}", re.ASCII)  # any other text of a caller may name a person
DENIALS: Final = (ConsentNeeded,)


@dataclass(frozen=True, slots=True)
class Printed:
    """A paper that was made of a verification."""

    kind: str
    verification: Verification = field(repr=False)
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Explained(Printed):
    """A paper that is shown on a page too."""

    paper: Paper = field(repr=False)


class Recorded:
    """Whoever acts in a context, and what they do recorded in the audit trail."""

    def __init__(self, audit: Audit, clock: Clock, context: Context) -> None:
        """Record in *audit* what is done in *context*."""
        self._audit = audit
        self._clock = clock
        self._context = context

    def leave(
        self, action: Action, what: str, work: Callable[[], Done], *, whose: Person | None = None
    ) -> Done:
        """Do *work* and leave its event; without the event nothing is handed over.

        Who is turned away because too much is under way leaves none: nothing of anybody was touched, and
        what sheds load must not make more of it.
        """
        try:
            with acting(self._context):
                done = work()
        except Busy:
            raise
        except DENIALS:
            self._record(Action.DENIAL, what, whose, Result.REFUSED)
            raise
        except VerifierError:
            self._record(action, what, whose, Result.FAILED)
            raise
        self._record(action, *_describe(done, what, whose), Result.DONE)
        return done

    def _record(self, action: Action, what: str, whose: Person | None, result: Result) -> None:
        event = Event(action, what, self._context, self._clock.now(), result, whose)
        self._audit.record(event)


def name_record(kind: str, record_id: str) -> str:
    """Name a record of this *kind*; an id that is none of ours may name a person, and is left out."""
    return f"{kind} {record_id}" if OWN_ID.fullmatch(record_id) else kind


def _describe(done: object, what: str, whose: Person | None) -> tuple[str, Person | None]:
    """Say which record came of it, and whose it is."""
    if isinstance(done, Printed):
        return f"{done.kind} of verification {done.verification.id}", person_of(done.verification.inquiry)
    if isinstance(done, Evidence):
        return f"exchange of verification {done.verification.id}", person_of(done.verification.inquiry)
    if isinstance(done, Verification):
        return f"verification {done.id}", person_of(done.inquiry)
    if isinstance(done, Consent):
        return f"consent {done.id}", done.patient
    if isinstance(done, Entry):
        return name_record("roster entry", done.id), person_of(done.inquiry)
    return what, whose
