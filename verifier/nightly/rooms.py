"""The rooms of nightly re-verification, put together: what desks, workers and schedulers each take of it."""

from dataclasses import dataclass
from datetime import time
from typing import Final

from verifier.calls import CallState
from verifier.model.audit import Context
from verifier.nightly.desk import Night, RosterDesk
from verifier.nightly.hours import THREE
from verifier.nightly.judging import Terms
from verifier.nightly.pacing import Pacer
from verifier.nightly.ports import Lanes, Runs
from verifier.nightly.runs import RunDesk
from verifier.nightly.shift import Asking, Compare, Shift, compare_nothing
from verifier.nightly.watch import Watch

USUAL: Final = Terms()


@dataclass(frozen=True, slots=True)
class NightRooms:
    """Everything nightly; *compare* says what an answer changes."""

    night: Night
    runs: Runs
    lanes: Lanes
    asking: Asking
    state: CallState
    terms: Terms = USUAL
    opens: time = THREE
    compare: Compare = compare_nothing

    def roster_desk(self, context: Context) -> RosterDesk:
        """Open the desk of the nightly list."""
        return RosterDesk(self.night, context)

    def run_desk(self, context: Context) -> RunDesk:
        """Open the desk of the runs."""
        return RunDesk(self.night, self.runs, context, opens=self.opens)

    def shift(self) -> Shift:
        """Return what a worker goes by."""
        pacer = Pacer(self.state, self.terms.per_minute)
        parts = (self.night, self.lanes, self.asking, pacer, self.terms)
        return Shift(*parts, opens=self.opens, compare=self.compare)

    def watch(self) -> Watch:
        """Return what a scheduler goes by."""
        return Watch(self.night, self.runs, self.lanes, opens=self.opens)
