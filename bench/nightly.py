"""A night of 10,000 people over 20 simulated payers, one of them down and one throttling.

Says how long it took against the ideal that pacing allows, how long answers take that people wait for
meanwhile against how long they take without, and how much memory a worker needs for 1,000 people on the
roster and for 100,000.

The ideal of a payer: its questions one after the other, none sooner than the token bucket gives it, and no
time for anything else; a payer that says "too many" is left alone for as long as the terms say. Payers are
asked beside each other, so the ideal of a night is that of its slowest payer. Time counts from the start of
planning. Those who wait are as many, and ask as often, before the night, in it, and after it; the answers
before and after are put together.

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
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import date
from http.client import HTTPConnection, HTTPException
from itertools import count
from pathlib import Path

from sqlalchemy import func, select

from payers.simulator.scenarios import Fault
from tests.faults.night import OPERATOR, PROGRAM, Running, Site, member_id, night
from tests.store.support import Server
from verifier.house import House
from verifier.model.inquiry import Inquiry, Member
from verifier.model.reverification import ItemState, Progress, RunState
from verifier.model.roster import Entry
from verifier.nightly.judging import Terms
from verifier.store.database.roster import DatabaseRoster
from verifier.store.database.tables.runs import items, lanes

PAYERS = 20
DOWN, THROTTLING = 3, 7
REFUSED = 20  # every so many questions the payer that throttles says "too many" to
PROCESSES = 22  # one for each payer, and two for planning and looking after the run
ASKERS = 10  # people who wait for answers
PAUSE = 0.5  # seconds between an answer and the next question of the same person
WARM = 10  # seconds that do not count
ALONE = float(os.environ.get("NIGHT_ALONE", "90"))  # seconds before the night, and as many after it
PER_MINUTE = 60  # as shipped
TURNS_WATCHED = 30  # seconds that a worker is weighed for after everybody was planned


@dataclass
class Waiting:
    """People who ask the service and wait: when each of them began, and how long the answer took."""

    port: int
    people: int  # on the roster; those who wait come after them
    answers: list[tuple[float, float]] = field(default_factory=list)
    failures: Counter[str] = field(default_factory=Counter)
    numbers: "count[int]" = field(default_factory=count)

    @contextmanager
    def asking(self) -> Iterator[None]:
        over = threading.Event()
        threads = [
            threading.Thread(target=self._ask_on, args=(over, number), daemon=True)
            for number in range(ASKERS)
        ]
        for thread in threads:
            thread.start()
        yield
        over.set()
        for thread in threads:
            thread.join()

    def between(self, begin: float, end: float) -> list[float]:
        return [seconds for at, seconds in self.answers if begin <= at and at + seconds <= end]

    def _ask_on(self, over: threading.Event, number: int) -> None:
        over.wait(PAUSE * number / ASKERS)
        while not over.is_set():
            payer = next(self.numbers) % PAYERS
            if payer not in {DOWN, THROTTLING}:
                self._ask(payer, number)
                over.wait(PAUSE)

    def _ask(self, payer: int, number: int) -> None:
        who = self.people + number * PAYERS + payer
        member = {"id": member_id(payer, who), "last_name": f"PERSON{who}", "birth_date": "1977-06-16"}
        program = {"code": "H0015", "start_date": "2026-12-07", "weekdays": ["mon"], "sessions": 4}
        body = {"payer": f"night-{payer}", "member": member, "program": program, "max_age": 0}
        headers = {"Content-Type": "application/json", "Prefer": "wait=30"}
        began = time.monotonic()
        try:
            connection = HTTPConnection("127.0.0.1", self.port, timeout=60)
            connection.request("POST", "/v1/verifications", json.dumps(body), headers)
            answer = connection.getresponse()
            status = (json.loads(answer.read()).get("coverage") or {}).get("status")
            connection.close()
        except (OSError, HTTPException) as error:
            self.failures[type(error).__name__] += 1
            return
        if (answer.status, status) == (201, "active"):
            self.answers.append((began, time.monotonic() - began))
        else:
            self.failures[f"{answer.status} {status}"] += 1


def go_wrong(payer: int, number: int) -> Fault | None:
    """Let one payer be down, and another say "too many" to every twentieth question."""
    if payer == DOWN:
        return Fault(kind="http", status="503 Service Unavailable")
    if payer == THROTTLING and number // PAYERS % REFUSED == 0:
        return Fault(kind="http", status="429 Too Many Requests", times=1)
    return None


def pass_night(people: int, latency: float) -> None:
    terms = {"VERIFIER_NIGHTLY_WINDOW": "120s", "VERIFIER_LOG_LEVEL": "error"}
    terms |= {"VERIFIER_NIGHTLY_PER_MINUTE": str(PER_MINUTE)}
    with tempfile.TemporaryDirectory(prefix="nightly-") as folder:
        server = Server(Path(folder))
        with night(
            Path(folder) / "data",
            server.url,
            payers=PAYERS,
            people=people,
            latency=(latency, latency),
            find_fault=go_wrong,
            others=ASKERS * PAYERS,
            **terms,
        ) as site:
            port = 21_000 + os.getpid() % 9_000
            site.start("serve", "--port", str(port))
            await_port(port)
            waiting = Waiting(port, people)
            with waiting.asking(), site.house() as house:
                time.sleep(WARM)
                began = time.monotonic()
                time.sleep(ALONE)
                worker = site.start("worker", "--processes", str(PROCESSES))
                started = time.monotonic()
                pass_time(worker)
                planned, finished = work_off(house)
                report_pace(house, people, latency, planned)
                for program in site.programs[1:]:
                    program.kill_all()
                time.sleep(WARM)
                ended = time.monotonic()
                time.sleep(ALONE)
                alone = waiting.between(began, started) + waiting.between(ended, time.monotonic())
            report_waiting(alone, waiting.between(started, finished), waiting.failures)
        server.kill()


def pass_time(worker: Running) -> None:
    """Let a worker come up: what is measured is a night, not the start of a machine."""
    give_up = time.monotonic() + 60
    while len(worker.turns) < PROCESSES and time.monotonic() < give_up:
        time.sleep(0.1)


def work_off(house: House) -> tuple[float, float]:
    """Plan the run and wait for its end; tell how long planning took, and when most had been asked about."""
    desk, began = house.nightly.run_desk(OPERATOR), time.monotonic()
    run_id = desk.start()[0].run.id
    planned, finished = time.monotonic() - began, 0.0
    while (progress := desk.progress(run_id)).state is not RunState.FINISHED:
        if not finished and progress.open <= progress.people // PAYERS:
            finished = time.monotonic()  # but for the payer that is down, and perhaps the one that throttles
        time.sleep(0.5)
    report_states(progress, name_missing(house, run_id))
    return planned, finished or time.monotonic()


def name_missing(house: House, run_id: str) -> Counter[tuple[str, str]]:
    """Count those who are reported by name as not reached, by payer and reason."""
    found: Counter[tuple[str, str]] = Counter()
    desk, after = house.nightly.run_desk(OPERATOR), None
    while some := desk.items(run_id, limit=200, after=after, state=ItemState.FAILED):
        found.update((each.payer, f"{each.item.reason}") for each in some if each.last_name)
        after = some[-1].item.id
    return found


def report_states(progress: Progress, missing: Mapping[tuple[str, str], int]) -> None:
    print(f"states {dict(progress.counts)}, calls that may have been repeated {progress.repeats}")
    for (payer, reason), people in missing.items():
        print(f"reported by name: {people} people of {payer}, {reason}")


def report_pace(house: House, people: int, latency: float, planned: float) -> None:
    """Say how long each payer took against its ideal."""
    took = find_times(house)
    each = max(latency, 60 / PER_MINUTE)
    ideals = dict.fromkeys(took, people / PAYERS * each)
    refusals = -(-people // PAYERS // REFUSED)
    throttled = f"night-{THROTTLING}"
    ideals[throttled] += refusals * (latency + Terms().held_for.total_seconds())
    ratios = {payer: took[payer] / ideals[payer] for payer in took if payer != throttled}
    print(f"people {people}, payers {PAYERS}, latency {latency} s; planned in {planned:.1f} s")
    slowest, median = max(ratios.values()), statistics.median(ratios.values())
    print(f"payers that answer: ideal {people / PAYERS * each:.0f} s; ", end="")
    print(f"the slowest took {slowest:.3f} of it, the median {median:.3f}")
    print(f"payer that throttles, {refusals} times: ideal {ideals[throttled]:.0f} s; ", end="")
    print(f"took {took[throttled]:.0f} s, {took[throttled] / ideals[throttled]:.3f} of it")
    print(f"ratio of the night {max(took.values()) / max(ideals.values()):.3f}")


def find_times(house: House) -> dict[str, float]:
    """Find how many seconds after the run was made each payer that answers was done."""
    run = house.nightly.runs.latest()
    assert run
    last = select(lanes.c.payer, func.max(items.c.ended_at)).join(lanes, items.c.lane_id == lanes.c.id)
    done = last.where(items.c.state == ItemState.DONE.value).group_by(lanes.c.payer)
    with house.database.read() as connection:
        return {payer: (end - run.created_at).total_seconds() for payer, end in connection.execute(done)}


def report_waiting(alone: list[float], beside: list[float], failures: Counter[str]) -> None:
    for words, seconds in (("without", alone), ("beside the night", beside)):
        half, late = percentile(seconds, 50), percentile(seconds, 99)
        print(f"people who wait, {words}: {len(seconds)} answers, p50 {half:.3f} s, p99 {late:.3f} s")
    print(
        f"ratio of the p99s {percentile(beside, 99) / percentile(alone, 99):.3f}; failures {dict(failures)}"
    )


def percentile(seconds: list[float], number: int) -> float:
    return statistics.quantiles(seconds, n=100)[number - 1]


def await_port(port: int) -> None:
    for _ in range(1200):
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.05)


def resident(pid: int) -> float:
    """Give the memory of a process that it shares with none, in MB."""
    text = Path(f"/proc/{pid}/smaps_rollup").read_text()
    return sum(int(line.split()[1]) for line in text.splitlines() if line.startswith("Private_")) / 1024


def weigh(people: int) -> float:
    """Give the most memory a worker's process took with so many on the roster, in MB."""
    with tempfile.TemporaryDirectory(prefix="nightly-") as folder:
        server = Server(Path(folder))
        with night(Path(folder) / "data", server.url, payers=4, people=40, latency=(0.0, 0.0)) as site:
            with site.house() as house:
                fill(house, people)
            worker = site.start("worker", "--processes", "1", VERIFIER_LOG_LEVEL="error")
            most = watch_memory(site, worker)
        server.kill()
    return most


