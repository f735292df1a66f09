"""One payer hangs and fifty callers ask it: what do the callers of another payer notice?

Runs the service as `verifier serve` does, over a payer simulator with a latency of 200 ms, and asks for a
healthy payer over HTTP, without and with the fifty beside it. Short rounds of both follow each other in
pairs, now one first and now the other, so that whatever else the machine does falls on both alike; each
round has a service of its own, as the questions that fifty callers leave behind are still worked off after
they have gone. Prints the 99th percentiles of all answers of either kind and their ratio, which should be at
most 1.1, with the range that nine in ten draws of as many pairs out of these would give (bootstrap).
"""

import json
import os
import random
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, nullcontext
from email.message import Message
from http.client import HTTPConnection
from itertools import chain, count
from multiprocessing import get_context
from pathlib import Path

from payers.simulator.server import Simulator

PAIRS = 10
WARMING = 40  # questions before a round
ASKED = 160  # times a round, by so many at once:
TOGETHER = 4
DRAWS = 2000
CALLERS = 50
WAIT = 20  # seconds a caller would wait for an answer
PAUSE = 10  # seconds between an answer and a caller's next question: as long as a breaker holds at first
LATENCY = (0.2, 0.2)
NUMBERS = count()

People = dict[str, dict[str, str]]


def write_body(payer: str, scenario: str, people: People) -> bytes:
    """Write an inquiry that no other is the same as, so that each is a question to the payer."""
    number = next(NUMBERS)
    member = people[scenario]
    start = f"2026-{number // 28 % 11 + 1:02}-{number % 28 + 1:02}"
    program = {"code": "H0015", "start_date": start, "weekdays": ["mon"], "sessions": 4}
    return json.dumps({"payer": payer, "member": member, "program": program, "max_age": 0}).encode()


class Client:
    """One caller with a connection of its own."""

    def __init__(self, port: int) -> None:
        self._connection = HTTPConnection("127.0.0.1", port, timeout=90)

    def ask(self, body: bytes) -> float:
        """Ask, and give the seconds until the answer."""
        started = time.perf_counter()
        status, _ = self._send("POST", "/v1/verifications", body)
        assert status == 201, status
        return time.perf_counter() - started

    def ask_and_look(self, body: bytes) -> None:
        """Ask, and look again as the service says until there is an answer."""
        method, path = "POST", "/v1/verifications"
        while path:
            _, headers = self._send(method, path, body if method == "POST" else None)
            if pause := headers.get("Retry-After"):
                time.sleep(int(pause))
            if location := headers.get("Location"):
                method, path = "GET", location
            elif not pause:
                return

    def _send(self, method: str, path: str, body: bytes | None) -> tuple[int, Message]:
        headers = {"Content-Type": "application/json", "Prefer": f"wait={WAIT}"}
        self._connection.request(method, path, body, headers)
        response = self._connection.getresponse()
        response.read()
        return response.status, response.headers


def measure(port: int, people: People, times: int) -> list[float]:
    """Ask the healthy payer so many times, and give the seconds each answer took."""
    own = threading.local()

    def ask(_: int) -> float:
        if not hasattr(own, "client"):
            own.client = Client(port)
        seconds: float = own.client.ask(write_body("sim-multiple", "healthy", people))
        return seconds

    with ThreadPoolExecutor(TOGETHER) as pool:
        return list(pool.map(ask, range(times)))


def call_for_ever(port: int, people: People) -> None:
    """Keep fifty callers asking the payer that hangs; each waits for its answer, and then asks anew."""

    def call(number: int) -> None:
        client = Client(port)
        time.sleep(number / CALLERS)
        while True:
            client.ask_and_look(write_body("sim-commercial", "hung", people))
            time.sleep(PAUSE)

    with ThreadPoolExecutor(CALLERS) as pool:
        list(pool.map(call, range(CALLERS)))


@contextmanager
def fifty_callers(port: int, people: People) -> Iterator[None]:
    callers = get_context("spawn").Process(target=call_for_ever, args=(port, people), daemon=True)
    callers.start()
    try:
        yield
    finally:
        callers.kill()
        callers.join()


@contextmanager
def serving(simulator: str, data: Path) -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    environ = os.environ | {
        "VERIFIER_SIMULATOR_URL": simulator,
        "VERIFIER_DATA": str(data),
        "VERIFIER_PAYER_DEADLINE": "120s",
    }
    command = [Path(sys.executable).with_name("verifier"), "serve", "--port", str(port)]
    service = subprocess.Popen(  # noqa: S603 - our own command
        command, env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )
    try:
        for _ in range(1200):  # a minute, as the machine may be busy
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                time.sleep(0.05)
        yield port
    finally:
        # with its workers, which would wait for the payer that hangs; nothing of it is kept
        os.killpg(service.pid, signal.SIGKILL)
        service.wait()


def percentile(seconds: list[float]) -> float:
    return statistics.quantiles(seconds, n=100)[98] * 1000


def main() -> None:
    with Simulator(latency=LATENCY) as simulator:
        scenarios = {scenario.name: scenario.person for scenario in simulator.scenarios}
        people = {
            name: {
                "id": person.id,
                "first_name": person.first_name,
                "last_name": person.last_name,
                "birth_date": f"{person.birth_date}",
            }
            for name, person in (("healthy", scenarios["fully_covered"]), ("hung", scenarios["silent"]))
        }
        report([measure_pair(simulator.url, people, is_turned=number % 2 == 1) for number in range(PAIRS)])


def measure_pair(simulator: str, people: People, *, is_turned: bool) -> tuple[list[float], list[float]]:
    """Measure alone and beside the fifty, one after the other; *is_turned*: beside them first."""
    kinds = (is_turned, not is_turned)
    found = {is_beside: measure_round(simulator, people, is_beside=is_beside) for is_beside in kinds}
    return found[False], found[True]


def measure_round(simulator: str, people: People, *, is_beside: bool) -> list[float]:
    with tempfile.TemporaryDirectory() as data, serving(simulator, Path(data)) as port:
        measure(port, people, WARMING)
        with fifty_callers(port, people) if is_beside else nullcontext():
            time.sleep(2)  # until all of them have begun, and as long without them
            return measure(port, people, ASKED)


def join(rounds: Iterable[list[float]]) -> list[float]:
    return list(chain.from_iterable(rounds))


def pool(pairs: list[tuple[list[float], list[float]]]) -> tuple[float, float]:
    """Give the 99th percentiles of all answers, alone and beside."""
    alone, beside = zip(*pairs, strict=True)
    return percentile(join(alone)), percentile(join(beside))


def report(pairs: list[tuple[list[float], list[float]]]) -> None:
    """Compare the pooled percentiles, and say how sure their ratio is."""
    found = pool(pairs)
    for name, rounds, high in zip(
        ("alone", "beside a payer that hangs"), zip(*pairs, strict=True), found, strict=True
    ):
        middle = statistics.median(join(rounds)) * 1000
        print(f"{name:<26} p50 {middle:6.1f} ms   p99 {high:6.1f} ms   ({PAIRS} rounds of {ASKED})")
    dice = random.Random(1)  # noqa: S311 - draws, not secrets
    drawn = [pool(dice.choices(pairs, k=len(pairs))) for _ in range(DRAWS)]
    ratios = sorted(beside / alone for alone, beside in drawn)
    low, high = ratios[DRAWS // 20], ratios[-DRAWS // 20]
    print(
        f"{'ratio of the p99s':<26} {found[1] / found[0]:.2f}   (nine in ten draws: {low:.2f} to {high:.2f})"
    )


if __name__ == "__main__":
    main()
