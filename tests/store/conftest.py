from collections.abc import Iterator

import pytest

from tests.store.support import Server, connect
from verifier.store.connection import Connection


@pytest.fixture(scope="session")
def shared_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    server = Server(tmp_path_factory.mktemp("v"))
    yield server
    server.kill()


@pytest.fixture
def server(shared_server: Server) -> Server:
    """A real server, empty."""
    with shared_server.redis() as redis:
        redis.flushall()
    return shared_server


@pytest.fixture
def own_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A real server that the test may kill."""
    server = Server(tmp_path_factory.mktemp("v"))
    yield server
    server.kill()


@pytest.fixture
def connection(server: Server) -> Iterator[Connection]:
    connection = connect(server.url)
    yield connection
    connection.close()
