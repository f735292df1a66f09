"""`Watch`: what is looked after every few seconds, by as many schedulers as there are.

Whatever a message did or did not do, this sets it right: the run of the date is made, lanes that nobody works
at are sent for, lanes whose time is over are ended, and so is a run that is done.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import time, timedelta
from typing import Final

from verifier.model.reverification import Run
from verifier.nightly.calendar import is_missing
from verifier.nightly.desk import Night
from verifier.nightly.hours import THREE
from verifier.nightly.planning import plan
from verifier.nightly.ports import Lanes, Runs

CALLED_AGAIN: Final = timedelta(seconds=15)  # a message that was lost costs its lane so long
Send = Callable[[str, int], None]

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Watch:
    """Everything that looking after the runs needs."""

    night: Night
    runs: Runs
    lanes: Lanes
    opens: time = THREE
    called_again: timedelta = CALLED_AGAIN

    def make_run(self) -> Run | None:
        """Make today's run if there is none yet, plan what is not planned, and return it if work was done."""
        latest, today = self.runs.latest(), self.night.today
        if is_missing(today, latest.day if latest else None):
            run = self.runs.begin(today)[0]
        elif latest and latest.day == today and latest.planned_at is None:
            run = latest  # whoever made it died before everybody was planned
        else:
            return None
        added = plan(self.night, self.runs, run, opens=self.opens)
        log.info("run %s planned: %d people", run.id, added)
        return run

    def look(self, send: Send) -> None:
        """Send for whoever is needed, and end what is over."""
        self.lanes.close_overdue()
        for lane_id, turn in self.lanes.call(again=self.called_again):
            send(lane_id, turn)
        for run in self.lanes.finish():
            log.info("run %s finished", run.id)
