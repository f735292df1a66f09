"""`DatabaseRecords`: verifications, their exchanges and idempotency keys (`verifier.ports.Records`).

A verification is kept for the retention time counted from its creation. Past it nobody finds it any more,
and the next purge deletes it; a legal hold keeps it findable until it is lifted.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta
from typing import Final, Protocol

from sqlalchemy import ColumnElement, Connection, Select, false, or_, select, tuple_, update

from verifier.access.fence import reach
from verifier.clock import Clock
from verifier.errors import NotFound
from verifier.model.verification import Exchange, Verification
from verifier.ports import ANY, Change, Wanted
from verifier.store.database.blind_index import PersonIndex
from verifier.store.database.claims import DatabaseClaims
from verifier.store.database.data_keys import DataKeys
from verifier.store.database.engine import Database
from verifier.store.database.sealed_rows import Row, SealedRows
from verifier.store.database.tables.verifications import exchanges, verifications
from verifier.store.sealed import Codec

NO_SUCH: Final = "There is no such verification, or it is past its retention; verify again."
LONGEST_ID: Final = 80
PURGED_AT_ONCE: Final = 500

table = verifications.c


class Follower(Protocol):
    """Whoever takes note of verifications in the transaction that keeps them."""

    def follow(self, connection: Connection, before: Verification | None, after: Verification) -> None:
        """Note that *after* is written in place of *before*."""
        ...

    def forget(self, connection: Connection, verification_ids: Sequence[str]) -> None:
        """Note that verifications are deleted."""
        ...


class DatabaseRecords(DatabaseClaims):
    """Sealed verifications, found by id, by age and by person."""

    def __init__(  # noqa: PLR0913 - each by name
        self,
        database: Database,
        keys: DataKeys,
        codec: Codec[Verification],
        *,
        clock: Clock,
        retention: timedelta,
        follower: Follower | None = None,
    ) -> None:
        """Keep verifications as *codec* writes them, for *retention*; *follower* takes note of each."""
        super().__init__(database, keys, clock=clock)
        self._follower = follower
        self._codec = codec
        self._retention = retention
        self._people = PersonIndex(keys)
        self._verifications = SealedRows(verifications, keys)
        self._exchanges = SealedRows(exchanges, keys)

    def save(self, verification: Verification, exchanges: Sequence[Exchange] = ()) -> None:
        """Keep *verification*, replacing what stood under its id, and *exchanges*, if any, likewise."""
        with self._database.begin() as connection:
            self._put(connection, verification, exchanges)

    def change(self, record_id: str, change: Change, exchanges: Sequence[Exchange] = ()) -> Verification:
        """Replace what stands under an id by what *change* makes of it; see `verifier.ports.Records`."""
        with self._database.begin() as connection:
            before = self._find_to_change(connection, record_id)
            changed = change(before)
            self._put(connection, changed, exchanges)
            if self._follower:
                self._follower.follow(connection, before, changed)
        return changed

    def save_new(self, verifications: Sequence[Verification]) -> None:
        """Keep many verifications at once, each of an id that is new."""
        rows = [self._row(verification) for verification in verifications]
        with self._database.begin() as connection:
            self._verifications.add_all(connection, rows)

    def find(self, verification_id: str, *, facilities: frozenset[str] | None = None) -> Verification:
        """Return the verification.

        Raises:
            NotFound: there is none under this id, it is of another facility, or past its retention.
            SealBroken: it was changed, moved or put back.
        """
        if not _is_id(verification_id):
            raise NotFound(NO_SUCH)
        conditions = self._is_kept(), *self._conditions(Wanted(facilities))
        with self._database.read() as connection:
            row = self._verifications.get(connection, verification_id, *conditions)
        if row is None:
            raise NotFound(NO_SUCH)
        return self._read(row)

    def find_all(self, verification_ids: Collection[str]) -> Mapping[str, Verification]:
        """Return verifications by id; one that is past its retention or cannot be trusted is left out."""
        wanted = self._select(ANY).where(table.id.in_(verification_ids))
        with self._database.read() as connection:
            rows = self._verifications.select(connection, wanted)
            return {row["id"]: self._read(row) for row in rows}

    def recent(
        self, *, limit: int, before: str | None = None, wanted: Wanted = ANY
    ) -> Sequence[Verification]:
        """Return the newest verifications, newest first; one that cannot be trusted is left out and logged.

        Empty when *before* is unknown: then it is past its retention, and so is all that was older.
        """
        with self._database.read() as connection:
            found = self._select(wanted).order_by(table.created_at.desc(), table.id.desc()).limit(limit)
            if before is not None:
                found = found.where(self._older(connection, before))
            return [self._read(row) for row in self._verifications.select(connection, found)]

    def exchanges(self, verification_id: str) -> Sequence[Exchange]:
        """Return what went over the wire for a verification, in the order of the calls."""
        if not _is_id(verification_id):
            return ()
        of_one = exchanges.c.verification_id == verification_id
        wanted = select(exchanges).join(verifications).where(of_one, self._is_kept(), *self._conditions(ANY))
        with self._database.read() as connection:
            rows = self._exchanges.select(connection, wanted.order_by(exchanges.c.position))
            return [Exchange(row["channel"], row["created_at"], row["request"], row["reply"]) for row in rows]

    def hold(self, verification_ids: Sequence[str], *, held: bool) -> int:
        """Put a legal hold on verifications, or lift it, and count them."""
        named = table.id.in_(verification_ids)
        with self._database.begin() as connection:
            self._verifications.take_all(connection, named)
            return connection.execute(update(verifications).where(named).values(held=held)).rowcount

    def purge(self) -> Sequence[str]:
        """Delete every verification past its retention and not held, and return their ids."""
        purged: list[str] = []
        while some := self._purge_some():
            purged += some
        return purged

    def _row(self, verification: Verification) -> Row:
        return {
            "id": verification.id,
            "created_at": verification.created_at,
            "facility": verification.inquiry.facility or "",
            "status": verification.status.value,
            "content": self._codec.dump(verification),
            **self._people.columns(verification.inquiry),
        }

    def _put(self, connection: Connection, verification: Verification, exchanges: Sequence[Exchange]) -> None:
        written = self._verifications.put(connection, self._row(verification))
        if exchanges and written > 1:
            self._remove_exchanges(connection, [verification.id])
        for position, exchange in enumerate(exchanges):
            self._exchanges.put(connection, _exchange_row(verification.id, position, exchange))

    def _find_to_change(self, connection: Connection, verification_id: str) -> Verification | None:
        """Return what stands under the id; nobody else writes it until this transaction ends."""
        if not _is_id(verification_id):
            return None
        conditions = self._is_kept(), *self._conditions(ANY)
        row = self._verifications.take(connection, verification_id, *conditions)
        return self._read(row) if row else None

    def _purge_some(self) -> Sequence[str]:
        over = table.created_at <= self._oldest(), table.held.is_(False)
        with self._database.begin() as connection:
            ids = self._verifications.take_all(connection, *over, limit=PURGED_AT_ONCE)
            self._remove_exchanges(connection, ids)
            if self._follower:
                self._follower.forget(connection, ids)
            self._verifications.remove(connection, table.id.in_(ids))
        return ids

    def _remove_exchanges(self, connection: Connection, verification_ids: Sequence[str]) -> None:
        self._exchanges.remove(connection, exchanges.c.verification_id.in_(verification_ids))

    def _select(self, wanted: Wanted) -> Select[tuple[object, ...]]:
        return select(verifications).where(self._is_kept(), *self._conditions(wanted))

    def _conditions(self, wanted: Wanted) -> list[ColumnElement[bool]]:
        """Say *wanted* in SQL, within the fence; a person of whom nothing is left to look for is nobody."""
        given: list[ColumnElement[bool]] = []
        if not reach().every:
            given.append(table.facility.in_(sorted(reach().names)))
        if wanted.facilities is not None:
            given.append(table.facility.in_(sorted(wanted.facilities)))
        if wanted.status is not None:
            given.append(table.status == wanted.status.value)
        if wanted.member_id is not None:
            index = self._people.of_member(wanted.member_id)
            given.append(table.member_index == index if index else false())
        if wanted.patient is not None:
            index = self._people.of_patient(*wanted.patient)
            given.append(table.patient_index == index if index else false())
        return given

    def _older(self, connection: Connection, before: str) -> ColumnElement[bool]:
        if not _is_id(before):
            return false()
        known = select(table.created_at).where(table.id == before, *self._conditions(ANY))
        moment = connection.scalar(known)
        return tuple_(table.created_at, table.id) < tuple_(moment, before) if moment else false()

    def _is_kept(self) -> ColumnElement[bool]:
        return or_(table.created_at > self._oldest(), table.held.is_(True))

    def _oldest(self) -> object:
        return self._clock.now() - self._retention

    def _read(self, row: Row) -> Verification:
        return self._codec.load(row["content"])


def _exchange_row(verification_id: str, position: int, exchange: Exchange) -> Row:
    return {
        "id": f"{verification_id}/{position}",
        "verification_id": verification_id,
        "position": position,
        "channel": exchange.channel,
        "created_at": exchange.at,
        "request": exchange.request,
        "reply": exchange.reply,
    }


def _is_id(text: str) -> bool:
    """Tell whether *text* can be an id at all; no database need cope with anything else."""
    return 0 < len(text) <= LONGEST_ID and text.isascii() and text.isprintable()
