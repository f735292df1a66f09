"""`DatabaseLanes`: how workers take turns (`verifier.nightly.ports.Lanes`).

A turn is taken by one statement, which only one of many can carry out; what follows from it is written in the
same transaction: who holds the lane until when, and which item's payer is about to be asked. A worker that
died holds it until its lease ends; one that comes back late finds its token replaced, and writes nothing.
"""

import secrets
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, Select, and_, func, or_, select, update

from verifier.clock import Clock
from verifier.model.reverification import (
    OPEN_STATES,
    Grant,
    Item,
    ItemState,
    Lane,
    LaneState,
    Reason,
    Run,
)
from verifier.nightly.ports import Settled
from verifier.store.database.engine import Database
from verifier.store.database.roster import DatabaseRoster
from verifier.store.database.runs import LIVE, new_id, read_item
from verifier.store.database.tables.runs import items, lanes, runs

Transaction = Connection
Announce = Callable[[Connection, Run, str], None]
UNENDED: Final = tuple(state.value for state in OPEN_STATES)
LANE: Final = (*(lanes.c[name] for name in Lane.__dataclass_fields__ if name != "day"), runs.c.day)


class DatabaseLanes:
    """The lanes of one database."""

    def __init__(
        self, database: Database, roster: DatabaseRoster, clock: Clock, *, announce: Announce | None = None
    ) -> None:
        """Change entries of *roster* with what became of them, and *announce* the end of a run with it."""
        self._announce = announce
        self._database = database
        self._roster = roster
        self._clock = clock

    def call(self, *, again: timedelta) -> Sequence[tuple[str, int]]:
        """Return lanes that somebody is to be sent for; see `verifier.nightly.ports.Lanes`."""
        now = self._clock.now()
        idle = or_(lanes.c.lease_until.is_(None), lanes.c.lease_until <= now)
        uncalled = or_(lanes.c.called_at.is_(None), lanes.c.called_at <= now - again)
        due = (lanes.c.state == LaneState.OPEN.value, lanes.c.not_before <= now, idle, uncalled)
        with self._database.read() as connection:
            if not connection.scalar(select(lanes.c.id).where(*due).limit(1)):
                return []  # most looks find nothing, and nothing is written for them
        free = select(lanes.c.id).where(*due).with_for_update(skip_locked=True)  # or two wait in a circle
        called = update(lanes).where(lanes.c.id.in_(free)).values(called_at=now)
        with self._database.begin() as connection:
            rows = connection.execute(called.returning(lanes.c.id, lanes.c.turn))
            return [(lane_id, turn) for lane_id, turn in rows]

    def look(self, lane_id: str, turn: int) -> Lane | None:
        """Return the lane if it is open and this is its turn."""
        own = (lanes.c.id == lane_id, lanes.c.turn == turn, lanes.c.state == LaneState.OPEN.value)
        with self._database.read() as connection:
            row = connection.execute(_select_lane().where(*own)).mappings().first()
        return _lane(row) if row else None

    def postpone(self, lane: Lane, until: datetime, reason: Reason | None) -> None:
        """Let nobody be sent for *lane* before *until*."""
        same = update(lanes).where(lanes.c.id == lane.id, lanes.c.turn == lane.turn)
        later = {"not_before": until, "called_at": None, "reason": reason and reason.value}
        with self._database.begin() as connection:
            connection.execute(same.values(**later))

    def claim(self, lane: Lane, *, lease: timedelta) -> Grant | None:
        """Take the turn and the next item, and write down that its payer will be asked."""
        now, token = self._clock.now(), secrets.token_hex(16)
        free = or_(lanes.c.lease_until.is_(None), lanes.c.lease_until <= now)
        mine = and_(lanes.c.id == lane.id, lanes.c.turn == lane.turn, lanes.c.state == LaneState.OPEN.value)
        taken = {"holder": token, "lease_until": now + lease, "turn": lane.turn + 1, "called_at": now}
        with self._database.begin() as connection:
            if not connection.execute(update(lanes).where(mine, free).values(**taken)).rowcount:
                return None
            item = _next_item(connection, lane.id, now)
            if item is None:
                _rest(connection, lane.id, now)
                return None
            return _write_intent(connection, Grant(lane, item, token, now + lease, _is_in_doubt(item)), now)

    def extend(self, grant: Grant, *, lease: timedelta) -> bool:
        """Hold on to *grant* for *lease* from now; false when it was lost."""
        held = update(lanes).where(lanes.c.id == grant.lane.id, lanes.c.holder == grant.token)
        with self._database.begin() as connection:
            return bool(connection.execute(held.values(lease_until=self._clock.now() + lease)).rowcount)

    def settle(self, grant: Grant, settled: Settled) -> tuple[int, datetime] | None:
        """Write down what became of the item, if the grant still holds."""
        now = self._clock.now()
        with self._database.begin() as connection:
            if not _give_back(connection, grant, settled, now):
                return None
            _end_item(connection, grant, settled, now)
            if settled.entry:
                self._roster.change_in(connection, grant.item.entry_id, settled.entry)
            if settled.closes:
                _close(connection, grant.lane.id, settled.reason, now)
            return _rest(connection, grant.lane.id, now)

    def close_overdue(self) -> int:
        """End the lanes whose time is over, and count them."""
        now = self._clock.now()
        free = or_(lanes.c.lease_until.is_(None), lanes.c.lease_until <= now)
        late = select(lanes.c.id, lanes.c.reason).where(
            lanes.c.state.in_(LIVE), lanes.c.not_after <= now, free
        )
        with self._database.read() as connection:
            found = connection.execute(late).all()
        for lane_id, reason in found:
            with self._database.begin() as connection:
                _close(connection, lane_id, Reason(reason) if reason else Reason.OUT_OF_TIME, now)
        return len(found)

    def finish(self) -> Sequence[Run]:
        """Note which runs are finished now, and return them; each is returned once."""
        live = select(lanes.c.id).where(lanes.c.run_id == runs.c.id, lanes.c.state.in_(LIVE)).exists()
        ended = (runs.c.planned_at.is_not(None), runs.c.finished_at.is_(None), ~live)
        with self._database.read() as connection:
            if not connection.scalar(select(runs.c.id).where(*ended).limit(1)):
                return ()
        finished = update(runs).where(*ended).values(finished_at=self._clock.now()).returning(runs)
        with self._database.begin() as connection:
            found = [Run(**row) for row in connection.execute(finished).mappings()]
            for run in found:
                self._tell(connection, run)
        return found

    def _tell(self, connection: Connection, run: Run) -> None:
        """Tell of each facility's people that the run is finished, in the same transaction."""
        facilities = select(lanes.c.facility).where(lanes.c.run_id == run.id).distinct()
        if self._announce:
            for facility in connection.scalars(facilities).all():
                self._announce(connection, run, facility)


