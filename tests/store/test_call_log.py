import threading
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal

import pytest

from tests.store.support import Server, SetClock, connect
from verifier.model.health import CallWindow, PayerHealth, RouteHealth
from verifier.model.verification import Outcome
from verifier.store.call_log import GRAINS, STEPS, SharedCallLog
from verifier.store.connection import Connection

QUARTER, DAY = timedelta(minutes=15), timedelta(hours=24)


@pytest.fixture
def clock() -> SetClock:
    return SetClock()


@pytest.fixture
def log(connection: Connection, clock: SetClock) -> SharedCallLog:
    return SharedCallLog(connection, clock=clock)


@pytest.fixture
def lone_log(own_server: Server, clock: SetClock) -> Iterator[SharedCallLog]:
    connection = connect(own_server.url)
    yield SharedCallLog(connection, clock=clock)
    connection.close()


def record(log: SharedCallLog, outcome: Outcome, times: int, seconds: float = 0.5) -> None:
    for _ in range(times):
        log.record("aetna", "stedi", outcome, seconds)


def test_nobody_asked_is_too_few_calls_to_tell(log: SharedCallLog) -> None:
    assert log.health("aetna") == PayerHealth("aetna", (CallWindow(QUARTER, 0), CallWindow(DAY, 0)))


def test_too_few_calls_have_no_rates(log: SharedCallLog) -> None:
    record(log, Outcome.TIMEOUT, 9, 60.0)

    few = (CallWindow(QUARTER, 9), CallWindow(DAY, 9))
    assert log.health("aetna") == PayerHealth("aetna", few, (RouteHealth("stedi", few),))
    assert not few[0].is_enough


def test_rates_and_times_are_told_in_all_and_by_route(log: SharedCallLog) -> None:
    record(log, Outcome.ANSWERED, 12, 0.9)
    record(log, Outcome.REJECTED, 3, 0.9)  # a refusal is an answer
    record(log, Outcome.UNAVAILABLE, 3, 2.0)
    record(log, Outcome.TIMEOUT, 2, 60.0)
    for _ in range(20):
        log.record("aetna", "availity", Outcome.ANSWERED, 0.01)

    health = log.health("aetna")
    by_route = {route.route: route.windows[0] for route in health.routes}
    stedi, whole = by_route["stedi"], health.windows[0]
    assert (stedi.calls, stedi.success_rate, stedi.unavailable_rate) == (20, Decimal("0.75"), Decimal("0.15"))
    assert (whole.calls, whole.success_rate) == (40, Decimal("0.88"))
    assert stedi.p50 is not None
    assert 0.9 <= stedi.p50 < 0.9 * 1.25
    assert stedi.p95 is not None
    assert 60 <= stedi.p95 < 60 * 1.25
    assert by_route["availity"].p95 == STEPS[0]


def test_a_call_beyond_every_step_is_counted_among_the_slowest(log: SharedCallLog) -> None:
    record(log, Outcome.TIMEOUT, 10, 1_000_000.0)

    assert log.health("aetna").windows[0].p95 == STEPS[-1]


def test_payers_are_told_apart(log: SharedCallLog) -> None:
    record(log, Outcome.ANSWERED, 3)

    assert log.health("aetna-better-health-fl").windows[1].calls == 0


@pytest.mark.parametrize(
    ("length", "quarter", "day"),
    [
        ({"minutes": 13}, 10, 10),
        ({"minutes": 15}, 0, 10),
        ({"hours": 23, "minutes": 30}, 0, 10),
        ({"hours": 24}, 0, 0),
    ],
    ids=str,
)
def test_calls_leave_the_windows_as_time_goes_by(
    log: SharedCallLog, clock: SetClock, length: dict[str, float], quarter: int, day: int
) -> None:
    record(log, Outcome.ANSWERED, 10)
    clock.move(**length)

    assert [window.calls for window in log.health("aetna").windows] == [quarter, day]


def test_processes_count_together(server: Server, clock: SetClock) -> None:
    connections = [connect(server.url) for _ in range(4)]
    logs = [SharedCallLog(connection, clock=clock) for connection in connections]
    threads = [threading.Thread(target=record, args=(log, Outcome.ANSWERED, 25)) for log in logs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [log.health("aetna").windows[0].calls for log in logs] == [100] * 4
    for connection in connections:
        connection.close()


def test_buckets_do_not_grow_with_traffic_and_are_forgotten(server: Server, log: SharedCallLog) -> None:
    record(log, Outcome.ANSWERED, 200)

    with server.redis() as redis:
        names = redis.keys("*")
        assert len(names) == len(GRAINS)
        assert {redis.hlen(name) for name in names} == {2}
        assert all(0 < redis.ttl(name) <= timedelta(hours=25).total_seconds() for name in names)


def test_a_process_counts_for_itself_while_redis_is_away(own_server: Server, lone_log: SharedCallLog) -> None:
    record(lone_log, Outcome.ANSWERED, 6)
    own_server.kill()
    record(lone_log, Outcome.TIMEOUT, 11)

    away = lone_log.health("aetna").windows[0]
    assert (away.calls, away.success_rate) == (11, Decimal(0))


def test_what_a_process_counted_alone_is_added_to_what_redis_has(
    own_server: Server, clock: SetClock, connection: Connection
) -> None:
    away = connect(own_server.url)
    alone = SharedCallLog(away, clock=clock)
    own_server.kill()
    record(alone, Outcome.TIMEOUT, 4)
    alone._connection = connection  # Redis is back
    record(alone, Outcome.ANSWERED, 6)

    assert alone.health("aetna").windows[0].calls == 10
    away.close()
