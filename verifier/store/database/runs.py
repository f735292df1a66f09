"""`DatabaseRuns`: runs of nightly re-verification as those see them who plan and watch them."""

import secrets
from collections.abc import Mapping, Sequence
from datetime import date
from types import MappingProxyType
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, RowMapping, Table, func, select, update

from verifier.access.fence import reach
from verifier.clock import Clock
from verifier.errors import NotFound
from verifier.model.reverification import (
    Item,
    ItemState,
    LaneState,
    Listed,
    Progress,
    Reason,
    Run,
    RunState,
)
from verifier.nightly.ports import Due
from verifier.store.database.engine import Database, insert
from verifier.store.database.roster import DatabaseRoster
from verifier.store.database.tables.runs import items, lanes, runs

NO_SUCH: Final = "There is no such run; list them with GET /v1/reverifications."
LIVE: Final = (LaneState.OPEN, LaneState.PAUSED)

Counted = Mapping[ItemState, tuple[int, int, int]]


def new_id(kind: str) -> str:
    """Make an id: 128 random bits, so that a message or an address that holds it says nothing."""
    return f"{kind}_{secrets.token_urlsafe(16)}"


class DatabaseRuns:
    """The runs of one database (`verifier.nightly.ports.Runs`)."""

    def __init__(self, database: Database, roster: DatabaseRoster, clock: Clock) -> None:
        """Name people by *roster*."""
        self._database = database
        self._roster = roster
        self._clock = clock

    def begin(self, day: date) -> tuple[Run, bool]:
        """Return the run of *day*, and whether this call made it; the unique date lets one do so."""
        made = {"id": new_id("run"), "day": day, "created_at": self._clock.now()}
        with self._database.begin() as connection:
            new = insert(connection, runs).values(**made).on_conflict_do_nothing(index_elements=["day"])
            is_new = connection.execute(new.returning(runs.c.id)).first() is not None
            return _run(connection.execute(select(runs).where(runs.c.day == day)).mappings().one()), is_new

    def latest(self) -> Run | None:
        """Return the run of the latest date."""
        return next(iter(self.listing(limit=1)), None)

    def find(self, run_id: str) -> Run:
        """Return the run; see `verifier.nightly.ports.Runs`."""
        with self._database.read() as connection:
            return _find(connection, run_id)

    def listing(self, *, limit: int) -> Sequence[Run]:
        """Return the latest runs, latest first."""
        with self._database.read() as connection:
            rows = connection.execute(select(runs).order_by(runs.c.day.desc()).limit(limit)).mappings()
            return [_run(row) for row in rows]

    def add(self, run: Run, wanted: Sequence[Due]) -> int:
        """Add items for those who have none in *run*, and count them."""
        if not wanted:
            return 0
        with self._database.begin() as connection:
            ways = {(each.payer, each.facility): each for each in wanted}
            lane_ids = {way: _lane_id(connection, run, due) for way, due in ways.items()}
            rows = [_new_item(run, due, lane_ids[due.payer, due.facility]) for due in wanted]
            new = insert(connection, items).on_conflict_do_nothing(index_elements=["run_id", "entry_id"])
            added = len(connection.execute(new.returning(items.c.id), rows).all())
            _open_again(connection, run)
        return added

    def mark_planned(self, run_id: str) -> None:
        """Note that everybody due has an item."""
        planned = update(runs).where(runs.c.id == run_id, runs.c.planned_at.is_(None))
        with self._database.begin() as connection:
            connection.execute(planned.values(planned_at=self._clock.now()))

    def progress(self, run_id: str) -> Progress:
        """Tell how far the run is; see `verifier.nightly.ports.Runs`."""
        with self._database.read() as connection:
            run = _find(connection, run_id)
            counted = _count(connection, run_id)
            states = _lane_states(connection, run_id)
            parked = _parked(connection, run_id)
        return Progress(
            run=run,
            state=_judge(run, states),
            counts=MappingProxyType({state: number for state, (number, _, _) in counted.items()}),
            changed=sum(changed for _, changed, _ in counted.values()),
            repeats=sum(repeats for _, _, repeats in counted.values()),
            parked=MappingProxyType(parked),
        )

    def items(
        self, run_id: str, *, limit: int, after: str | None = None, state: ItemState | None = None
    ) -> Sequence[Listed]:
        """Return items of the run within reach, with whose they are, in the order of their ids."""
        wanted = select(items, lanes.c.payer).join(lanes, items.c.lane_id == lanes.c.id)
        wanted = (
            wanted.where(items.c.run_id == run_id, *within_reach(items)).order_by(items.c.id).limit(limit)
        )
        if after is not None:
            wanted = wanted.where(items.c.id > after)
        if state is not None:
            wanted = wanted.where(items.c.state == state.value)
        with self._database.read() as connection:
            _find(connection, run_id)
            rows = [dict(row) for row in connection.execute(wanted).mappings()]
            entries = self._roster.names_in(connection, [row["entry_id"] for row in rows])
        return [self._list(row, entries) for row in rows]

    def ways(self, run_id: str) -> Mapping[tuple[str, str], int]:
        """Count the people of the run within reach, by payer and facility."""
        way = (lanes.c.payer, lanes.c.facility)
        counts = select(*way, func.count()).join(items, items.c.lane_id == lanes.c.id).group_by(*way)
        with self._database.read() as connection:
            _find(connection, run_id)
            rows = connection.execute(counts.where(lanes.c.run_id == run_id, *within_reach(lanes)))
            return {(payer, facility): number for payer, facility, number in rows}

    def switch(self, run_id: str, *, to: LaneState) -> int:
        """Open, pause or cancel the lanes of the run within reach that are not done, and count them."""
        live = update(lanes).where(lanes.c.run_id == run_id, lanes.c.state.in_(LIVE), *within_reach(lanes))
        with self._database.begin() as connection:
            _find(connection, run_id)
            changed = connection.execute(live.values(state=to.value, called_at=None)).rowcount
            if to is LaneState.CANCELLED:
                self._cancel(connection, run_id)
        return changed

    def _cancel(self, connection: Connection, run_id: str) -> None:
        """End what waits; what is being asked is let come to its end, as it may be paid for."""
        waiting = update(items).where(
            items.c.run_id == run_id, items.c.state == ItemState.WAITING.value, *within_reach(items)
        )
        ended = {"state": ItemState.CANCELLED.value, "ended_at": self._clock.now()}
        connection.execute(waiting.values(**ended))

    def _list(self, row: dict[str, Any], entries: Mapping[str, Any]) -> Listed:
        entry, payer = entries.get(row["entry_id"]), row.pop("payer")
        patient = entry.inquiry.patient if entry else None
        member = entry.inquiry.member if entry else None
        last = (patient and patient.last_name) or (member and member.last_name) or ""
        first = (patient and patient.first_name) or (member and member.first_name)
        return Listed(read_item(row), payer, last, first)


