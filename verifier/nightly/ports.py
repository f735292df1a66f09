"""What nightly re-verification asks of the outside."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Protocol

from verifier.model.inquiry import Inquiry
from verifier.model.payment import PlanKind
from verifier.model.reverification import (
    Grant,
    ItemState,
    Lane,
    LaneState,
    Listed,
    Progress,
    Reason,
    Run,
)
from verifier.model.roster import Entry

Change = Callable[[Entry], Entry]


class PayerTimes(Protocol):
    """What is known of a payer before it is asked at night."""

    def kind(self, payer_id: str) -> PlanKind | None:
        """Tell what kind of plan a payer of the directory is; ``None`` for one that is not known here."""
        ...

    def zone(self, payer_id: str) -> str | None:
        """Tell by whose clock the payer's night ends; ``None``: by that of the facility.

        Raises:
            NotFound: the directory knows no such payer.
        """
        ...

    def count_calls(self, inquiry: Inquiry) -> int:
        """Count the questions that a verification of *inquiry* puts, and pays for, when all goes well."""
        ...


class Roster(Protocol):
    """The enrolled people; whoever looks finds those of the facilities within reach.

    Everything raises `Unavailable` while the store is away; nothing is done then.
    """

    def add(self, entry: Entry) -> None:
        """Keep a new *entry*.

        Raises:
            Conflict: this person is on the list already, for this payer and facility.
        """
        ...

    def find(self, entry_id: str) -> Entry:
        """Return the entry.

        Raises:
            NotFound: there is none under this id, or it is of a facility out of reach.
        """
        ...

    def change(self, entry_id: str, change: Change) -> Entry:
        """Replace an entry by what *change* makes of it as it stands, and return that.

        Nobody else changes it meanwhile; *change* asks the store for nothing.

        Raises:
            NotFound: there is none under this id, or it is of a facility out of reach.
            Conflict: somebody on the list already is the same person, for this payer and facility.
        """
        ...

    def listing(self, *, limit: int, after: str | None = None, enrolled: bool = True) -> Sequence[Entry]:
        """Return entries in the order of their ids, beyond *after*; discharged ones if not *enrolled*."""
        ...

    def stream(self) -> Iterator[Sequence[Entry]]:
        """Go through everybody who is enrolled, some at a time; never all are held at once."""
        ...


@dataclass(frozen=True, slots=True)
class Due:
    """Somebody to be asked about in a run, why, and in which lane: from when until when it is open."""

    entry_id: str
    facility: str
    payer: str
    cause: str
    not_before: datetime
    not_after: datetime


@dataclass(frozen=True, slots=True)
class Settled:
    """What became of an item that was granted, and when its lane goes on; ``None`` leaves it as it was.

    ``entry`` changes the entry on the list in the same transaction. ``repeated``: the payer of an item that
    was taken over was asked, perhaps a second time. ``closes`` ends the lane: everybody in it who is still
    open ends with ``reason``.
    """

    state: ItemState
    reason: Reason | None = None
    retry_at: datetime | None = None
    sent: bool = True
    repeated: bool = False
    changes: int | None = None
    entry: Callable[[Entry], Entry] | None = None
    fault: bool = False
    recovered: bool = False
    lane_not_before: datetime | None = None
    lane_reason: Reason | None = None
    closes: bool = False


class Runs(Protocol):
    """Runs, their lanes and items: the truth of what is to be done, whatever became of any message.

    Everything raises `Unavailable` while the store is away; nothing is done then.
    """

    def begin(self, day: date) -> tuple[Run, bool]:
        """Return the run of *day*, and whether this call made it; of many at once one does."""
        ...

    def latest(self) -> Run | None:
        """Return the run of the latest date."""
        ...

    def find(self, run_id: str) -> Run:
        """Return the run.

        Raises:
            NotFound: there is none under this id.
        """
        ...

    def listing(self, *, limit: int) -> Sequence[Run]:
        """Return the latest runs, latest first."""
        ...

    def add(self, run: Run, wanted: Sequence[Due]) -> int:
        """Add items for those who have none in *run*, and count them."""
        ...

    def mark_planned(self, run_id: str) -> None:
        """Note that everybody due has an item."""
        ...

    def progress(self, run_id: str) -> Progress:
        """Tell how far the run is, as far as it is within reach.

        Raises:
            NotFound: there is none under this id.
        """
        ...

    def items(
        self, run_id: str, *, limit: int, after: str | None = None, state: ItemState | None = None
    ) -> Sequence[Listed]:
        """Return items of the run within reach, in the order of their ids."""
        ...

    def ways(self, run_id: str) -> Mapping[tuple[str, str], int]:
        """Count the people of the run within reach, by payer and facility."""
        ...

    def switch(self, run_id: str, *, to: LaneState) -> int:
        """Open, pause or cancel the lanes of the run within reach that are not done, and count them."""
        ...


class Lanes(Protocol):
    """The lanes as those who work on them see them; of every facility."""

    def call(self, *, again: timedelta) -> Sequence[tuple[str, int]]:
        """Return lanes that somebody is to be sent for, with their turn, and note that it was done.

        Those are open, due, and held by nobody whose lease runs; *again* after the last call.
        """
        ...

    def look(self, lane_id: str, turn: int) -> Lane | None:
        """Return the lane if it is open and this is its turn."""
        ...

    def postpone(self, lane: Lane, until: datetime, reason: Reason | None) -> None:
        """Let nobody be sent for *lane* before *until*."""
        ...

    def claim(self, lane: Lane, *, lease: timedelta) -> Grant | None:
        """Take the turn and the item that is next, and write down that its payer will be asked.

        ``None`` when another was faster, or nothing is due.
        """
        ...

    def extend(self, grant: Grant, *, lease: timedelta) -> bool:
        """Hold on to *grant* for *lease* from now; false when it was lost."""
        ...

    def settle(self, grant: Grant, settled: Settled) -> tuple[int, datetime] | None:
        """Write down what became of the item: all of it, or nothing when the grant was lost.

        Returns the lane's next turn and when it goes on; ``None`` when the lane is done, not open, or lost.
        """
        ...

    def close_overdue(self) -> int:
        """End the lanes whose time is over, and count them; who is still open in them was not reached."""
        ...

    def finish(self) -> Sequence[Run]:
        """Note which runs are finished now, and return them; each is returned once."""
        ...
