"""`DatabaseIntakes`: requests for a free verification, sealed (`verifier.answering.queue.Intakes`).

An intake is kept as long as a verification: for the retention time counted from when it came.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Final

from sqlalchemy import ColumnElement, Connection, false, func, select, tuple_

from verifier.access.fence import reach
from verifier.answering.queue import Change, Sought
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
            return self._get(connection, intake_id)

    def change(self, intake_id: str, change: Change) -> Intake:
        """Replace an intake by what *change* makes of it; see `verifier.answering.queue.Intakes`."""
        with self._database.begin() as connection:
            if _is_id(intake_id):
                connection.execute(select(table.id).where(table.id == intake_id).with_for_update())
            changed = change(self._get(connection, intake_id))
            self._put(connection, changed)
        return changed

    def of_verification(self, verification_id: str) -> Sequence[str]:
        """Return the ids of the intakes that led to a verification."""
        led = select(table.id).where(table.verification_id == verification_id, *self._within())
        with self._database.read() as connection:
            return connection.scalars(led).all()

    def listing(self, sought: Sought, *, limit: int, before: str | None = None) -> Sequence[Intake]:
        """Return the intakes *sought*, newest first, older than the one with id *before*."""
        found = select(intakes).where(*self._within(), *_conditions(sought))
        with self._database.read() as connection:
            if before is not None:
                found = found.where(self._older(connection, before))
            found = found.order_by(table.created_at.desc(), table.id.desc()).limit(limit)
            return [self._read(row) for row in self._rows.select(connection, found)]

    def count(self) -> Mapping[IntakeState, int]:
        """Count the intakes in each state."""
        counted = select(table.state, func.count()).where(*self._within()).group_by(table.state)
        with self._database.read() as connection:
            found: dict[str, int] = {row[0]: row[1] for row in connection.execute(counted)}
        return {state: found.get(state.value, 0) for state in IntakeState}

    def stamp(self) -> str:
        """Return a text that is another one after every change; the version of a row counts its writes."""
        seen = select(func.count(), func.coalesce(func.sum(table.version), 0)).where(*self._within())
        with self._database.read() as connection:
            count, writes = connection.execute(seen).one()
        return f"{count}.{writes}"

    def purge(self) -> int:
        """Delete the intakes past their retention, and count them."""
        over = select(table.id).where(table.created_at <= self._oldest())
        with self._database.begin() as connection:
            ids = connection.scalars(over).all()
            self._rows.remove(connection, ids)
        return len(ids)

    def _put(self, connection: Connection, intake: Intake) -> None:
        row = {
            "id": intake.id,
            "created_at": intake.created_at,
            "facility": intake.facility,
            "state": intake.state.value,
            "assignee": intake.assignee,
            "verification_id": intake.verification_id,
            "content": self._codec.dump(intake),
        }
        self._rows.put(connection, row)

    def _get(self, connection: Connection, intake_id: str) -> Intake:
        row = self._rows.get(connection, intake_id, *self._within()) if _is_id(intake_id) else None
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


def _conditions(sought: Sought) -> list[ColumnElement[bool]]:
    given: list[ColumnElement[bool]] = []
    if sought.states:
        given.append(table.state.in_(sorted(sought.states)))
    if sought.assignee is not None:
        given.append(table.assignee == sought.assignee)
    if sought.is_free:
        given.append(table.assignee.is_(None))
    return given


def _is_id(text: str) -> bool:
    """Tell whether *text* can be an id at all; no database need cope with anything else."""
    return 0 < len(text) <= LONGEST_ID and text.isascii() and text.isprintable()
