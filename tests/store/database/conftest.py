from collections.abc import Iterator

import pytest

from tests.store.database.support import Databases, PostgresServer, open_keys
from verifier.store.database.data_keys import DataKeys
from verifier.store.database.engine import Database


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A PostgreSQL server for all the tests of this process."""
    server = PostgresServer()
    yield server
    server.stop()


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def databases(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Databases:
    """Both kinds in turn: whoever leans on this is run once on each."""
    server = request.getfixturevalue("postgres") if request.param == "postgresql" else None
    return Databases(tmp_path_factory.mktemp("databases"), server)


@pytest.fixture
def database_url(databases: Databases) -> Iterator[str]:
    """The address of a new database in its present form."""
    url = databases.create()
    yield url
    databases.drop(url)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """A new database in its present form."""
    database = Database.open(database_url)
    yield database
    database.close()


@pytest.fixture
def keys(database: Database) -> DataKeys:
    """Data keys in the database, wrapped by a master key that all tests share."""
    return open_keys(database)
