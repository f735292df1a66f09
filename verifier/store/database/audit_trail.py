"""`DatabaseTrail`: the audit trail as a chain of rows that no statement may change (`verifier.ports.Audit`).

One short transaction an entry: it locks the head of the chain, appends, and moves the head, so that a hundred
writers at once leave no gap and no fork. Names of people and reasons are sealed apart from the links.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, bindparam, insert, select, update
from sqlalchemy.exc import SQLAlchemyError

from verifier.errors import AuditUnavailable, VerifierError
from verifier.model.audit import Event, Person, Sought, TrailCheck
from verifier.store.audit_chain import Head, Link, find_flaw
from verifier.store.database.audit_links import Names, read_event, write_link
from verifier.store.database.audit_turns import Turns
from verifier.store.database.data_keys import DataKeys
from verifier.store.database.engine import Database
from verifier.store.database.sealed_rows import SealedRows
from verifier.store.database.tables.audit import audit_details, audit_events, audit_head
from verifier.store.encryption import KeyedHash, SealBroken

AWAY: Final = "The audit trail cannot be used at the moment, so nothing is served; try again shortly."
AT_ONCE: Final = 1_000  # links read in one go
SEALED: Final = [column for column in audit_details.columns if column.name != "sequence"]
DETAIL: Final = [column.name for column in SEALED]
OPEN: Final = [audit_events.columns[name] for name in Link._fields if name != "detail"]
LINKS: Final = (
    select(*OPEN, audit_events.c.hash, *SEALED)
    .join(audit_details, audit_details.c.sequence == audit_events.c.sequence, isouter=True)
    .order_by(audit_events.c.sequence)
)
# Built once: an entry is written for every use case, and building a statement costs more than running it.
LOCKED: Final = (
    update(audit_head)
    .values(sequence=audit_head.c.sequence)
    .returning(audit_head.c.sequence, audit_head.c.hash)
)
APPENDED: Final = insert(audit_events)
MOVED: Final = update(audit_head).values(sequence=bindparam("to"), hash=bindparam("by"))


class DatabaseTrail:
    """The trail of one database."""

    def __init__(self, database: Database, keys: DataKeys) -> None:
        """Write to *database*; chain and names hang on the naming key, which is never rotated."""
        self._database = database
        self._keys = keys
        self._details = SealedRows(audit_details, keys)
        self._turns = Turns(self._write)
        self._names = Names(KeyedHash(keys, purpose="audit member"), KeyedHash(keys, purpose="audit person"))

    def record(self, *events: Event) -> None:
        """Append *events*; see `verifier.ports.Audit`."""
        self._turns.take(events)

    def head(self) -> Head:
        """Tell where the chain is said to end.

        Raises:
            AuditUnavailable: the database is away.
        """
        try:
            with self._database.read() as connection:
                return _read_head(connection)
        except (VerifierError, SQLAlchemyError) as error:
            raise AuditUnavailable(AWAY) from error

    def verify(self, anchors: Sequence[Head]) -> TrailCheck:
        """Go along the whole chain as it stands at one moment, and by *anchors*.

        Raises:
            Unavailable: the database is away.
        """
        with self._database.read() as connection:
            return self.verify_within(connection, anchors)

    def verify_within(self, connection: Connection, anchors: Sequence[Head]) -> TrailCheck:
        """Go along the chain as a transaction sees it."""
        head = _read_head(connection)
        with connection.execute(LINKS, execution_options={"yield_per": AT_ONCE}) as rows:
            links = ((self._open(connection, row), row.hash) for row in rows)
            flaw = find_flaw(links, self._key(), head=head, anchors=anchors)
        return TrailCheck(head.sequence, len(anchors), flaw)

    def about(self, person: Person) -> Sequence[Event]:
        """Return what was done with this person's data, oldest first, as far as it can be decrypted."""
        with self._database.read() as connection:
            rows = connection.execute(LINKS.where(self._search(person)))
            links = [self._open(connection, row) for row in rows]
        return [read_event(link) for link in links if link]

    def search(self, sought: Sought, *, limit: int) -> Sequence[Event]:
        """Return the newest events that are *sought*, newest first, as far as they can be decrypted."""
        newest = audit_events.c.sequence.desc()
        conditions = _conditions(sought, prefix=_begins if self._database.is_sqlite else _is_like)
        found = select(audit_events.c.sequence).where(*conditions).order_by(newest).limit(limit)
        with self._database.read() as connection:
            sequences = connection.scalars(found).all()  # out of an index alone
            wanted = LINKS.where(audit_events.c.sequence.in_(sequences)).order_by(None).order_by(newest)
            rows = connection.execute(wanted).all()
            links = [self._open(connection, row) for row in rows]
        return [read_event(link) for link in links if link]

    def _write(self, events: Sequence[Event]) -> None:
        try:
            key = self._key()  # beforehand, so that the transaction holds one connection only
            with self._database.begin() as connection:
                self._append(connection, events, key)
        except (VerifierError, SQLAlchemyError) as error:
            raise AuditUnavailable(AWAY) from error

    def _key(self) -> bytes:
        return self._keys.naming().derive("audit chain")

    def _append(self, connection: Connection, events: Iterable[Event], key: bytes) -> None:
        head, links = _lock_head(connection), list[dict[str, Any]]()
        for event in events:
            link = write_link(head.sequence + 1, event, self._names)
            head = Head(link.sequence, link.chain_to(head.hash, key))
            links.append(link._asdict() | {"hash": head.hash})
        if not links:  # nothing is to be told, but the trail could have taken it
            return
        details = {link["sequence"]: link.pop("detail") for link in links}
        connection.execute(APPENDED, links)
        self._keep_details(connection, details)
        connection.execute(MOVED, {"to": head.sequence, "by": head.hash})

    def _keep_details(self, connection: Connection, details: Mapping[int, str]) -> None:
        """Keep *details*, each in place of whatever a mark of a row that was cut off still stands for."""
        rows = [
            {"id": str(sequence), "sequence": sequence, "detail": detail.encode()}
            for sequence, detail in details.items()
            if detail
        ]
        if rows:
            self._details.put_all(connection, rows)

    def _open(self, connection: Connection, row: Sequence[Any]) -> Link | None:
        """Read a link back, by place and not by name; ``None`` for one whose detail cannot be trusted."""
        values, sealed = row[: len(OPEN)], dict(zip(DETAIL, row[-len(DETAIL) :], strict=True))
        if sealed["id"] is None:
            return Link._make((*values, ""))
        try:
            opened = self._details.open(connection, sealed)
            return Link._make((*values, opened["detail"].decode()))
        except (SealBroken, ValueError):
            return None

    def _search(self, person: Person) -> ColumnElement[bool]:
        if member := self._names.member(person):
            return audit_events.c.member == member
        return audit_events.c.person == (self._names.person(person) or "nobody")


