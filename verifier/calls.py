"""What all processes know of calls to payers: two ports, filled in by `verifier.bootstrap`."""

from collections.abc import Callable
from datetime import timedelta
from typing import Protocol, TypeVar

from verifier.model.health import PayerHealth
from verifier.model.verification import Outcome

Result = TypeVar("Result")


class CallState(Protocol):
    """What is known of the calls to payers: small texts that all processes share and change one at a time.

    A store that is away is no error: each process then goes on with what it knows itself.
    """

    def change(
        self, name: str, change: Callable[[str | None, float], tuple[str | None, Result]], *, keep: timedelta
    ) -> Result:
        """Replace the text under *name* by what *change* makes of it, and return what else *change* found.

        *change* is given the text, or ``None``, and the time in seconds on the clock that all who share the
        state go by. It may be carried out more than once, so it does nothing else. The text is forgotten
        *keep* after its last change. *name* may identify a person: only a keyed hash of it is used. The text
        may not.
        """
        ...

    def peek(self, name: str) -> tuple[str | None, float]:
        """Return the text under *name* as this process saw it last, and the time; it costs no round trip."""
        ...


class CallLog(Protocol):
    """How calls to payers went, counted by all processes together; it knows of payers, and of no people."""

    def record(self, payer: str, route: str, outcome: Outcome, seconds: float) -> None:
        """Count a call to *payer*, by its id in the directory, that took *seconds*; never fails."""
        ...

    def health(self, payer: str) -> PayerHealth:
        """Tell how calls to *payer* went in the last 15 minutes and 24 hours."""
        ...
