"""The service stands on a real, encrypted cache here; only the payer and the clock are played."""

from collections.abc import Callable, Iterator

import pytest

from tests.store.support import (
    ACTIVE,
    FACILITY,
    OTHER_FACILITY,
    RING,
    ScriptedGateway,
    Server,
    SetClock,
    SilentReplies,
    connect,
    open_gate,
    open_records,
)
from verifier.keeping import SNAPSHOTS
from verifier.service import Verifier
from verifier.store.cache import EncryptedCache


@pytest.fixture(scope="session")
def shared_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    server = Server(tmp_path_factory.mktemp("v"))
    yield server
    server.kill()


@pytest.fixture
def server(shared_server: Server) -> Server:
    with shared_server.redis() as redis:
        redis.flushall()
    return shared_server


@pytest.fixture
def clock() -> SetClock:
    return SetClock()


@pytest.fixture
def gateway() -> ScriptedGateway:
    return ScriptedGateway(ACTIVE)


@pytest.fixture
def open_service(
    server: Server, new_database: str, clock: SetClock, gateway: ScriptedGateway
) -> Iterator[Callable[..., Verifier]]:
    connection = connect(server.url)
    opened: list[Verifier] = []

    def build(**changes: object) -> Verifier:
        parts = {
            "gateway": gateway,
            "cache": EncryptedCache(connection, RING, SNAPSHOTS),
            "records": open_records(new_database, clock),
            "replies": SilentReplies(),
            "facilities": {"abita-springs": FACILITY, "covington": OTHER_FACILITY},
            "clock": clock,
            "gate": open_gate(clock),
        }
        opened.append(Verifier(**parts | changes))
        return opened[-1]

    yield build
    for service in opened:
        service.close()
    connection.close()


@pytest.fixture
def service(open_service: Callable[..., Verifier]) -> Verifier:
    return open_service()
