"""A night of 10,000 people over 20 simulated payers, one of them down and one throttling.

Says how long it took against the ideal that pacing allows (one question at a time for each payer, the payers
beside each other), how long answers take that people wait for meanwhile against how long they take without,
and how much memory a worker needs for 1,000 people on the roster and for 100,000.

    PYTHONPATH=. python bench/nightly.py [people] [seconds of latency]
"""

import json
import os
import socket
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import date
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from payers.simulator.scenarios import Fault
from tests.faults.night import OPERATOR, PROGRAM, Running, Site, night
from tests.store.support import Server
from verifier.model.inquiry import Inquiry, Member
from verifier.model.reverification import Progress, RunState
from verifier.model.roster import Entry

PAYERS = 20
DOWN, THROTTLING = 3, 7
PROCESSES = 22
ASKERS = 2  # people who wait for answers while the night goes on
PAUSE = 0.5


@contextmanager
def asking(port: int, seconds: list[float], over: threading.Event) -> Iterator[None]:
    """Let people ask the service, and note how long each answer took."""

    def ask(number: int) -> None:
        start = 0
        while not over.is_set():
            start += 1
            member = {"id": f"WAIT{number}{start}", "last_name": "WAITING", "birth_date": "1990-01-01"}
            program = {"code": "H0015", "start_date": "2026-12-07", "weekdays": ["mon"], "sessions": 4}
            body = {"payer": f"night-{(number + start) % PAYERS}", "member": member, "program": program}
            if (number + start) % PAYERS in {DOWN, THROTTLING}:
                continue
            with suppress(OSError, HTTPException):
                connection = HTTPConnection("127.0.0.1", port, timeout=60)
                began = time.perf_counter()
                headers = {"Content-Type": "application/json", "Prefer": "wait=30"}
                connection.request("POST", "/v1/verifications", json.dumps(body), headers)
                if connection.getresponse().read():
                    seconds.append(time.perf_counter() - began)
                connection.close()
            over.wait(PAUSE)

    threads = [threading.Thread(target=ask, args=(number,), daemon=True) for number in range(ASKERS)]
    for thread in threads:
        thread.start()
    yield
    over.set()
    for thread in threads:
        thread.join()


def measure(port: int, length: float) -> list[float]:
    """Ask for a while with nothing else going on."""
    seconds: list[float] = []
    with asking(port, seconds, threading.Event()):
        time.sleep(length)
    return seconds


def percentile(seconds: list[float]) -> float:
    return statistics.quantiles(seconds, n=100)[98]


def resident(pid: int) -> float:
    """Give the memory of a process that it shares with none, in MB."""
    text = Path(f"/proc/{pid}/smaps_rollup").read_text()
    return sum(int(line.split()[1]) for line in text.splitlines() if line.startswith("Private_")) / 1024


def await_port(port: int) -> None:
    for _ in range(1200):
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.05)


def go_wrong(payer: int, number: int) -> Fault | None:
    """Let one payer be down, and another say "too many" to every twentieth question."""
    if payer == DOWN:
        return Fault(kind="http", status="503 Service Unavailable")
    if payer == THROTTLING and number // PAYERS % 20 == 0:
        return Fault(kind="http", status="429 Too Many Requests", times=1)
    return None


def pass_night(people: int, latency: float) -> None:
    terms = {"VERIFIER_NIGHTLY_WINDOW": "120s", "VERIFIER_LOG_LEVEL": "error"}
    with tempfile.TemporaryDirectory(prefix="nightly-") as folder:
        server = Server(Path(folder))
        with night(
            Path(folder) / "data",
            server.url,
            payers=PAYERS,
            people=people,
            latency=(latency, latency),
            find_fault=go_wrong,
            **terms,
        ) as site:
            port = 21_000 + os.getpid() % 9_000
            site.start("serve", "--port", str(port))
            await_port(port)
            measure(port, 5)
            alone = measure(port, 40)
            site.start("worker", "--processes", str(PROCESSES))
            time.sleep(8)
            beside: list[float] = []
            with asking(port, beside, threading.Event()), site.house() as house:
                desk, began = house.nightly.run_desk(OPERATOR), time.monotonic()
                run_id = desk.start()[0].run.id
                planned = time.monotonic() - began
                progress, reachable = watch(site, desk.progress, run_id, began)
            report(people, latency, planned, reachable, progress, alone, beside)
        server.kill()


