import stat
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import Connection, Table, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from tests.store.database.support import Databases
from tests.store.support import NOON
from verifier.errors import NotConfigured, Unavailable
from verifier.store.database.engine import Database
from verifier.store.database.tables.keys import data_keys, marks

MARK = {"name": "a", "version": 1}


def insert_twice(connection: Connection, table: Table, row: dict[str, object]) -> None:
    for _ in range(2):
        connection.execute(table.insert().values(row))


def test_a_transaction_that_fails_leaves_nothing(database: Database) -> None:
    with pytest.raises(IntegrityError), database.begin() as connection:
        insert_twice(connection, marks, MARK)

    with database.read() as connection:
        assert connection.execute(select(marks)).all() == []


def test_a_reader_sees_one_moment_whatever_is_written_meanwhile(database: Database) -> None:
    with database.read() as reading:
        before = reading.execute(select(marks)).all()
        with database.begin() as writing:
            writing.execute(marks.insert().values(MARK))
        assert reading.execute(select(marks)).all() == before

    with database.read() as reading:
        assert len(reading.execute(select(marks)).all()) == 1


def test_a_time_comes_back_aware_and_in_utc(database: Database) -> None:
    row = {"id": "k", "generation": 1, "wrapped": b"", "created_at": NOON}
    with database.begin() as connection:
        connection.execute(data_keys.insert().values(row))
    with database.read() as connection:
        found = connection.scalar(select(data_keys.c.created_at).where(data_keys.c.id == "k"))

    assert found == NOON
    assert found.utcoffset().total_seconds() == 0


def test_a_database_that_is_gone_is_unavailable(databases: Databases, tmp_path: Path) -> None:
    url = databases.create()
    with closing(Database.open(url)) as database:
        with database.read() as connection:
            connection.execute(text("SELECT 1"))
        databases.drop(url)
        if database.is_sqlite:
            database.close()
            path = Path(url.removeprefix("sqlite:///"))
            path.unlink()
            path.mkdir()
        with pytest.raises(Unavailable), database.begin() as connection:
            connection.execute(text("SELECT 1"))


def test_the_file_and_its_journal_are_for_their_owner_only(tmp_path: Path) -> None:
    with closing(Database.open(f"sqlite:///{tmp_path / 'data' / 'verifier.db'}")) as database:
        with database.begin() as connection:
            connection.execute(text("CREATE TABLE t (a)"))
        modes = {stat.S_IMODE(file.stat().st_mode) for file in (tmp_path / "data").iterdir()}

    assert modes == {0o600}


@pytest.mark.parametrize(
    "url",
    ["", "mysql://host/name", "sqlite://", "sqlite:///:memory:", "postgresql://:x", "sqlite:////proc/no"],
)
def test_an_address_that_names_no_database_is_refused(url: str) -> None:
    with pytest.raises(NotConfigured, match="DATABASE_URL"):
        Database.open(url)


def test_no_value_shows_in_the_text_of_a_fault(database: Database) -> None:
    row = {"id": "k", "generation": 1, "wrapped": b"Testcase", "created_at": NOON}
    with pytest.raises(DBAPIError) as raised, database.begin() as connection:
        insert_twice(connection, data_keys, row)

    assert "Testcase" not in str(raised.value)