def fill(house: House, people: int) -> None:
    """Put so many on the roster, a thousand in a transaction."""
    roster, today = house.nightly.night.roster, house.nightly.night.today
    assert isinstance(roster, DatabaseRoster)
    for begin in range(0, people, 1000):
        numbers = range(begin, min(begin + 1000, people))
        roster.add_all([enroll(number, today) for number in numbers])


def enroll(number: int, today: date) -> Entry:
    member = Member("MANY", date(1990, 1, 1), "TOO", f"M{number}")
    inquiry = Inquiry(f"night-{number % 4}", member, PROGRAM)
    return Entry(f"rst_m{number:07}", "abita-springs", inquiry, today)


def watch_memory(site: Site, worker: Running) -> float:
    """Weigh the one process that plans and asks, until everybody is planned and half a minute longer.

    What it shares with the process that forked it, which knows nothing of the roster, is no part of it.
    """
    most, until = 0.0, None
    with site.house() as house:
        while until is None or time.monotonic() < until:
            for pid in worker.turns:
                with suppress(OSError):
                    most = max(most, resident(pid))
            run = house.nightly.runs.latest()
            if until is None and run and run.planned_at:
                until = time.monotonic() + TURNS_WATCHED
            time.sleep(0.5)
    return most


def measure(work: Callable[[int], float], *sizes: int) -> None:
    small, large = (work(size) for size in sizes)
    print(f"memory of a worker: {small:.1f} MB for {sizes[0]:,} people, {large:.1f} MB for {sizes[1]:,}")
    print(f"ratio of memory {large / small:.3f}")


def main() -> None:
    people = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    latency = float(sys.argv[2]) if len(sys.argv) > 2 else 2.0
    if people:
        pass_night(people, latency)
    if many := int(os.environ.get("NIGHT_MANY", "100000")):
        measure(weigh, 1_000, many)


if __name__ == "__main__":
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]
    main()
