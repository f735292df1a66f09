"""Replies that drip, hang or never end keep to the deadline and to a bounded memory, all the way."""

import threading
import time
import tracemalloc
from concurrent.futures import ThreadPoolExecutor

import pytest

from payers.simulator.scenarios import Scenario
from tests.faults.rooms import Rooms, play
from verifier.model.vocabulary import CoverageStatus

SECONDS = 1.0
OVERRUN = 0.25
GROWTH = 32 << 20
TRIES = 4  # at once, each below the breaker's five

SLOW = {
    "drips": play("drip", bytes=1, seconds=0.05),
    "drips in lumps": play("drip", bytes=64, seconds=0.3),
    "hangs": play("silent"),
    "answers much too late": play("slow", seconds=30.0),
    "never ends, slowly": play("endless", bytes=10, seconds=0.05),
}
LARGE = {
    "never ends": play("endless", bytes=1 << 16, seconds=0.0005),
    "a bomb": play("bomb", bytes=200_000_000),
    "huge": play("huge", rows=100_000),
}


@pytest.mark.parametrize("scenario", SLOW.values(), ids=SLOW)
def test_the_deadline_is_overrun_by_a_quarter_of_a_second_at_most(scenario: Scenario) -> None:
    def ask(number: int) -> float:
        started = time.monotonic()
        assert rooms.ask(number, seconds=SECONDS).coverage.status is CoverageStatus.UNKNOWN
        return time.monotonic() - started

    with Rooms([scenario]) as rooms, ThreadPoolExecutor(TRIES) as pool:
        threads = threading.active_count()
        taken = list(pool.map(ask, range(TRIES)))
        left_behind = threading.active_count() - threads - TRIES

        assert rooms.count() == TRIES
    assert max(taken) <= SECONDS + OVERRUN
    assert left_behind <= TRIES  # the simulator's own, one a connection


@pytest.mark.parametrize("scenario", (SLOW | LARGE).values(), ids=SLOW | LARGE)
def test_a_reply_costs_at_most_32_mebibytes_and_is_no_answer(scenario: Scenario) -> None:
    with Rooms([scenario]) as rooms:
        tracemalloc.start()
        try:
            started = time.monotonic()
            answer = rooms.ask(seconds=SECONDS)
            taken = time.monotonic() - started
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()

    assert answer.coverage.status is CoverageStatus.UNKNOWN
    assert peak <= GROWTH
    assert taken <= SECONDS + OVERRUN