def watch(site: Site, look: object, run_id: str, began: float) -> tuple[Progress, float]:
    """Wait for the end, and say when everybody was done who could be."""
    reachable = 0.0
    while True:
        progress = look(run_id)  # type: ignore[operator]
        waiting = progress.open
        down = sum(scenario.payer == f"NIGHT{DOWN}" for scenario in site.scenarios)
        if not reachable and waiting <= down and progress.counts.get("done", 0) == progress.people - down:
            reachable = time.monotonic() - began
        if progress.state is RunState.FINISHED:
            return progress, reachable or time.monotonic() - began
        time.sleep(0.5)


def report(  # noqa: PLR0913, PLR0917 - each a figure
    people: int,
    latency: float,
    planned: float,
    reachable: float,
    progress: Progress,
    alone: list[float],
    beside: list[float],
) -> None:
    ideal = people / PAYERS * latency
    print(f"people {people}, payers {PAYERS}, latency {latency} s; planned in {planned:.1f} s")
    print(f"states {dict(progress.counts)}, calls that may have been repeated {progress.repeats}")
    print(f"reachable done after {reachable:.0f} s; ideal {ideal:.0f} s; ratio {reachable / ideal:.3f}")
    one, two = percentile(alone), percentile(beside)
    print(f"interactive p99 alone {one:.2f} s ({len(alone)}), beside {two:.2f} s ({len(beside)})")
    print(f"ratio of the p99s {two / one:.2f}")


def weigh(people: int) -> float:
    """Give the most memory a worker's process took with so many on the roster, in MB."""
    with tempfile.TemporaryDirectory(prefix="nightly-") as folder:
        server = Server(Path(folder))
        with night(Path(folder) / "data", server.url, payers=4, people=40, latency=(0.0, 0.0)) as site:
            with site.house() as house:
                fill(house.nightly.night.roster, people, house.nightly.night.today)
            worker = site.start("worker", "--processes", "1", VERIFIER_LOG_LEVEL="error")
            most = watch_memory(site, worker)
        server.kill()
    return most


def fill(roster: object, people: int, today: date) -> None:
    for number in range(people):
        member = Member("MANY", date(1990, 1, 1), "TOO", f"M{number}")
        inquiry = Inquiry(f"night-{number % 4}", member, PROGRAM)
        roster.add(Entry(f"rst_m{number:07}", "abita-springs", inquiry, today))  # type: ignore[attr-defined]


def watch_memory(site: Site, worker: Running) -> float:
    """Watch until everybody is planned and for twenty seconds of turns after that."""
    most, until = 0.0, None
    with site.house() as house:
        while until is None or time.monotonic() < until:
            for pid in worker.children():
                with suppress(OSError):
                    most = max(most, resident(pid))
            run = house.nightly.runs.latest()
            if until is None and run and run.planned_at:
                until = time.monotonic() + 20
            time.sleep(0.5)
    return most


def main() -> None:
    people = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    latency = float(sys.argv[2]) if len(sys.argv) > 2 else 2.0
    pass_night(people, latency)
    small, large = weigh(1_000), weigh(int(os.environ.get("NIGHT_MANY", "100000")))
    print(f"memory of a worker: {small:.1f} MB for 1,000 people, {large:.1f} MB for 100,000")
    print(f"ratio of memory {large / small:.2f}")


if __name__ == "__main__":
    main()
