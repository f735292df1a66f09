"""`DatabaseIntakes`: requests for a free verification, sealed (`verifier.answering.queue.Intakes`).

An intake is kept as long as a verification: for the retention time counted from when it came.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Select, false, func, select, tuple_, union_all

from verifier.access.fence import reach
from verifier.answering.queue import Change, Sought, Tally
from verifier.clock import Clock
from verifier.errors import NotFound
from verifier.model.intake import Intake, IntakeState
from verifier.store.database.data_keys import DataKeys
from verifier.store.database.engine import Database
from verifier.store.database.sealed_rows import Row, SealedRows
from verifier.store.database.tables.intakes import intakes
from verifier.store.sealed import Codec

NO_SUCH: Final = "There is no such request here."
LONGEST_ID: Final = 80

table = intakes.c
NEWEST: Final = (table.created_at.desc(), table.id.desc())


class DatabaseIntakes:
    """The intakes of one database."""

    def __init__(
        self, database: Database, keys: DataKeys, codec: Codec[Intake], *, clock: Clock, retention: timedelta
    ) -> None:
        """Keep intakes as *codec* writes them, for *retention*."""
        self._database = database
        self._rows = SealedRows(intakes, keys)
        self._codec = codec
        self._clock = clock
        self._retention = retention

    def add(self, intake: Intake) -> None:
        """Keep a new intake."""
        with self._database.begin() as connection:
            self._put(connection, intake)

    def find(self, intake_id: str) -> Intake:
        """Return the intake; see `verifier.answering.queue.Intakes`."""
        with self._database.read() as connection:
            return self._read_found(self._rows.get(connection, _check_id(intake_id), *self._within()))

    def change(self, intake_id: str, change: Change) -> Intake:
        """Replace an intake by what *change* makes of it; see `verifier.answering.queue.Intakes`."""
        with self._database.begin() as connection:
            row = self._rows.take(connection, _check_id(intake_id), *self._within())
            changed = change(self._read_found(row))
            self._put(connection, changed)
        return changed

    def change_all(self, changes: Mapping[str, Change]) -> Mapping[str, Intake]:
        """Change many intakes at once; see `verifier.answering.queue.Intakes`."""
        with self._database.begin() as connection:
            ids = self._rows.take_all(connection, table.id.in_(changes), *self._within())
            rows = self._rows.select(connection, select(intakes).where(table.id.in_(ids)))
            changed = {row["id"]: changes[row["id"]](self._read(row)) for row in rows}
            if changed:
                self._rows.put_all(connection, [self._row(intake) for intake in changed.values()])
        return changed

    def of_verification(self, verification_id: str) -> Sequence[str]:
        """Return the ids of the intakes that led to a verification."""
        led = select(table.id).where(table.verification_id == verification_id, *self._within())
        with self._database.read() as connection:
            return connection.scalars(led).all()

    def listing(self, sought: Sought, *, limit: int, before: str | None = None) -> Sequence[Intake]:
        """Return the intakes *sought*, newest first, older than the one with id *before*."""
        conditions = [*self._within(), *_conditions(sought)]
        with self._database.read() as connection:
            if before is not None:
                conditions.append(self._older(connection, before))
            ids = connection.scalars(_newest(sought.states, conditions, limit)).all()
            found = select(intakes).where(table.id.in_(ids)).order_by(*NEWEST)
            return [self._read(row) for row in self._rows.select(connection, found)]

    def tally(self) -> Tally:
        """Count the intakes in each state, and their writes; the version of a row counts its own."""
        counted = select(table.state, func.count(), func.sum(table.version))
        with self._database.read() as connection:
            rows = connection.execute(counted.where(*self._within()).group_by(table.state)).all()
        found: dict[str, int] = {state: count for state, count, _ in rows}
        counts = {state: found.get(state.value, 0) for state in IntakeState}
        return Tally(counts, f"{sum(found.values())}.{sum(writes for _, _, writes in rows)}")

    def purge(self) -> int:
        """Delete the intakes past their retention, and count them."""
        with self._database.begin() as connection:
            return self._rows.remove(connection, table.created_at <= self._oldest())

    def add_all(self, some: Sequence[Intake]) -> None:
        """Keep many intakes at once, each of an id that is new."""
        with self._database.begin() as connection:
            self._rows.add_all(connection, [self._row(intake) for intake in some])

    def _put(self, connection: Connection, intake: Intake) -> None:
        self._rows.put(connection, self._row(intake))

    def _row(self, intake: Intake) -> Row:
        return {
            "id": intake.id,
            "created_at": intake.created_at,
            "facility": intake.facility,
            "state": intake.state.value,
            "assignee": intake.assignee,
            "verification_id": intake.verification_id,
            "content": self._codec.dump(intake),
        }

    def _read_found(self, row: Row | None) -> Intake:
        if row is None:
            raise NotFound(NO_SUCH)
        return self._read(row)

    def _within(self) -> list[ColumnElement[bool]]:
        fence = [] if reach().every else [table.facility.in_(sorted(reach().names))]
        return [table.created_at > self._oldest(), *fence]

    def _older(self, connection: Connection, before: str) -> ColumnElement[bool]:
        if not _is_id(before):
            return false()
        known = select(table.created_at).where(table.id == before, *self._within())
        moment = connection.scalar(known)
        return tuple_(table.created_at, table.id) < tuple_(moment, before) if moment else false()

    def _oldest(self) -> object:
        return self._clock.now() - self._retention

    def _read(self, row: Row) -> Intake:
        return self._codec.load(row["content"])


def _newest(
    states: Iterable[IntakeState], conditions: Sequence[ColumnElement[bool]], limit: int
) -> Select[Any]:
    """Select the ids of the newest that meet *conditions*, in one of *states* unless there is none.

    The newest of each state come straight from an index, however many are in other states; of those few the
    newest are taken.
    """
    wanted = [[table.state == state.value] for state in sorted(states)] or [[]]
    each = (
        select(table.id, table.created_at)
        .where(*state, *conditions)
        .order_by(*NEWEST)
        .limit(limit)
        .subquery()
        for state in wanted
    )
    every = union_all(*(select(part) for part in each)).subquery()
    return select(every.c.id).order_by(every.c.created_at.desc(), every.c.id.desc()).limit(limit)


def _conditions(sought: Sought) -> list[ColumnElement[bool]]:
    given: list[ColumnElement[bool]] = []
    if sought.assignee is not None:
        given.append(table.assignee == sought.assignee)
    if sought.is_free:
        given.append(table.assignee.is_(None))
    return given


def _check_id(text: str) -> str:
    if not _is_id(text):
        raise NotFound(NO_SUCH)
    return text


def _is_id(text: str) -> bool:
    """Tell whether *text* can be an id at all; no database need cope with anything else."""
    return 0 < len(text) <= LONGEST_ID and text.isascii() and text.isprintable()
