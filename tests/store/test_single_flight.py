import json
import subprocess
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.store import crowd
from tests.store.support import FACILITY, INQUIRY, RING, Server, await_until
from verifier.answering.identity import name_question
from verifier.keeping import SNAPSHOTS
from verifier.store.cache import EncryptedCache
from verifier.store.connection import Connection

ROOT = Path(__file__).parents[2]


class Crowd:
    """Several processes that ask one question at the same time."""

    def __init__(self, url: str, directory: Path, answer: str, *, processes: int, seconds: float) -> None:
        self._ledger, self._start = directory / "ledger", directory / "start"
        self._ledger.touch()
        member = [sys.executable, "-m", "tests.store.crowd"]
        question = [url, self._ledger, self._start, answer, "50", str(seconds)]
        self.processes = [
            subprocess.Popen([*member, *question], stdout=subprocess.PIPE, text=True, cwd=ROOT)  # noqa: S603
            for _ in range(processes)
        ]
        for process in self.processes:
            assert process.stdout
            assert process.stdout.readline() == "ready\n"

    @property
    def calls(self) -> int:
        return len(self._ledger.read_text().splitlines())

    def begin(self) -> None:
        self._start.touch()

    def collect(self) -> Counter[str]:
        return Counter(
            word for process in self.processes for word in json.loads(process.communicate(timeout=60)[0])
        )


@pytest.mark.parametrize(
    ("answer", "word"),
    [("active", "active"), ("rejected", "rejected"), ("fault", "unknown"), ("error", "RuntimeError")],
)
def test_a_thousand_identical_questions_in_one_process_are_one_paid_call(
    answer: str, word: str, server: Server, tmp_path: Path
) -> None:
    ledger = tmp_path / "ledger"
    with crowd.open_service(server.url, ledger, answer, 4.0) as service:  # time for all to have asked
        got = crowd.ask_together(service, 1000)

    assert Counter(got) == {word: 1000}
    assert ledger.read_text() == "call\n"


@pytest.mark.parametrize(
    ("answer", "word"), [("active", "active"), ("rejected", "rejected"), ("fault", "unknown")]
)
def test_two_hundred_identical_questions_in_four_processes_are_one_paid_call(
    answer: str, word: str, server: Server, tmp_path: Path
) -> None:
    together = Crowd(server.url, tmp_path, answer, processes=4, seconds=2.0)
    together.begin()

    assert together.collect() == {word: 200}
    assert together.calls == 1


def test_without_redis_each_process_pays_once(own_server: Server, tmp_path: Path) -> None:
    together = Crowd(own_server.url, tmp_path, "active", processes=3, seconds=1.0)
    own_server.kill()
    together.begin()

    assert together.collect() == {"active": 150}
    assert together.calls == 3


def test_redis_killed_in_the_middle_fails_nobody_and_costs_at_most_one_call_a_process(
    own_server: Server, tmp_path: Path
) -> None:
    together = Crowd(own_server.url, tmp_path, "active", processes=4, seconds=1.5)
    together.begin()
    await_until(lambda: together.calls > 0)
    own_server.kill()

    assert together.collect() == {"active": 200}
    assert 1 <= together.calls <= 4


def test_a_leader_that_fails_hands_the_question_to_others_who_fail_too(
    server: Server, tmp_path: Path
) -> None:
    together = Crowd(server.url, tmp_path, "error", processes=2, seconds=0.3)
    together.begin()

    assert together.collect() == {"RuntimeError": 100}
    assert together.calls == 2


def test_when_a_leader_dies_one_follower_takes_over_once_its_lease_has_ended(
    server: Server, connection: Connection, tmp_path: Path
) -> None:
    ledger = tmp_path / "ledger"
    services = [crowd.open_service(server.url, ledger, "fault", 0.3) for _ in range(4)]
    dead = EncryptedCache(connection, RING, SNAPSHOTS).leading(name_question(INQUIRY, FACILITY), lease=0.5)
    dead.__enter__()

    began = time.monotonic()
    with ThreadPoolExecutor(4) as pool:
        got = [found for each in pool.map(crowd.ask_together, services, [5] * 4) for found in each]

    assert got == ["unknown"] * 20
    assert ledger.read_text() == "call\n"
    assert time.monotonic() - began > 0.4
    for service in services:
        service.close()