def _select_lane() -> Select[Any]:
    return select(*LANE).join(runs, lanes.c.run_id == runs.c.id)


def _lane(row: Mapping[Any, Any]) -> Lane:
    reason = Reason(row["reason"]) if row["reason"] else None
    return Lane(**dict(row) | {"state": LaneState(row["state"]), "reason": reason})


def _is_in_doubt(item: Item) -> bool:
    return item.state is ItemState.ASKING


def _next_item(connection: Connection, lane_id: str, now: datetime) -> Item | None:
    """Choose what a worker that died left behind, else who has waited longest, by looks at an index."""
    own = select(items).where(items.c.lane_id == lane_id).limit(1)
    waits = own.where(items.c.state == ItemState.WAITING.value, items.c.not_before <= now)
    wanted = (own.where(items.c.state == ItemState.ASKING.value), waits.order_by(items.c.not_before))
    rows = (connection.execute(each).mappings().first() for each in wanted)
    return next((read_item(row) for row in rows if row), None)


def _write_intent(connection: Connection, grant: Grant, now: datetime) -> Grant:
    """Write down whose payer is about to be asked and under which id its answer will stand.

    What is taken over keeps its id, so that an answer that was kept already is found and no second is made.
    That its call may be a second one is written down now: who takes it over may die as well.
    """
    item = grant.item
    intent: dict[str, Any] = {"state": ItemState.ASKING.value, "first_at": item.first_at or now}
    if grant.taken_over:
        intent |= {"repeats": item.repeats + 1}
    else:
        intent |= {"attempts": item.attempts + 1, "verification_id": new_id("ver")}
    connection.execute(update(items).where(items.c.id == item.id).values(**intent))
    row = connection.execute(select(items).where(items.c.id == item.id)).mappings().one()
    return Grant(grant.lane, read_item(row), grant.token, grant.until, grant.taken_over)


