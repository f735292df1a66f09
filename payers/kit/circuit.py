"""The circuit breaker of one route to one payer: a value, changed by calls and by time.

It opens at five failures in a row, or when half of at least ten calls within thirty seconds failed. Open, it
lets one call through as a probe: after ten seconds at first, after twice as long each time a probe fails, up
to five minutes. Two successful probes close it. A payer that says it does not know a member has answered.
"""

from enum import StrEnum
from typing import Final, NamedTuple

from payers.kit import window
from payers.kit.window import Slots

FAILURES_IN_A_ROW: Final = 5
SPAN: Final = 30.0
FEWEST_CALLS: Final = 10
WORST_RATE: Final = 0.5
FIRST_PAUSE: Final = 10.0
LONGEST_PAUSE: Final = 300.0
SUCCESSES_TO_CLOSE: Final = 2


class Permission(StrEnum):
    """Whether a call may go out."""

    FREE = "free"
    PROBE = "probe"
    HELD = "held"


class Condition(StrEnum):
    """How a breaker stands, the worst last."""

    CLOSED = "closed"
    HALF_OPEN = "half_open"  # a probe is out, or due
    OPEN = "open"


class Circuit(NamedTuple):
    """The breaker; times in seconds on the clock of whoever keeps it.

    *probe_at* is when the next call may go out as a probe; ``None`` while the breaker is closed.
    """

    failures: int = 0
    calls: Slots = ()
    probe_at: float | None = None
    pause: float = FIRST_PAUSE
    successes: int = 0
    probing: bool = False

    def admit(self, now: float, *, lease: float) -> "tuple[Circuit, Permission]":
        """Ask to make a call; a probe that does not report within *lease* seconds is given up."""
        if self.probe_at is None:
            return self, Permission.FREE
        if now < self.probe_at <= now + LONGEST_PAUSE:  # further off, it was set by a clock gone wrong
            return self, Permission.HELD
        return self._replace(probe_at=now + max(self.pause, lease), probing=True), Permission.PROBE

    def record(self, now: float, permission: Permission, *, failed: bool | None) -> "Circuit":
        """Note how a call ended that had *permission*; ``None``: nothing can be concluded from it.

        Calls that were under way when the breaker opened change nothing any more.
        """
        if permission is Permission.PROBE:
            return self._record_probe(now, failed=failed)
        if self.probe_at is not None or failed is None:
            return self
        counted = self._replace(
            failures=self.failures + 1 if failed else 0,
            calls=window.add(self.calls, now, span=SPAN, marked=failed),
        )
        return Circuit(probe_at=now + FIRST_PAUSE) if failed and _is_hopeless(counted, now) else counted

    def tell_condition(self, now: float) -> Condition:
        """Say how the breaker stands."""
        if self.probe_at is None:
            return Condition.CLOSED
        return Condition.HALF_OPEN if self.probing or self.probe_at <= now else Condition.OPEN

    def _record_probe(self, now: float, *, failed: bool | None) -> "Circuit":
        if self.probe_at is None:  # another probe closed it meanwhile
            return self
        if failed:
            pause = min(2 * self.pause, LONGEST_PAUSE)
            return Circuit(probe_at=now + pause, pause=pause)
        successes = self.successes + (failed is False)
        if successes >= SUCCESSES_TO_CLOSE:
            return Circuit()
        return self._replace(probe_at=now, successes=successes, probing=False)


def _is_hopeless(circuit: Circuit, now: float) -> bool:
    calls, failures = window.count(circuit.calls, now, span=SPAN)
    too_many = calls >= FEWEST_CALLS and failures >= WORST_RATE * calls
    return too_many or circuit.failures >= FAILURES_IN_A_ROW
