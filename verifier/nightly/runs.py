"""`RunDesk`: what one caller does with the runs; each use case leaves its event before its result is served.

What changes a run changes it for the facilities within the caller's reach, and for no other.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import date, time, timedelta
from typing import Final

from verifier.errors import BadInput
from verifier.model.audit import Action, Context
from verifier.model.reverification import ItemState, LaneState, Listed, Progress, Run
from verifier.nightly.desk import Night
from verifier.nightly.hours import THREE
from verifier.nightly.planning import PayerClock, Plan, find_clock, plan, preview
from verifier.nightly.ports import Runs
from verifier.recorded import Recorded, name_record

MOST_LISTED: Final = 200
FARTHEST: Final = timedelta(days=366)  # that a plan is previewed for


class RunDesk(Recorded):
    """The runs for one caller; raises AuditUnavailable before it serves anything unrecorded."""

    def __init__(self, night: Night, runs: Runs, context: Context, *, opens: time = THREE) -> None:
        """Act in *context*."""
        super().__init__(night.audit, night.clock, context)
        self._night = night
        self._runs = runs
        self._opens = opens

    @property
    def today(self) -> date:
        """Return the organization's date now."""
        return self._night.today

    def start(self) -> tuple[Progress, bool]:
        """Make and plan today's run, and tell whether it was new; one that stands is added to."""

        def work() -> tuple[Progress, bool]:
            run, is_new = self._runs.begin(self._night.today)
            plan(self._night, self._runs, run, opens=self._opens)
            return self._runs.progress(run.id), is_new

        return self.leave(Action.CHANGE, "reverification", work)

    def preview(self, day: date | None = None) -> Plan:
        """Say what a run of *day* (today when left out) would do, and do nothing.

        Raises:
            BadInput: the day is over, or too far away.
        """
        on = day or self._night.today
        if not self._night.today <= on <= self._night.today + FARTHEST:
            raise BadInput("A plan can be made for today and the year to come.", {"/date": "is out of range"})
        return self.leave(Action.SEARCH, "roster", lambda: preview(self._night, on))

    def listing(self, *, limit: int) -> Sequence[Run]:
        """List the latest runs; nobody is named in them, so nothing is recorded."""
        return self._runs.listing(limit=max(1, min(limit, MOST_LISTED)))

    def progress(self, run_id: str) -> Progress:
        """Tell how far a run is; it counts people and names none, so nothing is recorded.

        Raises:
            NotFound: there is none under this id.
        """
        return self._runs.progress(run_id)

    def clocks(self, run_id: str) -> Counter[PayerClock]:
        """Count the people of a run by the clock their payer is asked by; names nobody, is not recorded.

        Raises:
            NotFound: there is none under this id.
        """
        found: Counter[PayerClock] = Counter()
        for (payer, facility), people in self._runs.ways(run_id).items():
            found[find_clock(self._night, payer, facility)] += people
        return found

    def items(
        self, run_id: str, *, limit: int, after: str | None = None, state: ItemState | None = None
    ) -> Sequence[Listed]:
        """List people of a run, with what became of each.

        Raises:
            NotFound: there is none under this id.
        """
        most = max(1, min(limit, MOST_LISTED))
        return self.leave(
            Action.SEARCH,
            name_record("reverification", run_id),
            lambda: self._runs.items(run_id, limit=most, after=after, state=state),
        )

    def pause(self, run_id: str) -> Progress:
        """Ask about nobody more until it is resumed; who is being asked about is let come to the end."""
        return self._switch(run_id, LaneState.PAUSED)

    def resume(self, run_id: str) -> Progress:
        """Go on with what was paused."""
        return self._switch(run_id, LaneState.OPEN)

    def cancel(self, run_id: str) -> Progress:
        """Ask about nobody more in this run."""
        return self._switch(run_id, LaneState.CANCELLED)

    def _switch(self, run_id: str, state: LaneState) -> Progress:
        def work() -> Progress:
            self._runs.switch(run_id, to=state)
            return self._runs.progress(run_id)

        return self.leave(Action.CHANGE, name_record("reverification", run_id), work)