def _give_back(connection: Connection, grant: Grant, settled: Settled, now: datetime) -> bool:
    """Let the lane go, with what the answer says of its payer; false when the grant was lost."""
    held = update(lanes).where(lanes.c.id == grant.lane.id, lanes.c.holder == grant.token)
    values: dict[str, Any] = {"holder": None, "lease_until": None, "called_at": now}
    values["reason"] = settled.lane_reason and settled.lane_reason.value
    if settled.lane_not_before:
        values |= {"not_before": settled.lane_not_before}
    if settled.fault:
        values |= {"faults": grant.lane.faults + 1, "faulty_since": grant.lane.faulty_since or now}
    if settled.recovered:
        values |= {"faults": 0, "faulty_since": None}
    return bool(connection.execute(held.values(**values)).rowcount)


def _end_item(connection: Connection, grant: Grant, settled: Settled, now: datetime) -> None:
    item, unrepeated = grant.item, grant.taken_over and not settled.repeated
    values: dict[str, Any] = {"state": settled.state.value, "reason": settled.reason and settled.reason.value}
    values |= {"changes": settled.changes, "repeats": item.repeats - unrepeated}
    if settled.state is ItemState.ASKING:  # it stays as if its worker had died
        values |= {"not_before": settled.retry_at or now}
    elif settled.state is ItemState.WAITING:
        values |= {"not_before": settled.retry_at or now, "attempts": item.attempts - (not settled.sent)}
    else:
        values |= {"ended_at": now}
    connection.execute(update(items).where(items.c.id == item.id).values(**values))


def _rest(connection: Connection, lane_id: str, now: datetime) -> tuple[int, datetime] | None:
    """Let a lane rest until its next item is due, or end it when there is none."""
    earliest = select(func.min(items.c.not_before)).where(items.c.lane_id == lane_id)
    found = [connection.scalar(earliest.where(items.c.state == state)) for state in UNENDED]
    following = min(filter(None, found), default=None)
    row = connection.execute(select(lanes).where(lanes.c.id == lane_id)).mappings().one()
    if following is None:
        over: dict[str, Any] = {"holder": None, "lease_until": None, "reason": None}
        over |= {"state": LaneState.DONE.value} if row["state"] in LIVE else {}
        connection.execute(update(lanes).where(lanes.c.id == lane_id).values(**over))
        return None
    later = max(row["not_before"], following)
    rests = {"not_before": later, "holder": None, "lease_until": None}
    rests |= {"called_at": None} if later > now else {}
    connection.execute(update(lanes).where(lanes.c.id == lane_id).values(**rests))
    return (row["turn"], later) if row["state"] == LaneState.OPEN.value else None


def _close(connection: Connection, lane_id: str, reason: Reason | None, now: datetime) -> None:
    """End a lane; whoever is still open in it was not reached, and *reason* says why."""
    unended = update(items).where(items.c.lane_id == lane_id, items.c.state.in_(UNENDED))
    failed = {"state": ItemState.FAILED.value, "reason": reason and reason.value, "ended_at": now}
    connection.execute(unended.values(**failed))
    ended = {"state": LaneState.DONE.value, "holder": None, "lease_until": None}
    connection.execute(update(lanes).where(lanes.c.id == lane_id).values(**ended))
