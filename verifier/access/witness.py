"""`Witness`: writes down what happened with people, keys and sessions, before it takes effect."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from verifier.clock import Clock
from verifier.errors import Throttled, Unauthenticated
from verifier.model.audit import Action, Context, Event, Result
from verifier.ports import Audit

NOBODY: Final = "nobody"


@dataclass(frozen=True, slots=True)
class Witness:
    """The audit trail, as access writes to it."""

    audit: Audit
    clock: Clock

    def note(self, action: Action, what: str, context: Context, result: Result = Result.DONE) -> None:
        """Write it down.

        Raises:
            AuditUnavailable: it cannot be written down, so it must not happen.
        """
        self.audit.record(Event(action, what, context, self.clock.now(), result))

    @contextmanager
    def noting_refused_login(self, context: Context) -> Iterator[None]:
        """Write it down when what runs inside lets somebody not in."""
        try:
            yield
        except (Throttled, Unauthenticated):
            self.note(Action.LOGIN, "session", context, Result.REFUSED)
            raise
