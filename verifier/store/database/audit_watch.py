"""The trail with its anchors: for whoever keeps watch over it, and in a service that anchors by itself."""

import logging
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final, Self

from verifier.clock import Clock
from verifier.errors import AuditUnavailable
from verifier.model.audit import Action, Context, Event, Person, Sought, TrailCheck
from verifier.store.audit_anchor import AnchorFile
from verifier.store.database.audit_trail import DatabaseTrail

EVERY: Final = timedelta(minutes=5)  # no more of the tail than this can be cut unnoticed
MOST_EVENTS: Final = 1_000  # nor more events than this

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class AuditWatch:
    """Fulfils `verifier.access.ports.AuditOffice`; whoever looks is recorded too, in *context*."""

    trail: DatabaseTrail
    anchors: AnchorFile
    clock: Clock
    context: Context

    def verify(self) -> TrailCheck:
        """Go through all of the trail and every anchor; see `verifier.access.ports.AuditOffice`.

        Raises:
            AnchorBroken: the anchor file is not as it was signed.
        """
        found = self.trail.verify(self.anchors.read())
        self._record("trail verified")
        return found

    def anchor(self) -> int:
        """Sign where the trail stands; see `verifier.access.ports.AuditOffice`."""
        head = self.trail.head()
        try:
            self.anchors.append(head, self.clock.now())
        except OSError as error:
            raise AuditUnavailable(f"The anchor file cannot be written ({error.strerror}).") from error
        return head.sequence

    def search(self, sought: Sought, *, limit: int) -> Sequence[Event]:
        """Return the newest events that are sought; see `verifier.access.ports.AuditOffice`."""
        self._record("trail searched")
        return self.trail.search(sought, limit=limit)

    def about(self, person: Person) -> Sequence[Event]:
        """Return what was done with this person's data; see `verifier.access.ports.AuditOffice`."""
        self._record("disclosures reported", person)
        return self.trail.about(person)

    def _record(self, what: str, whose: Person | None = None) -> None:
        self.trail.record(Event(Action.AUDIT, what, self.context, self.clock.now(), whose=whose))


@dataclass(slots=True)
class AnchoredTrail:
    """The trail of a running service (`verifier.ports.Audit`): anchored as long as the context lasts.

    An anchor that cannot be written is logged and tried again; the trail itself goes on.
    """

    watch: AuditWatch
    every: timedelta = EVERY
    most_events: int = MOST_EVENTS
    _anchored: int = 0
    _unanchored: int = 0
    _closing: bool = False
    _wake: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self._run, name="audit anchor", daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._closing = True
        self._wake.set()
        if self._thread:
            self._thread.join()

    def record(self, *events: Event) -> None:
        """Append *events*; see `verifier.ports.Audit`."""
        self.watch.trail.record(*events)
        self._unanchored += len(events)
        if self._unanchored >= self.most_events:
            self._wake.set()

    def _run(self) -> None:
        while not self._closing:
            self._wake.wait(self.every.total_seconds())
            self._wake.clear()
            self._unanchored = 0
            self._anchor()

    def _anchor(self) -> None:
        try:
            if self.watch.trail.head().sequence > self._anchored:
                self._anchored = self.watch.anchor()
        except AuditUnavailable as error:
            log.warning("the audit trail was not anchored (%s)", error.detail)
