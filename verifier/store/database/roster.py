"""`DatabaseRoster`: the nightly list, sealed (`verifier.nightly.ports.Roster`)."""

from collections.abc import Iterator, Sequence
from typing import Final

from sqlalchemy import ColumnElement, Connection, select
from sqlalchemy.exc import IntegrityError

from verifier.access.fence import reach
from verifier.answering.consent_gate import person_of
from verifier.clock import Clock
from verifier.errors import Conflict, NotFound
from verifier.model.roster import Entry
from verifier.nightly.ports import Change
from verifier.store.database.blind_index import normalize
from verifier.store.database.data_keys import DataKeys
from verifier.store.database.engine import Database
from verifier.store.database.sealed_rows import Row, SealedRows
from verifier.store.database.tables.roster import roster
from verifier.store.database.tables.verifications import INDEX_DIGITS
from verifier.store.encryption import KeyedHash
from verifier.store.sealed import Codec

NO_SUCH: Final = "There is no such entry on the roster; list it with GET /v1/roster."
TWICE: Final = "This person is on the roster already, for this payer and facility; change that entry."
AT_ONCE: Final = 200  # entries in memory at a time

table = roster.c


class DatabaseRoster:
    """The entries of one database."""

    def __init__(self, database: Database, keys: DataKeys, codec: Codec[Entry], *, clock: Clock) -> None:
        """Keep entries as *codec* writes them; *clock* says who is discharged by now."""
        self._database = database
        self._clock = clock
        self._rows = SealedRows(roster, keys)
        self._codec = codec
        self._hash = KeyedHash(keys, purpose="roster person")

    def add(self, entry: Entry) -> None:
        """Keep a new *entry*; see `verifier.nightly.ports.Roster`."""
        self.add_all([entry])

    def add_all(self, entries: Sequence[Entry]) -> None:
        """Keep new *entries* as `add` does, all or none."""
        try:
            with self._database.begin() as connection:
                self._rows.add_all(connection, [self._row(entry) for entry in entries])
        except IntegrityError:
            raise Conflict(TWICE) from None

    def find(self, entry_id: str) -> Entry:
        """Return the entry; see `verifier.nightly.ports.Roster`."""
        with self._database.read() as connection:
            return self._read(self._rows.get(connection, entry_id, *_within_reach()))

    def change(self, entry_id: str, change: Change) -> Entry:
        """Replace an entry by what *change* makes of it; see `verifier.nightly.ports.Roster`."""
        try:
            with self._database.begin() as connection:
                return self.change_in(connection, entry_id, change)
        except IntegrityError:
            raise Conflict(TWICE) from None

    def listing(self, *, limit: int, after: str | None = None, enrolled: bool = True) -> Sequence[Entry]:
        """Return entries in the order of their ids; one that cannot be trusted is left out and logged."""
        wanted = select(roster).where(*_within_reach()).order_by(table.id).limit(limit)
        if enrolled:
            wanted = wanted.where(table.enrolled.is_(True))
        if after is not None:
            wanted = wanted.where(table.id > after)
        with self._database.read() as connection:
            return [self._codec.load(row["entry"]) for row in self._rows.select(connection, wanted)]

    def stream(self) -> Iterator[Sequence[Entry]]:
        """Go through everybody who is enrolled, some at a time."""
        after = ""
        while ids := self._next_ids(after):
            yield self.listing(limit=AT_ONCE, after=after)
            after = ids[-1]

    def change_in(self, connection: Connection, entry_id: str, change: Change) -> Entry:
        """Change an entry as `change` does, as part of the transaction of *connection*."""
        changed = change(self._read(self._rows.take(connection, entry_id, *_within_reach())))
        self._rows.put(connection, self._row(changed))
        return changed

    def names_in(self, connection: Connection, entry_ids: Sequence[str]) -> dict[str, Entry]:
        """Return entries by id, as far as they are within reach and can be trusted."""
        wanted = select(roster).where(table.id.in_(entry_ids), *_within_reach())
        rows = self._rows.select(connection, wanted)
        return {row["id"]: self._codec.load(row["entry"]) for row in rows}

    def _next_ids(self, after: str) -> Sequence[str]:
        """List the ids of the next batch, so that an entry left out ends nothing."""
        enrolled = select(table.id).where(table.enrolled.is_(True), table.id > after, *_within_reach())
        with self._database.read() as connection:
            return connection.scalars(enrolled.order_by(table.id).limit(AT_ONCE)).all()

    def _read(self, row: Row | None) -> Entry:
        if row is None:
            raise NotFound(NO_SUCH)
        return self._codec.load(row["entry"])

    def _row(self, entry: Entry) -> Row:
        leaves = entry.discharged_on
        enrolled = leaves is None or leaves > self._clock.now().date()
        return {
            "id": entry.id,
            "facility": entry.facility,
            "enrolled": enrolled,
            "person": self._name(entry) if enrolled else None,
            "entry": self._codec.dump(entry),
        }

    def _name(self, entry: Entry) -> str:
        """Name whom *entry* is about, so that nobody is on the list, and paid for, twice."""
        person = person_of(entry.inquiry)
        words = (person.member_id, person.last_name, person.first_name)
        plain = (entry.facility, entry.inquiry.payer, *(normalize(word or "") for word in words))
        return self._hash.name("\0".join((*plain, f"{person.birth_date}")))[:INDEX_DIGITS]


def _within_reach() -> list[ColumnElement[bool]]:
    facilities = reach()
    return [] if facilities.every else [table.facility.in_(sorted(facilities.names))]
