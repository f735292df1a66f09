import logging
import socket
import threading
import time
from collections.abc import Iterator

import pytest

from tests.store import proxy as toxics
from tests.store.proxy import Proxy, Toxic
from tests.store.support import Server, await_until
from verifier.store.connection import Away, Connection

GARBAGE = {
    "a wrong first byte": b"HTTP/1.1 400 Bad Request\r\n\r\n",
    "a length that is none": b"$abc\r\n\r\n",
    "a length below zero": b"$-7\r\n",
    "a length of half a gigabyte": b"$536870912\r\nxy",
    "a number that is none": b":12x\r\n",
    "ten thousand nested lists": b"*1\r\n" * 10_000,
    "a list of two billion": b"*2000000000\r\n:1\r\n",
    "bytes of another protocol": bytes(range(256)),
    "nothing but line ends": b"\r\n\r\n\r\n",
}


@pytest.fixture
def proxy(server: Server) -> Iterator[Proxy]:
    proxy = Proxy(server.socket)
    yield proxy
    proxy.close()


@pytest.fixture
def through(proxy: Proxy) -> Iterator[Connection]:
    connection = Connection(proxy.url)
    yield connection
    connection.close()


def ask(connection: Connection) -> object:
    return connection.call(lambda redis: redis.get("name"))


def measure(connection: Connection) -> float:
    began = time.perf_counter()
    with pytest.raises(Away):
        ask(connection)
    return time.perf_counter() - began


def test_a_call_brings_what_redis_answers(connection: Connection) -> None:
    connection.call(lambda redis: redis.set("name", b"content"))

    assert ask(connection) == b"content"


@pytest.mark.parametrize(
    "toxic",
    [toxics.cut, toxics.reset, toxics.swallow, toxics.delay(0.6), *map(toxics.answer, GARBAGE.values())],
    ids=["cut", "reset", "swallowed", "delayed", *GARBAGE],
)
def test_a_fault_costs_one_short_time_out_and_then_nothing(
    toxic: Toxic, proxy: Proxy, through: Connection, caplog: pytest.LogCaptureFixture
) -> None:
    through.call(lambda redis: redis.set("name", b"content" * 100))
    proxy.toxic = toxic

    first = measure(through)
    others = sorted(measure(through) for _ in range(200))

    assert first < 1.0  # a quarter of a second, on a machine with other work too
    assert others[100] < 0.001
    assert sum(others) < 1.0
    assert through.is_away
    assert len(caplog.records) == 1
    assert "content" not in caplog.text


def test_redis_is_used_again_once_it_answers_quickly(proxy: Proxy, through: Connection) -> None:
    proxy.toxic = toxics.swallow
    measure(through)
    proxy.toxic = toxics.pass_on

    def is_back() -> bool:
        try:
            return ask(through) is None
        except Away:
            return False

    await_until(is_back)
    assert not through.is_away


def test_a_redis_that_stays_slow_is_not_taken_back(proxy: Proxy, through: Connection) -> None:
    proxy.toxic = toxics.delay(0.3)
    measure(through)

    end, waits = time.monotonic() + 2.0, []
    while time.monotonic() < end:
        waits.append(measure(through))
        time.sleep(0.01)

    assert sorted(waits)[len(waits) // 2] < 0.001
    assert through.is_away


def test_a_host_nobody_listens_on_costs_next_to_nothing() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    connection = Connection(f"redis://127.0.0.1:{port}/0")

    assert measure(connection) < 0.5
    assert sum(measure(connection) for _ in range(100)) < 0.5


def test_a_crowd_that_meets_a_black_hole_waits_once_together(proxy: Proxy, through: Connection) -> None:
    ask(through)
    proxy.toxic = toxics.swallow
    waits: list[float] = []
    threads = [threading.Thread(target=lambda: waits.append(measure(through))) for _ in range(200)]

    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(waits) == 200
    assert time.perf_counter() - began < 2.0


def test_a_refusal_is_no_outage(
    server: Server, connection: Connection, caplog: pytest.LogCaptureFixture
) -> None:
    with server.redis() as redis:
        redis.config_set("maxmemory-policy", "noeviction")
        redis.config_set("maxmemory", "1mb")
    try:
        for _ in range(3):
            with pytest.raises(Away):
                connection.call(lambda redis: redis.set("name", b"x" * 100))
        assert ask(connection) is None
    finally:
        with server.redis() as redis:
            redis.config_set("maxmemory", "256mb")
            redis.config_set("maxmemory-policy", "volatile-lru")

    assert not connection.is_away
    assert [record.levelno for record in caplog.records] == [logging.WARNING]


def test_a_restarted_server_is_found_again(own_server: Server) -> None:
    connection = Connection(own_server.url)
    ask(connection)
    own_server.kill()
    measure(connection)
    own_server.start()

    def is_back() -> bool:
        try:
            return ask(connection) is None
        except Away:
            return False

    await_until(is_back)
    connection.close()
