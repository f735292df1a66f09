"""`Database`: SQLite in a file, or PostgreSQL; short transactions, and an outage is one error.

On SQLite a transaction that writes takes the write lock at its start, so that two of them wait for each other
and neither fails half-way; they queue for it here (`verifier.store.database.queue`). One that reads sees a
snapshot on both databases.
"""

import os
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any, Final, Self

from sqlalchemy import Connection, Engine, Table, create_engine, event, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolExhausted

from verifier.errors import NotConfigured, Unavailable
from verifier.store.database.queue import Queue

CONNECTIONS: Final = 16
MOST_CONNECTIONS: Final = 32  # as many as a worker has threads
SECONDS: Final = 5  # to connect, and for a lock of PostgreSQL, which queues for it
QUEUED: Final = 30  # seconds for a free connection, and for the turn to write: SQLite keeps no queue
DRIVERS: Final = {"sqlite": "sqlite", "postgres": "postgresql+psycopg", "postgresql": "postgresql+psycopg"}
Insert = sqlite.Insert | postgresql.Insert
INSERTS: Final[Mapping[str, Callable[[Table], Insert]]] = {
    "sqlite": sqlite.insert,
    "postgresql": postgresql.insert,
}
AWAY: Final = "The database cannot be used at the moment; nothing was done, so try again shortly."


class Database:
    """One database and its pool of connections."""

    def __init__(self, engine: Engine) -> None:
        """Stand on *engine*."""
        self._engine = engine
        self._queue = Queue(Path(engine.url.database or "")) if self.is_sqlite else None
        self._snapshots = engine.execution_options(**_snapshot_options(engine.dialect.name))

    @classmethod
    def open(cls, url: str) -> Self:
        """Prepare to use *url* (``sqlite:///file`` or ``postgresql://…``); nothing is sent yet.

        Raises:
            NotConfigured: it is no address of such a database.
        """
        try:
            given = make_url(url)
            return cls(_open(given.set(drivername=DRIVERS[given.drivername])))
        except (ValueError, LookupError, OSError, SQLAlchemyError) as error:
            raise NotConfigured("DATABASE_URL names no database that can be opened.") from error

    @property
    def is_sqlite(self) -> bool:
        """Tell whether this is a file of this machine."""
        return self._engine.dialect.name == "sqlite"

    def is_there(self) -> bool:
        """Tell whether the database answers."""
        try:
            with self.read() as connection:
                return connection.scalar(select(1)) == 1
        except Unavailable:
            return False

    def close(self) -> None:
        """Close every connection."""
        self._engine.dispose()

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        """Write: all of what is done within is kept, or nothing.

        Raises:
            Unavailable: the database cannot be reached, is full, or a lock was not given free in time.
        """
        with translated(), self._turn(), self._engine.begin() as connection:
            yield connection

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Read: everything within is seen as of one moment, and nothing waits for a writer.

        Raises:
            Unavailable: the database cannot be reached.
        """
        with translated(), self._snapshots.begin() as connection:
            yield connection

    @contextmanager
    def _turn(self) -> Iterator[None]:
        if self._queue is None:
            yield
            return
        with self._queue.turn(QUEUED) as mine:
            if not mine:
                raise Unavailable(AWAY)
            yield


@contextmanager
def translated() -> Iterator[None]:
    """Turn an outage into `Unavailable`; a statement that is wrong stays what it is."""
    try:
        yield
    except (OperationalError, PoolExhausted) as error:
        raise Unavailable(AWAY) from error


def insert(connection: Connection, table: Table) -> Insert:
    """Begin an INSERT that may say what is to happen on a conflict, which both databases say alike."""
    return INSERTS[connection.dialect.name](table)


@cache
def replacing(dialect: str, table: Table, names: tuple[str, ...], key: tuple[str, ...]) -> Insert:
    """Build the statement that writes columns *names* of a row in place of what stood under *key*.

    Built once for each table: building a statement costs more than running it.
    """
    begun = INSERTS[dialect](table)
    return begun.on_conflict_do_update(
        index_elements=key, set_={name: begun.excluded[name] for name in names if name not in key}
    )


def _open(url: URL) -> Engine:
    if url.get_backend_name() == "sqlite":
        return _open_sqlite(url)
    return create_engine(
        url,
        hide_parameters=True,  # an exception text reaches logs
        pool_size=CONNECTIONS,
        max_overflow=MOST_CONNECTIONS - CONNECTIONS,
        pool_timeout=QUEUED,
        pool_pre_ping=True,  # after a restart of the server the first caller notices nothing
        connect_args={"connect_timeout": SECONDS, "options": f"-c lock_timeout={SECONDS}s -c timezone=UTC"},
    )


def _open_sqlite(url: URL) -> Engine:
    if not url.database or url.database == ":memory:":
        raise ValueError("a database in memory is gone with its connection")
    _make_private(Path(url.database))
    engine = create_engine(
        url,
        hide_parameters=True,
        pool_size=CONNECTIONS,
        max_overflow=MOST_CONNECTIONS - CONNECTIONS,
        pool_timeout=QUEUED,
        connect_args={"timeout": QUEUED, "isolation_level": None, "check_same_thread": False},
    )
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _make_private(path: Path) -> None:
    """Make the file for its owner only; SQLite gives its journal the same rights."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))


def _prepare_sqlite(connection: sqlite3.Connection, _: object) -> None:
    for setting in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON", "secure_delete = ON"):
        connection.execute(f"PRAGMA {setting}")


def _begin_sqlite(connection: Connection) -> None:
    connection.exec_driver_sql(connection.get_execution_options().get("begin", "BEGIN IMMEDIATE"))


def _snapshot_options(dialect: str) -> dict[str, Any]:
    if dialect == "sqlite":
        return {"begin": "BEGIN"}
    return {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