def _conditions(
    sought: Sought, *, prefix: Callable[[str], ColumnElement[bool]]
) -> Iterator[ColumnElement[bool]]:
    events = audit_events.c
    if sought.who:
        yield events.who == sought.who
    if sought.what:
        yield prefix(sought.what)
    if sought.action:
        yield events.action == sought.action.value
    if sought.since:
        yield events.at >= _microseconds(sought.since)
    if sought.until:
        yield events.at < _microseconds(sought.until + timedelta(days=1))


def _is_like(beginning: str) -> ColumnElement[bool]:
    return audit_events.c.what.startswith(beginning, autoescape=True)


def _begins(beginning: str) -> ColumnElement[bool]:
    """Say it as a range: SQLite has no index for LIKE, and orders texts by their code points."""
    return audit_events.c.what.between(beginning, f"{beginning}\U0010ffff")


def _microseconds(day: date) -> int:
    return int(datetime.combine(day, time(), UTC).timestamp()) * 1_000_000


def _lock_head(connection: Connection) -> Head:
    """Take the head for this transaction; whoever else appends waits until it ends."""
    return Head(*connection.execute(LOCKED).one())


def _read_head(connection: Connection) -> Head:
    found = connection.execute(select(audit_head.c.sequence, audit_head.c.hash)).first()
    return Head(*found) if found else Head(0, b"")
