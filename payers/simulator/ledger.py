"""The ledger of calls received: the only honest count of what was asked, and what was paid for."""

from collections import Counter, deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from threading import Lock
from typing import Any, Final

ANSWERED: Final = "answered"  # a 271 with benefits
REJECTED: Final = "rejected"  # a 271 with an AAA
PAID: Final = frozenset({ANSWERED, REJECTED})
KEPT: Final = 100_000


@dataclass(frozen=True, slots=True)
class Call:
    """One call as the payer saw it; *outcome* is what the payer did, even if the caller had left."""

    time: str  # ISO 8601, UTC
    wire: str  # mime, soap, stedi or optum
    outcome: str  # answered, rejected, the kind of a fault, or the CORE error code of the envelope
    scenario: str | None = None
    interchange: str | None = None  # ISA13
    trace: str | None = None  # TRN02
    services: tuple[str, ...] = field(default=(), repr=False)


class Ledger:
    """A thread-safe list of calls; counts cover every call, the list the latest 100,000."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._calls: deque[Call] = deque(maxlen=KEPT)
        self._outcomes: Counter[str] = Counter()
        self._scenarios: Counter[str] = Counter()

    def count(self, scenario: str) -> int:
        """Count one more call for *scenario* and tell which it is, from 1."""
        with self._lock:
            self._scenarios[scenario] += 1
            return self._scenarios[scenario]

    def record(self, call: Call) -> None:
        """Add *call*."""
        with self._lock:
            self._calls.append(call)
            self._outcomes[call.outcome] += 1

    @property
    def calls(self) -> Sequence[Call]:
        """Copy the calls, oldest first."""
        with self._lock:
            return tuple(self._calls)

    @property
    def received(self) -> int:
        """Count every call, whatever came of it."""
        with self._lock:
            return self._outcomes.total()

    @property
    def paid(self) -> int:
        """Count the calls answered with a 271: what a clearinghouse bills."""
        with self._lock:
            return sum(self._outcomes[outcome] for outcome in PAID)

    def dump(self) -> dict[str, Any]:
        """Give counts and control numbers, for JSON; nothing of a member, nor the service types asked."""
        with self._lock:
            calls = [
                {
                    "time": call.time,
                    "wire": call.wire,
                    "outcome": call.outcome,
                    "scenario": call.scenario,
                    "interchange": call.interchange,
                    "trace": call.trace,
                }
                for call in self._calls
            ]
            outcomes, scenarios = dict(self._outcomes), dict(self._scenarios)
        paid = sum(outcomes.get(outcome, 0) for outcome in PAID)
        return {
            "received": sum(outcomes.values()),
            "paid": paid,
            "outcomes": outcomes,
            "scenarios": scenarios,
            "calls": calls,
        }
