"""`Custody`: what is done with records as a whole, each recorded: purge, legal hold, a new key, new rates.

What is to happen is written down first; if it cannot be, nothing happens.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from verifier.answering.queue import Intakes
from verifier.clock import Clock
from verifier.errors import BadInput
from verifier.model.audit import Action, Context, Event, Result
from verifier.ports import Audit, Records

Done = TypeVar("Done")


@dataclass(frozen=True, slots=True)
class Custody:
    """The records in the hands of one administrator, who acts in *context*."""

    records: Records
    audit: Audit
    clock: Clock
    context: Context
    intakes: Intakes | None = None

    def purge(self) -> int:
        """Delete every verification past its retention and not held, and count them."""
        purged = self.record(Action.PURGE, "verifications past their retention", self.records.purge)
        if self.intakes:
            self.record(Action.PURGE, "intakes past their retention", self.intakes.purge)
        self._note(*(self._event(Action.PURGE, f"verification {each}") for each in purged))
        return len(purged)

    def hold(self, verification_ids: Sequence[str], *, held: bool, why: str) -> int:
        """Put a legal hold on verifications, or lift it, and count those there are.

        Raises:
            BadInput: no reason is given.
        """
        if not why.strip():
            raise BadInput("A legal hold needs its reason.")
        what = "legal hold on" if held else "legal hold lifted from"
        self._note(
            *(self._event(Action.CHANGE, f"{what} verification {each}", why) for each in verification_ids)
        )
        return self.records.hold(verification_ids, held=held)

    def record(self, action: Action, what: str, work: Callable[[], Done]) -> Done:
        """Write down that *what* begins, do *work*, and write down how it ended."""
        self._note(self._event(action, f"{what} begun"))
        try:
            done = work()
        except BaseException:
            self._note(replace(self._event(action, what), result=Result.FAILED))
            raise
        self._note(self._event(action, what))
        return done

    def _event(self, action: Action, what: str, why: str | None = None) -> Event:
        return Event(action, what, replace(self.context, why=why or self.context.why), self.clock.now())

    def _note(self, *events: Event) -> None:
        if events:
            self.audit.record(*events)
