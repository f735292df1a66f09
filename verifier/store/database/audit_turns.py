"""`Turns`: many threads write one chain; whoever's turn it is writes for all who wait.

The chain can grow by one transaction at a time. So those who come while one is under way are written
together by the next, and a hundred at once wait for two transactions instead of a hundred.
"""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from verifier.model.audit import Event


@dataclass(slots=True)
class _Entry:
    events: Sequence[Event]
    written: bool = False
    fault: Exception | None = None


@dataclass(slots=True)
class Turns:
    """Takes turns at *write*, which writes events in order, all or none."""

    write: Callable[[Sequence[Event]], None]
    _waiting: list[_Entry] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _turn: threading.Lock = field(default_factory=threading.Lock)

    def take(self, events: Sequence[Event]) -> None:
        """Return when *events* are written; raises what kept them from it."""
        entry = _Entry(events)
        with self._lock:
            self._waiting.append(entry)
        with self._turn:
            if not entry.written and entry.fault is None:
                self._write_waiting()
        if entry.fault:
            raise entry.fault

    def _write_waiting(self) -> None:
        with self._lock:
            entries, self._waiting = self._waiting, []
        try:
            self.write([event for entry in entries for event in entry.events])
        except Exception as fault:  # noqa: BLE001 - each who waited must be told whatever it is
            for entry in entries:
                entry.fault = fault
        else:
            for entry in entries:
                entry.written = True
