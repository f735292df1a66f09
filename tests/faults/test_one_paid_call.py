"""However many processes ask one question at one time, the payer is paid once."""

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from payers.simulator.server import Simulator
from tests.store.support import Server, await_until

ROOT = Path(__file__).parents[2]
PROCESSES = 8


@pytest.fixture(name="redis")
def _redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    server = Server(tmp_path_factory.mktemp("v"))
    yield server
    server.kill()


class Crowd:
    """Processes that stand ready to ask one question at the same time."""

    def __init__(self, redis: Server, simulator: Simulator, directory: Path, *, each: int) -> None:
        self._start = directory / "start"
        command = [
            sys.executable,
            "-m",
            "tests.faults.crowd",
            redis.url,
            simulator.url,
            self._start,
            str(each),
        ]
        self._processes = [
            subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT)  # noqa: S603 - our own file
            for _ in range(PROCESSES)
        ]
        for process in self._processes:
            assert process.stdout
            assert process.stdout.readline() == "ready\n"

    def begin(self) -> None:
        self._start.touch()

    def collect(self) -> Counter[str]:
        return Counter(
            word for process in self._processes for word in json.loads(process.communicate(timeout=60)[0])
        )


def test_a_thousand_identical_cold_questions_from_eight_processes_are_one_paid_call(
    redis: Server, tmp_path: Path
) -> None:
    with Simulator(latency=(1.5, 1.5)) as simulator:
        crowd = Crowd(redis, simulator, tmp_path, each=125)
        crowd.begin()

        assert crowd.collect() == {"active": 1000}
        assert (simulator.ledger.received, simulator.ledger.paid) == (1, 1)


def test_redis_killed_in_the_middle_fails_nobody_and_costs_at_most_one_call_a_process(
    redis: Server, tmp_path: Path
) -> None:
    with Simulator(latency=(1.5, 1.5)) as simulator:
        crowd = Crowd(redis, simulator, tmp_path, each=125)
        crowd.begin()
        await_until(lambda: simulator.ledger.received > 0)
        redis.kill()

        assert crowd.collect() == {"active": 1000}
        assert 1 <= simulator.ledger.paid == simulator.ledger.received <= PROCESSES