def within_reach(table: Table) -> list[ColumnElement[bool]]:
    """Confine a statement on *table* to the facilities within reach."""
    facilities = reach()
    return [] if facilities.every else [table.c.facility.in_(sorted(facilities.names))]


def read_item(row: Mapping[Any, Any]) -> Item:
    """Read an item from its row."""
    words = {"state": ItemState(row["state"]), "reason": Reason(row["reason"]) if row["reason"] else None}
    return Item(**dict(row) | words)


def _run(row: RowMapping) -> Run:
    return Run(**row)


def _find(connection: Connection, run_id: str) -> Run:
    row = connection.execute(select(runs).where(runs.c.id == run_id)).mappings().first()
    if row is None:
        raise NotFound(NO_SUCH)
    return _run(row)


def _lane_id(connection: Connection, run: Run, due: Due) -> str:
    """Return the lane of a payer and facility, made if there is none."""
    made: dict[str, Any] = {"id": new_id("lan"), "run_id": run.id, "payer": due.payer}
    made |= {
        "facility": due.facility,
        "state": LaneState.OPEN.value,
        "not_before": due.not_before,
        "not_after": due.not_after,
    }
    unique = ["run_id", "payer", "facility"]
    new = insert(connection, lanes).values(**made, turn=0, faults=0)
    connection.execute(new.on_conflict_do_nothing(index_elements=unique))
    same = (lanes.c.run_id == run.id, lanes.c.payer == due.payer, lanes.c.facility == due.facility)
    return str(connection.scalar(select(lanes.c.id).where(*same)))


def _open_again(connection: Connection, run: Run) -> None:
    """Go on with lanes that were done, and with the run, for those who were added."""
    waits = select(items.c.id).where(items.c.lane_id == lanes.c.id, items.c.state == ItemState.WAITING.value)
    done = (lanes.c.run_id == run.id, lanes.c.state == LaneState.DONE.value, waits.exists())
    opened = update(lanes).where(*done).values(state=LaneState.OPEN.value, called_at=None)
    if connection.execute(opened).rowcount:
        connection.execute(update(runs).where(runs.c.id == run.id).values(finished_at=None))


def _new_item(run: Run, due: Due, lane_id: str) -> dict[str, Any]:
    return {
        "id": new_id("itm"),
        "run_id": run.id,
        "lane_id": lane_id,
        "entry_id": due.entry_id,
        "facility": due.facility,
        "cause": due.cause,
        "state": ItemState.WAITING.value,
        "attempts": 0,
        "not_before": due.not_before,
        "repeats": 0,
    }


def _count(connection: Connection, run_id: str) -> Counted:
    """Count, of each state, the items, those with changes, and the calls that may have been repeated."""
    changed = func.count().filter(items.c.changes > 0)
    counts = select(items.c.state, func.count(), changed, func.coalesce(func.sum(items.c.repeats), 0))
    counts = counts.where(items.c.run_id == run_id, *within_reach(items)).group_by(items.c.state)
    return {
        ItemState(state): (number, some, int(twice))
        for state, number, some, twice in connection.execute(counts)
    }


def _lane_states(connection: Connection, run_id: str) -> frozenset[LaneState]:
    states = select(lanes.c.state).where(lanes.c.run_id == run_id, *within_reach(lanes)).distinct()
    return frozenset(map(LaneState, connection.scalars(states)))


def _parked(connection: Connection, run_id: str) -> dict[str, Reason]:
    """Name the payers that are not asked at present although somebody waits, and why."""
    waits = select(lanes.c.payer, lanes.c.reason).where(
        lanes.c.run_id == run_id, lanes.c.state == LaneState.OPEN.value, lanes.c.reason.is_not(None)
    )
    rows = connection.execute(waits.where(*within_reach(lanes)))
    return {payer: Reason(reason) for payer, reason in rows}


def _judge(run: Run, states: frozenset[LaneState]) -> RunState:
    """Say how far a run has come by the states of its lanes."""
    if LaneState.OPEN in states:
        return RunState.RUNNING if run.planned_at else RunState.PLANNING
    if LaneState.PAUSED in states:
        return RunState.PAUSED
    if run.planned_at is None:
        return RunState.PLANNING
    return RunState.CANCELLED if states == {LaneState.CANCELLED} else RunState.FINISHED
